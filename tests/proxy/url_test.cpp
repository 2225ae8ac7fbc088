#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "proxy/url.h"

using namespace voxdial;

TEST_CASE("an address is read into its parts", "[url]") {
  const auto url = read_url("HTTPS://Calls.Example:8443/a/b?c=%20d#e");
  REQUIRE(url);
  CHECK(url->scheme == "https");
  CHECK(url->host == "calls.example");
  CHECK(url->port == 8443);
  CHECK(url->target == "/a/b?c=%20d");
  CHECK(origin_of(*url) == "https://calls.example:8443");
}

TEST_CASE("what an address leaves out is its scheme's own", "[url]") {
  struct Row {
    std::string text, host;
    int port;
    std::string target;
  };
  const auto row = GENERATE(values<Row>({
      {"https://example.com", "example.com", 443, "/"},
      {"http://example.com", "example.com", 80, "/"},
      {"wss://example.com?x=1", "example.com", 443, "/?x=1"},
      {"ws://[::1]/x", "::1", 80, "/x"},
      {"http://127.0.0.1:1", "127.0.0.1", 1, "/"},
      {"https://h:65535/", "h", 65535, "/"},
      {"https://h:00443", "h", 443, "/"},
      {"https://4f1e2d3c0b1a:80", "4f1e2d3c0b1a", 80, "/"},  // a container's name
      {"https://example.com./x", "example.com.", 443, "/x"},
  }));
  CAPTURE(row.text);
  const auto url = read_url(row.text);
  REQUIRE(url);
  CHECK(url->host == row.host);
  CHECK(url->port == row.port);
  CHECK(url->target == row.target);
}

TEST_CASE("an origin is written as browsers write it", "[url]") {
  const auto origin = [](std::string_view text) { return origin_of(*read_url(text)); };
  CHECK(origin("https://Calls.Example:443/x") == "https://calls.example");
  CHECK(origin("http://h:80") == "http://h");
  CHECK(origin("https://h:80") == "https://h:80");
  CHECK(origin("http://[::1]:8080") == "http://[::1]:8080");
  CHECK(origin("http://[::1]") == "http://[::1]");
}

TEST_CASE("what is no address is not half understood", "[url]") {
  const std::string text = GENERATE(
      as<std::string>{}, "", "https", "https:", "https://", "https:///x", "https://:443", "//h/x",
      "ftp://h", "https://h:99999/", "https://h:65536", "https://h:0", "https://h:-1",
      "https://h:+1", "https://h:", "https://h:x", "https://h:80x", "https://h:1:2",
      "https://h:4294967739", "https://h:99999999999999999999", "https://u@h", "https://u:p@h",
      "https://[::1", "https://[::1]x", "https://[x]", "https://[]", "https://::1", "https://127.1",
      "https://2130706433", "https://0x7f.1", "https://0x7f000001", "https://0177.0.0.1",
      "https://127.0.0.1.", "https://1.2.3.4.5", "https://256.0.0.1", "https://a b", " https://h",
      "https://h ", "https://h/\n", "https://h/a b", "https://h\\@g", "https://h/\x7f",
      "https://h/\xc3\xa9", "https://\xc3\xa9", "https://h/<x>", "https://h%2e", "https://h,g");
  CAPTURE(text);
  CHECK_FALSE(read_url(text));
}

TEST_CASE("only this machine is this machine", "[url]") {
  for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1"})
    CHECK(is_loopback_host(host));
  for (const char* host :
       {"", "0.0.0.0", "127.evil.example", "127.1", "localhost.evil.example", "::2", "10.0.0.1"}) {
    CAPTURE(host);
    CHECK_FALSE(is_loopback_host(host));
  }
}
