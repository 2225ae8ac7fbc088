// The back door over TLS: whom it trusts, and that a handshake is bounded.
#include <openssl/ssl.h>

#include "tests/proxy/http_tls_files.h"
#include "tests/proxy/toy_vendor.h"

namespace voxdial::testing {
namespace {

using http::VendorClientOptions;
using Kind = SendFailure::Kind;

/// A vendor that speaks TLS with the given certificate and answers `answer` to each request.
class TlsVendor {
 public:
  TlsVendor(const TlsFiles& files, std::string answer)
      : context_(SSL_CTX_new(TLS_server_method())),
        vendor_([this, answer = std::move(answer)](int fd, int) { play(fd, answer); }) {
    SSL_CTX_use_certificate_chain_file(context_, files.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context_, files.key.c_str(), SSL_FILETYPE_PEM);
  }
  ~TlsVendor() { SSL_CTX_free(context_); }
  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(vendor_.port);
  }
  int requests() const { return requests_; }
  int connections() const { return vendor_.connections(); }

 private:
  void play(int fd, const std::string& answer) {
    SSL* const ssl = SSL_new(context_);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1) {
      std::string text;
      char byte;
      while (SSL_read(ssl, &byte, 1) == 1) {
        text += byte;
        if (text.size() < 11 || text.substr(text.size() - 7) != "{\"a\":1}") continue;
        ++requests_;
        text.clear();
        if (answer.empty()) break;
        SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
      }
      SSL_shutdown(ssl);
    }
    SSL_free(ssl);
  }
  SSL_CTX* context_;
  std::atomic<int> requests_ = 0;
  ToyVendor vendor_;
};

TEST_CASE("a vendor with the right certificate is trusted, and its connection kept") {
  const TlsFiles files = make_tls_files("localhost");
  const TlsVendor vendor(files, ok("{}"));
  VendorClientOptions options;
  options.ca_file = files.certificate;
  const auto client = client_for(vendor.url("localhost"), options);
  for (int i = 0; i < 3; ++i) {
    const SendResult result = client->send(create_call());
    INFO((result ? std::string() : result.error().what));
    CHECK(result.has_value());
  }
  CHECK(vendor.connections() == 1);
}

TEST_CASE("a certificate of another name, of nobody known or out of date: not sent") {
  const std::string why = GENERATE("another name", "not known", "out of date", "an address");
  INFO(why);
  const TlsFiles files = make_tls_files(why == "another name" ? "other.example" : "localhost",
                                        why == "out of date" ? -1 : 1);
  const TlsFiles unknown = make_tls_files("localhost");
  const TlsVendor vendor(files, ok("{}"));
  VendorClientOptions options;
  options.ca_file = why == "not known" ? unknown.certificate : files.certificate;
  const std::string host = why == "an address" ? "127.0.0.1" : "localhost";
  const SendResult result = client_for(vendor.url(host), options)->send(create_call());
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::not_sent);
  CHECK(vendor.requests() == 0);
}

TEST_CASE("a TLS vendor that closes after the request gets it once, not again by a silent retry") {
  const TlsFiles files = make_tls_files("localhost");
  const TlsVendor vendor(files, "");
  VendorClientOptions options;
  options.ca_file = files.certificate;
  const auto client = client_for(vendor.url("localhost"), options);
  const SendResult result = client->send(create_call());
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::no_answer);
  CHECK(vendor.requests() == 1);
}

TEST_CASE("a TLS handshake that drips is cut at the deadline") {
  ToyVendor vendor([](int fd, int) {
    // The start of a record of 16 KB, byte by byte.
    say(fd, std::string("\x16\x03\x03\x3f\xff", 5));
    while (send(fd, "\x02", 1, MSG_NOSIGNAL) == 1) {
      pollfd end{fd, POLLRDHUP, 0};
      poll(&end, 1, 5);
      if (end.revents != 0) return;
    }
  });
  const TlsFiles files = make_tls_files("localhost");
  VendorClientOptions options;
  options.ca_file = files.certificate;
  const std::int64_t start = steady_now();
  const SendResult result = client_for("https://localhost:" + std::to_string(vendor.port), options)
                                ->send(create_call(200));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::not_sent);
  CHECK(steady_now() - start < patience_ms);
}

}  // namespace
}  // namespace voxdial::testing
