#include "proxy/access/access.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <sstream>
#include <thread>

#include "proxy/cli/people.h"
#include "tests/proxy/desk.h"

using namespace voxdial;
using namespace voxdial::test;

namespace {

int command(Desk& desk, std::vector<std::string_view> words, const std::string& input,
            std::string* said = nullptr) {
  std::istringstream in(input);
  std::ostringstream out;
  const int status = people_command({in, out, out, desk.world, *desk.store}, words);
  if (said != nullptr) *said = out.str();
  return status;
}

http::Request with(std::string name, std::string value, std::string peer = "127.0.0.1") {
  http::Request request;
  request.method = "GET";
  request.path = "/api/config";
  request.headers = {{std::move(name), std::move(value)}};
  request.peer = std::move(peer);
  return request;
}

std::string cookie(const std::string& token) {
  const std::string whole = session_cookie(token);
  return whole.substr(0, whole.find(';'));
}

Result<Person> identify(const Access& access, const http::Request& request) {
  const auto entrance = access.entrance();
  return entrance ? access.identify(request, *entrance) : fail(entrance.error());
}
Result<Person> identify_to_end(const Access& access, const http::Request& request) {
  const auto entrance = access.entrance();
  return entrance ? access.identify_to_end(request, *entrance) : fail(entrance.error());
}

}  // namespace

TEST_CASE("where nobody is named everybody on this machine may do everything") {
  Desk desk;
  const Access access(desk.config, desk.world, *desk.store);
  const auto person = identify(access, with("x", "y"));
  REQUIRE(person);
  CHECK(person->role == Role::supervisor);
}

TEST_CASE("where others can ask, nobody named means that nobody gets in") {
  Desk desk;
  const bool by_name = GENERATE(false, true);
  if (by_name) {
    desk.config.allowed_hosts = {"localhost", "calls.example"};
  } else {
    desk.config.listen_address = "192.0.2.7";
  }
  CHECK(is_exposed(desk.config));
  const Access access(desk.config, desk.world, *desk.store);
  CHECK(identify(access, with("x", "y")).error().code == ErrorCode::unauthenticated);
  REQUIRE(command(desk, {"user", "add", "ada"}, "correct horse battery\n") == 0);
  CHECK(*somebody_is_named(desk.config, *desk.store));
  REQUIRE(command(desk, {"user", "remove", "ada"}, "") == 0);
  CHECK_FALSE(*somebody_is_named(desk.config, *desk.store));
  CHECK(identify(access, with("x", "y")).error().code == ErrorCode::unauthenticated);
}

TEST_CASE("a password out of a file that Windows has written is what stands in it") {
  Desk desk;
  REQUIRE(command(desk, {"user", "add", "ada"}, "correct horse battery\r\n") == 0);
  Access access(desk.config, desk.world, *desk.store);
  CHECK(access.log_in("ada", "correct horse battery", "127.0.0.1"));
}

TEST_CASE("a name is the same with what keyboards and copying leave unseen at its ends") {
  Desk desk;
  REQUIRE(command(desk, {"user", "add", "ada"}, "correct horse battery\n") == 0);
  Access access(desk.config, desk.world, *desk.store);
  const auto* const typed = GENERATE(" ada", "ada\t", "Ada\r\n",
                                     "\xc2\xa0"
                                     "ada\xe2\x80\x83",  // no-break, em
                                     "\xe2\x80\x8b"
                                     "ada\xe3\x80\x80",  // zero-width, ideographic
                                     "\xef\xbb\xbf"
                                     "ADA\xe2\x80\x8f");  // BOM, right-to-left mark
  CAPTURE(typed);
  CHECK(access.log_in(typed, "correct horse battery", "127.0.0.1"));
}

