// Placing, watching and ending a call while one step of it fails, and while everything fails from
// that step on: every request to a vendor with every way a vendor can fail, and the store's steps.
//
// Whatever fails: no telephone rings twice, every attempt and its end are on record, the chain of
// the audit holds, no secret is anywhere, and the call comes to its end here and at Twilio.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <set>

#include "shared/codec.h"
#include "tests/proxy/desk.h"

using namespace voxdial;
using namespace voxdial::test;

namespace {

struct Fault {
  std::string name;
  /// Whether the vendor has done what it was asked for although its answer is of no use.
  bool acted;
  std::function<SendResult()> answer;
};

const std::vector<Fault>& faults() {
  using K = SendFailure::Kind;
  const auto none = [](K kind) {
    return [=] { return SendResult(Unexpected<SendFailure>{{.kind = kind, .what = "test"}}); };
  };
  const auto reply = [](int status, std::string body) {
    return [=] { return SendResult(FakeVendors::reply(status, body)); };
  };
  static const std::vector<Fault> table = {
      {"refuses the connection", false, none(K::not_sent)},
      {"does nothing and never answers", false, none(K::no_answer)},
      {"acts and never answers", true, none(K::no_answer)},
      {"acts and answers no HTTP", true, none(K::bad_answer)},
      {"acts and says 500", true, reply(500, "oops")},
      {"says 503", false, reply(503, "{}")},
      {"acts and sends bad JSON", true, reply(200, "{\"sid\":")},
      {"acts and sends the wrong shape", true, reply(201, R"({"sid":7,"callId":[],"calls":{}})")},
      {"acts and sends nothing", true, reply(200, "")},
      {"says 404", false, reply(404, R"({"code":20404})")},
      {"says 429", false, reply(429, R"({"code":20429})")},
      {"says 401", false, reply(401, R"({"code":20003})")},
  };
  return table;
}

/// One telephone call at Twilio, one at Ultravox, and a person who presses a button and End.
struct Story : Desk {
  MediumType medium;
  bool rings = false, talks = false, over = false;  ///< at Twilio
  bool joined = false, agent_over = false;          ///< at Ultravox
  int asked = 0;                                    ///< requests to vendors so far
  int fail_at = 0;                                  ///< the number of the one that fails; 0: none
  bool from_then_on = false;
  const Fault* fault = nullptr;
  std::string answers;  ///< all that the person was told

  explicit Story(MediumType kind) : medium(kind) {
    world.send = [this](const VendorRequest& request) {
      {
        const std::lock_guard lock(vendors.mutex);
        vendors.seen.push_back(request);
      }
      ++asked;
      const bool fails = fail_at != 0 && (asked == fail_at || (from_then_on && asked > fail_at));
      if (!fails) return act(request);
      if (fault->acted) (void)act(request).has_value();
      return fault->answer();
    };
  }

  std::string twilio_word() const { return over ? "completed" : talks ? "in-progress" : "ringing"; }
  SendResult twilio_call(int status) const {
    return FakeVendors::reply(
        status, FakeVendors::twilio_call(twilio_word(),
                                         R"(,"date_created":"Sun, 22 Nov 2026 09:33:20 +0000")"));
  }

  SendResult act(const VendorRequest& request) {
    const bool post = request.method == "POST";
    const auto has = [&](const char* part) { return request.path.find(part) != std::string::npos; };
    if (request.vendor == Vendor::twilio) {
      if (has("/Calls.json") && post) {
        rings = true;
        return twilio_call(201);
      }
      if (has("/Calls.json")) {
        const std::string known = rings ? twilio_call(200)->body : "";
        return FakeVendors::reply(200, "{\"calls\":[" + known + "]}");
      }
      if (has("/Notifications")) return FakeVendors::reply(200, R"({"notifications":[]})");
      if (!rings) return FakeVendors::reply(404, R"({"code":20404})");
      if (post && over) return FakeVendors::reply(400, R"({"code":21220})");
      if (post) over = agent_over = true;
      return twilio_call(200);
    }
    if (post && request.path == "/api/calls") {
      FakeVendors well;
      return well.ultravox_create(request);
    }
    if (has("/messages")) {
      return FakeVendors::reply(
          200, R"({"results":[{"role":"MESSAGE_ROLE_AGENT","text":"Hello."}],"next":null})");
    }
    if (post) {
      if (!joined || agent_over) return FakeVendors::reply(422, "{}");
      agent_over = true;
      over = rings;
      return FakeVendors::reply(204, "");
    }
    return FakeVendors::reply(
        200, std::string(R"({"callId":")") + ultravox_id + R"(","created":"2026-11-22T09:33:20Z")" +
                 (joined ? R"(,"joined":"2026-11-22T09:33:25Z")" : "") +
                 (agent_over ? R"(,"ended":"2026-11-22T09:33:50Z","endReason":"hangup")" : "") +
                 R"(,"joinUrl":")" + join_url + "\"}");
  }

