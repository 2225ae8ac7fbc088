#include "proxy/http/certificate.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

namespace voxdial::http {

Result<httplib::tls::ctx_t> tls_context(const std::string& certificate, const std::string& key) {
  if (certificate.empty() != key.empty()) {
    return fail(ErrorCode::internal, "TLS needs both a certificate and a key.");
  }
  if (certificate.empty()) return httplib::tls::ctx_t(nullptr);
  ERR_clear_error();
  const httplib::tls::ctx_t tls = httplib::tls::create_server_context();
  auto* const context = static_cast<SSL_CTX*>(tls);
  if (!httplib::tls::set_server_cert_file(tls, certificate.c_str(), key.c_str(), nullptr) ||
      SSL_CTX_check_private_key(context) != 1) {
    const char* reason = ERR_reason_error_string(ERR_get_error());
    Error error = make_error(ErrorCode::internal,
                             "The TLS certificate " + certificate + " and its key " + key +
                                 " cannot be used: " + (reason ? reason : "unknown"));
    httplib::tls::free_context(tls);
    return fail(std::move(error));
  }
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Idle connections give their 32 KB of buffers back.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return tls;
}

}  // namespace voxdial::http