TEST_CASE("what can be seen makes another name, and a name of nothing seen is nobody's") {
  Desk desk;
  REQUIRE(command(desk, {"user", "add", "ada"}, "correct horse battery\n") == 0);
  Access access(desk.config, desk.world, *desk.store);
  const auto* const typed = GENERATE(
      "\xc3\xa9"
      "ada",
      "ada.", "a da", "ada\xff", "", "\xe2\x80\x83");
  CAPTURE(typed);
  CHECK(access.log_in(typed, "correct horse battery", "127.0.0.1").error().code ==
        ErrorCode::login_failed);
}

TEST_CASE("once somebody is named a request without credentials is nobody's") {
  Desk desk;
  REQUIRE(command(desk, {"user", "add", "ada"}, "correct horse battery\n") == 0);
  Access access(desk.config, desk.world, *desk.store);
  CHECK(identify(access, with("x", "y")).error().code == ErrorCode::unauthenticated);
  CHECK(identify(access, with("cookie", "__Host-voxdial=made-up")).error().code ==
        ErrorCode::unauthenticated);
  CHECK(identify(access, with("authorization", "Bearer vxd_made-up")).error().code ==
        ErrorCode::unauthenticated);

  SECTION("the right password opens a session that ends by log-out, idleness or age") {
    const auto token = access.log_in("ada", "correct horse battery", "127.0.0.1");
    REQUIRE(token);
    auto asked = with("cookie", "other=1; __Host-voxdial=; " + cookie(*token) + "; more=2");
    if (GENERATE(false, true)) asked.headers.insert(asked.headers.begin(), {"cookie", "line=1"});
    REQUIRE(identify(access, asked));
    CHECK(identify(access, asked)->name == "ada");
    CHECK(identify(access, asked)->role == Role::caller);
    desk.clock += 13LL * 3'600'000;
    CHECK_FALSE(identify(access, asked));
    const auto again = access.log_in("ada", "correct horse battery", "127.0.0.1");
    REQUIRE(again);
    REQUIRE(access.log_out(with("cookie", cookie(*again))));
    CHECK_FALSE(identify(access, with("cookie", cookie(*again))));
  }
  SECTION("a wrong password and a wrong name are told apart by nobody, and guessing is slowed") {
    const auto wrong = access.log_in("ada", "wrong", "127.0.0.1");
    const auto unknown = access.log_in("bob", "wrong", "127.0.0.1");
    REQUIRE_FALSE(wrong);
    REQUIRE_FALSE(unknown);
    CHECK(wrong.error() == unknown.error());
    bool throttled = false;
    for (int i = 0; i < 10 && !throttled; ++i) {
      const auto guess = access.log_in("ada", "guess", "127.0.0.1");
      throttled = guess.error().code == ErrorCode::rate_limited;
    }
    CHECK(throttled);
    const auto shut = access.log_in("ada", "correct horse battery", "127.0.0.1");
    REQUIRE_FALSE(shut);
    CHECK(shut.error().retry_after_s.value_or(0) > 0);
  }
  SECTION("a token acts as its user until it is removed") {
    std::string said;
    REQUIRE(command(desk, {"token", "add", "nightly", "ada"}, "", &said) == 0);
    const std::string token = said.substr(0, said.find('\n'));
    CHECK(identify(access, with("authorization", "Bearer " + token))->name == "ada");
    REQUIRE(command(desk, {"token", "remove", "nightly"}, "") == 0);
    CHECK_FALSE(identify(access, with("authorization", "Bearer " + token)));
  }
}

TEST_CASE("an identity header counts from trusted proxies alone") {
  Desk desk;
  desk.config.identity_header = "x-forwarded-user";
  desk.config.trusted_proxies = {"10.0.0.0/8"};
  const Access access(desk.config, desk.world, *desk.store);
  CHECK(identify(access, with("x-forwarded-user", "ada", "10.0.0.1"))->name == "ada");
  CHECK(identify(access, with("x-forwarded-user", "ada", "10.0.0.1"))->role == Role::caller);
  CHECK_FALSE(identify(access, with("x-forwarded-user", "ada", "192.0.2.1")));
  for (const char* odd : {"", "a b", "a\xff", "a\tb", "b\xc3\xb6rge"}) {
    CHECK_FALSE(identify(access, with("x-forwarded-user", odd, "10.0.0.1")));
  }
}

