#include "proxy/access/border.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/access/network.h"

using namespace voxdial;

namespace {

http::Request request(std::string method, std::string host, Headers more = {},
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
  const Headers foreign = GENERATE(
      Headers{{"origin", "https://evil.example"}}, Headers{{"origin", "null"}},
      Headers{{"origin", "http://localhost:9999"}}, Headers{{"origin", "https://localhost:8080"}},
      Headers{{"sec-fetch-site", "cross-site"}}, Headers{{"sec-fetch-site", "same-site"}});
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
    Headers headers = {{"origin", "null"}};
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

TEST_CASE(
    "a reverse proxy may keep the port or the Host to itself where the browser says same-origin") {
  const auto sent = [](std::string host, std::string origin, std::string site) {
    return check_border(
               request("POST", std::move(host),
                       {{"origin", std::move(origin)}, {"sec-fetch-site", std::move(site)}}),
               rules(), Body::json, true)
        .has_value();
  };
  CHECK(sent("desk.example", "https://desk.example:8443", "same-origin"));
  CHECK(sent("127.0.0.1:8080", "https://desk.example", "same-origin"));
  CHECK_FALSE(sent("desk.example", "https://desk.example:8443", "same-site"));
  CHECK_FALSE(sent("desk.example", "https://desk.example:8443", "none"));
  CHECK_FALSE(sent("desk.example", "https://evil.example", "same-origin"));
  CHECK_FALSE(sent("desk.example", "nonsense", "same-origin"));
}

TEST_CASE("our own page, and a program that is no browser, may") {
  const Headers own = GENERATE(
      Headers{}, Headers{{"origin", "http://localhost:8080"}, {"sec-fetch-site", "same-origin"}},
      Headers{{"sec-fetch-site", "none"}});
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
    CHECK(crossed.error().message == "Send the request as application/json.");
  }
}

TEST_CASE("a form in another writing is told how forms are written") {
  const auto crossed =
      check_border(request("POST", "localhost", {{"content-type", "application/json"}}, "{}"),
                   rules(), Body::form, false);
  REQUIRE_FALSE(crossed);
  CHECK(crossed.error().message.find("x-www-form-urlencoded") != std::string::npos);
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

namespace {

Client client(const std::string& peer, Headers headers) {
  http::Request asked;
  asked.peer = peer;
  asked.headers = std::move(headers);
  return client_of(asked, {"10.0.0.0/8", "fd00::/8"});
}

}  // namespace

TEST_CASE("forwarded addresses are believed from trusted proxies alone, however those write them") {
  const auto listed = [](std::string value) {
    return client("10.0.0.1", {{"x-forwarded-for", std::move(value)}}).address;
  };
  CHECK(client("203.0.113.9", {{"x-forwarded-for", "1.2.3.4"}}).address == "203.0.113.9");
  CHECK(listed("1.2.3.4") == "1.2.3.4");
  CHECK(listed("6.6.6.6, 1.2.3.4, 10.0.0.2") == "1.2.3.4");
  CHECK(listed("203.0.113.7:51422") == "203.0.113.7");
  CHECK(listed("6.6.6.6:1,203.0.113.7:51422 ,10.0.0.2:80") == "203.0.113.7");
  CHECK(listed("[2001:db8::1]:4711") == "2001:db8::1");
  CHECK(listed("[2001:db8::2]") == "2001:db8::2");
  CHECK(listed("2001:DB8:0:0::3") == "2001:db8::3");
  CHECK(listed("\"[2001:db8::4]:4711\"") == "2001:db8::4");
  CHECK(listed("::ffff:203.0.113.7") == "203.0.113.7");
  CHECK(listed("fe80::1%eth0") == "fe80::1");
  for (const char* nothing : {"", ",", "not an address", "unknown", "1.2.3.4, unknown", "[::1",
                              "\"", "1.2.3.4:5:6", "999.1.1.1"}) {
    CAPTURE(nothing);
    CHECK(listed(nothing) == "10.0.0.1");
  }
  // Some add a line of their own instead of adding to the list.
  CHECK(client("10.0.0.1", {{"x-forwarded-for", "6.6.6.6"}, {"x-forwarded-for", "1.2.3.4"}})
            .address == "1.2.3.4");
}

TEST_CASE("a trusted proxy may speak as RFC 7239 has it") {
  const auto standard = [](std::string value) {
    return client("fd00::1", {{"forwarded", std::move(value)}});
  };
  CHECK(standard("for=1.2.3.4;proto=https;by=fd00::1").address == "1.2.3.4");
  CHECK(standard("for=1.2.3.4;proto=https").https);
  CHECK(standard("For=\"[2001:db8:cafe::17]:4711\"; Proto=HTTPS").address == "2001:db8:cafe::17");
  CHECK(standard("For=\"[2001:db8:cafe::17]:4711\"; Proto=HTTPS").https);
  CHECK(standard("for=6.6.6.6, for=1.2.3.4:80;proto=http, for=10.9.9.9").address == "1.2.3.4");
  CHECK(standard("for=_hidden").address == "fd00::1");
  CHECK_FALSE(standard("for=1.2.3.4").https);
  CHECK(client("192.0.2.1", {{"forwarded", "for=1.2.3.4;proto=https"}}).address == "192.0.2.1");
  CHECK_FALSE(client("192.0.2.1", {{"forwarded", "for=1.2.3.4;proto=https"}}).https);
  SECTION("beside the older header only when both say the same: one may be the client's own") {
    const auto both = [](std::string list, std::string pairs) {
      return client("10.0.0.1",
                    {{"x-forwarded-for", std::move(list)}, {"forwarded", std::move(pairs)}})
          .address;
    };
    CHECK(both("1.2.3.4", "for=1.2.3.4") == "1.2.3.4");
    CHECK(both("1.2.3.4", "for=6.6.6.6") == "10.0.0.1");
  }
}

TEST_CASE("https is what the first proxy said, in capitals or not") {
  const auto said = [](std::string value) {
    return client("10.0.0.1", {{"x-forwarded-proto", std::move(value)}}).https;
  };
  CHECK(said("https"));
  CHECK(said("HTTPS"));
  CHECK(said("https, http"));
  CHECK_FALSE(said("http, https"));
  CHECK_FALSE(said(""));
  CHECK_FALSE(said("on"));
}

TEST_CASE("an IPv6 site counts as one, an IPv4 address as itself") {
  CHECK(counting_address("203.0.113.7") == "203.0.113.7");
  CHECK(counting_address("::ffff:203.0.113.7") == "203.0.113.7");
  CHECK(counting_address("2001:db8:0:7:1:2:3:4") == "2001:db8:0:7::/64");
  CHECK(counting_address("2001:db8:0:7:ffff::9") == counting_address("2001:db8:0:7::"));
  CHECK(counting_address("2001:db8:0:8::") != counting_address("2001:db8:0:7::"));
  CHECK(counting_address("nonsense") == "nonsense");
}

TEST_CASE("ports that go without saying, capitals and the root's dot make no other origin") {
  BorderRules proxied = rules();
  proxied.trusted_proxies = {"10.0.0.0/8"};
  const auto passes = [&](std::string host, std::string proto, std::string origin) {
    http::Request asked =
        request("POST", std::move(host),
                {{"origin", std::move(origin)}, {"x-forwarded-proto", std::move(proto)}});
    asked.peer = "10.0.0.1";
    return check_border(asked, proxied, Body::json, true).has_value();
  };
  CHECK(passes("desk.example:443", "https", "https://desk.example"));
  CHECK(passes("desk.example", "https", "https://desk.example:443"));
  CHECK(passes("desk.example:80", "http", "http://desk.example"));
  CHECK(passes("desk.example.", "https", "https://desk.example"));
  CHECK(passes("Desk.Example.:443", "HTTPS", "https://desk.example."));
  CHECK(passes("desk.example:8443", "https", "https://desk.example:8443"));
  CHECK_FALSE(passes("desk.example", "https", "https://desk.example:8443"));
  CHECK_FALSE(passes("desk.example:8443", "https", "https://desk.example"));
  CHECK_FALSE(passes("desk.example:80", "https", "https://desk.example"));
  CHECK_FALSE(passes("desk.example:443", "http", "http://desk.example"));
  CHECK_FALSE(passes("desk.example", "https", "https://desk.example.evil.example"));
  CHECK_FALSE(passes("desk.example", "https", "https://desk.example@evil.example"));
}

TEST_CASE("a health check is answered by any name or none, and nothing else is") {
  for (const char* host : {"10.42.0.7:8080", "", "evil.example"}) {
    CAPTURE(host);
    CHECK(check_border(request("GET", host), rules(), Body::probe, true));
    CHECK_FALSE(check_border(request("GET", host), rules(), Body::json, true));
  }
  http::Request nameless = request("GET", "");
  nameless.headers.clear();
  CHECK(check_border(nameless, rules(), Body::probe, true));
  CHECK_FALSE(check_border(nameless, rules(), Body::json, true));
}

TEST_CASE("a browser keeps a log-in over https and on this machine, and nowhere else") {
  BorderRules proxied = rules("https://calls.example");
  proxied.trusted_proxies = {"10.0.0.0/8"};
  const auto keeps = [&](std::string host, std::string peer, bool tls, Headers more) {
    http::Request asked = request("GET", std::move(host), std::move(more));
    asked.peer = std::move(peer);
    asked.tls = tls;
    return is_secure_for_browser(asked, proxied);
  };
  CHECK(keeps("localhost:8080", "127.0.0.1", false, {}));
  CHECK(keeps("[::1]:8080", "::1", false, {}));
  CHECK(keeps("desk.example", "192.0.2.1", true, {}));
  CHECK(keeps("desk.example", "10.0.0.1", false, {{"x-forwarded-proto", "https"}}));
  CHECK(keeps("calls.example", "192.0.2.1", false, {}));  // the tunnel of PUBLIC_BASE_URL
  CHECK_FALSE(keeps("desk.example", "192.0.2.1", false, {{"x-forwarded-proto", "https"}}));
  CHECK_FALSE(keeps("desk.example", "10.0.0.1", false, {{"x-forwarded-proto", "http"}}));
  CHECK_FALSE(keeps("192.168.1.5:8080", "192.168.1.9", false, {}));
}
