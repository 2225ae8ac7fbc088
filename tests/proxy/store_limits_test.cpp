// Limits, counted in the calls themselves: windows, running calls, minutes and money.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>
#include <vector>

#include "store_fixture.h"

namespace voxdial::store_test {
namespace {

struct Window {
  const char* name;
  int CallLimits::*limit;
  Millis length;
  void (*make_other)(NewCall&);  // a call that this limit does not count
};

TEST_CASE("each window lets exactly its number through and says when there is room again") {
  const Window window =
      GENERATE(Window{"person", &CallLimits::person_hour, hour, [](NewCall& c) { c.user = "bob"; }},
               Window{"person", &CallLimits::person_day, day, [](NewCall& c) { c.user = "bob"; }},
               Window{"address", &CallLimits::address_hour, hour,
                      [](NewCall& c) { c.client_address = "192.0.2.9"; }},
               Window{"address", &CallLimits::address_day, day,
                      [](NewCall& c) { c.client_address = "192.0.2.9"; }},
               Window{"number", &CallLimits::destination_hour, hour,
                      [](NewCall& c) { c.to = "+14155550199"; }},
               Window{"number", &CallLimits::destination_day, day,
                      [](NewCall& c) { c.to = "+14155550199"; }});
  CAPTURE(window.name, window.length);
  Folder folder;
  auto store = open_store(options_for(folder));
  CallLimits limits;
  limits.*window.limit = 3;

  for (int i = 0; i < 3; ++i) {
    place(*store, phone_call("call_" + std::to_string(i)), noon + i * minute, limits);
  }
  const Error error = refused(*store, phone_call("call_x"), limits, noon + 5 * minute);
  CHECK(error.code == ErrorCode::rate_limited);
  CHECK(error.retry_after_s == static_cast<int>((window.length - 5 * minute) / 1000));
  NewCall other = phone_call("call_other");
  window.make_other(other);
  place(*store, other, noon + 5 * minute, limits);
  // A restart forgets nothing, and one millisecond early is early.
  store.reset();
  store = open_store(options_for(folder));
  CHECK(refused(*store, phone_call("call_x"), limits, noon + window.length - 1).retry_after_s == 1);
  place(*store, phone_call("call_x"), noon + window.length, limits);
  CHECK(refused(*store, phone_call("call_y"), limits, noon + window.length).code ==
        ErrorCode::rate_limited);
}

TEST_CASE("a web call has no destination to count") {
  Folder folder;
  auto store = open_store(options_for(folder));
  CallLimits limits;
  limits.destination_hour = 1;
  for (int i = 0; i < 3; ++i) {
    NewCall call = phone_call("call_" + std::to_string(i));
    call.medium = MediumType::web;
    call.to.clear();
    place(*store, call, noon, limits);
  }
}

TEST_CASE("of several broken limits the one that lasts longest is told") {
  Folder folder;
  auto store = open_store(options_for(folder));
  CallLimits limits;
  limits.person_hour = 1;
  limits.address_day = 1;
  place(*store, phone_call("call_1"), noon, limits);
  CHECK(refused(*store, phone_call("call_2"), limits, noon).retry_after_s == 86'400);
}

TEST_CASE("running calls are limited until they end") {
  Folder folder;
  auto store = open_store(options_for(folder));
  CallLimits limits;
  limits.everyone_live = 2;
  place(*store, phone_call("call_1"), noon, limits);
  NewCall second = phone_call("call_2");
  second.user = "bob";
  place(*store, second, noon, limits);
  const Error error = refused(*store, phone_call("call_3"), limits, noon);
  CHECK(error.code == ErrorCode::too_many_calls);
  CHECK(error.retry_after_s == 60);
  CHECK(refused(*store, phone_call("call_3"), limits, noon + 595'000).retry_after_s == 5);

  tell(*store, "call_1", news_of(CallStatus::busy, noon + minute));
  tell(*store, "call_1", news_of(CallStatus::failed, noon + minute));  // frees one place, not two
  place(*store, phone_call("call_3"), noon + minute, limits);
  CHECK(refused(*store, phone_call("call_4"), limits, noon + minute).code ==
        ErrorCode::too_many_calls);
}

TEST_CASE("minutes are reserved at the longest length and settled by the real one") {
  Folder folder;
  auto store = open_store(options_for(folder));
  CallLimits limits;
  limits.minutes_day = 25;
  place(*store, phone_call("call_1"), noon, limits);
  place(*store, phone_call("call_2"), noon, limits);
  CHECK(refused(*store, phone_call("call_3"), limits, noon).code == ErrorCode::spend_limit);

  SECTION("a call nobody answered gives all its time back") {
    tell(*store, "call_1", news_of(CallStatus::no_answer, noon + minute));
    place(*store, phone_call("call_3"), noon + minute, limits);
  }
  SECTION("a short call gives back what it did not use") {
    tell(*store, "call_1", news_of(CallStatus::talking, noon + minute));
    tell(*store, "call_1", news_of(CallStatus::completed, noon + 6 * minute));
    place(*store, phone_call("call_3"), noon + 6 * minute, limits);
    CHECK(refused(*store, phone_call("call_4"), limits, noon + 6 * minute).code ==
          ErrorCode::spend_limit);
  }
  SECTION("a call whose fate is unknown gives nothing back") {
    tell(*store, "call_1", news_of(CallStatus::unknown, noon + minute));
    CHECK(refused(*store, phone_call("call_3"), limits, noon + minute).code ==
          ErrorCode::spend_limit);
  }
  SECTION("the length the vendor counted is settled even when it comes after the end") {
    tell(*store, "call_1", news_of(CallStatus::completed, noon + minute));
    CHECK(refused(*store, phone_call("call_3"), limits, noon + minute).code ==
          ErrorCode::spend_limit);
    CallUpdate length;
    length.at = noon + 2 * minute;
    length.talked_s = 20;
    tell(*store, "call_1", length);
    place(*store, phone_call("call_3"), noon + 2 * minute, limits);
  }
  SECTION("time is used up for a day") {
    const auto error = refused(*store, phone_call("call_3"), limits, noon + minute);
    REQUIRE(error.retry_after_s);
    const Millis room = noon + minute + Millis{*error.retry_after_s} * 1000;
    CHECK(room >= noon + day);
    CHECK(room <= noon + day + hour);
    CHECK(refused(*store, phone_call("call_3"), limits, room - 1000).code ==
          ErrorCode::spend_limit);
    place(*store, phone_call("call_3"), room, limits);
  }
}

TEST_CASE("money is reserved by begun minutes and settled like time") {
  Folder folder;
  auto store = open_store(options_for(folder));
  CallLimits limits;
  limits.spend_day = 1'500'000;  // a call of 10 min at 0.06 is 0.6
  place(*store, phone_call("call_1"), noon, limits);
  place(*store, phone_call("call_2"), noon, limits);
  CHECK(refused(*store, phone_call("call_3"), limits, noon).code == ErrorCode::spend_limit);
  NewCall cheap = phone_call("call_3");
  cheap.max_duration_s = 241;  // five begun minutes: exactly what is left
  place(*store, cheap, noon, limits);
  cheap.id = "call_4";
  cheap.max_duration_s = 1;
  CHECK(refused(*store, cheap, limits, noon).code == ErrorCode::spend_limit);

  CallUpdate over = news_of(CallStatus::completed, noon + minute);
  over.talked_s = 1;
  tell(*store, "call_1", over);  // 0.54 back
  place(*store, cheap, noon + minute, limits);
}

// ------------------------------------------------------------------------- a long history

std::atomic<std::int64_t> database_steps{0};

/// Counts what every connection opened from now on does.
int count_steps(sqlite3* handle, char**, const void*) {
  sqlite3_progress_handler(
      handle, 1,
      [](void*) {
        ++database_steps;
        return 0;
      },
      nullptr);
  return SQLITE_OK;
}

std::int64_t steps_of_a_press(int calls_before) {
  Folder folder;
  { auto store = open_store(options_for(folder)); }
  const std::string history =
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(calls_before) +
      ") INSERT INTO calls (id, version, medium, status, live, agent, agent_name, person, address, "
      "number, region, created_at, counted_at, max_duration_s, cost_per_minute, recording, "
      "idempotency_key, request_hash) SELECT 'old_' || i, 1, 'twilio', 'completed', 0, '', '', "
      "'ann', '192.0.2.1', '+14155550123', 'US', 1794000000000 + i, 1794000000000 + i, 60, 1, 0, "
      "'key_' || i, '' FROM n";
  REQUIRE(meddle(folder, history).empty());
  const auto hook = reinterpret_cast<void (*)()>(count_steps);
  REQUIRE(sqlite3_auto_extension(hook) == SQLITE_OK);
  auto store = open_store(options_for(folder));
  sqlite3_cancel_auto_extension(hook);
  const CallLimits all{60, 300, 120, 300, 100, 100, 50, 100'000, 100'000'000'000};
  for (int i = 0; i < 50; ++i) {
    const std::string id = "call_" + std::to_string(i);
    place(*store, phone_call(id), noon - hour + i, all);
    tell(*store, id, news_of(CallStatus::busy, noon - hour + i));
  }
  database_steps = 0;
  NewCall call = phone_call("call_new");
  call.idempotency_key = "press-1";
  place(*store, call, noon, all);
  return database_steps;
}

TEST_CASE("a press costs the same however long the history is") {
  if (on_postgres()) SKIP("it is SQLite's steps that are counted");
  const std::int64_t of_a_short_one = steps_of_a_press(1'000);
  CHECK(of_a_short_one > 100);
  CHECK(steps_of_a_press(100'000) < of_a_short_one + of_a_short_one / 10);
}

// ------------------------------------------------------------------------- clocks and crowds

TEST_CASE("a clock set back neither forgets a limit nor locks anybody out for ever") {
  Folder folder;
  auto store = open_store(options_for(folder));
  CallLimits limits;
  limits.person_hour = 2;
  limits.minutes_day = 20;
  const Millis wrong = noon + 365 * day;  // the clock was a year ahead for a while
  place(*store, phone_call("call_1"), wrong, limits);
  place(*store, phone_call("call_2"), wrong, limits);
  const Error error = refused(*store, phone_call("call_3"), limits, noon);
  REQUIRE(error.retry_after_s);
  CHECK(*error.retry_after_s <= 25 * 3'600);
  tell(*store, "call_1", news_of(CallStatus::busy, noon));
  tell(*store, "call_2", news_of(CallStatus::busy, noon));
  CHECK(refused(*store, phone_call("call_3"), limits, noon + hour - 1).code ==
        ErrorCode::rate_limited);
  place(*store, phone_call("call_3"), noon + hour, limits);
  place(*store, phone_call("call_4"), noon + hour, limits);
  // The history still shows what the clock said then.
  const auto first = store->find_call("call_1");
  REQUIRE(first);
  CHECK((*first)->call.created_at == wrong);
}

TEST_CASE("64 threads at once: never one call more than the limit") {
  struct Row {
    int CallLimits::*limit;
    int value;
    int allowed;
  };
  const auto [limit, value, allowed] =
      GENERATE(values<Row>({{&CallLimits::person_hour, 37, 37},
                            {&CallLimits::address_day, 51, 51},
                            {&CallLimits::everyone_live, 23, 23},
                            {&CallLimits::minutes_day, 19 * 10 + 9, 19}}));
  Folder folder;
  auto store = open_store(options_for(folder));
  CallLimits limits;
  limits.*limit = value;

  std::atomic<int> placed{0};
  std::atomic<int> odd{0};
  std::vector<std::thread> crowd;
  for (int t = 0; t < 64; ++t) {
    crowd.emplace_back([&, t] {
      for (int i = 0; i < 4; ++i) {
        NewCall call = phone_call("call_" + std::to_string(t) + "_" + std::to_string(i));
        if (limits.person_hour == 0 && t % 2 == 0) call.user = "bob";
        const auto admission = store->begin_call(call, limits, noon + i);
        if (admission) {
          ++placed;
        } else if (http_status(admission.error().code) != 429) {
          ++odd;
        }
      }
    });
  }
  for (auto& thread : crowd) thread.join();
  CHECK(odd == 0);
  CHECK(placed == allowed);
  CHECK(stored_calls(*store) == allowed);
  const auto check = store->verify_audit();
  REQUIRE(check);
  CHECK(check->intact);
  CHECK(check->rows == 256);  // every attempt, admitted or refused
}

}  // namespace
}  // namespace voxdial::store_test
