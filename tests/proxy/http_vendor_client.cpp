// The back door against a vendor that misbehaves: every failure is told apart, in bounded time, and
// nothing is ever sent twice.
#include "tests/proxy/toy_vendor.h"

namespace voxdial::testing {
namespace {

using http::VendorClient;
using http::VendorClientOptions;
using http::VendorEndpoint;
using Kind = SendFailure::Kind;

/// What comes of one POST to a vendor that answers every request with these bytes, then does
/// `afterwards`.
SendResult post_to(const std::string& answer, bool keep_open, int timeout_ms = 5'000,
                   std::size_t max_reply = 1 << 20) {
  ToyVendor vendor([&](int fd, int) {
    read_request(fd);
    say(fd, answer);
    if (keep_open) wait_for_end(fd);
  });
  VendorRequest request = create_call(timeout_ms);
  request.max_reply_bytes = max_reply;
  return client_for(vendor.url())->send(request);
}

TEST_CASE("a request goes out with its credentials, and the reply comes back as a value") {
  Heard heard;
  ToyVendor vendor([&](int fd, int) {
    heard.set(read_request(fd));
    say(fd, "HTTP/1.1 201 Created\r\nX-Custom: Yes\r\nContent-Length: 2\r\n\r\n{}");
  });
  VendorRequest request = create_call();
  request.path = "/api/calls?limit=1&x=a%2Bb";
  const SendResult result = client_for(vendor.url())->send(request);
  REQUIRE(result.has_value());
  CHECK(result->status == 201);
  CHECK(result->body == "{}");
  CHECK(std::find(result->headers.begin(), result->headers.end(),
                  std::pair<std::string, std::string>("x-custom", "Yes")) != result->headers.end());
  const std::string seen = heard.text();
  CHECK(seen.rfind("POST /api/calls?limit=1&x=a%2Bb HTTP/1.1\r\n", 0) == 0);
  CHECK(seen.find("\r\nX-API-Key: uv-key-123\r\n") != std::string::npos);
  CHECK(seen.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
  CHECK(seen.find("\r\nHost: 127.0.0.1:" + std::to_string(vendor.port) + "\r\n") !=
        std::string::npos);
  CHECK(seen.find("\r\nUser-Agent: voxdial\r\n") != std::string::npos);
  CHECK(seen.substr(seen.size() - 11) == "\r\n\r\n{\"a\":1}");
}

TEST_CASE("Basic credentials are encoded, and the right vendor and host get theirs") {
  Heard heard;
  ToyVendor vendor([&](int fd, int) {
    heard.set(read_request(fd));
    say(fd, ok("{}"));
  });
  std::vector<VendorEndpoint> endpoints;
  endpoints.push_back(ultravox("http://127.0.0.1:1"));
  endpoints.push_back({.vendor = Vendor::twilio,
                       .voice_host = true,
                       .base_url = vendor.url(),
                       .credentials = http::BasicAuth{"AC12", Secret(std::string("to\xc3ken"))}});
  const auto client = VendorClient::create(std::move(endpoints), {}, steady_now);
  REQUIRE(client.has_value());
  VendorRequest request = create_call();
  request.vendor = Vendor::twilio;
  request.voice_host = true;
  CHECK((*client)->send(request).has_value());
  const std::string seen = heard.text();
  CHECK(seen.find("\r\nAuthorization: Basic QUMxMjp0b8NrZW4=\r\n") != std::string::npos);
  CHECK(seen.find("uv-key") == std::string::npos);

  request.voice_host = false;
  const SendResult none = (*client)->send(request);
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().kind == Kind::not_sent);
}

TEST_CASE("a large body goes out at once, without asking for 100 Continue") {
  Heard seen;
  ToyVendor vendor([&](int fd, int) {
    seen.set(read_request(fd));
    say(fd, ok("{}"));
  });
  VendorRequest request = create_call();
  request.body = std::string(200'000, 'x');
  CHECK(client_for(vendor.url())->send(request).has_value());
  CHECK(seen.text().find("Expect") == std::string::npos);
}

TEST_CASE("a connection is kept for the next request") {
  ToyVendor vendor([&](int fd, int) {
    while (!read_request(fd).empty()) say(fd, ok("{}"));
  });
  const auto client = client_for(vendor.url());
  for (int i = 0; i < 5; ++i) CHECK(client->send(create_call()).has_value());
  CHECK(vendor.connections() == 1);
}

TEST_CASE("a connection that was idle for too long is not used again") {
  ToyVendor vendor([&](int fd, int) {
    while (!read_request(fd).empty()) say(fd, ok("{}"));
  });
  VendorClientOptions options;
  options.max_idle_ms = 0;
  const auto client = client_for(vendor.url(), options);
  CHECK(client->send(create_call()).has_value());
  CHECK(client->send(create_call()).has_value());
  CHECK(vendor.connections() == 2);
}

TEST_CASE("a connection the vendor has closed meanwhile is noticed before use") {
  std::atomic<bool> closed = false;
  ToyVendor vendor([&](int fd, int number) {
    while (!read_request(fd).empty()) {
      say(fd, ok("{}"));
      if (number == 1) {
        shutdown(fd, SHUT_RDWR);
        closed = true;
        return;
      }
    }
  });
  const auto client = client_for(vendor.url());
  CHECK(client->send(create_call()).has_value());
  REQUIRE(eventually([&] { return closed.load(); }));
  CHECK(client->send(create_call()).has_value());
  CHECK(vendor.connections() == 2);
}

TEST_CASE("a kept connection that dies under a request is no_answer, and nothing is sent again") {
  std::atomic<int> requests = 0;
  ToyVendor vendor([&](int fd, int) {
    while (!read_request(fd).empty()) {
      if (++requests == 2) return;
      say(fd, ok("{}"));
    }
  });
  const auto client = client_for(vendor.url());
  CHECK(client->send(create_call()).has_value());
  const SendResult result = client->send(create_call());
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::no_answer);
  CHECK(requests == 2);
  CHECK(vendor.connections() == 1);
}

TEST_CASE("a vendor that refuses the connection was not sent anything") {
  int port = 0;
  {
    const ToyVendor gone(nullptr);
    port = gone.port;
  }
  const SendResult result =
      client_for("http://127.0.0.1:" + std::to_string(port))->send(create_call());
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::not_sent);
}

TEST_CASE("a name that does not resolve was not sent anything") {
  const SendResult result = client_for("https://no-such-host.invalid")->send(create_call());
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::not_sent);
}

