// End: whenever it is pressed, it ends that call and no other.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/calls/calls.h"
#include "proxy/calls/updates.h"
#include "shared/codec.h"
#include "tests/proxy/desk.h"

using namespace voxdial;
using namespace voxdial::test;

TEST_CASE("End pressed while Ultravox prepares a web call leaves nothing to join") {
  Desk desk;
  desk.vendors.ultravox_create = [&](const VendorRequest&) {
    REQUIRE(desk.calls->hang_up(everybody, desk.store->live_calls()->at(0).call.id));
    return FakeVendors().ultravox_create({});
  };
  const StoredReply answer = desk.calls->place(Desk::attempt(MediumType::web));
  CHECK(decode<CallPlaced>(answer.body)->status == CallStatus::canceled);
  CHECK(decode<CallPlaced>(answer.body)->ultravox.join_url.empty());
  CHECK(desk.all_calls().at(0).status == CallStatus::canceled);
}

TEST_CASE("End is answered at once and performed until Twilio says that the call is over") {
  Desk desk;
  const std::string id =
      decode<CallPlaced>(desk.calls->place(Desk::attempt(MediumType::twilio)).body)->id;
  const auto end = [&] {
    desk.vendors.seen.clear();
    const auto call = desk.calls->hang_up(everybody, id);
    REQUIRE(call);
    CHECK(call->ending);
    CHECK(desk.vendors.seen.empty());  // nobody waits for a vendor
  };
  SECTION("while it rings the call counts as canceled") {
    end();
    desk.vendors.twilio_update = [](const VendorRequest& request) {
      CHECK(request.body == "Status=canceled");
      return FakeVendors::reply(200, FakeVendors::twilio_call("canceled"));
    };
    desk.run(100);
    CHECK(desk.all_calls().at(0).status == CallStatus::canceled);
    CHECK(desk.all_calls().at(0).end.by == EndedBy::person);
  }
  SECTION("when it is over already Twilio's 21220 is no failure") {
    end();
    desk.vendors.twilio_update = [](const VendorRequest&) {
      return FakeVendors::reply(400, R"({"code":21220,"message":"x","status":400})");
    };
    desk.vendors.twilio_get = [](const VendorRequest&) {
      return FakeVendors::reply(200, FakeVendors::twilio_call("busy"));
    };
    desk.run(100);
    CHECK(desk.all_calls().at(0).status == CallStatus::busy);
    desk.vendors.seen.clear();
    CHECK(desk.calls->hang_up(everybody, id)->status == CallStatus::busy);
  }
  SECTION("21220 for a call that still rings is not believed, and neither is a 200 that says so") {
    const bool refused = GENERATE(true, false);
    int asked = 0;
    std::string verbs;
    desk.vendors.twilio_update = [&](const VendorRequest& request) {
      verbs += request.body + " ";
      if (++asked == 4) return FakeVendors::reply(200, FakeVendors::twilio_call("completed"));
      return refused ? FakeVendors::reply(400, R"({"code":21220})")
                     : FakeVendors::reply(200, FakeVendors::twilio_call("ringing"));
    };
    end();
    desk.run(20'000);
    CHECK(asked == 4);
    CHECK(verbs == "Status=canceled Status=completed Status=canceled Status=completed ");
    CHECK(desk.all_calls().at(0).status == CallStatus::completed);
  }
  SECTION(
      "a vendor that fails is asked again, with the patience it asks for, and the page is told") {
    int asked = 0;
    desk.vendors.twilio_update = [&](const VendorRequest&) {
      ++asked;
      VendorReply busy = FakeVendors::reply(429, R"({"code":20429})");
      busy.headers = {{"retry-after", "7"}};
      return busy;
    };
    end();
    desk.run(6'000);
    CHECK(asked == 1);
    end();  // pressed again: tried at once
    desk.run(100);
    CHECK(asked == 2);
    desk.run(20'000);
    CHECK(desk.all_calls().at(0).warning.find("still being ended") != std::string::npos);
    CHECK_FALSE(is_terminal(desk.all_calls().at(0).status));
    desk.vendors.twilio_update = FakeVendors().twilio_update;
    desk.run(20'000);
    CHECK(is_terminal(desk.all_calls().at(0).status));
    CHECK(desk.all_calls().at(0).warning.empty());
  }
  SECTION("a kill -9 right after the press changes nothing") {
    end();
    desk.open();
    desk.run(100);
    CHECK(is_terminal(desk.all_calls().at(0).status));
  }
  SECTION("a store that fails for good does not keep End from the vendor") {
    desk.faults.keep_failing = true;
    desk.faults.fail_at = desk.faults.steps + 1;
    end();
    int asked = 0;
    desk.vendors.twilio_update = [&](const VendorRequest&) {
      ++asked;
      return FakeVendors::reply(200, FakeVendors::twilio_call("canceled"));
    };
    desk.run(5'000);
    CHECK(asked == 1);
  }
  SECTION("another caller's call is not there") {
    const Reader other{.user = "mallory", .only_own = true, .whole_numbers = false};
    CHECK(desk.calls->hang_up(other, id).error().code == ErrorCode::not_found);
  }
}

TEST_CASE("End reaches the agent's side while Twilio's id is not known") {
  Desk desk;
  desk.vendors.twilio_create = [](const VendorRequest&) { return FakeVendors::lost(); };
  REQUIRE(desk.calls->place(Desk::attempt(MediumType::twilio)).http_status == 504);
  CallUpdate joined = make_update("ultravox_state", "ultravox", "");
  joined.agent_state = AgentState::joined;
  joined.status = CallStatus::talking;
  const std::string id = desk.all_calls().at(0).id;
  REQUIRE(desk.recorder->record(id, joined));
  int hang_ups = 0;
  desk.vendors.data_message = [&](const VendorRequest& request) {
    hang_ups += request.body.find("hang_up") != std::string::npos;
    return FakeVendors::reply(204, "");
  };
  REQUIRE(desk.calls->hang_up(everybody, id));
  desk.run(100);
  CHECK(hang_ups == 1);
}

TEST_CASE("End in a web call that the browser has left already is still what ended it") {
  Desk desk;
  const std::string id =
      decode<CallPlaced>(desk.calls->place(Desk::attempt(MediumType::web)).body)->id;
  CallUpdate left = make_update("ultravox_state", "ultravox", "The agent's side is over.");
  left.status = CallStatus::completed;
  left.agent_state = AgentState::over;
  left.ultravox_end_reason = "hangup";
  REQUIRE(desk.recorder->record(id, left));
  SECTION("when the press comes right after") {
    CHECK(desk.calls->hang_up(everybody, id)->end.by == EndedBy::person);
  }
  SECTION("but not when somebody presses later") {
    desk.clock += 60'000;
    CHECK(desk.calls->hang_up(everybody, id)->end.by == EndedBy::caller);
  }
}

TEST_CASE("End pressed before the phone was dialled stops the dialling") {
  Desk desk;
  desk.vendors.ultravox_create = [&](const VendorRequest&) {
    // While Ultravox thinks, the person presses End.
    const auto live = desk.store->live_calls();
    REQUIRE(live);
    REQUIRE(desk.calls->hang_up(everybody, live->at(0).call.id));
    FakeVendors defaults;
    return defaults.ultravox_create({});
  };
  const StoredReply answer = desk.calls->place(Desk::attempt(MediumType::twilio));
  CHECK(answer.http_status == 201);
  CHECK(desk.vendors.dials() == 0);
  CHECK(desk.all_calls().at(0).status == CallStatus::canceled);
}
