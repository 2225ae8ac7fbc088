// Calls that were begun and not finished: after a crash, or when the dial was not answered.
#include "proxy/calls/worker.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/calls/updates.h"
#include "shared/codec.h"
#include "tests/proxy/worker_fixture.h"

using namespace voxdial;
using namespace voxdial::test;

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
  desk.run(0);
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
  call.answer_within_s = 90;
  REQUIRE(desk.store->begin_call(call, {}, desk.clock));
  CallUpdate created = make_update("ultravox_created", "ultravox", "");
  created.ultravox_call_id = ultravox_id;
  created.agent_state = AgentState::waiting;
  created.at = created.dialled_at = desk.clock;
  REQUIRE(desk.store->record_update(call.id, created));
  desk.open();
  if (there) desk.vendors.twilio_find = [](const VendorRequest&) { return listed("ringing"); };
  desk.run(0);
  CHECK(desk.all_calls().at(0).status == (there ? CallStatus::ringing : CallStatus::requested));
  CHECK(desk.all_calls().at(0).warning.empty() == there);
  desk.run(70'000);
  CHECK(desk.all_calls().at(0).status == (there ? CallStatus::ringing : CallStatus::unknown));
  CHECK(desk.all_calls().at(0).warning.empty());
  CHECK(desk.vendors.dials() == 0);
}

