// Several servers on one PostgreSQL: whose turn it is to perform a step, and by whose clock.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

#include "postgres_house.h"

namespace voxdial::store_test {
namespace {

StoreOptions served_by(const House& house, const std::string& server) {
  StoreOptions options = house.options();
  options.server = server;
  return options;
}

TEST_CASE("PostgreSQL: several servers work on a database, and nobody changes it under them") {
  const House house;
  StoreOptions alone = house.options();
  alone.alone = true;
  {
    const auto one = open_store(served_by(house, "one"));
    const auto other = open_store(served_by(house, "other"));
    CHECK(one->is_shared());
    const auto restoring = Store::open(alone);
    REQUIRE_FALSE(restoring);
    CHECK(says(restoring.error(), "Stop every one of them"));
    CHECK(open_store(house.options())->put_user({"ann", Role::caller, "x", noon}));
    // Also after its connections were cut and made again.
    number(house.url,
           "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
           "WHERE application_name = 'voxdial'");
    place(*one, phone_call("call_1"), noon);
    place(*other, phone_call("call_2"), noon);
    CHECK_FALSE(Store::open(alone));
  }
  const auto restoring = open_store(alone);
  CHECK(restoring->rights()->somebody_is_named);
  const auto refused = Store::open(served_by(house, "one"));
  REQUIRE_FALSE(refused);
  CHECK(says(refused.error(), "being restored or copied"));
}

TEST_CASE("PostgreSQL: a key that another server is placing is waited for, then it is orphaned") {
  const House house;
  const auto one = open_store(served_by(house, "one"));
  const auto other = open_store(served_by(house, "other"));
  NewCall call = phone_call("call_1");
  call.idempotency_key = "press-1";
  call.body_hash = "hash";
  const StoredCall placed = place(*one, call, noon);
  call.id = "call_2";
  const Millis late = noon + placed_elsewhere_ms;
  CHECK(other->being_placed(placed, late - 1));
  CHECK_FALSE(other->being_placed(placed, late));
  CHECK(one->being_placed(placed, late));

  auto again = other->begin_call(call, {}, late - 1);
  REQUIRE(again);
  CHECK(again->kind == Admission::Kind::running);
  CHECK(other->earlier_press("ann", "press-1", "hash", late - 1)->value().kind ==
        Admission::Kind::running);
  CHECK(other->begin_call(call, {}, late)->kind == Admission::Kind::orphaned);

  const StoredReply reply{202, "{}"};
  std::optional<StoredReply> heard;
  std::thread waiting([&] {
    if (auto waited = other->wait_for_reply("call_1", 20'000)) heard = std::move(*waited);
  });
  REQUIRE(one->finish_call_request("call_1", reply));
  waiting.join();
  CHECK(heard == reply);
  again = other->begin_call(call, {}, noon);
  CHECK(again->kind == Admission::Kind::replayed);
  CHECK(again->reply == reply);
}

/// Owes the first two kinds of debt at once.
StoredCall owes_two(StoredCall row, Millis now) {
  if (row.owed.empty() && row.done == 0) {
    row.owed = {{Debt::look_twilio, now, 0, 0}, {Debt::look_ultravox, now, 0, 0}};
  }
  std::erase_if(row.owed, [&](const Owed& owed) { return row.is_done(owed.what); });
  return row;
}

TEST_CASE("PostgreSQL: a step is one server's until it is recorded, let go, or its lease is over") {
  const House house;
  StoreOptions options = served_by(house, "one");
  options.reconcile = owes_two;
  const auto one = open_store(options);
  options.server = "other";
  const auto other = open_store(options);
  place(*one, phone_call("call_1"), noon);
  const auto due = [&](Store& store, Millis now) {
    const auto found = store.due(now, 9);
    REQUIRE(found);
    return *found;
  };
  const std::vector<Store::Due> both = due(*other, noon);
  REQUIRE(both.size() == 2);
  const std::vector<Store::Due> first(both.begin(), both.begin() + 1);
  const std::vector<Store::Due> second(both.begin() + 1, both.end());

  CHECK(one->claim(both, noon - 1)->empty());  // not due yet
  CHECK(one->claim(first, noon) == first);
  CHECK(one->claim(first, noon)->empty());
  CHECK(other->claim(both, noon) == second);
  CHECK(due(*one, noon).empty());
  CHECK(other->let_go(second));
  CHECK(due(*one, noon) == second);
  CHECK(one->claim(second, noon) == second);

  // What is recorded ends the lease, and says when it is tried again.
  CallUpdate tried = news_of(CallStatus::ringing, noon);
  tried.owed_again = Owed{second[0].what, noon + minute, 1, 0};
  tell(*one, "call_1", tried);
  CHECK(other->claim(second, noon)->empty());
  CHECK(due(*other, noon + minute).size() == 2);

  // A lease that nobody renews is over after a while; its late owner tells news and no more.
  CHECK(*one->renew(first[0], noon + 5'000));
  CHECK(other->claim(first, noon + 5'000 + lease_ms - 1)->empty());
  const Millis later = noon + 5'000 + lease_ms;
  CHECK(other->claim(first, later) == first);
  CHECK_FALSE(*one->renew(first[0], later));
  CallUpdate late = news_of(CallStatus::talking, later);
  late.done = {first[0].what};
  CHECK(tell(*one, "call_1", late).stored.call.status == CallStatus::talking);
  CHECK(*other->renew(first[0], later));
  tell(*other, "call_1", late);
  CHECK_FALSE(*other->renew(first[0], later));  // settled
}

TEST_CASE("PostgreSQL: claims wait for nobody who writes, and of many at once one gets each step") {
  const House house;
  StoreOptions options = served_by(house, "one");
  options.reconcile = owes_two;
  const auto one = open_store(options);
  options.server = "other";
  const auto other = open_store(options);
  for (int i = 0; i < 12; ++i) place(*one, phone_call("call_" + std::to_string(i)), noon);
  const auto due = one->due(noon, 99);
  REQUIRE(due);
  REQUIRE(due->size() == 24);
  auto writer =
      open_transaction(house.url,
                       "SELECT pg_advisory_xact_lock(1987601516, hashtext(current_schema())); "
                       "SELECT * FROM owed WHERE call_seq = 1 FOR UPDATE");
  std::atomic<int> claimed{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 8; ++i) {
    crowd.emplace_back([&, i] {
      const auto mine = (i % 2 == 0 ? *one : *other).claim(*due, noon);
      if (mine) claimed += static_cast<int>(mine->size());
    });
  }
  for (auto& thread : crowd) thread.join();
  CHECK(claimed == 22);
}

TEST_CASE("PostgreSQL: the servers go by the database's clock") {
  const House house;
  const auto store = open_store(served_by(house, "one"));
  const Millis before =
      number(house.url, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
  const auto clock = store->clock();
  REQUIRE(clock);
  REQUIRE(*clock);
  CHECK(**clock >= before);
  CHECK(**clock - before < minute);
}

}  // namespace
}  // namespace voxdial::store_test
