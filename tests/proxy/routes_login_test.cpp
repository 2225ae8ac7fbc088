// The log-in and every other page that is not the call screen.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/routes/page_words_codec.h"
#include "tests/proxy/counter.h"

using namespace voxdial;
using namespace voxdial::test;

TEST_CASE("log-in is a plain page and a form that sets an unreachable cookie") {
  Counter counter;
  name_ada(counter);
  CHECK(counter.ask("GET", "/login").body.find("<form") != std::string::npos);
  const Headers form = {{"content-type", "application/x-www-form-urlencoded"}};
  const auto wrong = counter.ask("POST", "/login", "name=ada&password=wrong", form);
  CHECK(wrong.status == 401);
  CHECK(wrong.body.find("role=\"alert\"") != std::string::npos);
  const auto right =
      counter.ask("POST", "/login?model=x", "name=+ADA%C2%A0&password=correct+horse+battery", form);
  REQUIRE(right.status == 303);
  CHECK(header(right, "Location") == "/?model=x");
  std::string cookie;
  for (const auto& [name, value] : right.headers) {
    if (name == "Set-Cookie") cookie = value.substr(0, value.find(';'));
  }
  CHECK(counter.ask("GET", "/api/config", {}, {{"cookie", cookie}}).status == 200);
  CHECK(header(counter.ask("GET", "/login", {}, {{"cookie", cookie}}), "Location") == "/");
  CHECK(counter.ask("GET", "/metrics", {}, {{"cookie", cookie}}).status == 403);
  CHECK(counter.ask("POST", "/api/logout", {}, {{"cookie", cookie}}).status == 204);
  CHECK(counter.ask("GET", "/api/config", {}, {{"cookie", cookie}}).status == 401);
}

TEST_CASE(
    "every refusal of the log-in form is a page with the form, at an address to enter again") {
  Counter counter;
  name_ada(counter);
  const std::string path = GENERATE("/login", "/api/login");
  const auto is_form = [](const http::Response& reply) {
    return header(reply, "Content-Type") == "text/html; charset=utf-8" &&
           reply.body.find("role=\"alert\"") != std::string::npos &&
           reply.body.find("<form method=\"post\">") != std::string::npos;
  };
  const auto post = [&](std::string body, Headers headers) {
    if (!body.empty()) headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    return counter.ask("POST", path, std::move(body), std::move(headers));
  };
  const auto wrong = post("name=ada&password=wrong", {});
  CHECK(wrong.status == 401);
  CHECK(is_form(wrong));
  const auto foreign = post("name=ada&password=wrong", {{"origin", "https://evil.example"}});
  CHECK(foreign.status == 403);
  CHECK(is_form(foreign));
  const auto json = counter.ask("POST", path, "{}");
  CHECK(json.status == 415);
  CHECK(is_form(json));
  const auto garbled = post("name=%", {});
  CHECK(garbled.status == 400);
  CHECK(is_form(garbled));
  for (int i = 0; i < 10; ++i) post("name=ada&password=wrong", {});
  const auto throttled = post("name=ada&password=wrong", {});
  CHECK(throttled.status == 429);
  CHECK(is_form(throttled));
  CHECK_FALSE(header(throttled, "Retry-After").empty());
  CHECK(counter.ask("GET", path).body.find("<form method=\"post\">") != std::string::npos);
  counter.faults.keep_failing = true;
  counter.faults.fail_at = 1;
  const auto broken = post("name=ada&password=wrong", {{"x-forwarded-for", "192.0.2.9"}});
  CHECK(broken.status == 503);
  CHECK(is_form(broken));
}