TEST_CASE("a vendor that never takes the connection is a connect timeout: not sent") {
  // A full backlog: the kernel drops further connection attempts.
  const ToyVendor full(nullptr, 0);
  std::vector<RawClient> crowd;
  crowd.emplace_back(full.port);
  VendorClientOptions options;
  options.connect_timeout_ms = 100;
  const std::int64_t start = steady_now();
  const SendResult result = client_for(full.url(), options)->send(create_call());
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::not_sent);
  CHECK(steady_now() - start < patience_ms);
}

TEST_CASE("a vendor that hangs is cut at the deadline: no answer") {
  const std::int64_t start = steady_now();
  const SendResult result = post_to("", true, 150);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error() == SendFailure{Kind::no_answer, "timeout"});
  CHECK(steady_now() - start >= 145);
  CHECK(steady_now() - start < patience_ms);
}

TEST_CASE("a vendor that drips is cut at the deadline, wherever it drips") {
  const std::string start_of_answer =
      GENERATE(as<std::string>(), "HTTP/1.1 200",
               "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n");
  ToyVendor vendor([&](int fd, int) {
    read_request(fd);
    say(fd, start_of_answer);
    // Until the client has closed: each byte well within any timeout that starts anew.
    while (send(fd, "x", 1, MSG_NOSIGNAL) == 1) {
      pollfd end{fd, POLLIN, 0};
      poll(&end, 1, 5);
      if (end.revents != 0) return;
    }
  });
  const std::int64_t start = steady_now();
  const SendResult result = client_for(vendor.url())->send(create_call(150));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::no_answer);
  CHECK(steady_now() - start < patience_ms);
}

TEST_CASE("a vendor that reads nothing is cut at the deadline") {
  ToyVendor vendor([](int fd, int) {
    pollfd end{fd, POLLRDHUP, 0};
    poll(&end, 1, patience_ms);
  });
  VendorRequest request = create_call(300);
  request.body = std::string(6'000'000, 'x');  // more than the socket's buffers hold
  const std::int64_t start = steady_now();
  const SendResult result = client_for(vendor.url())->send(request);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::no_answer);
  CHECK(result.error().what == "timeout");
  CHECK(steady_now() - start < patience_ms);
}

