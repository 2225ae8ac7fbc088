// The front door speaking TLS itself: the same rules, the same parking.
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "proxy/events/sse.h"
#include "tests/proxy/http_fixture.h"
#include "tests/proxy/http_tls_files.h"

namespace voxdial::testing {
namespace {

http::Response route(const http::Request& request, events::Hub& hub) {
  if (request.path == "/api/events") return stream_reply(hub);
  http::Response response = http::json(200, request.method + " " + request.path + " " +
                                                (request.tls ? "tls " : "plain ") + request.body);
  if (request.path == "/large") response.body = std::string(3'000'000, 'x');
  return response;
}

class TlsClient {
 public:
  explicit TlsClient(int port, int max_version = TLS1_3_VERSION)
      : socket_(port), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_security_level(context_, 0);  // so that an old version is offered at all
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, max_version);
    ssl_ = SSL_new(context_);
    static constexpr unsigned char protocols[] = {2,   'h', '2', 8,   'h', 't',
                                                  't', 'p', '/', '1', '.', '1'};
    SSL_set_alpn_protos(ssl_, protocols, sizeof protocols);  // as browsers do
    SSL_set_fd(ssl_, socket_.fd());
    connected = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  void say(std::string_view text) { SSL_write(ssl_, text.data(), static_cast<int>(text.size())); }
  std::string read_to(const std::string& end) {
    while (in_.find(end) == std::string::npos && more()) {
    }
    const std::size_t at = in_.find(end);
    return take(at == std::string::npos ? in_.size() : at + end.size());
  }
  std::string read(std::size_t count) {
    while (in_.size() < count && more()) {
    }
    return take(std::min(count, in_.size()));
  }
  bool is_closed() { return in_.empty() && !more(); }
  bool connected = false;

 private:
  bool more() {
    char buffer[16 * 1024];
    const int got = SSL_read(ssl_, buffer, sizeof buffer);
    if (got > 0) in_.append(buffer, static_cast<std::size_t>(got));
    ERR_clear_error();
    return got > 0;
  }
  std::string take(std::size_t count) {
    std::string out = in_.substr(0, count);
    in_.erase(0, count);
    return out;
  }
  RawClient socket_;
  SSL_CTX* context_;
  SSL* ssl_;
  std::string in_;
};

/// A TLS server with a certificate of its own.
struct TlsServer {
  explicit TlsServer(http::ServerOptions options = {})
      : files(make_tls_files("localhost")), server(route, with_files(std::move(options))) {}
  http::ServerOptions with_files(http::ServerOptions options) const {
    options.tls_certificate_file = files.certificate;
    options.tls_key_file = files.key;
    return options;
  }
  TlsFiles files;
  TestServer server;
};

TEST_CASE("requests over TLS are served on one kept connection, with HSTS") {
  TlsServer tls;
  TlsClient client(tls.server.port);
  REQUIRE(client.connected);
  client.say("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = client.read_to("\r\n\r\n");
  CHECK(head.find("\r\nStrict-Transport-Security: max-age=63072000\r\n") != std::string::npos);
  CHECK(client.read(11) == "GET /a tls ");
  // In two records, and then two requests in one.
  client.say("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
  client.say("dy");
  client.read_to("\r\n\r\n");
  CHECK(client.read(16) == "POST /b tls body");
  client.say("GET /c HTTP/1.1\r\nHost: a\r\n\r\nGET /d HTTP/1.1\r\nHost: a\r\n\r\n");
  client.read_to("\r\n\r\n");
  CHECK(client.read(11) == "GET /c tls ");
  client.read_to("\r\n\r\n");
  CHECK(client.read(11) == "GET /d tls ");
}

TEST_CASE("plain http is told that https is spoken here") {
  TlsServer tls;
  RawClient client = tls.server.connect();
  client.say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const Reply reply = client.read_reply();
  CHECK(reply.status == 400);
  CHECK(reply.body == "This server speaks https. Write https:// before its address.\n");
  CHECK(client.is_closed());
  CHECK(eventually([&] { return tls.server.server.counts().connections == 0; }));
}

TEST_CASE("large bodies and replies pass through TLS whole") {
  TlsServer tls;
  TlsClient client(tls.server.port);
  const std::string body(250'000, 'b');
  client.say("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 250000\r\n\r\n" + body);
  client.read_to("\r\n\r\n");
  CHECK((client.read(250'012) == "POST /b tls " + body));
  client.say("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  client.read_to("\r\n\r\n");
  CHECK((client.read(3'000'000) == std::string(3'000'000, 'x')));
  CHECK(client.is_closed());
}

TEST_CASE("an event stream over TLS gets its events") {
  TlsServer tls;
  TlsClient client(tls.server.port);
  client.say("GET /api/events HTTP/1.1\r\nHost: a\r\n\r\n");
  client.read_to("\r\n\r\n");
  client.read_to("\n\n");
  const std::uint64_t id = tls.server.hub.publish({"call", "", false, "news", ""});
  CHECK(client.read_to("\n\n") == events::encode_event(id, "call", "news"));
  const std::string large(500'000, 'x');
  const std::uint64_t next = tls.server.hub.publish({"call", "", false, large, ""});
  CHECK((client.read_to("\n\n") == events::encode_event(next, "call", large)));
  tls.server.stop();
  CHECK(client.is_closed());
}

TEST_CASE("TLS 1.2 is spoken, older versions are refused") {
  TlsServer tls;
  CHECK(TlsClient(tls.server.port, TLS1_2_VERSION).connected);
  CHECK_FALSE(TlsClient(tls.server.port, TLS1_1_VERSION).connected);
  CHECK_FALSE(TlsClient(tls.server.port, TLS1_VERSION).connected);
}

TEST_CASE("handshakes that hang hold nobody up and are cut in time") {
  http::ServerOptions options;
  options.header_timeout_ms = 300;
  TlsServer tls(options);
  std::vector<RawClient> hanging;
  for (int i = 0; i < 20; ++i) {
    hanging.push_back(tls.server.connect());
    hanging.back().say(std::string("\x16\x03\x01\x02\x00\x01", 6));
  }
  TlsClient client(tls.server.port);
  client.say("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
  client.read_to("\r\n\r\n");
  CHECK(client.read(15) == "GET /quick tls ");
  for (RawClient& one : hanging) CHECK(one.is_closed());
}

TEST_CASE("a certificate that cannot be used is an error in words") {
  const TlsFiles files = make_tls_files("localhost");
  const TlsFiles others = make_tls_files("localhost");
  const auto why = [&](const std::string& certificate, const std::string& key) {
    http::ServerOptions options;
    options.tls_certificate_file = certificate;
    options.tls_key_file = key;
    http::Server server(
        options, [](const http::Request&) { return http::no_content(); }, steady_now);
    const Result<int> bound = server.bind();
    return bound ? std::string() : bound.error().message;
  };
  CHECK(why(files.certificate, files.key).empty());
  CHECK(why(files.certificate, "") == "TLS needs both a certificate and a key.");
  const auto begin = [](const std::string& certificate, const std::string& key) {
    return "The TLS certificate " + certificate + " and its key " + key + " cannot be used: ";
  };
  CHECK(why("/nowhere.pem", files.key).starts_with(begin("/nowhere.pem", files.key)));
  CHECK(why(files.certificate, files.certificate)
            .starts_with(begin(files.certificate, files.certificate)));
  CHECK(why(files.certificate, others.key) ==
        begin(files.certificate, others.key) + "key values mismatch");
}

}  // namespace
}  // namespace voxdial::testing