TEST_CASE("a call whose dial request was not answered is looked for, and says so") {
  Desk desk;
  desk.vendors.twilio_create = [](const VendorRequest&) { return FakeVendors::reply(503, "{}"); };
  REQUIRE(desk.calls->place(Desk::attempt(MediumType::twilio)).http_status == 504);
  const std::string id = desk.all_calls().at(0).id;
  const auto status = [&] { return desk.all_calls().at(0).status; };
  CHECK(desk.all_calls().at(0).warning.rfind("Asking Twilio whether the call was placed", 0) == 0);
  SECTION("it is found a moment later and goes on like any other") {
    desk.vendors.twilio_find = [](const VendorRequest&) { return listed("ringing"); };
    desk.run(1'000);
    CHECK(status() == CallStatus::ringing);
    CHECK(desk.all_calls().at(0).warning.empty());
  }
  SECTION("End pressed while it is looked for ends it when it is found") {
    REQUIRE(desk.calls->hang_up(everybody, id));
    desk.vendors.twilio_find = [](const VendorRequest&) { return listed("ringing"); };
    desk.vendors.twilio_update = [](const VendorRequest&) {
      return FakeVendors::reply(200, FakeVendors::twilio_call("canceled"));
    };
    desk.run(1'000);
    CHECK(status() == CallStatus::canceled);
    CHECK(desk.all_calls().at(0).end.by == EndedBy::person);
  }
  SECTION("Twilio's clock may be minutes off") {
    desk.vendors.twilio_find = [](const VendorRequest&) {
      VendorReply reply = listed("ringing", "Sun, 22 Nov 2026 09:28:20 +0000");
      reply.headers = {{"date", "Sun, 22 Nov 2026 09:28:20 GMT"}};
      return reply;
    };
    desk.run(1'000);
    CHECK(status() == CallStatus::ringing);
  }
  SECTION("a call made before the press is not ours, nor one that comes the other way or later") {
    const std::string created =
        GENERATE("Sun, 22 Nov 2026 09:33:17 +0000", "Sun, 22 Nov 2026 09:33:40 +0000");
    desk.vendors.twilio_find = [&](const VendorRequest&) { return listed("ringing", created); };
    desk.run(50'000);
    CHECK(status() == CallStatus::requested);
    CHECK(ends_at_twilio(desk) == 0);
  }
  SECTION("one made later is ours when the agent says that somebody came on the line") {
    desk.vendors.twilio_find = [&](const VendorRequest&) {
      return listed("in-progress", "Sun, 22 Nov 2026 09:33:50 +0000");
    };
    desk.run(35'000);
    CHECK(status() == CallStatus::requested);
    desk.vendors.ultravox_get = [](const VendorRequest&) {
      return agent(R"(,"joined":"2026-11-22T09:33:52Z")");
    };
    desk.run(10'000);
    CHECK(desk.row(id).twilio_sid == twilio_sid);
  }
  SECTION("which of two is ours is not told by what the agent said long ago") {
    std::string other =
        FakeVendors::twilio_call("ringing", R"(,"date_created":"Sun, 22 Nov 2026 09:33:21 +0000")");
    other.replace(other.find(twilio_sid) + 2, 4, "ffff");
    desk.vendors.twilio_find = [&](const VendorRequest&) {
      VendorReply both = listed("in-progress");
      both.body.replace(both.body.find("]}"), 2, "," + other + "]}");
      return both;
    };
    desk.vendors.ultravox_get = [](const VendorRequest&) { return FakeVendors::reply(500, ""); };
    desk.run(10'000);
    CHECK(desk.row(id).twilio_sid.empty());
    desk.vendors.ultravox_get = [](const VendorRequest&) {
      return agent(R"(,"joined":"2026-11-22T09:33:22Z")");
    };
    desk.run(30'000);
    CHECK(desk.row(id).twilio_sid == twilio_sid);
  }
  SECTION(
      "Twilio does not have it: after a minute that is believed, and the search goes on rarely") {
    desk.run(58'000);
    CHECK(status() == CallStatus::requested);
    desk.run(10'000);
    CHECK(status() == CallStatus::unknown);
    const std::size_t before = desk.vendors.seen.size();
    desk.run(3'600'000);
    CHECK(desk.row(id).find_owed(Debt::look_twilio) == nullptr);
    desk.run(30 * 3'600'000LL);
    CHECK(desk.row(id).owed.empty());
    CHECK(desk.vendors.seen.size() - before < 2'500);
  }
  SECTION("found after all, it goes on, and ends: nobody waits for it any more") {
    desk.run(70'000);
    REQUIRE(status() == CallStatus::unknown);
    CallUpdate called = make_update("found_again", "twilio", "");
    called.twilio_sid = twilio_sid;
    called.twilio_status = "ringing";
    called.status = CallStatus::ringing;
    REQUIRE(desk.recorder->record(id, called));
    CHECK(status() == CallStatus::ringing);
    CHECK(desk.store->verify_audit()->intact);
  }
  SECTION("while Twilio does not answer, that minute proves nothing") {
    desk.vendors.twilio_find = [](const VendorRequest&) { return FakeVendors::reply(500, ""); };
    desk.run(100'000);
    CHECK(status() == CallStatus::requested);
    desk.run(60'000);
    CHECK(status() == CallStatus::unknown);
  }
  CHECK(desk.vendors.dials() == 1);
}

TEST_CASE("two lost dials to one number are never taken for one another") {
  Desk desk;
  desk.vendors.twilio_create = [](const VendorRequest&) { return FakeVendors::lost(); };
  REQUIRE(desk.calls->place(Desk::attempt(MediumType::twilio, "first")).http_status == 504);
  REQUIRE(desk.calls->place(Desk::attempt(MediumType::twilio, "second")).http_status == 504);
  desk.vendors.twilio_find = [](const VendorRequest&) { return listed("ringing"); };
  desk.run(30'000);
  for (const Call& call : desk.all_calls()) {
    CHECK(call.status == CallStatus::requested);
    CHECK(desk.row(call.id).twilio_sid.empty());
  }
}

TEST_CASE("a call that is being placed is left alone, however slow the vendors and the clock") {
  const bool at_twilio = GENERATE(false, true);
  Desk desk;
  const auto dawdle = [&] {
    for (int i = 0; i < 20; ++i) desk.run(500);
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

TEST_CASE("End pressed while the call is dialled ends that call, and no other to the same number") {
  Desk desk;
  std::string others = "CAffff";
  others += std::string_view(twilio_sid).substr(6);
  FakeVendors prompt;
  desk.vendors.twilio_create = [&](const VendorRequest& request) {
    REQUIRE(desk.calls->hang_up(everybody, desk.all_calls().at(0).id));
    desk.vendors.twilio_find = [&](const VendorRequest&) {
      VendorReply reply = listed("ringing");
      reply.body.replace(reply.body.find(twilio_sid), others.size(), others);
      return reply;
    };
    for (int i = 0; i < 20; ++i) desk.run(500);
    CHECK(ends_at_twilio(desk) == 0);
    return prompt.twilio_create(request);
  };
  CHECK(desk.calls->place(Desk::attempt(MediumType::twilio)).http_status == 201);
  desk.run(2'000);
  CHECK(desk.all_calls().at(0).end.by == EndedBy::person);
  CHECK(desk.row(desk.all_calls().at(0).id).twilio_sid == twilio_sid);
  CHECK(ends_at_twilio(desk) >= 1);
}

TEST_CASE(
    "a record that was closed while the call was placed makes no phone ring, and lets nobody in") {
  const auto medium = GENERATE(MediumType::web, MediumType::twilio);
  const bool at_twilio = medium == MediumType::twilio && GENERATE(false, true);
  Desk desk;
  const auto close = [&] {
    CallUpdate over = make_update("closed", "voxdial", "");
    over.status = CallStatus::failed;
    REQUIRE(desk.recorder->record(desk.all_calls().at(0).id, over));
  };
  FakeVendors prompt;
  (at_twilio ? desk.vendors.twilio_create
             : desk.vendors.ultravox_create) = [&](const VendorRequest& request) {
    close();
    return at_twilio ? prompt.twilio_create(request) : prompt.ultravox_create(request);
  };
  const StoredReply answer = desk.calls->place(Desk::attempt(medium));
  CHECK(answer.body.find("secret-join-token") == std::string::npos);
  CHECK(desk.calls->place(Desk::attempt(medium)).body.find("secret-join-token") ==
        std::string::npos);
  desk.run(2'000);
  CHECK(desk.vendors.dials() == (at_twilio ? 1 : 0));
  CHECK((ends_at_twilio(desk) >= 1) == at_twilio);
}
