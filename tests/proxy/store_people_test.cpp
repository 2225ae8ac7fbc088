// Users, sessions, tokens, the brake on log-ins, lists.
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "store_fixture.h"

namespace voxdial::store_test {
namespace {

const User ann{"ann", Role::caller, "$argon2id$a", noon};
const User sue{"sue", Role::supervisor, "$argon2id$s", noon};

TEST_CASE("users are kept, changed and removed") {
  Folder folder;
  auto store = open_store(options_for(folder));
  REQUIRE(store->put_user(sue));
  REQUIRE(store->put_user(ann));
  CHECK(*store->users() == std::vector{ann, sue});
  CHECK(*store->find_user("ann") == ann);
  CHECK(*store->find_user("nobody") == std::nullopt);
  User promoted = ann;
  promoted.role = Role::supervisor;
  promoted.password_hash = "$argon2id$new";
  REQUIRE(store->put_user(promoted));
  store.reset();
  store = open_store(options_for(folder));
  CHECK(*store->find_user("ann") == promoted);
  REQUIRE(store->remove_user("ann"));
  CHECK(store->remove_user("ann").error().code == ErrorCode::not_found);
  CHECK(*store->users() == std::vector{sue});
}

TEST_CASE("capitals make no other name") {
  Folder folder;
  auto store = open_store(options_for(folder));
  REQUIRE(store->put_user(ann));
  CHECK(*store->find_user("ANN") == ann);
  User other = sue;
  other.name = "Ann";
  CHECK(store->put_user(other).error().code == ErrorCode::conflict);
  REQUIRE(store->add_token({"nightly", "hash-1", "Ann", noon}));
  CHECK(store->tokens()->at(0).user == "ann");
  REQUIRE(store->remove_user("Ann"));
  CHECK(store->users()->empty());
  CHECK(store->tokens()->empty());
}

TEST_CASE("two names of a file from before capitals made no difference are each found as written") {
  Folder folder;
  auto store = open_store(options_for(folder));
  REQUIRE(store->put_user(ann));
  REQUIRE(meddle(folder,
                 "INSERT INTO people (name, role, password_hash, created_at) "
                 "VALUES ('Ann', 'supervisor', 'x', 1)")
              .empty());
  CHECK((*store->find_user("ann"))->name == "ann");
  CHECK((*store->find_user("Ann"))->name == "Ann");
  REQUIRE(store->put_user(ann));  // a new password for the one is not refused for the other's sake
  REQUIRE(store->remove_user("Ann"));
  CHECK(*store->users() == std::vector{ann});
}

TEST_CASE("the number of the rights grows with whatever withdraws one, and with nothing else") {
  Folder folder;
  auto store = open_store(options_for(folder));
  CHECK_FALSE(store->rights()->somebody_is_named);
  REQUIRE(store->put_user(ann));
  REQUIRE(store->put_user(sue));
  CHECK(store->rights()->somebody_is_named);
  REQUIRE(store->add_session({"session", "ann", noon, noon}));
  REQUIRE(store->add_token({"nightly", "hash-1", "ann", noon}));
  const auto grows = [&](const Result<void>& done) {
    static std::int64_t before = 0;
    REQUIRE(done);
    const std::int64_t now = store->rights()->number;
    return std::exchange(before, now) < now;
  };
  grows({});
  CHECK_FALSE(grows(store->begin_login("ann", "192.0.2.1", noon)));
  CHECK_FALSE(grows(store->remove_session("no such session")));
  CHECK_FALSE(grows(store->remove_dead_sessions(noon)));
  CHECK(grows(store->put_user(ann)));
  CHECK(grows(store->remove_token("nightly")));
  REQUIRE(store->add_session({"session", "sue", noon, noon}));
  CHECK(grows(store->remove_session("session")));
  REQUIRE(store->add_session({"session", "sue", noon, noon}));
  CHECK(grows(store->remove_dead_sessions(noon + day)));
  CHECK(grows(store->remove_user("ann")));
}

TEST_CASE("a session lasts until it is idle too long, too old, or ended") {
  Folder folder;
  auto store = open_store(options_for(folder));
  REQUIRE(store->put_user(ann));
  const std::string token(32, '\x80');
  REQUIRE(store->add_session({token, "ann", noon, noon}));
  const auto at = [&](Millis now) { return *store->user_of_session(token, now); };
  SECTION("idle") {
    CHECK(at(noon + 12 * hour - 1) == ann);  // moves it on
    CHECK(at(noon + 23 * hour) == ann);
    CHECK(at(noon + 35 * hour) == std::nullopt);
  }
  SECTION("absolute") {
    for (Millis now = noon; now < noon + 7 * day; now += 11 * hour) CHECK(at(now) == ann);
    CHECK(at(noon + 7 * day) == std::nullopt);
  }
  SECTION("ended") {
    REQUIRE(store->remove_session(token));
    CHECK(at(noon + 1) == std::nullopt);
  }
  SECTION("a new password ends it") {
    REQUIRE(store->put_user(ann));
    CHECK(at(noon + 1) == std::nullopt);
  }
  SECTION("its user is removed") {
    REQUIRE(store->remove_user("ann"));
    REQUIRE(store->put_user(ann));
    CHECK(at(noon + 1) == std::nullopt);
  }
  SECTION("dead ones are cleared away, living ones stay") {
    REQUIRE(store->add_session({"other", "ann", noon + day, noon + day}));
    REQUIRE(store->remove_dead_sessions(noon + day));
    CHECK(*store->user_of_session("other", noon + day) == ann);
    CHECK(at(noon + 1) == std::nullopt);
  }
  CHECK(*store->user_of_session("not a token", noon) == std::nullopt);
  CHECK(store->add_session({"t", "nobody", noon, noon}).error().code == ErrorCode::not_found);
}

TEST_CASE("tokens act as their user") {
  Folder folder;
  auto store = open_store(options_for(folder));
  REQUIRE(store->put_user(ann));
  const ApiToken token{"nightly", "hash-1", "ann", noon};
  REQUIRE(store->add_token(token));
  CHECK(*store->tokens() == std::vector{token});
  CHECK(*store->user_of_token("hash-1") == ann);
  CHECK(*store->user_of_token("hash-2") == std::nullopt);
  CHECK(store->add_token(token).error().code == ErrorCode::conflict);
  CHECK(store->add_token({"x", "h", "nobody", noon}).error().code == ErrorCode::not_found);
  REQUIRE(store->remove_token("nightly"));
  CHECK(store->remove_token("nightly").error().code == ErrorCode::not_found);
  CHECK(*store->user_of_token("hash-1") == std::nullopt);
}

TEST_CASE("guessing is slowed down per account and per address, more each time") {
  Folder folder;
  auto store = open_store(options_for(folder));
  Millis now = noon;
  for (int i = 0; i < 5; ++i) REQUIRE(store->begin_login("ann", "192.0.2.1", now));
  const auto closed_for = [&](const char* account, const char* address) {
    const auto login = store->begin_login(account, address, now);
    REQUIRE_FALSE(login);
    CHECK(login.error().code == ErrorCode::rate_limited);
    return login.error().retry_after_s.value_or(0);
  };
  SECTION("waits double up to the longest") {
    for (const int wait : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}) {
      CHECK(closed_for("ann", "192.0.2.1") == wait);
      now += wait * 1'000 - 1;
      CHECK(closed_for("ann", "192.0.2.1") == 1);
      now += 1;
      REQUIRE(store->begin_login("ann", "192.0.2.1", now));
    }
  }
  SECTION("the account is closed from everywhere, the address for everyone") {
    CHECK(closed_for("ann", "198.51.100.7") == 1);
    CHECK(closed_for("bob", "192.0.2.1") == 1);
    CHECK(store->begin_login("bob", "198.51.100.7", now));
  }
  SECTION("a right password forgets") {
    now += 1'000;
    REQUIRE(store->begin_login("ann", "192.0.2.1", now));
    REQUIRE(store->login_succeeded("ann", "192.0.2.1"));
    CHECK(store->begin_login("ann", "192.0.2.1", now));
  }
  SECTION("so does a day") {
    now += day;
    for (int i = 0; i < 5; ++i) CHECK(store->begin_login("ann", "192.0.2.1", now));
  }
  SECTION("a restart does not, and a clock set back does not close for long") {
    store.reset();
    store = open_store(options_for(folder));
    CHECK(closed_for("ann", "192.0.2.1") == 1);
    now -= 300 * day;
    CHECK(closed_for("ann", "192.0.2.1") == 1);
  }
}

TEST_CASE("an IPv6 site is slowed down as one, and long names take no room") {
  Folder folder;
  auto store = open_store(options_for(folder));
  const std::string longest(64, 'x');
  for (int i = 0; i < 5; ++i) {
    const std::string name = longest + std::to_string(i) + std::string(60'000, 'y');
    REQUIRE(store->begin_login(name, "2001:db8::" + std::to_string(i + 1), noon));
  }
  CHECK(store->begin_login("bob", "2001:db8::ffff:1", noon).error().code ==
        ErrorCode::rate_limited);
  CHECK(store->begin_login("bob", "2001:db8:0:1::1", noon));
  CHECK(store->begin_login(longest + "other", "192.0.2.1", noon).error().code ==
        ErrorCode::rate_limited);
  CHECK(number(folder, "SELECT COUNT(*) FROM login_tries") == 4);
  CHECK(number(folder, "SELECT SUM(LENGTH(subject)) FROM login_tries") < 200);
  REQUIRE(store->remove_old_tries(noon + day - 1));
  CHECK(number(folder, "SELECT COUNT(*) FROM login_tries") == 4);
  REQUIRE(store->remove_old_tries(noon + day));
  CHECK(number(folder, "SELECT COUNT(*) FROM login_tries") == 0);
}

TEST_CASE("the do-not-call list") {
  Folder folder;
  auto store = open_store(options_for(folder));
  const DoNotCall entry{"+14155550123", "asked to", "sue", noon};
  CHECK_FALSE(*store->on_do_not_call(entry.number));
  REQUIRE(store->add_do_not_call(entry));
  REQUIRE(store->add_do_not_call(entry));
  CHECK(*store->on_do_not_call(entry.number));
  CHECK(*store->do_not_call_list() == std::vector{entry});
  REQUIRE(store->remove_do_not_call(entry.number));
  CHECK_FALSE(*store->on_do_not_call(entry.number));
}

TEST_CASE("saved agents") {
  Folder folder;
  auto store = open_store(options_for(folder));
  const SavedAgent first{"assistant", "{\"id\":\"assistant\"}", "ann", noon};
  SavedAgent changed = first;
  changed.json = "{}";
  REQUIRE(store->save_agent(first, "192.0.2.1"));
  REQUIRE(store->save_agent(changed, "192.0.2.1"));
  CHECK(*store->saved_agents() == std::vector{changed});
  REQUIRE(store->remove_agent(first, "192.0.2.1"));
  CHECK(store->remove_agent(first, "192.0.2.1").error().code == ErrorCode::not_found);
  CHECK(store->saved_agents()->empty());
  // Who did what, and nothing of what was only tried.
  const auto audit = store->audit({"sue", false, true}, 0, 10);
  REQUIRE(audit);
  REQUIRE(audit->entries.size() == 3);
  CHECK(audit->entries[0].kind == "agent_removed");
  CHECK(audit->entries[2].kind == "agent_saved");
  CHECK(audit->entries[2].user == "ann");
  CHECK(audit->entries[2].client_address == "192.0.2.1");
  CHECK(audit->entries[2].detail == "agent assistant");
}

}  // namespace
}  // namespace voxdial::store_test
