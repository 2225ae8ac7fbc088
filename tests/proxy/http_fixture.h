// A server in a thread and a client that says exactly the bytes a test wants.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "proxy/events/hub.h"
#include "proxy/http/server.h"

namespace voxdial::testing {

/// Nothing in these tests takes longer; it only bounds a failure.
constexpr int patience_ms = 10'000;

inline std::int64_t steady_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// The order that a request's and a reply's bytes make is not seen by the thread checker: whoever
/// sends, handles or reads them passes here.
inline void meet() {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
}

/// Waits until `done()`; false when it never was.
template <class Done>
bool eventually(Done done) {
  const std::int64_t end = steady_now() + patience_ms;
  while (!done()) {
    if (steady_now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

struct Reply {
  int status = 0;  ///< 0: the connection ended before a whole head
  std::string head;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

class RawClient {
 public:
  explicit RawClient(int port, const char* address = "127.0.0.1") {
    const bool v6 = std::string_view(address).find(':') != std::string_view::npos;
    fd_ = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(fd_ >= 0);
    if (v6) {
      sockaddr_in6 to{};
      to.sin6_family = AF_INET6;
      to.sin6_port = htons(static_cast<std::uint16_t>(port));
      inet_pton(AF_INET6, address, &to.sin6_addr);
      REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    } else {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(static_cast<std::uint16_t>(port));
      inet_pton(AF_INET, address, &to.sin_addr);
      REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    }
  }
  ~RawClient() { hang_up(); }
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), in_(std::move(other.in_)) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  int fd() const { return fd_; }
  void hang_up() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  /// False when the server has cut the connection.
  bool say(std::string_view bytes) {
    meet();
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Reads more into the buffer; false at the end of the connection or of our patience.
  bool more(int timeout_ms = patience_ms) {
    pollfd ready{fd_, POLLIN, 0};
    if (poll(&ready, 1, timeout_ms) <= 0) return false;
    char buffer[16 * 1024];
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    meet();
    in_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  /// Everything up to and including `end`; what there is when it never comes.
  std::string read_to(std::string_view end) {
    for (;;) {
      const std::size_t at = in_.find(end);
      if (at != std::string::npos) return take(at + end.size());
      if (!more()) return take(in_.size());
    }
  }

  Reply read_reply(bool head_only = false) {
    Reply reply;
    reply.head = read_to("\r\n\r\n");
    if (reply.head.size() < 13 || reply.head.rfind("HTTP/1.1 ", 0) != 0) return reply;
    reply.status = std::stoi(reply.head.substr(9, 3));
    std::size_t line = reply.head.find("\r\n") + 2;
    while (line < reply.head.size() - 2) {
      const std::size_t end = reply.head.find("\r\n", line);
      const std::size_t colon = reply.head.find(':', line);
      std::string name = reply.head.substr(line, colon - line);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      reply.headers[name] = reply.head.substr(colon + 2, end - colon - 2);
      line = end + 2;
    }
    if (!head_only && reply.header("transfer-encoding") == "chunked") {
      for (std::size_t size = 1; size > 0;) {
        size = std::stoul("0" + read_to("\r\n"), nullptr, 16);
        while (in_.size() < size + 2 && more()) {
        }
        reply.body += take(std::min(size, in_.size()));
        read_to("\r\n");
      }
    } else if (!head_only && !reply.header("content-length").empty()) {
      const std::size_t length = std::stoul(reply.header("content-length"));
      while (in_.size() < length && more()) {
      }
      reply.body = take(std::min(length, in_.size()));
    }
    return reply;
  }

  /// Whether the server closes, without another byte.
  bool is_closed() { return in_.empty() && !more() && at_end(); }
  /// Whether nothing was received that was not read.
  bool is_silent() { return in_.empty() && !more(0) && !at_end(); }

 private:
  bool at_end() const {
    pollfd ready{fd_, POLLIN, 0};
    if (poll(&ready, 1, 0) <= 0) return false;
    char byte;
    return recv(fd_, &byte, 1, MSG_PEEK) <= 0;
  }
  std::string take(std::size_t count) {
    std::string out = in_.substr(0, count);
    in_.erase(0, count);
    return out;
  }
  int fd_ = -1;
  std::string in_;
};

/// An event stream for whoever asks, when the hub has a seat.
inline http::Response stream_reply(events::Hub& hub, events::Ticket ticket = {},
                                   const std::string& person = {}) {
  const Result<events::Seat> seat = hub.admit(person);
  if (!seat) return http::error(seat.error());
  return http::event_stream(
      [&hub, ticket = std::move(ticket), seat = *seat](std::unique_ptr<StreamSocket> socket) {
        hub.adopt(std::move(socket), ticket, seat);
      });
}

/// A server on any port of 127.0.0.1, stopped and joined at the end of the scope.
class TestServer {
 public:
  explicit TestServer(http::Handler handler, http::ServerOptions options = {},
                      events::HubOptions hub_options = {})
      : hub(hub_options, steady_now),
        server(
            std::move(options),
            [handler = std::move(handler)](const http::Request& request) {
              meet();
              http::Response response = handler(request);
              meet();
              return response;
            },
            steady_now,
            [this](const std::string& what) {
              const std::lock_guard lock(mutex_);
              exceptions_.push_back(what);
            }) {
    const Result<int> bound = server.bind();
    REQUIRE(bound.has_value());
    port = *bound;
    thread_ = std::thread([this] { server.run(); });
  }
  /// For handlers that open event streams.
  using HubHandler = std::function<http::Response(const http::Request&, events::Hub&)>;
  explicit TestServer(HubHandler handler, http::ServerOptions options = {},
                      events::HubOptions hub_options = {})
      : TestServer(
            http::Handler([this, handler = std::move(handler)](const http::Request& request) {
              return handler(request, hub);
            }),
            std::move(options), std::move(hub_options)) {}
  ~TestServer() { stop(); }

  void stop() {
    hub.close_all();
    server.stop();
    if (thread_.joinable()) thread_.join();
  }
  RawClient connect() const { return RawClient(port); }
  Reply ask(std::string_view bytes) const {
    RawClient client(port);
    client.say(bytes);
    return client.read_reply();
  }
  std::vector<std::string> exceptions() const {
    const std::lock_guard lock(mutex_);
    return exceptions_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> exceptions_;

 public:
  events::Hub hub;
  http::Server server;
  int port = 0;

 private:
  std::thread thread_;
};

inline http::Response echo(const http::Request& request) {
  std::string text = request.method + " " + request.path;
  if (!request.query.empty()) text += "?" + request.query;
  return http::json(200, text + " " + request.body);
}

}  // namespace voxdial::testing