TEST_CASE("an answer cut short is no answer") {
  const std::string answer =
      GENERATE(as<std::string>(), "", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Le",
               "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
  const SendResult result = post_to(answer, false);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::no_answer);
}

TEST_CASE("an answer that is no HTTP is as good as none") {
  const std::string answer = GENERATE(
      as<std::string>(), "hello\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
      "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
  const SendResult result = post_to(answer, true, 2'000);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Kind::no_answer);  // the vendor may have acted
}

TEST_CASE("a redirect is a bad answer and is not followed") {
  const int status = GENERATE(301, 302, 303, 307, 308);
  std::atomic<int> elsewhere = 0;
  ToyVendor other([&](int, int) { ++elsewhere; });
  const SendResult result =
      post_to("HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + other.url() +
                  "/\r\nContent-Length: 0\r\n\r\n",
              false);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error() == SendFailure{Kind::bad_answer, "a redirect"});
  CHECK(elsewhere == 0);
}

TEST_CASE("a reply over the limit is a bad answer, announced or not") {
  const std::string large(2'000, 'x');
  const std::string answer = GENERATE_COPY(
      as<std::string>(), ok(large), "HTTP/1.1 200 OK\r\n\r\n" + large,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + large + "\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
  const SendResult result = post_to(answer, false, 5'000, 1'999);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error() == SendFailure{Kind::bad_answer, "the reply is too large"});
}

TEST_CASE("a reply just within the limit is taken, and one that ends with the connection") {
  CHECK(post_to(ok(std::string(2'000, 'x')), false, 5'000, 2'000)->body.size() == 2'000);
  CHECK(post_to("HTTP/1.1 200 OK\r\n\r\nuntil the end", false)->body == "until the end");
  CHECK(post_to("HTTP/1.1 204 No Content\r\n\r\n", true)->status == 204);
  CHECK(post_to("HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n", true)
            ->status == 429);
}

TEST_CASE("a vendor that hangs keeps its own requests waiting, not those of others") {
  ToyVendor hanging([](int fd, int) { wait_for_end(fd); });
  ToyVendor lively([](int fd, int) {
    while (!read_request(fd).empty()) say(fd, ok("{}"));
  });
  std::vector<VendorEndpoint> endpoints;
  endpoints.push_back(ultravox(hanging.url()));
  endpoints.push_back(
      {.vendor = Vendor::twilio, .voice_host = false, .base_url = lively.url(), .credentials = {}});
  VendorClientOptions options;
  options.max_in_flight = 3;
  const auto client = VendorClient::create(std::move(endpoints), options, steady_now);
  REQUIRE(client.has_value());
  std::vector<std::thread> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.emplace_back([&] { (void)(*client)->send(create_call(400)).has_value(); });
  }
  REQUIRE(eventually([&] { return hanging.connections() == 3; }));
  const SendResult fourth = (*client)->send(create_call());
  REQUIRE_FALSE(fourth.has_value());
  CHECK(fourth.error() == SendFailure{Kind::crowded, "too many requests under way"});
  VendorRequest other = create_call();
  other.vendor = Vendor::twilio;
  CHECK((*client)->send(other).has_value());
  for (std::thread& thread : waiting) thread.join();
}

TEST_CASE(
    "an address a vendor named is asked without any key, and never this machine's by mistake") {
  Heard seen;
  ToyVendor storage([&](int fd, int) {
    seen.set(read_request(fd));
    say(fd, ok("audio"));
  });
  VendorRequest request;
  request.method = "GET";
  request.elsewhere = storage.url() + "/recordings/1?sig=a%2Bb%3D";
  const SendResult result = client_for("http://127.0.0.1:1")->send(request);
  REQUIRE(result.has_value());
  CHECK(result->body == "audio");
  CHECK(seen.text().rfind("GET /recordings/1?sig=a%2Bb%3D HTTP/1.1\r\n", 0) == 0);
  CHECK(seen.text().find("uv-key") == std::string::npos);

  seen.set({});
  const auto real = client_for("https://api.ultravox.ai");
  for (const std::string& address :
       {request.elsewhere, std::string("https://127.0.0.1/"),
        std::string("http://storage.example/"), std::string("https://localhost:1/"),
        std::string("file:///etc/passwd"), std::string("https://a@b/"), std::string("//b/"),
        std::string("https://b:99999/"), std::string("https://2130706433/"),
        std::string("wss://b/"), std::string("x")}) {
    request.elsewhere = address;
    const SendResult refused = real->send(request);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error() == SendFailure{Kind::not_sent, "an address that is not fetched"});
  }
  CHECK(seen.text().empty());
}

TEST_CASE("a reply in pieces comes as it is sent, and holds its place until it is let go of") {
  Heard seen;
  ToyVendor vendor([&](int fd, int) {
    seen.set(read_request(fd));
    say(fd,
        "HTTP/1.1 206 Partial Content\r\nContent-Type: audio/wav\r\nContent-Length: 8\r\n\r\nhalf");
    wait_for_end(fd);  // the other half never comes
  });
  std::vector<VendorEndpoint> endpoints;
  endpoints.push_back(ultravox(vendor.url()));
  VendorClientOptions options;
  options.max_in_flight = 1;
  const auto client = VendorClient::create(std::move(endpoints), options, steady_now);
  REQUIRE(client.has_value());
  VendorRequest request;
  request.method = "GET";
  request.path = "/recording";
  request.range = "bytes=4-11";
  request.in_pieces = true;
  request.timeout_ms = 300;
  SendResult reply = (*client)->send(request);
  REQUIRE(reply.has_value());
  CHECK(reply->status == 206);
  CHECK(reply->body.empty());
  CHECK(seen.text().find("\r\nRange: bytes=4-11\r\n") != std::string::npos);
  CHECK(seen.text().find("\r\nX-API-Key: uv-key-123\r\n") != std::string::npos);
  CHECK(*reply->next_piece() == "half");
  CHECK((*client)->send(create_call()).error().kind == Kind::crowded);
  const std::int64_t start = steady_now();
  CHECK_FALSE(reply->next_piece().has_value());
  CHECK(steady_now() - start < patience_ms);
  reply = SendResult(VendorReply{});
  request.in_pieces = false;
  CHECK((*client)->send(request).error().kind == Kind::no_answer);  // there is a place again
}

TEST_CASE("a reply in pieces that says it is too large is not begun") {
  ToyVendor vendor([&](int fd, int) {
    read_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n");
    wait_for_end(fd);
  });
  VendorRequest request;
  request.method = "GET";
  request.path = "/recording";
  request.in_pieces = true;
  request.max_reply_bytes = 100;
  const SendResult reply = client_for(vendor.url())->send(request);
  REQUIRE_FALSE(reply.has_value());
  CHECK(reply.error() == SendFailure{Kind::bad_answer, "the reply is too large"});
}

TEST_CASE("addresses that would send a key over an open line are refused") {
  const auto refused = [](const std::string& url) {
    std::vector<VendorEndpoint> endpoints;
    endpoints.push_back(ultravox(url));
    return !VendorClient::create(std::move(endpoints), {}, steady_now).has_value();
  };
  CHECK(refused("http://api.ultravox.ai"));
  CHECK(refused("http://127.0.0.1.evil.example"));
  CHECK(refused("http://127.evil.example"));
  CHECK(refused("http://localhost.evil.example"));
  CHECK(refused("http://localhost@evil.example"));
  CHECK(refused("https://a/b"));
  CHECK(refused("https://a:99999"));
  CHECK(refused("https://"));
  CHECK(refused("ftp://localhost"));
  CHECK(refused(""));
  CHECK_FALSE(refused("http://127.0.0.1:9000"));
  CHECK_FALSE(refused("http://localhost:9000"));
  CHECK_FALSE(refused("http://[::1]:9000"));
  CHECK_FALSE(refused("https://api.ultravox.ai"));
}

TEST_CASE("a key that could forge a header is refused without being shown") {
  std::vector<VendorEndpoint> endpoints;
  VendorEndpoint endpoint = ultravox("https://api.ultravox.ai");
  endpoint.credentials = http::HeaderKey{"X-API-Key", Secret(std::string("a\r\nX: b"))};
  endpoints.push_back(std::move(endpoint));
  const auto client = VendorClient::create(std::move(endpoints), {}, steady_now);
  REQUIRE_FALSE(client.has_value());
  CHECK(client.error().message ==
        "The X-API-Key of ultravox has a space or a character that no key has.");
}

}  // namespace
}  // namespace voxdial::testing