TEST_CASE("guesses from many addresses at once cannot use up the memory") {
  Desk desk;
  Access access(desk.config, desk.world, *desk.store);
  std::atomic<int> turned_away{0}, wrong{0};
  std::vector<std::thread> guesses;
  for (int i = 0; i < 64; ++i) {
    guesses.emplace_back([&, i] {
      const std::string who = std::to_string(i);
      const auto result = access.log_in("user-" + who, "guess", "192.0.2." + who);
      turned_away += result.error().code == ErrorCode::overloaded;
      wrong += result.error().code == ErrorCode::login_failed;
    });
  }
  for (auto& guess : guesses) guess.join();
  CHECK(turned_away > 0);
  CHECK(wrong > 0);
  CHECK(turned_away + wrong == 64);
  CHECK(access.log_in("ada", "guess", "192.0.2.200").error().code == ErrorCode::login_failed);
}

TEST_CASE("a try that was turned away for want of room counts as none") {
  Desk desk;
  REQUIRE(command(desk, {"user", "add", "ada"}, "correct horse battery\n") == 0);
  Access access(desk.config, desk.world, *desk.store);
  std::atomic<int> wrong{0}, others{0};
  std::vector<std::thread> guesses;
  for (int i = 0; i < 32; ++i) {
    guesses.emplace_back([&, i] {
      const auto result = access.log_in("ada", "guess", "192.0.2." + std::to_string(i));
      (result.error().code == ErrorCode::login_failed ? wrong : others) += 1;
    });
  }
  for (auto& guess : guesses) guess.join();
  CHECK(wrong > 0);
  CHECK(wrong <= free_login_tries);
  desk.clock += 86'400'000;  // whatever was counted is forgotten by then, and no more than that
  CHECK(access.log_in("ada", "correct horse battery", "192.0.2.99"));
}

