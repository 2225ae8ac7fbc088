// What news does to a call: ranks, times, ends, and what of it reaches rows.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

#include "store_fixture.h"

namespace voxdial::store_test {
namespace {

StoredCall fresh_call() {
  StoredCall stored;
  stored.call.id = "call_1";
  stored.call.version = 1;
  stored.call.medium = MediumType::twilio;
  stored.call.to = "+14155550123";
  stored.call.created_at = noon;
  stored.call.max_duration_s = 600;
  return stored;
}

std::vector<std::string> timeline_of(Store& store, const std::string& id) {
  const auto detail = store.call_detail(everything, id);
  REQUIRE(detail);
  std::vector<std::string> out;
  for (const TimelineEntry& entry : detail->timeline)
    out.push_back(entry.what + " " + entry.detail);
  return out;
}

TEST_CASE("a call climbs through its states and notes when it entered them") {
  StoredCall stored = fresh_call();
  stored = apply(stored, news_of(CallStatus::queued, noon + 1));
  stored = apply(stored, news_of(CallStatus::ringing, noon + 2'000));
  stored = apply(stored, news_of(CallStatus::talking, noon + 7'000));
  CHECK(stored.call.status == CallStatus::talking);
  CHECK(stored.call.ringing_at == noon + 2'000);
  CHECK(stored.call.answered_at == noon + 7'000);
  CHECK(stored.call.end.by == EndedBy::nobody_yet);
  stored = apply(stored, news_of(CallStatus::completed, noon + 42'000));
  CHECK(stored.call.ended_at == noon + 42'000);
  CHECK(stored.facts.talked_s == 35);
  CHECK(stored.call.version == 5);
  CHECK_FALSE(stored.call.end.sentence.empty());
}

TEST_CASE("late, doubled and reordered news changes nothing that is known better") {
  StoredCall stored = fresh_call();
  stored = apply(stored, news_of(CallStatus::talking, noon + 7'000));
  const StoredCall talking = stored;
  CHECK(apply(talking, news_of(CallStatus::talking, noon + 8'000)) == talking);
  CHECK(apply(talking, news_of(CallStatus::ringing, noon + 8'000)) == talking);
  CHECK(apply(talking, news_of(CallStatus::queued, noon + 8'000)) == talking);

  stored = apply(talking, news_of(CallStatus::completed, noon + 20'000));
  const StoredCall over = stored;
  for (const CallStatus late : {CallStatus::requested, CallStatus::ringing, CallStatus::talking,
                                CallStatus::failed, CallStatus::busy, CallStatus::unknown}) {
    CHECK(apply(over, news_of(late, noon + 30'000)) == over);
  }
}

TEST_CASE("the reason knows how long it rang") {
  StoredCall stored = apply(fresh_call(), news_of(CallStatus::ringing, noon + 2'000));
  stored = apply(stored, news_of(CallStatus::no_answer, noon + 32'000));
  CHECK(stored.call.end.sentence.find("30 s") != std::string::npos);
}

TEST_CASE("the vendor's own times count more than when we heard") {
  StoredCall stored = fresh_call();
  CallUpdate news = news_of(CallStatus::completed, noon + 90'000);
  news.ringing_at = noon + 1'000;
  news.answered_at = noon + 5'000;
  news.ended_at = noon + 25'000;
  stored = apply(stored, news);
  CHECK(stored.call.ringing_at == noon + 1'000);
  CHECK(stored.call.answered_at == noon + 5'000);
  CHECK(stored.call.ended_at == noon + 25'000);
  CHECK(stored.facts.talked_s == 20);
}

TEST_CASE("a call never ends before it began, whatever the clocks say") {
  StoredCall stored = apply(fresh_call(), news_of(CallStatus::talking, noon + 5'000));
  stored = apply(stored, news_of(CallStatus::completed, noon - day));
  CHECK(stored.call.ended_at == noon + 5'000);
}

TEST_CASE("a length told by the vendor dates an answer nobody saw") {
  CallUpdate news = news_of(CallStatus::completed, noon + 60'000);
  news.talked_s = 12;
  const StoredCall stored = apply(fresh_call(), news);
  CHECK(stored.call.answered_at == noon + 48'000);
  CHECK(stored.facts.talked_s == 12);
}

TEST_CASE("facts that come after the end sharpen the reason, not the state") {
  StoredCall stored = apply(fresh_call(), news_of(CallStatus::talking, noon + 5'000));
  stored = apply(stored, news_of(CallStatus::completed, noon + 25'000));
  const std::uint64_t version = stored.call.version;
  CallUpdate fact;
  fact.at = noon + 26'000;
  fact.ultravox_end_reason = "agent_hangup";
  stored = apply(stored, fact);
  CHECK(stored.call.status == CallStatus::completed);
  CHECK(stored.call.end.by == EndedBy::agent);
  CHECK(stored.call.version == version + 1);
}

TEST_CASE("End pressed in a web call is what ended it, whoever tells Ultravox first") {
  StoredCall begun = fresh_call();
  begun.call.medium = MediumType::web;
  begun = apply(begun, news_of(CallStatus::talking, noon + 5'000));
  CallUpdate left = news_of(CallStatus::completed, noon + 9'000);
  left.ultravox_end_reason = "hangup";
  CHECK(apply(begun, left).call.end.by == EndedBy::caller);

  CallUpdate pressed;
  pressed.at = noon + 9'000;
  pressed.wish = Wish::pressed;
  CHECK(apply(apply(begun, pressed), left).call.end.by == EndedBy::person);

  // An agent that was gone before the press hung up by itself; one that left at once obeyed.
  left.ultravox_end_reason = "agent_hangup";
  left.agent_ended_at = noon + 7'000;
  CHECK(apply(apply(begun, pressed), left).call.end.by == EndedBy::agent);
  left.agent_ended_at = noon + 9'200;
  CHECK(apply(apply(begun, pressed), left).call.end.by == EndedBy::person);
}

TEST_CASE("a reason given with the end stays") {
  CallUpdate refused = news_of(CallStatus::failed, noon + 1'000);
  refused.end = EndReason{EndedBy::provider, "geo_permission", "Not enabled for this country."};
  StoredCall stored = apply(fresh_call(), refused);
  CHECK(stored.call.end == *refused.end);
  CallUpdate fact;
  fact.ultravox_end_reason = "unjoined";
  CHECK(apply(stored, fact).call.end == *refused.end);
}

TEST_CASE("a reason that comes with an end that lost is not believed") {
  StoredCall stored = apply(fresh_call(), news_of(CallStatus::busy, noon + 1'000));
  CallUpdate late = news_of(CallStatus::failed, noon + 2'000);
  late.end = EndReason{EndedBy::server, "crash", "Never happened."};
  CHECK(apply(stored, late) == stored);
}

TEST_CASE("End was pressed: shown until the call is over") {
  CallUpdate pressed;
  pressed.at = noon + 1'000;
  pressed.wish = Wish::pressed;
  StoredCall stored = apply(fresh_call(), pressed);
  CHECK(stored.call.ending);
  CHECK(apply(stored, pressed) == stored);
  stored = apply(stored, news_of(CallStatus::canceled, noon + 2'000));
  CHECK_FALSE(stored.call.ending);
  CHECK(stored.call.end.by == EndedBy::person);
  CHECK(apply(stored, pressed) == stored);  // nothing to end any more
}

TEST_CASE("vendors' ids are set once; a price may come and change after the end") {
  CallUpdate news;
  news.twilio_sid = "CA1";
  news.ultravox_call_id = "u-1";
  StoredCall stored = apply(fresh_call(), news);
  CHECK(stored.call.version == 1);  // no page can see it
  news.twilio_sid = "CA2";
  CHECK(apply(stored, news).twilio_sid == "CA1");
  stored = apply(stored, news_of(CallStatus::completed, noon + 1'000));
  CallUpdate price;
  price.price = "-0.0140";
  price.price_unit = "USD";
  stored = apply(stored, price);
  CHECK(stored.call.price == "-0.0140");
  price.price = "-0.0280";
  CHECK(apply(stored, price).call.price == "-0.0280");
}

TEST_CASE("every order of the same news leads to the same state, end and times") {
  std::vector<CallUpdate> news = {
      news_of(CallStatus::queued, noon + 1'000), news_of(CallStatus::ringing, noon + 2'000),
      news_of(CallStatus::talking, noon + 5'000), news_of(CallStatus::completed, noon + 9'000)};
  news[1].ringing_at = noon + 2'000;
  news[2].answered_at = noon + 5'000;
  news[3].ended_at = noon + 9'000;
  news[3].talked_s = 4;
  news[3].ringing_at = noon + 2'000;
  news[3].answered_at = noon + 5'000;
  std::vector<int> order = {0, 1, 2, 3};
  std::optional<Call> expected;
  do {
    StoredCall stored = fresh_call();
    for (const int i : order) stored = apply(stored, news[static_cast<std::size_t>(i)]);
    stored.call.version = 0;  // how many steps it took may differ
    if (!expected) expected = stored.call;
    CHECK(stored.call == *expected);
  } while (std::next_permutation(order.begin(), order.end()));
}

// ------------------------------------------------------------------------- rows

TEST_CASE("what news changes is stored, and found by every id") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_1"), noon);
  CallUpdate placed = news_of(CallStatus::queued, noon + 5);
  placed.twilio_sid = "CA123";
  placed.ultravox_call_id = "uv-456";
  const Recorded recorded = tell(*store, "call_1", placed);
  CHECK(recorded.changed);
  CHECK_FALSE(recorded.ended);

  CallUpdate full = news_of(CallStatus::completed, noon + 60'000);
  full.ringing_at = noon + 2'000;
  full.answered_at = noon + 5'000;
  full.answered_by = "machine_end_beep";
  full.left_voicemail = true;
  full.twilio_status = "completed";
  full.twilio_error = 31921;
  full.sip_code = 200;
  full.ultravox_end_reason = "hangup";
  full.wish = Wish::pressed;
  full.price = "-0.0140";
  full.price_unit = "USD";
  full.warning = "The recording could not be started.";
  const Recorded end = tell(*store, "call_1", full);
  CHECK(end.ended);
  CHECK(end.changed);

  store.reset();
  store = open_store(options_for(folder));
  const auto by_id = store->find_call("call_1");
  const auto by_sid = store->find_call_by_twilio_sid("CA123");
  const auto by_ultravox = store->find_call_by_ultravox_id("uv-456");
  REQUIRE(by_id);
  REQUIRE(by_id->has_value());
  CHECK(**by_id == end.stored);
  CHECK(*by_sid == *by_id);
  CHECK(*by_ultravox == *by_id);
  CHECK_FALSE(store->find_call("call_2")->has_value());
  CHECK_FALSE(store->find_call_by_twilio_sid("")->has_value());
  CHECK_FALSE(store->find_call_by_ultravox_id("")->has_value());
}

TEST_CASE("a fact that is told since an update gets its column when the store is opened") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_1"), noon);
  store.reset();
  REQUIRE(meddle(folder, "ALTER TABLE calls DROP COLUMN price_unit").empty());
  store = open_store(options_for(folder));
  CHECK(store->find_call("call_1")->value().call.price_unit.empty());
  CallUpdate priced = news_of(CallStatus::completed, noon + minute);
  priced.price_unit = "EUR";
  tell(*store, "call_1", priced);
  store = open_store(options_for(folder));
  CHECK(store->find_call("call_1")->value().call.price_unit == "EUR");
}

TEST_CASE("news that changes nothing writes nothing, unless it is to be noted") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_1"), noon);
  CHECK(tell(*store, "call_1", news_of(CallStatus::ringing, noon + 1'000)).changed);
  const Recorded again = tell(*store, "call_1", news_of(CallStatus::ringing, noon + 2'000));
  CHECK_FALSE(again.changed);
  CHECK(again.stored.call.version == 2);
  CallUpdate said;
  said.at = noon + 3'000;
  said.what = "said";
  said.detail = "to the agent: wrap up";
  said.source = "person";
  said.note = true;
  CHECK_FALSE(tell(*store, "call_1", said).changed);
  CHECK(timeline_of(*store, "call_1") == std::vector<std::string>{"requested ",
                                                                  "twilio_status ringing",
                                                                  "said to the agent: wrap up"});
}

TEST_CASE("the end is audited once, a later price as well") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_1"), noon);
  tell(*store, "call_1", news_of(CallStatus::talking, noon + 5'000));
  tell(*store, "call_1", news_of(CallStatus::completed, noon + 40'000));
  tell(*store, "call_1", news_of(CallStatus::completed, noon + 41'000));
  CallUpdate price;
  price.at = noon + 50'000;
  price.price = "-0.0140";
  price.price_unit = "USD";
  tell(*store, "call_1", price);
  tell(*store, "call_1", price);
  const auto audit = store->audit(everything, 0, 10);
  REQUIRE(audit);
  REQUIRE(audit->entries.size() == 3);
  CHECK(audit->entries[0].kind == "call_priced");
  CHECK(audit->entries[0].detail == "-0.0140 USD");
  CHECK(audit->entries[1].kind == "call_ended");
  CHECK(audit->entries[1].detail.find("completed") == 0);
  CHECK(audit->entries[1].detail.find("Talked 35 s") != std::string::npos);
  CHECK(audit->entries[2].kind == "call_requested");
}

TEST_CASE("news of a call that is not there") {
  Folder folder;
  auto store = open_store(options_for(folder));
  const auto recorded = store->record_update("call_x", news_of(CallStatus::ringing, noon));
  REQUIRE_FALSE(recorded);
  CHECK(recorded.error().code == ErrorCode::not_found);
}

TEST_CASE("after a restart every call that has not ended is there, whole") {
  Folder folder;
  auto store = open_store(options_for(folder));
  const StoredCall asked = place(*store, phone_call("call_1"), noon);
  place(*store, phone_call("call_2"), noon + 1);
  place(*store, phone_call("call_3"), noon + 2);
  CallUpdate dialled = news_of(CallStatus::ringing, noon + 1'000);
  dialled.twilio_sid = "CA3";
  dialled.ultravox_call_id = "uv-3";
  const StoredCall ringing = tell(*store, "call_3", dialled).stored;
  tell(*store, "call_2", news_of(CallStatus::busy, noon + 1'000));
  store.reset();
  store = open_store(options_for(folder));
  const auto live = store->live_calls();
  REQUIRE(live);
  CHECK(*live == std::vector<StoredCall>{asked, ringing});
}

TEST_CASE("10,000 pieces of news from many threads: none lost, versions without gaps") {
  Folder folder;
  auto store = open_store(options_for(folder));
  constexpr int threads = 20;
  constexpr int each = 500;
  for (int i = 0; i < 10; ++i) place(*store, phone_call("call_" + std::to_string(i)), noon);
  std::vector<std::thread> crowd;
  for (int t = 0; t < threads; ++t) {
    crowd.emplace_back([&, t] {
      for (int i = 0; i < each; ++i) {
        CallUpdate news;
        news.at = noon + i;
        news.what = "warned";
        news.warning = std::to_string(t) + "/" + std::to_string(i);
        const auto recorded = store->record_update("call_" + std::to_string(i % 10), news);
        if (!recorded || !recorded->changed) std::abort();
      }
    });
  }
  for (auto& thread : crowd) thread.join();
  for (int i = 0; i < 10; ++i) {
    const auto detail = store->call_detail(everything, "call_" + std::to_string(i));
    REQUIRE(detail);
    CHECK(detail->call.version == 1 + threads * each / 10);
    CHECK(detail->timeline.size() == 1 + threads * each / 10);
  }
}

// ------------------------------------------------------------------------- transcript

TEST_CASE("a transcript grows and corrects itself; only what is new comes back") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_1"), noon);
  using Role = TranscriptEntry::Role;
  const TranscriptEntry hello{0, Role::agent, "Hello", "", "", true, 100, 700};
  TranscriptEntry partial{1, Role::user, "I wo", "", "", false, 900};
  const TranscriptEntry tool{2, Role::tool_call, "{}", "updateOrder", "inv-1", true, 1'500};
  auto news = store->record_transcript("call_1", {hello, partial});
  REQUIRE(news);
  CHECK(*news == std::vector{hello, partial});
  CHECK(store->record_transcript("call_1", {hello, partial})->empty());
  TranscriptEntry whole = partial;
  whole.text = "I would like two donuts";
  whole.final = true;
  whole.end_ms = 2'400;
  news = store->record_transcript("call_1", {hello, whole, tool});
  CHECK(*news == std::vector{whole, tool});
  CHECK(store->record_transcript("call_1", {partial})->empty());
  const auto transcript = store->transcript(everything, "call_1");
  REQUIRE(transcript);
  CHECK(transcript->entries == std::vector{hello, whole, tool});
  CHECK(store->record_transcript("call_x", {hello}).error().code == ErrorCode::not_found);
  CHECK(store->transcript({"bob", true, false}, "call_1").error().code == ErrorCode::not_found);
}

}  // namespace
}  // namespace voxdial::store_test
