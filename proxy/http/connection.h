// A client's connection: what httplib reads a request from and writes its reply to.
//
// To httplib it is a Stream that waits, until one deadline for each part of a request, and that
// shows it a head which everybody reads alike; to whoever takes it over it is a StreamSocket that
// never waits. Plain or TLS.
#pragma once

#include <httplib.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/http/chunks.h"
#include "proxy/http/message.h"
#include "proxy/http/server.h"

namespace voxdial::http {

class Connection final : public httplib::Stream, public StreamSocket {
 public:
  /// Owns the non-blocking descriptor, and the session unless there is none.
  Connection(int fd, std::string from, httplib::tls::session_t tls, const SteadyClock& clock,
             const ServerOptions& options)
      : peer(std::move(from)), fd_(fd), tls_(tls), clock_(clock), options_(options) {}
  ~Connection() override {
    if (tls_) httplib::tls::free_session(tls_);
    httplib::detail::close_socket(fd_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // What httplib calls.
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  bool is_readable() const override {
    return used_ < in_.size() || (tls_ && httplib::tls::pending(tls_) > 0);
  }
  bool wait_readable() const override { return is_readable() || wait(POLLIN); }
  bool wait_writable() const override { return wait(POLLOUT); }
  void get_remote_ip_and_port(std::string& ip, int&) const override { ip = peer; }
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return fd_; }
  time_t duration() const override { return 0; }

  // What whoever took it over calls.
  int fd() const override { return fd_; }
  long write(std::string_view bytes) override;
  bool drain() override;

  /// Of whatever comes next: so long from now.
  void set_deadline(int ms) { deadline_ms_ = clock_() + ms; }
  bool wait(short events) const;
  /// The next bytes are a request's.
  void begin_request();
  /// Says goodbye, and waits a little for the peer's: closing with bytes of it unread would make
  /// the kernel throw our reply away.
  void finish();
  /// Lets go of what a connection without a request under way does not need.
  void give_away() { std::string().swap(in_), std::string().swap(head), used_ = 0; }

  const std::string peer;
  // The request under way.
  std::string head;                    ///< as it came, to the empty line
  Request request;                     ///< the same as a value
  mutable std::optional<Error> fault;  ///< why it is refused
  httplib::Request* parsed = nullptr;  ///< httplib's copy of it, while it is at work
  std::optional<Chunks> chunks;        ///< when the body comes in them
  std::size_t whole_size = 0;          ///< of what its Range picks parts of
  bool last = false;  ///< the connection ends with this reply; nothing is read any more
  std::function<void(std::unique_ptr<StreamSocket>)> take_over;

 private:
  long receive(char* to, std::size_t size);
  long transmit(std::string_view bytes);
  long tls_outcome(ssize_t result, const httplib::tls::TlsError& error);
  bool fill();
  bool accept_in_head(char c);

  const int fd_;
  const httplib::tls::session_t tls_;
  const SteadyClock& clock_;  // not used any more once it was taken over, as the options
  const ServerOptions& options_;
  std::int64_t deadline_ms_ = 0;
  std::string in_;  ///< received; the first `used_` bytes were read
  std::size_t used_ = 0;
  bool in_head_ = false;
  std::size_t lines_ = 0;  ///< of the head, so far
  short wanted_ = POLLIN;  ///< what TLS waits for to read on
  bool broken_ = false;    ///< after a fatal error OpenSSL forbids any call but the last
};

}  // namespace voxdial::http