TEST_CASE("the pages of the server are in the language that the browser asks for") {
  CHECK(language_for("") == "en");
  CHECK(language_for("nl, *;q=0.5") == "en");
  CHECK(language_for("pt-PT,pt;q=0.9,en;q=0.8") == "pt-BR");
  CHECK(language_for("fr;q=0.3, de-AT;q=0.7,en;q=0.2") == "de");
  CHECK(language_for("JA") == "ja");
  CHECK(language_for("de;q=0, es;q=0.1") == "es");
  CHECK(language_for(";q=,,;;q=x,de") == "de");

  Counter counter;
  name_ada(counter);
  const auto in = [&](const char* method, const char* path, const char* language,
                      std::string body) {
    Headers headers = {{"accept-language", language}, {"sec-fetch-dest", "document"}};
    if (!body.empty()) headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    return counter.ask(method, path, std::move(body), std::move(headers)).body;
  };
  const auto has = [](const std::string& page, const char* words) {
    return page.find(words) != std::string::npos;
  };
  const std::string japanese = in("GET", "/login", "ja,en;q=0.5", "");
  CHECK(has(japanese, "<html lang=\"ja\">"));
  CHECK(has(japanese, "パスワード<input"));
  CHECK(has(in("POST", "/login", "de", "name=ada&password=wrong"),
            "<p role=\"alert\">Name oder Passwort ist falsch.</p>"));
  CHECK(has(in("GET", "/api/nowhere", "es", ""), "<a href=\"/\">Abrir voxdial</a>"));
  counter.app->border.hosts.insert("lan.example");
  const std::string plain =
      counter.ask("GET", "/login", {}, {{"host", "lan.example:8080"}, {"accept-language", "fr"}})
          .body;
  CHECK(has(plain, "http non chiffré"));
  CHECK(has(plain, "<code>TLS_CERT_FILE</code>"));
}

TEST_CASE("what a browser asked for to show it is a page, also when it is refused") {
  Counter counter;
  name_ada(counter);
  for (const char* path : {"/nowhere", "/api/nowhere", "/api/calls.csv", "/metrics"}) {
    CAPTURE(path);
    const auto shown = counter.ask("GET", path, {}, {{"sec-fetch-dest", "document"}});
    CHECK(shown.status >= 401);
    CHECK(header(shown, "Content-Type") == "text/html; charset=utf-8");
    const auto fetched = counter.ask("GET", path, {}, {{"accept", "*/*"}});
    CHECK(header(fetched, "Content-Type") == "application/json");
    CHECK(fetched.status == shown.status);
  }
  const auto elsewhere = counter.ask("GET", "/", {}, {{"accept", "text/html,*/*"}, {"host", "x"}});
  CHECK(elsewhere.status == 403);
  CHECK(elsewhere.body.find("ALLOWED_HOSTS") != std::string::npos);
  CHECK(elsewhere.body.find("<main>") != std::string::npos);
}

TEST_CASE("the way to the log-in keeps what stood behind the address") {
  Counter counter;
  name_ada(counter);
  CHECK(header(counter.ask("GET", "/"), "Location") == "/login");
  CHECK(header(counter.ask("GET", "/?model=a%2Fb&showDebugMessages=true"), "Location") ==
        "/login?model=a%2Fb&showDebugMessages=true");
}

TEST_CASE("over plain http from elsewhere the page says what is missing, and shows no form") {
  Counter counter;
  name_ada(counter);
  counter.app->border.hosts.insert("lan.example");
  const auto shown = [&](Headers more) {
    return counter.ask("GET", "/login", {}, std::move(more)).body;
  };
  const std::string bare = shown({{"host", "lan.example:8080"}});
  CHECK(bare.find("<form") == std::string::npos);
  CHECK(bare.find("TLS_CERT_FILE") != std::string::npos);
  CHECK(bare.find("TRUSTED_PROXIES") != std::string::npos);
  CHECK(shown({{"host", "other.example"}}).find("ALLOWED_HOSTS") != std::string::npos);
  const Headers proxied = {{"host", "lan.example"}, {"x-forwarded-proto", "https"}};
  const std::string unbelieved = shown(proxied);
  CHECK(unbelieved.find("<form") == std::string::npos);
  CHECK(unbelieved.find("isn't believed") != std::string::npos);
  counter.config.trusted_proxies = counter.app->border.trusted_proxies = {"127.0.0.1"};
  CHECK(shown(proxied).find("<form") != std::string::npos);
  const std::string silent = shown({{"host", "lan.example"}});
  CHECK(silent.find("<form") == std::string::npos);
  CHECK(silent.find("X-Forwarded-Proto: https") != std::string::npos);
}
