#include "proxy/calls/watch.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "shared/codec.h"
#include "tests/proxy/desk.h"

using namespace voxdial;
using namespace voxdial::test;

namespace {

constexpr Reader everybody{.user = {}, .only_own = false, .whole_numbers = true};

std::string place(Desk& desk, MediumType medium) {
  const Answer answer = desk.calls->place(Desk::attempt(medium));
  REQUIRE(answer.http_status == 201);
  return decode_call_placed(answer.body)->id;
}

/// Twilio's list of calls, with one made while the desk's clock stood still.
VendorReply listed(const std::string& status) {
  return FakeVendors::reply(
      200,
      "{\"calls\":[" +
          FakeVendors::twilio_call(status, R"(,"date_created":"Sun, 22 Nov 2026 09:33:21 +0000")") +
          "]}");
}

/// A clock for tests with threads, which do not wait for seconds.
std::function<std::int64_t()> ten_times_as_fast() {
  return [start = std::chrono::steady_clock::now()] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               (std::chrono::steady_clock::now() - start) * 10)
        .count();
  };
}

}  // namespace

TEST_CASE("looking at Twilio moves a phone call on, and its end is explained by both vendors") {
  Desk desk;
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  const std::string id = place(desk, MediumType::twilio);
  Watched watched;
  CHECK(watch.look(Vendor::twilio, id, watched));
  CHECK(desk.all_calls().at(0).status == CallStatus::ringing);

  desk.vendors.twilio_get = [](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call("in-progress"));
  };
  CHECK(watch.look(Vendor::twilio, id, watched));
  CHECK(desk.all_calls().at(0).status == CallStatus::talking);

  desk.vendors.twilio_get = [](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call("completed", R"(,"duration":"42")"));
  };
  desk.vendors.ultravox_get = [](const VendorRequest&) {
    return FakeVendors::reply(200, std::string(R"({"callId":")") + ultravox_id +
                                       R"(","created":"2026-11-22T10:00:00Z",)"
                                       R"("joined":"2026-11-22T10:00:10Z",)"
                                       R"("ended":"2026-11-22T10:00:52Z",)"
                                       R"("endReason":"agent_hangup"})");
  };
  CHECK(watch.look(Vendor::twilio, id, watched));
  const Call over = desk.all_calls().at(0);
  CHECK(over.status == CallStatus::completed);
  CHECK(over.end.by == EndedBy::agent);
}

TEST_CASE("a web call is over when Ultravox says so") {
  Desk desk;
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  const std::string id = place(desk, MediumType::web);
  desk.vendors.ultravox_get = [](const VendorRequest&) {
    return FakeVendors::reply(200, std::string(R"({"callId":")") + ultravox_id +
                                       R"(","created":"2026-11-22T10:00:00Z",)"
                                       R"("ended":"2026-11-22T10:00:30Z","endReason":"unjoined"})");
  };
  Watched watched;
  watch.look(Vendor::ultravox, id, watched);
  const Call over = desk.all_calls().at(0);
  CHECK(over.status == CallStatus::failed);
  CHECK_FALSE(over.end.sentence.empty());
}

