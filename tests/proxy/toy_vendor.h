// A vendor that a test plays byte by byte, and a client of it.
#pragma once

#include <algorithm>
#include <functional>

#include "proxy/http/vendor_client.h"
#include "tests/proxy/http_fixture.h"

namespace voxdial::testing {

/// A listening socket whose connections a function plays, each on its own thread.
class ToyVendor {
 public:
  /// `play` gets the connection's descriptor and its number, from 1; the descriptor is closed
  /// after.
  explicit ToyVendor(std::function<void(int fd, int number)> play, int backlog = 64)
      : play_(std::move(play)), fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(listen(fd_, backlog) == 0);
    socklen_t size = sizeof at;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    port = ntohs(at.sin_port);
    if (play_) thread_ = std::thread([this] { run(); });
  }
  ~ToyVendor() {
    shutdown(fd_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int open : open_) shutdown(open, SHUT_RDWR);
    }
    for (std::thread& player : players_) player.join();
    close(fd_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port); }
  int connections() const { return connections_; }
  int port = 0;

 private:
  void run() {
    for (;;) {
      const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      const int number = ++connections_;
      {
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
      }
      players_.emplace_back([this, fd, number] {
        play_(fd, number);
        const std::lock_guard lock(mutex_);
        open_.erase(std::find(open_.begin(), open_.end(), fd));
        close(fd);
      });
    }
  }

  std::function<void(int, int)> play_;
  int fd_;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
  std::vector<std::thread> players_;
  std::mutex mutex_;
  std::vector<int> open_;
};

/// What the vendor's thread heard, for the test's to read.
class Heard {
 public:
  void set(std::string text) {
    const std::lock_guard lock(mutex_);
    text_ = std::move(text);
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// One request from the socket, head and body; empty at the end of the connection.
inline std::string read_request(int fd) {
  std::string text;
  char byte;
  while (text.find("\r\n\r\n") == std::string::npos) {
    if (recv(fd, &byte, 1, 0) <= 0) return {};
    text += byte;
  }
  const std::size_t at = text.find("Content-Length: ");
  std::size_t length = at == std::string::npos ? 0 : std::stoul(text.substr(at + 16));
  for (; length > 0; --length) {
    if (recv(fd, &byte, 1, 0) <= 0) return {};
    text += byte;
  }
  return text;
}

inline void say(int fd, std::string_view text) {
  (void)!send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}

/// Waits until the other side has closed.
inline void wait_for_end(int fd) {
  char waste[4096];
  while (recv(fd, waste, sizeof waste, 0) > 0) {
  }
}

inline std::string ok(const std::string& body, const std::string& headers = {}) {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

inline http::VendorEndpoint ultravox(const std::string& url) {
  return {.vendor = Vendor::ultravox,
          .voice_host = false,
          .base_url = url,
          .credentials = http::HeaderKey{"X-API-Key", Secret(std::string("uv-key-123"))}};
}

inline std::unique_ptr<http::VendorClient> client_for(const std::string& url,
                                                      http::VendorClientOptions options = {}) {
  std::vector<http::VendorEndpoint> endpoints;
  endpoints.push_back(ultravox(url));
  auto client = http::VendorClient::create(std::move(endpoints), std::move(options), steady_now);
  REQUIRE(client.has_value());
  return std::move(*client);
}

inline VendorRequest create_call(int timeout_ms = 5'000) {
  VendorRequest request;
  request.method = "POST";
  request.path = "/api/calls";
  request.content_type = "application/json";
  request.body = "{\"a\":1}";
  request.timeout_ms = timeout_ms;
  return request;
}

}  // namespace voxdial::testing
