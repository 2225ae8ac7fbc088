// The front door over real sockets: what every reply carries, how connections live and end.
#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "proxy/http/server.h"
#include "shared/codec.h"
#include "tests/proxy/http_fixture.h"

namespace voxdial::testing {
namespace {

ErrorCode code_of(const Reply& reply) {
  const Result<Error> error = decode<Error>(reply.body);
  REQUIRE(error.has_value());
  return error->code;
}

TEST_CASE("a request reaches the handler as a value and its answer comes back") {
  http::Request seen;
  TestServer server([&](const http::Request& request) {
    seen = request;
    return http::json(201, "{}");
  });
  const Reply reply = server.ask(
      "POST /api/calls%20x?a=1&b=%41 HTTP/1.1\r\nHost: localhost\r\nX-One:  two \r\n"
      "Content-Length: 5\r\n\r\nhello");
  CHECK(reply.status == 201);
  CHECK(reply.header("content-type") == "application/json");
  CHECK(reply.header("content-length") == "2");
  CHECK(reply.body == "{}");
  CHECK(seen.method == "POST");
  CHECK(seen.path == "/api/calls x");
  CHECK(seen.query == "a=1&b=%41");
  CHECK(seen.header("x-one") == "two");
  CHECK(seen.body == "hello");
  CHECK(seen.peer == "127.0.0.1");
  CHECK_FALSE(seen.tls);
}

TEST_CASE("every reply carries the security headers, errors of the server too") {
  http::ServerOptions options;
  options.connect_src = {"wss:", "http://127.0.0.1:*"};
  TestServer server(echo, options);
  const std::string request = GENERATE(as<std::string>(), "GET /fine HTTP/1.1\r\nHost: a\r\n\r\n",
                                       "garbage\r\n\r\n", "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n");
  const Reply reply = server.ask(request);
  CHECK(
      reply.header("content-security-policy") ==
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
      "img-src 'self' data:; media-src 'self' blob:; manifest-src 'self'; connect-src 'self' wss: "
      "http://127.0.0.1:*; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
  CHECK(reply.header("x-content-type-options") == "nosniff");
  CHECK(reply.header("x-frame-options") == "DENY");
  CHECK(reply.header("referrer-policy") == "same-origin");
  CHECK(reply.header("cross-origin-opener-policy") == "same-origin");
  CHECK(reply.header("permissions-policy").rfind("microphone=(self), ", 0) == 0);
  CHECK(reply.header("permissions-policy").find("camera=()") != std::string::npos);
  CHECK(reply.header("strict-transport-security").empty());
  CHECK(reply.header("access-control-allow-origin").empty());
}

TEST_CASE("HSTS is sent when a reverse proxy ends TLS") {
  http::ServerOptions options;
  options.hsts = true;
  TestServer server(echo, options);
  const Reply reply = server.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(reply.header("strict-transport-security") == "max-age=63072000");
}

TEST_CASE("a connection serves many requests, also when they come in one piece or byte by byte") {
  TestServer server(echo);
  RawClient client = server.connect();
  const std::string one = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string two = "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
  client.say(one);
  CHECK(client.read_reply().body == "GET /1 ");
  client.say(one + two + one);
  CHECK(client.read_reply().body == "GET /1 ");
  CHECK(client.read_reply().body == "POST /2 abc");
  CHECK(client.read_reply().body == "GET /1 ");
  for (const char c : two) client.say(std::string_view(&c, 1));
  CHECK(client.read_reply().body == "POST /2 abc");
  CHECK(client.is_silent());
  CHECK(server.server.counts().connections == 1);
}

TEST_CASE("a connection closes when the client asks for it or speaks HTTP/1.0") {
  TestServer server(echo);
  const std::string request =
      GENERATE(as<std::string>(), "GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n",
               "GET / HTTP/1.0\r\n\r\n");
  RawClient client = server.connect();
  client.say(request);
  const Reply reply = client.read_reply();
  CHECK(reply.status == 200);
  CHECK(reply.header("connection") == "close");
  CHECK(client.is_closed());
}

TEST_CASE("HEAD gets the head of the GET and no body") {
  TestServer server(echo);
  RawClient client = server.connect();
  client.say("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n");
  const Reply head = client.read_reply(true);
  CHECK(head.status == 200);
  CHECK(head.header("content-length") == "7");
  CHECK(client.read_reply().body == "GET /y ");
}

TEST_CASE("100 Continue is said before a body that waits for it, and not for one too large") {
  http::ServerOptions options;
  options.max_body = 10;
  TestServer server(echo, options);
  RawClient client = server.connect();
  client.say("POST /b HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  CHECK(client.read_to("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.say("body");
  CHECK(client.read_reply().body == "POST /b body");
  client.say("POST /b HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
  const Reply refused = client.read_reply();
  CHECK(refused.status == 413);
  CHECK(code_of(refused) == ErrorCode::payload_too_large);
}

TEST_CASE("methods that nothing here takes are refused with a list of those that do") {
  TestServer server(echo);
  const std::string method = GENERATE("OPTIONS", "TRACE", "CONNECT");
  const Reply reply = server.ask(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(reply.status == 405);
  CHECK(reply.header("allow") == "GET, HEAD, POST, PUT, PATCH, DELETE");
  CHECK(code_of(reply) == ErrorCode::method_not_allowed);
}

TEST_CASE("an exception becomes a 500 without its words") {
  TestServer server([](const http::Request& request) -> http::Response {
    if (request.path == "/odd") throw 7;
    throw std::runtime_error("secret detail");
  });
  const Reply reply = server.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(reply.status == 500);
  CHECK(code_of(reply) == ErrorCode::internal);
  CHECK(reply.body.find("secret") == std::string::npos);
  CHECK(server.ask("GET /odd HTTP/1.1\r\nHost: a\r\n\r\n").status == 500);
  CHECK(server.exceptions() ==
        std::vector<std::string>{"secret detail", "an exception of no known type"});
}

TEST_CASE("a route cannot be made to forge a header") {
  TestServer server([](const http::Request&) {
    http::Response response = http::no_content();
    response.headers.emplace_back("X-Echo", "a\r\nSet-Cookie: b");
    response.headers.emplace_back("X-Fine", "c");
    return response;
  });
  const Reply reply = server.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(reply.status == 204);
  CHECK(reply.head.find("Set-Cookie") == std::string::npos);
  CHECK(reply.header("x-fine") == "c");
  CHECK(reply.header("content-length").empty());
}

TEST_CASE("a body too large is refused before it is read") {
  http::ServerOptions options;
  options.max_body = 1000;
  TestServer server(echo, options);
  SECTION("announced") {
    const Reply reply = server.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
    CHECK(reply.status == 413);
    CHECK(reply.header("connection") == "close");
  }
  SECTION("a form's is a page") {
    const Reply reply = server.ask(
        "POST /login HTTP/1.1\r\nHost: a\r\nAccept: text/html,*/*;q=0.8\r\nContent-Length: "
        "1001\r\n\r\n");
    CHECK(reply.status == 413);
    CHECK(reply.header("content-type") == "text/html; charset=utf-8");
    CHECK(reply.body.find("role=\"alert\"") != std::string::npos);
  }
  SECTION("while the client goes on sending, the answer still arrives") {
    RawClient client = server.connect();
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n";
    client.say(head + std::string(200'000, 'x'));
    CHECK(client.read_reply().status == 413);
  }
  SECTION("just within") {
    const Reply reply = server.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" +
                                   std::string(1000, 'x'));
    CHECK(reply.status == 200);
  }
}

TEST_CASE("URL and headers have limits of their own") {
  http::ServerOptions options;
  options.max_url = 100;
  options.max_header_bytes = 1000;
  options.max_headers = 10;
  TestServer server(echo, options);
  const auto with_path = [](std::size_t length) {
    return "GET /" + std::string(length - 1, 'p') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 9; ++i) many += "X: y\r\n";
  CHECK(server.ask(with_path(100)).status == 200);
  CHECK(server.ask(with_path(101)).status == 414);
  CHECK(server.ask(with_path(900)).status == 414);
  CHECK(server.ask("GET /" + std::string(5'000, 'p')).status == 414);
  CHECK(server.ask(many + "\r\n").status == 200);
  CHECK(server.ask(many + "X: y\r\n\r\n").status == 431);
  CHECK(server.ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(1'000, 'v') + "\r\n\r\n")
            .status == 431);
  CHECK(server.ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(5'000, 'v')).status == 431);
}

TEST_CASE("a slow client is cut by the total time, however steadily it drips") {
  http::ServerOptions options;
  options.header_timeout_ms = 150;
  options.body_timeout_ms = 150;
  TestServer server(echo, options);
  RawClient client = server.connect();
  const std::string begun =
      GENERATE("GET / HTTP/1.1\r\nHost: a\r\nX: ",
               "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
  REQUIRE(client.say(begun));
  const std::int64_t start = steady_now();
  Reply reply;
  // 20 ms a byte: each of them well within any timeout that starts anew.
  while (!client.more(20)) {
    if (!client.say("x") || steady_now() - start > patience_ms) break;
  }
  reply = client.read_reply();
  CHECK(reply.status == 408);
  CHECK(code_of(reply) == ErrorCode::timeout_reading);
  CHECK(steady_now() - start >= 140);
}

TEST_CASE("a client that never says a word, or no second one, is closed in silence") {
  http::ServerOptions options;
  options.header_timeout_ms = 100;
  options.idle_timeout_ms = 100;
  TestServer server(echo, options);
  RawClient client = server.connect();
  if (GENERATE(false, true)) {
    client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.read_reply().status == 200);
  }
  CHECK(client.is_closed());
  CHECK(eventually([&] { return server.server.counts().connections == 0; }));
}

TEST_CASE("slow clients hold nobody up") {
  TestServer server(echo);
  std::vector<RawClient> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(server.connect());
    slow.back().say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
  }
  CHECK(server.ask("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n").body == "GET /quick ");
}

TEST_CASE("a client that does not read its large reply is given up") {
  http::ServerOptions options;
  options.reply_timeout_ms = 100;
  options.slowest_reply = 1 << 30;
  const auto large = std::make_shared<const std::string>(20'000'000, 'x');
  TestServer server(
      [&](const http::Request& request) {
        http::Response response = echo(request);
        if (request.path == "/large") response.shared_body = large;
        return response;
      },
      options);
  RawClient lazy = server.connect();
  const int small = 4096;
  setsockopt(lazy.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  lazy.say("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(server.ask("GET /quick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").body ==
        "GET /quick ");
  CHECK(eventually([&] { return server.server.counts().connections == 0; }));
}

TEST_CASE("a large reply arrives whole") {
  const auto large = std::make_shared<const std::string>(5'000'000, 'x');
  TestServer server([&](const http::Request&) {
    http::Response response = http::json(200, "");
    response.shared_body = large;
    return response;
  });
  const Reply reply = server.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(reply.header("content-type") == "application/json");
  CHECK((reply.body == *large));
}

/// Pieces of four bytes each: "0000", "0001" and so on.
http::Pieces counting(int count, std::atomic<int>& given) {
  return [count, &given]() -> Result<std::string> {
    if (given == count) return std::string();
    std::string piece = std::to_string(10'000 + given++).substr(1);
    return piece;
  };
}

TEST_CASE("a body in pieces is made while it is sent, and its end is told") {
  std::atomic<int> given = 0;
  TestServer server([&](const http::Request& request) {
    http::Response response = http::json(200, "");
    response.pieces = counting(3, given);
    if (request.path == "/known") response.length = 12;
    return response;
  });
  RawClient client = server.connect();
  SECTION("in chunks") {
    client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const Reply reply = client.read_reply();
    CHECK(reply.header("transfer-encoding") == "chunked");
    CHECK(reply.header("content-length").empty());
    CHECK(reply.body == "000000010002");
    CHECK(client.is_silent());
  }
  SECTION("by its length where that is known") {
    client.say("GET /known HTTP/1.1\r\nHost: a\r\n\r\n");
    const Reply reply = client.read_reply();
    CHECK(reply.header("content-length") == "12");
    CHECK(reply.body == "000000010002");
    CHECK(client.is_silent());
  }
  SECTION("by the end of the connection in HTTP/1.0") {
    client.say("GET / HTTP/1.0\r\n\r\n");
    const Reply head = client.read_reply(true);
    CHECK(head.header("transfer-encoding").empty());
    CHECK(client.read_to("nothing like it") == "000000010002");
    CHECK(client.is_closed());
  }
  SECTION("not at all for HEAD") {
    client.say("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.read_reply(true).status == 200);
    CHECK(client.is_silent());
    CHECK(given == 0);
  }
}

TEST_CASE("a part of a body in pieces is cut out of them") {
  std::atomic<int> given = 0;
  TestServer server([&](const http::Request&) {
    http::Response response = http::json(200, "");
    response.pieces = counting(3, given);
    response.length = 12;
    response.in_ranges = true;
    return response;
  });
  struct Row {
    const char *range, *body, *content_range;
    int pieces;
  };
  const Row row = GENERATE(values<Row>({{"bytes=0-1", "00", "bytes 0-1/12", 1},
                                        {"bytes=5-9", "00100", "bytes 5-9/12", 3},
                                        {"bytes=8-", "0002", "bytes 8-11/12", 3},
                                        {"bytes=-1", "2", "bytes 11-11/12", 3}}));
  const Reply reply =
      server.ask("GET / HTTP/1.1\r\nHost: a\r\nRange: " + std::string(row.range) + "\r\n\r\n");
  CHECK(reply.status == 206);
  CHECK(reply.body == row.body);
  CHECK(reply.header("content-range") == row.content_range);
  CHECK(given == row.pieces);
}

TEST_CASE("a body whose pieces fail is cut, so that half is not taken for the whole") {
  const bool known = GENERATE(false, true), throws = GENERATE(false, true);
  TestServer server([&](const http::Request&) {
    http::Response response = http::json(200, "");
    response.pieces = [&, given = false]() mutable -> Result<std::string> {
      if (!std::exchange(given, true)) return std::string("half");
      if (throws) throw std::runtime_error("no more");
      return fail(ErrorCode::store_unavailable);
    };
    if (known) response.length = 8;
    return response;
  });
  RawClient client = server.connect();
  client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.read_reply(true).status == 200);
  CHECK(client.read_to("nothing like it") == (known ? "half" : "4\r\nhalf\r\n"));
  CHECK(client.is_closed());
  CHECK(eventually([&] { return server.exceptions().size() == (throws ? 1 : 0); }));
}

TEST_CASE("a hundred readers that do not read cost less than 50 MB together, and hold nobody up") {
  constexpr int readers = 100;
  constexpr std::size_t piece_bytes = 64 * 1024;
  std::atomic<int> pieces{0}, begun{0}, open{0};
  http::ServerOptions options;
  options.reply_timeout_ms = 1'000;
  options.slowest_reply = 1 << 30;
  TestServer server(
      [&](const http::Request& request) {
        http::Response response = http::json(200, request.path == "/quick" ? "{}" : "");
        if (request.path == "/quick") return response;
        ++begun;
        ++open;
        const std::shared_ptr<void> last(nullptr, [&](void*) { --open; });
        response.pieces = [&, last]() -> Result<std::string> {
          ++pieces;
          return std::string(piece_bytes, 'x');
        };
        return response;
      },
      options);
  std::vector<RawClient> lazy;
  for (int i = 0; i < readers; ++i) {
    lazy.push_back(server.connect());
    const int small = 4096;
    setsockopt(lazy.back().fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    lazy.back().say("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  CHECK(eventually([&] { return begun == readers; }));
  CHECK(server.ask("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n").body == "{}");
  // They are given up in time. What was made until then is all there is of them, here and in the
  // kernel's buffers.
  CHECK(eventually([&] { return open == 0; }));
  CHECK(pieces * piece_bytes < 50'000'000);
}

}  // namespace
}  // namespace voxdial::testing