TEST_CASE("messages are read on from where the last look ended") {
  Desk desk;
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  const std::string id = place(desk, MediumType::twilio);
  CallNews answered = news("answered", "twilio", "");
  answered.status = CallStatus::talking;
  REQUIRE(desk.board->tell(id, answered));
  std::vector<std::string> asked;
  desk.vendors.messages = [&](const VendorRequest& request) {
    asked.push_back(request.path);
    const bool second = request.path.find("cursor=p2") != std::string::npos;
    return FakeVendors::reply(
        200, second ? R"({"results":[{"role":"MESSAGE_ROLE_USER","text":"Yes?"}],"next":null})"
                    : R"({"results":[{"role":"MESSAGE_ROLE_AGENT","text":"Hello."}],)"
                      R"("next":"https://x.example/api/calls/1/messages?cursor=p2"})");
  };
  Watched watched;
  watch.look(Vendor::ultravox, id, watched);
  watch.look(Vendor::ultravox, id, watched);
  REQUIRE(asked.size() == 3);  // both pages, then only the growing one
  const auto transcript = desk.store->transcript(everybody, id);
  REQUIRE(transcript);
  REQUIRE(transcript->entries.size() == 2);
  CHECK(transcript->entries[1].text == "Yes?");
}

TEST_CASE("after a crash a call that was never dialled is closed and dials nothing") {
  Desk desk;
  const auto medium = GENERATE(MediumType::web, MediumType::twilio);
  NewCall call;
  call.id = "call_crashed";
  call.medium = medium;
  call.to = medium == MediumType::twilio ? "+12025550100" : "";
  call.max_duration_s = 60;
  REQUIRE(desk.store->begin_call(call, {}, desk.clock));
  desk.open();
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  Watched watched;
  watch.look(Vendor::ultravox, "call_crashed", watched);
  CHECK(desk.all_calls().at(0).status == CallStatus::failed);
  CHECK(desk.vendors.dials() == 0);
}

TEST_CASE("after a crash in the middle of dialling the call is found at Twilio or given up") {
  const bool there = GENERATE(true, false);
  Desk desk;
  NewCall call;
  call.id = "call_crashed";
  call.medium = MediumType::twilio;
  call.to = "+12025550100";
  call.max_duration_s = 60;
  REQUIRE(desk.store->begin_call(call, {}, desk.clock));
  CallNews created = news("ultravox_created", "ultravox", "");
  created.ultravox_call_id = ultravox_id;
  created.at = desk.clock;
  REQUIRE(desk.store->record_news(call.id, created));
  desk.open();
  if (there) desk.vendors.twilio_find = [](const VendorRequest&) { return listed("in-progress"); };
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  Watched watched;
  watch.look(Vendor::twilio, call.id, watched);
  CHECK(desk.all_calls().at(0).status == (there ? CallStatus::talking : CallStatus::requested));
  CHECK(desk.all_calls().at(0).warning.empty() == there);
  desk.clock += 61'000;
  for (int i = 0; i < 7; ++i) watch.look(Vendor::twilio, call.id, watched);
  CHECK(desk.all_calls().at(0).status == (there ? CallStatus::talking : CallStatus::unknown));
  CHECK(desk.all_calls().at(0).warning.empty());
  CHECK(desk.vendors.dials() == 0);
}

TEST_CASE("a call whose dial request was not answered is looked for at once, and says so") {
  Desk desk;
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  desk.vendors.twilio_create = [](const VendorRequest&) { return FakeVendors::reply(503, "{}"); };
  REQUIRE(desk.calls->place(Desk::attempt(MediumType::twilio)).http_status == 504);
  const std::string id = desk.all_calls().at(0).id;
  CHECK(desk.all_calls().at(0).warning.rfind("Asking Twilio whether the call was placed", 0) == 0);
  Watched watched;
  SECTION("it is found a moment later and goes on like any other") {
    desk.vendors.twilio_find = [](const VendorRequest&) { return listed("ringing"); };
    CHECK(watch.look(Vendor::twilio, id, watched));
    CHECK(desk.all_calls().at(0).status == CallStatus::ringing);
    CHECK(desk.all_calls().at(0).warning.empty());
  }
  SECTION("End pressed while it is looked for ends it when it is found") {
    REQUIRE(desk.calls->hang_up(everybody, id));
    desk.vendors.twilio_find = [](const VendorRequest&) { return listed("ringing"); };
    watch.look(Vendor::twilio, id, watched);
    CHECK(desk.all_calls().at(0).status == CallStatus::canceled);
    CHECK(desk.all_calls().at(0).end.by == EndedBy::person);
  }
  SECTION("Twilio does not have it: after a minute that is believed") {
    CHECK(watch.look(Vendor::twilio, id, watched));
    CHECK(desk.all_calls().at(0).status == CallStatus::requested);
    desk.clock += 61'000;
    for (int i = 0; i < 6; ++i) watch.look(Vendor::twilio, id, watched);
    CHECK(desk.all_calls().at(0).status == CallStatus::requested);  // the clock may have jumped
    watch.look(Vendor::twilio, id, watched);
    CHECK(desk.all_calls().at(0).status == CallStatus::unknown);
  }
  SECTION("while Twilio does not answer, that minute proves nothing") {
    desk.vendors.twilio_find = [](const VendorRequest&) { return FakeVendors::reply(500, ""); };
    desk.clock += 61'000;
    for (int i = 0; i < 20; ++i) watch.look(Vendor::twilio, id, watched);
    CHECK(desk.all_calls().at(0).status == CallStatus::requested);
    desk.clock += 90'000;
    watch.look(Vendor::twilio, id, watched);
    CHECK(desk.all_calls().at(0).status == CallStatus::unknown);
  }
  CHECK(desk.vendors.dials() == 1);
}

TEST_CASE("a call that is being placed is left alone, however slow the vendors and the clock") {
  const bool at_twilio = GENERATE(false, true);
  Desk desk;
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  const auto dawdle = [&] {
    desk.clock += 86'400'000;
    const std::string id = desk.all_calls().at(0).id;
    Watched a, b;
    for (int i = 0; i < 20; ++i) {
      watch.look(Vendor::twilio, id, a);
      watch.look(Vendor::ultravox, id, b);
    }
    CHECK_FALSE(is_terminal(desk.all_calls().at(0).status));
  };
  FakeVendors prompt;
  (at_twilio ? desk.vendors.twilio_create
             : desk.vendors.ultravox_create) = [&](const VendorRequest& request) {
    dawdle();
    return at_twilio ? prompt.twilio_create(request) : prompt.ultravox_create(request);
  };
  CHECK(desk.calls->place(Desk::attempt(MediumType::twilio)).http_status == 201);
  CHECK(desk.vendors.dials() == 1);
}

TEST_CASE("a record that was closed while the call was placed makes no phone ring") {
  const bool at_twilio = GENERATE(false, true);
  Desk desk;
  const auto close = [&] {
    CallNews over = news("closed", "voxdial", "");
    over.status = CallStatus::failed;
    REQUIRE(desk.board->tell(desk.all_calls().at(0).id, over));
  };
  FakeVendors prompt;
  (at_twilio ? desk.vendors.twilio_create
             : desk.vendors.ultravox_create) = [&](const VendorRequest& request) {
    close();
    return at_twilio ? prompt.twilio_create(request) : prompt.ultravox_create(request);
  };
  (void)desk.calls->place(Desk::attempt(MediumType::twilio));
  int ended = 0;
  for (const VendorRequest& request : desk.vendors.seen) {
    ended += request.body.find("Status=completed") != std::string::npos;
  }
  CHECK(desk.vendors.dials() == (at_twilio ? 1 : 0));
  CHECK(ended == (at_twilio ? 1 : 0));
}

TEST_CASE("a call its deciding vendor no longer knows ends after three such answers") {
  const auto medium = GENERATE(MediumType::web, MediumType::twilio);
  const bool ending = GENERATE(false, true);
  Desk desk;
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  const std::string id = place(desk, medium);
  CallNews answered = news("answered", "twilio", "");
  answered.status = CallStatus::talking;
  REQUIRE(desk.board->tell(id, answered));
  const auto gone = [](const VendorRequest&) { return FakeVendors::reply(404, "{}"); };
  desk.vendors.ultravox_get = desk.vendors.twilio_get = desk.vendors.twilio_update = gone;
  if (ending) (void)desk.calls->hang_up(everybody, id).has_value();
  const bool phone = medium == MediumType::twilio;
  Watched watched;
  for (int look = 1; look <= 2; ++look) {
    CHECK(watch.look(phone ? Vendor::twilio : Vendor::ultravox, id, watched));
    CHECK(watched.due_ms - desk.clock <= 2'000);  // no vendor is failing: no backing off
    CHECK(desk.all_calls().at(0).status == CallStatus::talking);
  }
  desk.vendors.seen.clear();
  watch.look(phone ? Vendor::twilio : Vendor::ultravox, id, watched);
  const Call over = desk.all_calls().at(0);
  CHECK(over.status == CallStatus::failed);
  CHECK(over.end.by == EndedBy::provider);
  CHECK(over.end.sentence.rfind("The provider no longer knows this call.", 0) == 0);
  bool agent_told = false;
  for (const VendorRequest& request : desk.vendors.seen) {
    agent_told |= request.vendor == Vendor::ultravox && request.method == "POST";
  }
  CHECK(agent_told == phone);
  const auto audit = desk.store->audit(everybody, 0, 1);
  REQUIRE(audit);
  CHECK(audit->entries.at(0).kind == "call_ended");
  CHECK(audit->entries.at(0).detail.find("forgotten") != std::string::npos);
}

TEST_CASE("a 404 between good answers ends nothing, nor does the vendor that does not decide") {
  Desk desk;
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  const std::string id = place(desk, MediumType::twilio);
  int asked = 0;
  const auto gone = [](const VendorRequest&) { return FakeVendors::reply(404, "{}"); };
  desk.vendors.ultravox_get = gone;
  desk.vendors.twilio_get = [&](const VendorRequest&) {
    return ++asked % 3 == 0 ? FakeVendors::reply(200, FakeVendors::twilio_call("ringing"))
                            : FakeVendors::reply(404, "{}");
  };
  Watched at_twilio, at_ultravox;
  for (int look = 0; look < 12; ++look) {
    CHECK(watch.look(Vendor::twilio, id, at_twilio));
    CHECK(watch.look(Vendor::ultravox, id, at_ultravox));
  }
  CHECK(desk.all_calls().at(0).status == CallStatus::ringing);
}

TEST_CASE("a call nobody could ask about is closed long after its hard limit, not before") {
  const auto medium = GENERATE(MediumType::web, MediumType::twilio);
  Desk desk;
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  const std::string id = place(desk, medium);
  const auto down = [](const VendorRequest&) { return FakeVendors::reply(500, ""); };
  desk.vendors.ultravox_get = desk.vendors.twilio_get = down;
  const Vendor decides = medium == MediumType::twilio ? Vendor::twilio : Vendor::ultravox;
  Watched watched;
  desk.clock += 86'400'000;  // a clock that jumps by a day is no proof
  for (int look = 0; look < 9; ++look) CHECK(watch.look(decides, id, watched));
  CHECK_FALSE(is_terminal(desk.all_calls().at(0).status));
  watch.look(decides, id, watched);
  CHECK(desk.all_calls().at(0).status == CallStatus::unknown);
  CHECK(desk.all_calls().at(0).end.code == "unheard");
}

TEST_CASE(
    "looks are a second apart while it rings, rarer for many calls and for a failing vendor") {
  StoredCall stored;
  stored.call.medium = MediumType::twilio;
  stored.call.status = CallStatus::ringing;
  stored.twilio_sid = twilio_sid;
  Watched watched;
  CHECK(next_look_ms(Vendor::twilio, stored, watched, 1) == 1'000);
  CHECK(next_look_ms(Vendor::twilio, stored, watched, 200) == 20'000);
  watched.failures = 3;
  CHECK(next_look_ms(Vendor::twilio, stored, watched, 1) == 8'000);
  stored.call.status = CallStatus::completed;
  watched.looks_after_end = 3;
  CHECK_FALSE(next_look_ms(Vendor::twilio, stored, watched, 1));
}

TEST_CASE("the threads watch a call from ringing to its end by themselves") {
  Desk desk;
  std::atomic<int> looks{0};
  desk.vendors.twilio_get = [&](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call(++looks < 2 ? "ringing" : "no-answer"));
  };
  desk.world.steady_ms = ten_times_as_fast();
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  REQUIRE(watch.start());
  place(desk, MediumType::twilio);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (desk.all_calls().at(0).status != CallStatus::no_answer &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(desk.all_calls().at(0).status == CallStatus::no_answer);
  watch.stop();
}

TEST_CASE("a vendor that hangs over one call does not keep the others from being looked at") {
  Desk desk;
  std::atomic<int> looks{0};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  const auto until = [&](int count) {
    while (looks < count && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return looks >= count;
  };
  std::atomic<bool> others_went_on{false};
  desk.vendors.twilio_get = [&](const VendorRequest&) {
    if (++looks == 1) others_went_on = until(4);
    return FakeVendors::reply(200, FakeVendors::twilio_call("ringing"));
  };
  desk.world.steady_ms = ten_times_as_fast();
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  REQUIRE(watch.start());
  for (const char* key : {"one", "two", "three"}) {
    REQUIRE(desk.calls->place(Desk::attempt(MediumType::twilio, key)).http_status == 201);
  }
  CHECK(until(4));
  watch.stop();
  CHECK(others_went_on);
}
