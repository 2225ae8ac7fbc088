#include "proxy/http/socket.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

namespace voxdial::http {
namespace {

/// As much as one turn throws away of what a peer sends without being asked.
constexpr int drain_rounds = 16;

class DescriptorSocket : public Socket {
 public:
  explicit DescriptorSocket(int fd) : fd_(fd) {}
  ~DescriptorSocket() override { close(fd_); }
  DescriptorSocket(const DescriptorSocket&) = delete;
  DescriptorSocket& operator=(const DescriptorSocket&) = delete;

  int fd() const override { return fd_; }
  bool drain() override {
    std::array<char, 4096> waste;
    for (int round = 0; round < drain_rounds; ++round) {
      const long got = read(waste.data(), waste.size());
      if (got <= 0) return got == 0;
    }
    return true;
  }

 private:
  const int fd_;
};

class PlainSocket final : public DescriptorSocket {
 public:
  using DescriptorSocket::DescriptorSocket;

  long read(char* buffer, std::size_t size) override {
    for (;;) {
      const ssize_t got = recv(fd(), buffer, size, MSG_DONTWAIT);
      if (got > 0) return got;
      if (got == 0) return -1;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
      if (errno != EINTR) return -1;
    }
  }
  long write(std::string_view bytes) override {
    for (;;) {
      const ssize_t sent = send(fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent >= 0) return sent;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
      if (errno != EINTR) return -1;
    }
  }
  void finish() override { shutdown(fd(), SHUT_WR); }
};

class TlsSocket final : public DescriptorSocket {
 public:
  TlsSocket(int fd, SSL_CTX* context) : DescriptorSocket(fd), ssl_(SSL_new(context)) {
    if (!ssl_) return;
    SSL_set_fd(ssl_, fd);
    SSL_set_accept_state(ssl_);
  }
  ~TlsSocket() override { SSL_free(ssl_); }

  long read(char* buffer, std::size_t size) override {
    if (!ssl_ || broken_) return -1;
    ERR_clear_error();
    const int got = SSL_read(ssl_, buffer, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    return outcome(got);
  }
  long write(std::string_view bytes) override {
    if (!ssl_ || broken_) return -1;
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      ERR_clear_error();
      const std::size_t rest = std::min<std::size_t>(bytes.size() - sent, INT_MAX);
      const long part = outcome(SSL_write(ssl_, bytes.data() + sent, static_cast<int>(rest)));
      if (part < 0) return -1;
      if (part == 0) break;
      sent += static_cast<std::size_t>(part);
    }
    return static_cast<long>(sent);
  }
  bool buffered() const override { return ssl_ && SSL_has_pending(ssl_) == 1; }
  bool read_wants_room() const override { return wants_room_; }
  void finish() override {
    if (!ssl_ || broken_) return;
    ERR_clear_error();
    if (SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
    shutdown(fd(), SHUT_WR);
  }

 private:
  long outcome(int result) {
    wants_room_ = false;
    if (result > 0) return result;
    const int why = SSL_get_error(ssl_, result);
    if (why == SSL_ERROR_WANT_READ) return 0;
    if (why == SSL_ERROR_WANT_WRITE) {
      wants_room_ = true;
      return 0;
    }
    // After a fatal error OpenSSL forbids any further call but SSL_free.
    broken_ = why == SSL_ERROR_SSL || why == SSL_ERROR_SYSCALL;
    ERR_clear_error();
    return -1;
  }

  SSL* const ssl_;
  bool wants_room_ = false;
  bool broken_ = false;
};

/// http/1.1 when the client offers it; a client that offers only others gets no answer to that.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  static constexpr std::array<unsigned char, 9> ours = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, ours.data(), ours.size(), offered,
                            offered_length) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Unexpected<Error> tls_failure(const std::string& what) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return fail(ErrorCode::internal, what + (reason ? std::string(": ") + reason : std::string()));
}

}  // namespace

std::unique_ptr<Socket> plain_socket(int fd) { return std::make_unique<PlainSocket>(fd); }

struct TlsContext::Impl {
  SSL_CTX* context = nullptr;
  ~Impl() { SSL_CTX_free(context); }
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>> TlsContext::load(const std::string& certificate_file,
                                                     const std::string& key_file) {
  auto impl = std::make_unique<Impl>();
  impl->context = SSL_CTX_new(TLS_server_method());
  SSL_CTX* const context = impl->context;
  if (!context) return tls_failure("TLS cannot be set up");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Idle connections give their 32 KB of buffers back.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return tls_failure("The TLS certificate " + certificate_file + " cannot be used");
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return tls_failure("The TLS key " + key_file + " cannot be used");
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return tls_failure("The TLS key " + key_file + " does not belong to " + certificate_file);
  }
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(impl)));
}

std::unique_ptr<Socket> TlsContext::socket(int fd) const {
  return std::make_unique<TlsSocket>(fd, impl_->context);
}

}  // namespace voxdial::http