  std::optional<Call> call() {
    const auto known = all_calls();
    REQUIRE(known.size() <= 1);
    return known.empty() ? std::nullopt : std::optional(known[0]);
  }
  bool finished() {
    const auto now = call();
    return !now || is_terminal(now->status);
  }

  void look() {
    const auto now = call();
    if (!now) return;
    run(2'000);
  }
  void press() {
    const StoredReply answer = calls->place(attempt(medium));
    // Its join URL is what a web call's page is to get, and nobody else.
    if (medium == MediumType::twilio || answer.http_status != 201) answers += answer.body;
  }
  void press_end() {
    const auto now = call();
    if (!now) return;
    const auto ended = calls->hang_up(everybody, now->id);
    if (!ended) answers += encode(ended.error());
  }

  void play() {
    press();
    look();
    talks = rings;
    joined = medium == MediumType::web || rings;
    look();
    press_end();
    for (int i = 0; i < 40 && !finished(); ++i) {
      if (i % 5 == 4) press_end();  // a person who sees that it goes on presses again
      look();
    }
    if (!finished()) {  // a vendor that is gone for good
      clock += 3 * 3'600'000;
      for (int i = 0; i < 15 && !finished(); ++i) look();
    }
    look();
    press();  // a network that tries the first request once more
  }

  void check() {
    CHECK(vendors.dials() <= 1);
    const auto now = call();
    REQUIRE(now);
    CHECK(is_terminal(now->status));
    CHECK_FALSE(now->end.sentence.empty());
    CHECK(store->live_calls()->empty());
    if (!from_then_on && rings) CHECK(over);  // nobody talks on after the record says it is over

    const auto audit = store->audit(everybody, 0, 500);
    REQUIRE(audit);
    int requested = 0, ended = 0;
    std::string text = answers + log;
    for (const AuditEntry& entry : audit->entries) {
      requested += entry.kind == "call_requested";
      ended += entry.kind == "call_ended";
      text += entry.detail;
    }
    CHECK(requested == 1);
    CHECK(ended == 1);
    CHECK(store->verify_audit()->intact);
    const auto detail = store->call_detail(everybody, now->id);
    REQUIRE(detail);
    for (const TimelineEntry& entry : detail->timeline) text += entry.detail;
    text += encode(*now);
    for (const char* secret : {ultravox_key, twilio_token, "secret-join-token"}) {
      CHECK(text.find(secret) == std::string::npos);
    }
  }
};

}  // namespace

TEST_CASE("whichever request to a vendor fails, and however, the call comes to one recorded end") {
  const auto medium = GENERATE(MediumType::web, MediumType::twilio);
  Story well(medium);
  well.play();
  well.check();
  REQUIRE(well.asked >= 8);
  for (const Fault& fault : faults()) {
    for (int at = 1; at <= well.asked; ++at) {
      for (const bool on : {false, true}) {
        CAPTURE(fault.name, at, on, medium);
        Story story(medium);
        story.fault = &fault;
        story.fail_at = at;
        story.from_then_on = on;
        story.play();
        story.check();
      }
    }
  }
}

TEST_CASE(
    "whichever step of the store fails, what rings is ended and what was begun is on record") {
  const auto medium = GENERATE(MediumType::web, MediumType::twilio);
  Story well(medium);
  const std::int64_t before = well.faults.steps;
  well.play();
  const std::int64_t steps = well.faults.steps - before;
  REQUIRE(steps > 100);
  const std::int64_t stride = std::max<std::int64_t>(1, steps / 150);
  for (std::int64_t step = 1; step <= steps; step += stride) {
    for (const int code : {10, 13}) {  // an I/O error, a full disk
      CAPTURE(step, code, medium);
      Story story(medium);
      story.faults.code = code;
      story.faults.fail_at = story.faults.steps + step;
      story.play();
      story.faults.fail_at = 0;
      if (!story.call()) {  // it was refused because it could not be recorded
        CHECK(story.vendors.seen.empty());
        CHECK(story.store->verify_audit()->intact);
        continue;
      }
      for (int i = 0; i < 60 && !story.finished(); ++i) {
        story.clock += 10'000;
        story.press_end();
        story.look();
      }
      story.check();
    }
  }
}

TEST_CASE("a store that fails for good in the middle of a call ends it at the vendor on End") {
  Story story(MediumType::twilio);
  story.answers += story.calls->place(Desk::attempt(MediumType::twilio)).body;
  story.look();
  const std::string id = story.call()->id;
  const auto stored = *story.store->find_call(id);
  story.talks = story.joined = true;
  story.look();
  story.faults.keep_failing = true;
  story.faults.code = 13;
  story.faults.fail_at = story.faults.steps + 1;
  CHECK(
      decode<Error>(story.calls->place(Desk::attempt(MediumType::twilio, "another")).body)->code ==
      ErrorCode::store_unavailable);
  story.press_end();
  story.look();
  story.faults.fail_at = 0;
  story.press_end();
  story.look();
  CHECK(story.over);
  CHECK(story.finished());
  CHECK(story.vendors.dials() == 1);
}
