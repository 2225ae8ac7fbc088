// Requests nobody honest sends, byte for byte: each is refused with the right status, the JSON
// envelope and a closed connection, and never reaches the handler, neither itself nor what it tries
// to smuggle behind it.
#include <string>
#include <vector>

#include "shared/codec.h"
#include "tests/proxy/http_fixture.h"

namespace voxdial::testing {
namespace {

struct Row {
  const char* name;
  std::string bytes;
  int status;
};

const std::string host = "Host: localhost\r\n";
const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string get(const std::string& target, const std::string& headers = {}) {
  return "GET " + target + " HTTP/1.1\r\n" + host + headers + "\r\n";
}
std::string post(const std::string& headers, const std::string& body = {}) {
  return "POST /api/calls HTTP/1.1\r\n" + host + headers + "\r\n" + body;
}
std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body) + smuggled;
}
std::string with(std::string text, char marker, char byte) {
  for (char& c : text) {
    if (c == marker) c = byte;
  }
  return text;
}

std::vector<Row> rows() {
  const std::string cl5 = "Content-Length: 5\r\n";
  const std::string te = "Transfer-Encoding: chunked\r\n";
  return {
      // the request line
      {"no HTTP at all", "hello\r\n\r\n", 400},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
      {"an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n\r\n", 400},
      {"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"a NUL first", std::string("\0\x01", 2), 400},
      {"a bare line feed first", "\nGET / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"no version", "GET / \r\nHost: a\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\n" + host + "\r\n", 400},
      {"HTTP/2.0", "GET / HTTP/2.0\r\n" + host + "\r\n", 400},
      {"http/1.1 in lower case", "GET / http/1.1\r\n" + host + "\r\n", 400},
      {"HTTP/01.1", "GET / HTTP/01.1\r\n" + host + "\r\n", 400},
      {"HTTP /1.1", "GET / HTTP /1.1\r\n" + host + "\r\n", 400},
      {"two spaces after the method", "GET  / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"two spaces before the version", "GET /  HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a space in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a tab for a space", "GET\t/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a space at the end of the line", "GET / HTTP/1.1 \r\n" + host + "\r\n", 400},
      {"a space before the method", " GET / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"an empty line first", "\r\nGET / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a method with a bracket", "G(T / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"an unknown method", "BREW / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"TRACE", "TRACE / HTTP/1.1\r\n" + host + "\r\n", 405},
      {"OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 405},
      {"CONNECT to elsewhere", "CONNECT evil.example:443 HTTP/1.1\r\n" + host + "\r\n", 405},
      // the target
      {"an address of another host", get("http://evil.example/"), 400},
      {"an address with a user", get("http://evil.example@localhost/"), 400},
      {"an address without Host", "GET http://localhost/ HTTP/1.1\r\n\r\n", 400},
      {"dot dot in an address", get("http://localhost/../x"), 400},
      {"an address without a slash", get("api/calls"), 400},
      {"a star", get("*"), 400},
      {"dot dot", get("/../etc/passwd"), 400},
      {"dot dot in the middle", get("/a/../../etc/passwd"), 400},
      {"dot dot at the end", get("/a/.."), 400},
      {"a lone dot", get("/a/./b"), 400},
      {"dot dot, encoded", get("/%2e%2e/etc/passwd"), 400},
      {"dot dot, half encoded", get("/.%2E/etc/passwd"), 400},
      {"an encoded slash", get("/a%2fb"), 400},
      {"dot dot with encoded slashes", get("/..%2f..%2fetc/passwd"), 400},
      {"a backslash", get("/..\\..\\etc"), 400},
      {"an encoded backslash", get("/a%5cb"), 400},
      {"an encoded NUL", get("/index.html%00.png"), 400},
      {"an encoded line break", get("/a%0d%0aX:%20y"), 400},
      {"an encoded DEL", get("/a%7f"), 400},
      {"overlong UTF-8 for a dot", get("/%c0%ae%c0%ae/"), 400},
      {"a broken escape", get("/%zz"), 400},
      {"a cut escape", get("/a%4"), 400},
      {"a fragment", get("/a#b"), 400},
      {"a raw byte over 127", get("/\xc3\xa9"), 400},
      {"a raw byte over 127 in the query", get("/?q=\xc3\xa9"), 400},
      {"a NUL in the target", with(get("/a@b"), '@', '\0'), 400},
      {"a control character in the query", get("/?a=\x01"), 400},
      {"a target of 9 KB", get("/" + std::string(9'000, 'a')), 414},
      {"a query of 9 KB", get("/?" + std::string(9'000, 'a')), 414},
      {"a target without an end", "GET /" + std::string(20'000, 'a'), 414},
      // line ends
      {"bare line feeds", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"a bare line feed after the request line", "GET / HTTP/1.1\n" + host + "\r\n", 400},
      {"a bare line feed in a header", get("/", "X: a\nY: b\r\n"), 400},
      {"a bare carriage return in a header", get("/", "X: a\rY: b\r\n"), 400},
      {"a bare carriage return as the end", "GET / HTTP/1.1\r" + host + "\r\n", 400},
      {"two carriage returns", "GET / HTTP/1.1\r\r\n" + host + "\r\n", 400},
      {"line feed, carriage return", "GET / HTTP/1.1\n\r" + host + "\r\n", 400},
      // headers
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"two Hosts", get("/", "Host: evil.example\r\n"), 400},
      {"two Hosts of other case", get("/", "hOsT: localhost\r\n"), 400},
      {"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"a Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
      {"two names in a Host", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"a header without a colon", get("/", "Nonsense\r\n"), 400},
      {"a header without a name", get("/", ": value\r\n"), 400},
      {"a space before the colon", get("/", "X : y\r\n"), 400},
      {"a tab before the colon", get("/", "X\t: y\r\n"), 400},
      {"a folded header", get("/", "X: a\r\n b\r\n"), 400},
      {"a folded header with a tab", get("/", "X: a\r\n\tb\r\n"), 400},
      {"a folded first header", "GET / HTTP/1.1\r\n " + host + "\r\n", 400},
      {"a folded Transfer-Encoding", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400},
      {"a NUL in a header", with(get("/", "X: a@b\r\n"), '@', '\0'), 400},
      {"a control character in a header", get("/", "X: a\x0b\r\n"), 400},
      {"a DEL in a header", get("/", "X: a\x7f\r\n"), 400},
      {"a NUL in a header's name", with(get("/", "X@: a\r\n"), '@', '\0'), 400},
      {"a byte over 127 in a header's name", get("/", "X\xe9: a\r\n"), 400},
      {"two Authorizations", get("/", "Authorization: a\r\nAuthorization: b\r\n"), 400},
      {"two Origins", get("/", "Origin: http://a\r\nOrigin: http://b\r\n"), 400},
      {"two Content-Types", get("/", "Content-Type: a/b\r\nContent-Type: c/d\r\n"), 400},
      {"two Idempotency-Keys", get("/", "Idempotency-Key: a\r\nIdempotency-Key: b\r\n"), 400},
      {"two Last-Event-IDs", get("/", "Last-Event-ID: 1\r\nLast-Event-ID: 2\r\n"), 400},
      {"an expectation that nobody knows", post("Expect: 200-ok\r\n" + cl5), 400},
      {"40 KB of headers", get("/", "X: " + std::string(40'000, 'x') + "\r\n"), 431},
      {"headers without an end", "GET / HTTP/1.1\r\nX: " + std::string(40'000, 'x'), 431},
      {"a hundred and two headers",
       [] {
         std::string many;
         for (int i = 0; i < 101; ++i) many += "X: y\r\n";
         return get("/", many);
       }(),
       431},
      // the length of the body
      {"Content-Length and Transfer-Encoding", post(cl5 + te, "0\r\n\r\n") + smuggled, 400},
      {"Transfer-Encoding and Content-Length", post(te + cl5, "0\r\n\r\n") + smuggled, 400},
      {"two Content-Lengths", post(cl5 + "Content-Length: 0\r\n", "hello") + smuggled, 400},
      {"two equal Content-Lengths", post(cl5 + cl5, "hello"), 400},
      {"a list of Content-Lengths", post("Content-Length: 5, 5\r\n", "hello"), 400},
      {"Content-Length with a sign", post("Content-Length: +5\r\n", "hello"), 400},
      {"a negative Content-Length", post("Content-Length: -5\r\n"), 400},
      {"a hexadecimal Content-Length", post("Content-Length: 0x5\r\n", "hello"), 400},
      {"a Content-Length with a fraction", post("Content-Length: 5.0\r\n", "hello"), 400},
      {"a Content-Length with a space in it", post("Content-Length: 1 1\r\n"), 400},
      {"an empty Content-Length", post("Content-Length:\r\n") + smuggled, 400},
      {"a Content-Length that overflows", post("Content-Length: 18446744073709551621\r\n"), 400},
      {"a Content-Length of 15 digits", post("Content-Length: 999999999999999\r\n"), 413},
      {"a Content-Length over the limit", post("Content-Length: 262145\r\n"), 413},
      {"a body on GET", get("/", cl5) + "hello", 400},
      {"chunks on GET", get("/", te) + "0\r\n\r\n", 400},
      {"an unknown transfer coding", post("Transfer-Encoding: gzip\r\n"), 400},
      {"gzip before chunked", post("Transfer-Encoding: gzip, chunked\r\n"), 400},
      {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n"), 400},
      {"chunked with an x", post("Transfer-Encoding: xchunked\r\n"), 400},
      {"chunked in quotes", post("Transfer-Encoding: \"chunked\"\r\n"), 400},
      {"chunked with a comma", post("Transfer-Encoding: ,chunked\r\n"), 400},
      {"chunked with a parameter", post("Transfer-Encoding: chunked;a=b\r\n"), 400},
      {"chunked behind a vertical tab",
       post("Transfer-Encoding: \x0b"
            "chunked\r\n"),
       400},
      {"identity", post("Transfer-Encoding: identity\r\n"), 400},
      {"two Transfer-Encodings", post(te + "Transfer-Encoding: identity\r\n"), 400},
      {"a space before the colon of Transfer-Encoding", post("Transfer-Encoding : chunked\r\n"),
       400},
      {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\n" + te + "\r\n0\r\n\r\n", 400},
      // chunks
      {"a chunk size that is no number", chunked("zz\r\n"), 400},
      {"an empty chunk size", chunked("\r\n"), 400},
      {"a negative chunk size", chunked("-1\r\n"), 400},
      {"a chunk size with 0x", chunked("0x3\r\nabc\r\n"), 400},
      {"a chunk size that overflows", chunked("fffffffffffffffff\r\n"), 400},
      {"a chunk size over the limit", chunked("7fffffff\r\n"), 400},
      {"a chunk extension before its size", chunked(";a=b\r\nabc\r\n0\r\n\r\n"), 400},
      {"a space in a chunk extension", chunked("3 ;a=b\r\nabc\r\n0\r\n\r\n"), 400},
      {"a bare line feed in a chunk extension", chunked("3;a=b\nabc\r\n0\r\n\r\n"), 400},
      {"a bare line feed in quotes", chunked("3;a=\"\nabc\r\n0\r\n\r\n"), 400},
      {"a quote that does not close", chunked("3;a=\"b\r\nabc\r\n0\r\n\r\n"), 400},
      {"an endless chunk extension", chunked("3;" + std::string(2'000, 'a')), 400},
      {"a space after the chunk size", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400},
      {"a bare line feed after the chunk size", chunked("3\nabc\r\n0\r\n\r\n"), 400},
      {"a chunk longer than it says", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400},
      {"a bare line feed after the chunk", chunked("3\r\nabc\n0\r\n\r\n"), 400},
      {"a trailer", chunked("0\r\nX: y\r\n\r\n"), 400},
      {"a chunk that never comes whole", chunked("5\r\nabc\r\n"), 400},
      {"chunks in capitals twice", post("Transfer-Encoding: CHUNKED\r\n" + te), 400},
      // what httplib decodes by itself
      {"an escape in Content-Length", post("Content-Length: %35\r\n", "hello") + smuggled, 400},
      {"an escape in Transfer-Encoding", post("Transfer-Encoding: %63hunked\r\n", "0\r\n\r\n"),
       400},
      {"an escape in Host", "GET / HTTP/1.1\r\nHost: local%68ost\r\n\r\n", 400},
      {"a form in parts", post("Content-Type: multipart/form-data; boundary=x\r\n" + cl5, "--x--"),
       415},
  };
}

TEST_CASE("every hostile request is refused, and nothing it smuggles is served") {
  std::atomic<int> handled = 0;
  TestServer server([&](const http::Request&) {
    ++handled;
    return http::no_content();
  });
  const std::vector<Row> table = rows();
  CHECK(table.size() >= 100);
  for (const Row& row : table) {
    INFO(row.name);
    RawClient client = server.connect();
    client.say(row.bytes);
    const Reply reply = client.read_reply();
    CHECK(reply.status == row.status);
    const Result<Error> error = decode<Error>(reply.body);
    CHECK(error.has_value());
    if (error) CHECK(http_status(error->code) == row.status);
    CHECK(reply.header("x-content-type-options") == "nosniff");
    CHECK(reply.header("connection") == "close");
    CHECK(client.is_closed());
  }
  CHECK(handled == 0);
}

TEST_CASE("a load balancer that speaks the PROXY protocol is told so") {
  TestServer server([](const http::Request&) { return http::no_content(); });
  for (const std::string& first :
       {std::string("PROXY TCP4 203.0.113.7 10.0.0.1 51422 443\r\n"),
        std::string("\r\n\r\n\0\r\nQUIT\n!\x11\0\x0c", 16) + std::string(12, 'x')}) {
    const Reply reply = server.ask(first + get("/"));
    CHECK(reply.status == 400);
    CHECK(reply.body.find("PROXY protocol") != std::string::npos);
  }
}

TEST_CASE("a body in chunks is read as one request, and nothing behind it as another") {
  std::atomic<int> handled = 0;
  TestServer server([&](const http::Request& request) {
    ++handled;
    return http::json(200, request.body);
  });
  for (const char* const body :
       {"3\r\nabc\r\n02\r\nde\r\n0\r\n\r\n", "5;x=1\r\nabcde\r\n0;y\r\n\r\n",
        "5;x=\"a;b c\";y=z\r\nabcde\r\n0\r\n\r\n"}) {
    CAPTURE(body);
    RawClient client = server.connect();
    client.say(chunked(body));
    const Reply reply = client.read_reply();
    CHECK(reply.status == 200);
    CHECK(reply.body == "abcde");
    CHECK(reply.header("connection") == "close");
    CHECK(client.is_closed());
  }
  CHECK(handled == 3);
}

TEST_CASE("odd but honest requests are served") {
  TestServer server([&](const http::Request& request) {
    return http::json(200, request.path + "|" + request.body);
  });
  struct Fine {
    std::string bytes, answer;
  };
  const Fine row = GENERATE_REF(values<Fine>(
      {{get("/%7Euser/a%20b?x=%2F..%2F|{}"), "/~user/a b|"},
       {get("/...x/..y"), "/...x/..y|"},
       {get("/", "X:\r\nY:\t a\tb \r\n"), "/|"},
       {get("/", "Latin: \xe9\r\n"), "/|"},
       {get("/", "Content-Length: 0\r\n"), "/|"},
       {post("Content-Length: 005\r\n", "hello"), "/api/calls|hello"},
       {post(""), "/api/calls|"},
       {get("/a+b?c+d"), "/a+b|"},
       {get("/", "Cookie: other=a%0Ab\r\n"), "/|"},
       {get("/", "Cookie: a=1\r\nCookie: b=2\r\n"), "/|"},
       {get("http://LOCALHOST/a?b"), "/a|"},
       {get("http://localhost"), "/|"},
       {get("HTTP://localhost/a"), "/a|"},
       {post("Expect: 100-Continue\r\nContent-Length: 5\r\n", "hello"), "/api/calls|hello"},
       {"DELETE /api/x HTTP/1.1\r\nHOST: LocalHost:8080\r\n\r\n", "/api/x|"}}));
  const Reply reply = server.ask(row.bytes);
  CHECK(reply.status == 200);
  CHECK(reply.body == row.answer);
}

}  // namespace
}  // namespace voxdial::testing
