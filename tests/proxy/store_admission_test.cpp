// May this call be placed: idempotency and limits, counted in rows.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <future>
#include <set>
#include <thread>
#include <vector>

#include "store_fixture.h"

namespace voxdial::store_test {
namespace {

NewCall keyed_call(const std::string& id, const std::string& key,
                   const std::string& hash = "hash") {
  NewCall call = phone_call(id);
  call.idempotency_key = key;
  call.body_hash = hash;
  return call;
}

TEST_CASE("an admitted call is recorded with timeline and audit before anybody dials") {
  Folder folder;
  auto store = open_store(options_for(folder));
  NewCall call = phone_call("call_1");
  call.quiet_hours_override = true;
  call.recording = true;
  const StoredCall stored = place(*store, call, noon);

  CHECK(stored.call.id == "call_1");
  CHECK(stored.call.version == 1);
  CHECK(stored.call.status == CallStatus::requested);
  CHECK(stored.call.to == "+14155550123");
  CHECK(stored.call.created_at == noon);
  CHECK(stored.call.recording);
  CHECK(stored.client_address == "192.0.2.1");

  const auto found = store->find_call("call_1");
  REQUIRE(found);
  CHECK(**found == stored);
  const auto detail = store->call_detail(everything, "call_1");
  REQUIRE(detail);
  REQUIRE(detail->timeline.size() == 1);
  CHECK(detail->timeline[0].what == "requested");
  const auto audit = store->audit(everything, 0, 10);
  REQUIRE(audit);
  REQUIRE(audit->entries.size() == 1);
  const AuditEntry& row = audit->entries[0];
  CHECK(row.kind == "call_requested");
  CHECK(row.number == "+14155550123");
  CHECK(row.user == "ann");
  CHECK(row.client_address == "192.0.2.1");
  CHECK(row.call_id == "call_1");
  CHECK(row.detail ==
        "twilio, agent reminder, at most 600 s, recorded, quiet hours overridden; "
        "asked: {\"agent\":\"reminder\"}");
}

TEST_CASE("an id is used once") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_1"), noon);
  CHECK(refused(*store, phone_call("call_1"), {}, noon).code == ErrorCode::conflict);
  CHECK(stored_calls(*store) == 1);
}

TEST_CASE("the same key with the same body gives the first answer again and no second call") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, keyed_call("call_1", "press-1"), noon);
  const StoredReply answer{201, "{\"id\":\"call_1\"}"};
  REQUIRE(store->finish_call_request("call_1", answer));

  const bool after_a_restart = GENERATE(false, true);
  CAPTURE(after_a_restart);
  if (after_a_restart) {
    store.reset();
    store = open_store(options_for(folder));
  }
  const auto again = store->begin_call(keyed_call("call_2", "press-1"), {}, noon + 1);
  REQUIRE(again);
  CHECK(again->kind == Admission::Kind::replayed);
  CHECK(again->reply == answer);
  CHECK(again->stored.call.id == "call_1");
  CHECK(stored_calls(*store) == 1);
}

TEST_CASE("the same key with another body is refused and audited") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, keyed_call("call_1", "press-1", "hash-1"), noon);
  const Error error = refused(*store, keyed_call("call_2", "press-1", "hash-2"), {}, noon);
  CHECK(error.code == ErrorCode::idempotency_mismatch);
  const auto audit = store->audit(everything, 0, 1);
  REQUIRE(audit);
  CHECK(audit->entries.at(0).kind == "call_refused");
  CHECK(stored_calls(*store) == 1);
}

TEST_CASE("keys belong to their person; without a key every request is a call") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, keyed_call("call_1", "press-1"), noon);
  NewCall other = keyed_call("call_2", "press-1");
  other.user = "bob";
  place(*store, other, noon);
  place(*store, keyed_call("call_3", ""), noon);
  place(*store, keyed_call("call_4", ""), noon);
  CHECK(stored_calls(*store) == 4);
}

TEST_CASE("only the first answer is kept") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, keyed_call("call_1", "press-1"), noon);
  REQUIRE(store->finish_call_request("call_1", {201, "first"}));
  REQUIRE(store->finish_call_request("call_1", {500, "second"}));
  const auto again = store->begin_call(keyed_call("call_2", "press-1"), {}, noon);
  REQUIRE(again);
  CHECK(again->reply == StoredReply{201, "first"});
}

TEST_CASE("an answer with a join URL does not get into the file, and who waits is not left alone") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_0"), noon);
  place(*store, keyed_call("call_1", "press-1"), noon);
  REQUIRE(store->finish_call_request("call_0", {201, "{\"joinUrl\":\"\"}"}));
  const StoredReply secret{201, "{\"joinUrl\":\"wss://x\"}"};
  const auto finished = store->finish_call_request("call_1", secret);
  REQUIRE_FALSE(finished);
  CHECK(finished.error().code == ErrorCode::internal);
  const auto again = store->begin_call(keyed_call("call_2", "press-1"), {}, noon);
  REQUIRE(again);
  CHECK(again->kind == Admission::Kind::orphaned);
}

