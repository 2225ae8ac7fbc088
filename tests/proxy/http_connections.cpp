// The front door's connections: how many there may be, how they are accepted, and how they end.
#include <sys/syscall.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>

#include "proxy/http/server.h"
#include "tests/proxy/http_fixture.h"

namespace {
std::atomic<int> accept_failures{0}, accept_error{0};
}  // namespace

/// The C library's, which fails as often as a test wants.
/// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  for (int left = accept_failures; left > 0;) {
    if (!accept_failures.compare_exchange_weak(left, left - 1)) continue;
    errno = accept_error;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_accept4, fd, address, length, flags));
}

namespace voxdial::testing {
namespace {

/// Lets handlers wait until the test opens it.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool wait_for(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(patience_ms),
                             [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

TEST_CASE("over the limit of connections the longest idle one makes room, and none without one") {
  Gate gate;
  http::ServerOptions options;
  options.max_connections = 2;
  TestServer server(
      [&](const http::Request& request) {
        if (request.path == "/slow") gate.pass();
        return echo(request);
      },
      options);
  RawClient first = server.connect();
  first.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(first.read_reply().status == 200);
  REQUIRE(eventually([&] { return server.server.counts().idle == 1; }));
  RawClient second = server.connect();
  second.say("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(gate.wait_for(1));

  RawClient third = server.connect();
  third.say("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(gate.wait_for(2));
  CHECK(first.is_closed());

  RawClient fourth = server.connect();
  CHECK(fourth.is_closed());
  gate.open();
  CHECK(second.read_reply().status == 200);
  CHECK(third.read_reply().status == 200);
}

TEST_CASE("newcomers do not throw each other out while others have been idle for longer") {
  http::ServerOptions options;
  options.max_connections = 4;
  TestServer server(echo, options);
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  std::vector<RawClient> old;
  for (int i = 0; i < 4; ++i) {
    old.push_back(server.connect());
    old.back().say(request);
    REQUIRE(old.back().read_reply().status == 200);
    REQUIRE(eventually([&] { return server.server.counts().idle == old.size(); }));
  }
  std::vector<RawClient> fresh;
  for (int i = 0; i < 3; ++i) {
    fresh.push_back(server.connect());
    CHECK(old[static_cast<std::size_t>(i)].is_closed());
    REQUIRE(eventually([&] { return server.server.counts().idle == 4; }));
  }
  for (RawClient& client : fresh) {
    client.say(request);
    CHECK(client.read_reply().status == 200);
  }
  CHECK(old[3].is_silent());
}

TEST_CASE("one address gets only so many connections, a trusted one as many as it likes") {
  http::ServerOptions options;
  options.max_connections_per_peer = 2;
  const bool trusted = GENERATE(false, true);
  if (!trusted) options.counts_under = [](const std::string& peer) { return peer; };
  TestServer server(echo, options);
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  std::vector<RawClient> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(server.connect());
    clients.back().say(request);
    CHECK(clients.back().read_reply().status == 200);
    REQUIRE(eventually([&] { return server.server.counts().idle == clients.size(); }));
  }
  RawClient third = server.connect();
  third.say(request);
  CHECK(third.read_reply().status == 200);
  // Its own longest idle one makes room, nobody else's.
  CHECK((trusted ? clients[0].is_silent() : clients[0].is_closed()));
  CHECK(clients[1].is_silent());
}

TEST_CASE("stopping answers what is under way, closes the rest and frees the port") {
  Gate gate;
  TestServer server([&](const http::Request& request) {
    if (request.path == "/slow") gate.pass();
    return echo(request);
  });
  RawClient idle = server.connect();
  idle.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(idle.read_reply().status == 200);
  RawClient busy = server.connect();
  busy.say("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(gate.wait_for(1));

  server.server.stop();
  CHECK(idle.is_closed());
  gate.open();
  const Reply reply = busy.read_reply();
  CHECK(reply.status == 200);
  CHECK(reply.header("connection") == "close");
  busy.hang_up();
  server.stop();

  http::ServerOptions same;
  same.port = server.port;
  TestServer next(echo, same);
  CHECK(next.ask("GET /again HTTP/1.1\r\nHost: a\r\n\r\n").body == "GET /again ");
}

TEST_CASE("stopping cuts what does not end within the deadline") {
  http::ServerOptions options;
  options.drain_timeout_ms = 50;
  TestServer server(echo, options);
  RawClient stuck = server.connect();
  stuck.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1");
  REQUIRE(eventually([&] {
    const http::Server::Counts counts = server.server.counts();
    return counts.connections == 1 && counts.idle == 0;
  }));
  const std::int64_t start = steady_now();
  server.stop();
  CHECK(steady_now() - start < patience_ms);
  CHECK(stuck.is_closed());
}

TEST_CASE("a port that is taken is an error in words, not a second server on it") {
  TestServer first(echo);
  http::ServerOptions options;
  options.port = first.port;
  http::Server second(options, echo, steady_now);
  const Result<int> bound = second.bind();
  REQUIRE_FALSE(bound.has_value());
  CHECK(bound.error().message ==
        "Cannot listen on 127.0.0.1 port " + std::to_string(first.port) + ": the port is in use");
}

TEST_CASE("IPv6 is served, and an IPv4 client of a dual-stack socket keeps its address") {
  http::ServerOptions options;
  options.address = "::";
  http::Request seen;
  TestServer server(
      [&](const http::Request& request) {
        seen = request;
        return echo(request);
      },
      options);
  RawClient v6(server.port, "::1");
  v6.say("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n");
  CHECK(v6.read_reply().status == 200);
  CHECK(seen.peer == "::1");
  CHECK(server.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200);
  CHECK(seen.peer == "127.0.0.1");
}

TEST_CASE("what accept(2) fails with, the server goes on listening") {
  TestServer server(echo);
  const int error = GENERATE(ENFILE, EMFILE, ECONNABORTED, ENOBUFS, EPROTO);
  accept_error = error;
  accept_failures = 3;
  // The first is taken by the accept() that waits already; those after it meet the failures.
  for (int i = 0; i < 3; ++i) {
    CHECK(server.ask("GET /still HTTP/1.1\r\nHost: a\r\n\r\n").body == "GET /still ");
  }
  CHECK(accept_failures == 0);
}

TEST_CASE("a burst of connections is accepted without loss") {
  TestServer server(echo);
  std::vector<RawClient> clients;
  for (int i = 0; i < 400; ++i) clients.push_back(server.connect());
  for (RawClient& client : clients) client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto served = std::count_if(clients.begin(), clients.end(), [](RawClient& client) {
    return client.read_reply().status == 200;
  });
  CHECK(served == 400);
}

}  // namespace
}  // namespace voxdial::testing
