#include "proxy/http/connection.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace voxdial::http {
namespace {

constexpr std::size_t read_bytes = 4'096;
/// As much as one turn throws away of what a peer sends without being asked.
constexpr int drain_rounds = 16;

/// To whoever speaks plain http where TLS is spoken: somebody who left the s away.
constexpr std::string_view speak_https =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 61\r\n"
    "Connection: close\r\n\r\n"
    "This server speaks https. Write https:// before its address.\n";

}  // namespace

long Connection::tls_outcome(ssize_t result, const httplib::tls::TlsError& error) {
  using httplib::tls::ErrorCode;
  wanted_ = error.code == ErrorCode::WantWrite ? POLLOUT : POLLIN;
  if (result > 0) return result;
  if (error.code == ErrorCode::WantRead || error.code == ErrorCode::WantWrite) return 0;
  broken_ = error.code != ErrorCode::PeerClosed;
  if (ERR_GET_REASON(error.backend_code) == SSL_R_HTTP_REQUEST) {
    std::array<char, read_bytes> waste;  // unread, it would make the kernel throw the reply away
    while (::recv(fd_, waste.data(), waste.size(), 0) > 0) {
    }
    (void)::send(fd_, speak_https.data(), speak_https.size(), MSG_NOSIGNAL);
  }
  return -1;
}

/// Bytes received; 0 when there are none for now; -1 when the peer is gone or has said its last. A
/// TLS handshake happens inside the first calls.
long Connection::receive(char* to, std::size_t size) {
  if (tls_) {
    if (broken_) return -1;
    httplib::tls::TlsError error;
    ERR_clear_error();
    return tls_outcome(httplib::tls::read(tls_, to, size, error), error);
  }
  const ssize_t got = ::recv(fd_, to, size, 0);
  if (got != 0) return got > 0 ? got : errno == EAGAIN || errno == EINTR ? 0 : -1;
  return -1;
}

long Connection::transmit(std::string_view bytes) {
  if (tls_) {
    if (broken_) return -1;
    httplib::tls::TlsError error;
    ERR_clear_error();
    return tls_outcome(httplib::tls::write(tls_, bytes.data(), bytes.size(), error), error);
  }
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return sent >= 0 ? sent : errno == EAGAIN || errno == EINTR ? 0 : -1;
}

long Connection::write(std::string_view bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const long part = transmit(bytes.substr(sent));
    if (part < 0) return -1;
    if (part == 0) break;
    sent += static_cast<std::size_t>(part);
  }
  return static_cast<long>(sent);
}

bool Connection::drain() {
  std::array<char, read_bytes> waste;
  for (int round = 0; round < drain_rounds; ++round) {
    const long got = receive(waste.data(), waste.size());
    if (got <= 0) return got == 0;
  }
  return true;
}

/// False at the deadline, which is noted as the reason.
bool Connection::wait(short events) const {
  const std::int64_t left = deadline_ms_ - clock_();
  pollfd ready{fd_, events, 0};
  if (left > 0 && httplib::detail::handle_EINTR(
                      [&] { return ::poll(&ready, 1, static_cast<int>(left)); }) > 0) {
    return true;
  }
  if (!fault) fault = make_error(ErrorCode::timeout_reading);
  return false;
}

bool Connection::fill() {
  used_ = 0;
  for (;;) {
    in_.resize(read_bytes);
    const long got = receive(in_.data(), in_.size());
    in_.resize(static_cast<std::size_t>(std::max(got, 0L)));
    if (got > 0) return true;
    if (got < 0 || !wait(wanted_)) return false;
  }
}

/// A head is given to httplib byte by byte, as it asks for it. One that cannot be gone on with ends
/// here as if the peer had closed: then httplib answers, with the fault's words.
ssize_t Connection::read(char* to, std::size_t size) {
  if (last || (in_head_ && fault)) return 0;
  if (used_ == in_.size() && !fill()) return 0;
  const std::size_t count = in_head_ ? 1 : std::min(size, in_.size() - used_);
  if (in_head_ && !accept_in_head(in_[used_])) return 0;
  for (std::size_t at = used_; chunks && !in_head_ && at < used_ + count; ++at) {
    if (chunks->accept(in_[at])) continue;
    fault = make_error(ErrorCode::invalid_header, "The chunks of the body are malformed.");
    return 0;
  }
  std::memcpy(to, in_.data() + used_, count);
  used_ += count;
  return static_cast<ssize_t>(count);
}

/// Line ends that two programs could see at different places are refused, and heads without end.
bool Connection::accept_in_head(char c) {
  const bool after_cr = head.ends_with('\r');
  head += c;
  lines_ += c == '\n' ? 1 : 0;
  if (c == '\0' || (c == '\n') != after_cr) {
    fault = make_error(ErrorCode::invalid_header, "The line ends of the request are malformed.");
  } else if (head == "PROXY " || head == "\r\n") {  // how its two versions begin
    fault =
        make_error(ErrorCode::invalid_header,
                   "Neither an empty line nor the PROXY protocol may come before a request. Let "
                   "the proxy in front speak HTTP alone, with X-Forwarded-For.");
  } else if (lines_ == 0 && head.size() > options_.max_url + 64) {  // method and version are short
    fault = make_error(ErrorCode::uri_too_long);
  } else if (head.ends_with("\r\n\r\n")) {
    in_head_ = false;
  } else if (head.size() > options_.max_header_bytes || lines_ > options_.max_headers + 1) {
    fault = make_error(ErrorCode::headers_too_large);
  }
  return !fault || head.size() == 1;  // whoever has said nothing gets no answer from httplib
}

ssize_t Connection::write(const char* from, std::size_t size) {
  for (;;) {
    const long sent = write(std::string_view(from, size));
    deadline_ms_ += sent * 1000 / static_cast<long>(options_.slowest_reply);
    if (sent != 0 || size == 0) return sent;
    if (!wait(POLLOUT)) return -1;
  }
}

void Connection::begin_request() {
  set_deadline(options_.header_timeout_ms);
  head.clear();
  request = {};
  fault.reset();
  chunks.reset();
  whole_size = 0;
  in_head_ = true;
  lines_ = 0;
}

void Connection::finish() {
  ERR_clear_error();
  if (tls_ && !broken_ && SSL_is_init_finished(static_cast<SSL*>(tls_)) == 1) {
    SSL_shutdown(static_cast<SSL*>(tls_));
  }
  ::shutdown(fd_, SHUT_WR);
  set_deadline(options_.linger_timeout_ms);
  while (drain() && wait(POLLIN)) {
  }
}

}  // namespace voxdial::http