TEST_CASE("a name is stored whole characters at a time, however long a stranger made it") {
  Desk desk;
  Access access(desk.config, desk.world, *desk.store);
  CHECK_FALSE(access.log_in(std::string(127, 'a') + "\xc3\xa9" + std::string(50'000, 'b'), "guess",
                            "192.0.2.1"));
  const auto audit = desk.store->audit({{}, false, true}, 0, 10);
  REQUIRE(audit);
  CHECK(audit->entries.at(0).user == std::string(127, 'a'));
}

TEST_CASE("whether somebody is still allowed is found out by what let them in") {
  Desk desk;
  REQUIRE(command(desk, {"user", "add", "ada", "supervisor"}, "correct horse battery\n") == 0);
  Access access(desk.config, desk.world, *desk.store);
  const auto token = access.log_in("ada", "correct horse battery", "127.0.0.1");
  REQUIRE(token);
  std::string said;
  REQUIRE(command(desk, {"token", "add", "nightly", "ada"}, "", &said) == 0);
  const std::string key = said.substr(0, said.find('\n'));
  const auto by_session = identify(access, with("cookie", cookie(*token)));
  const auto by_token = identify(access, with("authorization", "Bearer " + key));
  REQUIRE(by_session);
  REQUIRE(by_token);
  CHECK(access.still_allowed(*by_session));
  CHECK(access.still_allowed(*by_token));
  CHECK(identify(access, with("authorization", "bearer  " + key)));  // as RFC 9110 11.4 has it
  CHECK(by_session->rights == desk.store->rights()->number);
  const auto out = [&](const Person& person) { return access.still_allowed(person).error().code; };
  SECTION("log-out ends the session alone") {
    REQUIRE(access.log_out(with("cookie", cookie(*token))));
    CHECK(out(*by_session) == ErrorCode::unauthenticated);
    CHECK(access.still_allowed(*by_token));
  }
  SECTION("a token is removed") {
    REQUIRE(command(desk, {"token", "remove", "nightly"}, "") == 0);
    CHECK(out(*by_token) == ErrorCode::unauthenticated);
    CHECK(access.still_allowed(*by_session));
  }
  SECTION("demotion") {
    REQUIRE(command(desk, {"user", "add", "ada"}, "correct horse battery\n") == 0);
    CHECK(out(*by_token) == ErrorCode::forbidden);
    CHECK(out(*by_session) == ErrorCode::unauthenticated);
  }
  SECTION("removal") {
    REQUIRE(command(desk, {"user", "remove", "ada"}, "") == 0);
    CHECK(out(*by_token) == ErrorCode::unauthenticated);
    CHECK(out(*by_session) == ErrorCode::unauthenticated);
  }
  CHECK(by_session->rights != desk.store->rights()->number);
}

TEST_CASE("who needed no log-in needs one once somebody is named") {
  Desk desk;
  const Access access(desk.config, desk.world, *desk.store);
  const auto anybody = identify(access, with("x", "y"));
  REQUIRE(anybody);
  CHECK(access.still_allowed(*anybody));
  REQUIRE(command(desk, {"user", "add", "ada"}, "correct horse battery\n") == 0);
  CHECK(access.still_allowed(*anybody).error().code == ErrorCode::unauthenticated);
  CHECK(anybody->rights != desk.store->rights()->number);
}

TEST_CASE("a storm of log-ins leaves a few rows a minute in the audit") {
  Desk desk;
  REQUIRE(command(desk, {"user", "add", "ada"}, "correct horse battery\n") == 0);
  Access access(desk.config, desk.world, *desk.store);
  for (int i = 0; i < 200; ++i) (void)access.log_in("ada", "guess", "192.0.2.1").has_value();
  const auto audit = desk.store->audit({{}, false, true}, 0, 500);
  REQUIRE(audit);
  CHECK(audit->entries.size() <= 1 + 2 * 10);
  CHECK(audit->entries[0].kind == "login_throttled");
}

TEST_CASE("the commands refuse what would make a weak or confusing entry") {
  Desk desk;
  CHECK(command(desk, {"user", "add", "ada"}, "short\n") == 1);
  CHECK(command(desk, {"user", "add", "a b"}, "correct horse battery\n") == 1);
  CHECK(command(desk, {"token", "add", "t", "nobody"}, "") == 1);
  CHECK(command(desk, {"user", "explode"}, "") == 2);
  CHECK(desk.store->users()->empty());
}

TEST_CASE("a session cookie is out of reach for scripts and other sites") {
  const std::string whole = session_cookie("t");
  for (const char* part : {"__Host-voxdial=t", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"}) {
    CHECK(whole.find(part) != std::string::npos);
  }
}

TEST_CASE("who was let in may still end a call when the store cannot be read, and nobody else") {
  Desk desk;
  REQUIRE(command(desk, {"user", "add", "ada"}, "correct horse battery\n") == 0);
  Access access(desk.config, desk.world, *desk.store);
  const auto token = access.log_in("ada", "correct horse battery", "127.0.0.1");
  REQUIRE(token);
  const auto ada = with("cookie", cookie(*token));
  REQUIRE(identify(access, ada));
  REQUIRE(access.entrance()->login_needed);
  desk.faults.keep_failing = true;
  desk.faults.fail_at = desk.faults.steps + 1;
  CHECK(access.entrance()->login_needed);
  CHECK(identify(access, ada).error().code == ErrorCode::store_unavailable);
  REQUIRE(identify_to_end(access, ada));
  CHECK(identify_to_end(access, ada)->name == "ada");
  CHECK_FALSE(identify_to_end(access, with("cookie", cookie("guessed"))));
  CHECK_FALSE(identify_to_end(access, with("x", "y")));
  const Access fresh(desk.config, desk.world, *desk.store);
  CHECK_FALSE(identify_to_end(fresh, ada));
}
