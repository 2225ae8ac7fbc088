#include "proxy/access/border.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/access/network.h"

using namespace voxdial;

namespace {

http::Request request(std::string method, std::string host, http::Headers more = {},
                      std::string body = {}) {
  http::Request made;
  made.method = std::move(method);
  made.path = "/api/calls";
  made.headers = std::move(more);
  made.headers.emplace_back("host", std::move(host));
  made.body = std::move(body);
  return made;
}

BorderRules rules(std::string public_base_url = {}) {
  Config config;
  config.listen_address = "127.0.0.1";
  config.public_base_url = std::move(public_base_url);
  config.allowed_hosts = {"desk.example"};
  return border_rules(config);
}

}  // namespace

TEST_CASE("only this proxy's own names are answered, whatever the port") {
  struct Row {
    std::string host;
    bool ours;
  };
  const auto row = GENERATE(values<Row>({{"127.0.0.1:8080", true},
                                         {"localhost", true},
                                         {"LOCALHOST:9", true},
                                         {"[::1]:8080", true},
                                         {"desk.example", true},
                                         {"", false},
                                         {"evil.example", false},
                                         {"127.0.0.1.evil.example", false},
                                         {"localhost.evil.example:8080", false},
                                         {"[::1", false}}));
  CAPTURE(row.host);
  CHECK(check_border(request("GET", row.host), rules(), Body::json, false).has_value() == row.ours);
}

TEST_CASE("a page of another site cannot change anything, nor make the API work") {
  const std::string method = GENERATE("POST", "DELETE", "GET");
  const http::Headers foreign =
      GENERATE(http::Headers{{"origin", "https://evil.example"}}, http::Headers{{"origin", "null"}},
               http::Headers{{"origin", "http://localhost:9999"}},
               http::Headers{{"origin", "https://localhost:8080"}},
               http::Headers{{"sec-fetch-site", "cross-site"}},
               http::Headers{{"sec-fetch-site", "same-site"}});
  const auto crossed =
      check_border(request(method, "localhost:8080", foreign), rules(), Body::json, false);
  REQUIRE_FALSE(crossed);
  CHECK(crossed.error().code == ErrorCode::bad_origin);
  http::Request link = request("GET", "localhost:8080", foreign);
  link.path = "/";  // a link to the page itself is only a link
  CHECK(check_border(link, rules(), Body::json, false));
}

TEST_CASE(
    "a form whose page hides its origin is taken when the browser says that the page is ours") {
  const auto sent = [](std::string site) {
    http::Headers headers = {{"origin", "null"}};
    if (!site.empty()) headers.emplace_back("sec-fetch-site", site);
    http::Request form = request("POST", "localhost:8080", headers, "name=ada");
    form.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    return check_border(form, rules(), Body::form, true).has_value();
  };
  CHECK(sent("same-origin"));
  for (const char* elsewhere : {"cross-site", "same-site", "none", ""}) {
    CAPTURE(elsewhere);
    CHECK_FALSE(sent(elsewhere));
  }
}

TEST_CASE("our own page, and a program that is no browser, may") {
  const http::Headers own = GENERATE(
      http::Headers{},
      http::Headers{{"origin", "http://localhost:8080"}, {"sec-fetch-site", "same-origin"}},
      http::Headers{{"sec-fetch-site", "none"}});
  CHECK(check_border(request("POST", "localhost:8080", own), rules(), Body::json, false));
}

TEST_CASE("behind a reverse proxy the page is https when that proxy, and no other, says so") {
  BorderRules proxied = rules();
  proxied.trusted_proxies = {"10.0.0.0/8"};
  http::Request asked = request(
      "POST", "desk.example", {{"origin", "https://desk.example"}, {"x-forwarded-proto", "https"}});
  asked.peer = "10.0.0.1";
  CHECK(check_border(asked, proxied, Body::json, true));
  asked.peer = "192.0.2.1";
  CHECK_FALSE(check_border(asked, proxied, Body::json, true));
  asked.peer = "10.0.0.1";
  asked.headers[1].second = "http";
  CHECK_FALSE(check_border(asked, proxied, Body::json, true));
}

TEST_CASE("a body must be of the route's type") {
  const auto with = [](std::string type) {
    return request("POST", "localhost", {{"content-type", std::move(type)}}, "{}");
  };
  CHECK(check_border(with("application/json"), rules(), Body::json, false));
  CHECK(check_border(with("Application/JSON; charset=utf-8"), rules(), Body::json, false));
  CHECK(check_border(with("application/x-www-form-urlencoded"), rules(), Body::form, false));
  for (const char* wrong : {"text/plain", "application/jsonx", "application/x-www-form-urlencoded",
                            "multipart/form-data; boundary=x", ""}) {
    CAPTURE(wrong);
    const auto crossed = check_border(with(wrong), rules(), Body::json, false);
    REQUIRE_FALSE(crossed);
    CHECK(crossed.error().code == ErrorCode::unsupported_media_type);
  }
}

TEST_CASE("a tunnel for callbacks does not open the dialler") {
  const BorderRules tunnel = rules("https://calls.example");
  const auto arrives = [&](Body body, bool login) {
    return check_border(request("POST", "calls.example"), tunnel, body, login).has_value();
  };
  CHECK(arrives(Body::callback, false));
  CHECK_FALSE(arrives(Body::json, false));
  CHECK(arrives(Body::json, true));
}

TEST_CASE("networks contain the addresses they should and no others") {
  CHECK(in_network("10.1.2.3", "10.0.0.0/8"));
  CHECK_FALSE(in_network("11.1.2.3", "10.0.0.0/8"));
  CHECK(in_network("10.0.0.5", "10.0.0.5"));
  CHECK(in_network("::ffff:10.0.0.5", "10.0.0.0/24"));
  CHECK(in_network("fd00::1", "fd00::/8"));
  CHECK_FALSE(in_network("10.0.0.1", "fd00::/8"));
  CHECK_FALSE(in_network("nonsense", "10.0.0.0/8"));
  for (const char* wrong : {"", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/", "x/8"}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_network(wrong));
  }
}

TEST_CASE("forwarded addresses are believed from trusted proxies alone") {
  const std::vector<std::string> trusted = {"10.0.0.0/8"};
  CHECK(client_address("203.0.113.9", "1.2.3.4", trusted) == "203.0.113.9");
  CHECK(client_address("10.0.0.1", "1.2.3.4", trusted) == "1.2.3.4");
  CHECK(client_address("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", trusted) == "1.2.3.4");
  CHECK(client_address("10.0.0.1", "not an address", trusted) == "10.0.0.1");
  CHECK(client_address("10.0.0.1", "", trusted) == "10.0.0.1");
}