TEST_CASE("of many presses of one key some wait, the others are told at once to come back") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, keyed_call("call_1", "press-1"), noon);
  constexpr int presses = 300;
  constexpr int may_wait = 64;
  std::atomic<int> back{0};
  std::atomic<int> answered{0};
  std::promise<void> most_are_back;
  std::vector<std::thread> waiting;
  for (int i = 0; i < presses; ++i) {
    waiting.emplace_back([&] {
      const auto answer = store->wait_for_reply("call_1", 600'000);
      if (answer && *answer) ++answered;
      if (++back == presses - may_wait) most_are_back.set_value();
    });
  }
  most_are_back.get_future().wait();  // though the first has not been answered
  CHECK(answered == 0);
  REQUIRE(store->finish_call_request("call_1", {201, "done"}));
  for (std::thread& thread : waiting) thread.join();
  CHECK(answered == may_wait);
}

TEST_CASE("a request with a key that is still at work waits for the first one's answer") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, keyed_call("call_1", "press-1"), noon);
  const auto second = store->begin_call(keyed_call("call_2", "press-1"), {}, noon);
  REQUIRE(second);
  CHECK(second->kind == Admission::Kind::running);
  CHECK(second->stored.call.id == "call_1");

  const auto nothing_yet = store->wait_for_reply("call_1", 0);
  REQUIRE(nothing_yet);
  CHECK_FALSE(nothing_yet->has_value());

  std::atomic<int> right{0};
  std::vector<std::thread> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back([&] {
      const auto answer = store->wait_for_reply("call_1", 600'000);
      if (answer && *answer == StoredReply{201, "done"}) ++right;
    });
  }
  REQUIRE(store->finish_call_request("call_1", {201, "done"}));
  for (auto& thread : waiting) thread.join();
  CHECK(right == 4);
}

TEST_CASE("news and the answer can be recorded in one step") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, keyed_call("call_1", "press-1"), noon);
  const StoredReply answer{201, "placed"};
  const auto recorded =
      store->record_update("call_1", news_of(CallStatus::queued, noon + 5), &answer);
  REQUIRE(recorded);
  CHECK(recorded->stored.call.status == CallStatus::queued);
  const auto again = store->begin_call(keyed_call("call_2", "press-1"), {}, noon);
  REQUIRE(again);
  CHECK(again->reply == answer);
}

TEST_CASE("a key whose first request died unanswered points to the call that was begun") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, keyed_call("call_1", "press-1"), noon);
  store.reset();
  store = open_store(options_for(folder));
  const auto again = store->begin_call(keyed_call("call_2", "press-1"), {}, noon + minute);
  REQUIRE(again);
  CHECK(again->kind == Admission::Kind::orphaned);
  CHECK(again->stored.call.id == "call_1");
  CHECK(stored_calls(*store) == 1);
  REQUIRE(store->finish_call_request("call_1", {201, "found again"}));
  const auto third = store->begin_call(keyed_call("call_3", "press-1"), {}, noon + minute);
  REQUIRE(third);
  CHECK(third->kind == Admission::Kind::replayed);
}

TEST_CASE("a refusal spends no key: the same press may be tried again later") {
  Folder folder;
  auto store = open_store(options_for(folder));
  CallLimits limits;
  limits.person_hour = 1;
  place(*store, phone_call("call_1"), noon, limits);
  CHECK(refused(*store, keyed_call("call_2", "press-2"), limits, noon + minute).code ==
        ErrorCode::rate_limited);
  place(*store, keyed_call("call_2", "press-2"), noon + hour, limits);
}

TEST_CASE("64 threads press with one key: one call, one answer for all") {
  Folder folder;
  auto store = open_store(options_for(folder));
  std::atomic<int> placed{0};
  std::atomic<int> right{0};
  std::vector<std::thread> crowd;
  for (int t = 0; t < 64; ++t) {
    crowd.emplace_back([&, t] {
      const auto admission =
          store->begin_call(keyed_call("call_" + std::to_string(t), "press-1"), {}, noon);
      if (!admission) return;
      std::optional<StoredReply> answer = admission->reply;
      if (admission->kind == Admission::Kind::placed) {
        ++placed;
        answer = StoredReply{201, admission->stored.call.id};
        if (!store->finish_call_request(admission->stored.call.id, *answer)) return;
      } else if (admission->kind == Admission::Kind::running) {
        const auto waited = store->wait_for_reply(admission->stored.call.id, 600'000);
        if (waited) answer = *waited;
      }
      if (answer && answer->body == admission->stored.call.id) ++right;
    });
  }
  for (auto& thread : crowd) thread.join();
  CHECK(placed == 1);
  CHECK(right == 64);
  CHECK(stored_calls(*store) == 1);
}

TEST_CASE("a refusal by policy is audited with its reason") {
  Folder folder;
  auto store = open_store(options_for(folder));
  Refusal refusal;
  refusal.user = "ann";
  refusal.client_address = "192.0.2.1";
  refusal.medium = MediumType::twilio;
  refusal.to = "+1911";
  refusal.code = ErrorCode::number_not_allowed;
  refusal.message = "Emergency numbers are not called.";
  refusal.asked = std::string(20'000, 'x');
  REQUIRE(store->record_refusal(refusal, noon));
  const auto audit = store->audit(everything, 0, 10);
  REQUIRE(audit);
  REQUIRE(audit->entries.size() == 1);
  CHECK(audit->entries[0].kind == "call_refused");
  CHECK(audit->entries[0].number == "+1911");
  CHECK(audit->entries[0].detail.find("number_not_allowed: Emergency numbers") !=
        std::string::npos);
  CHECK(audit->entries[0].detail.size() < 1'200);  // what a stranger sends does not fill the disk
  CHECK(stored_calls(*store) == 0);
}

}  // namespace
}  // namespace voxdial::store_test
