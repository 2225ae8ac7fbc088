// The worker: what becomes of calls while time passes, without threads.
#include "proxy/calls/worker.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/calls/updates.h"
#include "shared/codec.h"
#include "tests/proxy/worker_fixture.h"

using namespace voxdial;
using namespace voxdial::test;

TEST_CASE("looking at Twilio moves a phone call on, and its end is explained by both vendors") {
  Desk desk;
  place(desk, MediumType::twilio);
  desk.run(1'000);
  CHECK(desk.all_calls().at(0).status == CallStatus::ringing);
  desk.vendors.twilio_get = [](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call("in-progress"));
  };
  desk.run(1'000);
  CHECK(desk.all_calls().at(0).status == CallStatus::talking);
  desk.vendors.twilio_get = [](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call("completed", R"(,"duration":"42")"));
  };
  desk.vendors.ultravox_get = [](const VendorRequest&) {
    return agent(
        R"(,"joined":"2026-11-22T09:33:22Z","ended":"2026-11-22T09:33:24Z","endReason":"agent_hangup")");
  };
  desk.run(5'000);
  CHECK(desk.all_calls().at(0).status == CallStatus::completed);
  CHECK(desk.all_calls().at(0).end.by == EndedBy::agent);
  CHECK(ends_at_twilio(desk) == 0);
}

TEST_CASE("a web call is over when Ultravox says so") {
  Desk desk;
  place(desk, MediumType::web);
  desk.vendors.ultravox_get = [](const VendorRequest&) {
    return agent(R"(,"ended":"2026-11-22T09:33:50Z","endReason":"unjoined")");
  };
  desk.run(2'000);
  CHECK(desk.all_calls().at(0).status == CallStatus::failed);
  CHECK_FALSE(desk.all_calls().at(0).end.sentence.empty());
}

TEST_CASE("a side that has left ends the other within ten seconds, in every state") {
  SECTION("the agent hung up and the telephone goes on") {
    const std::string state = GENERATE("in-progress", "ringing");
    Desk desk;
    place(desk, MediumType::twilio);
    desk.vendors.twilio_get = [&](const VendorRequest&) {
      return FakeVendors::reply(200, FakeVendors::twilio_call(state));
    };
    desk.vendors.ultravox_get = [](const VendorRequest&) {
      return agent(
          R"(,"joined":"2026-11-22T09:33:22Z","ended":"2026-11-22T09:33:24Z","endReason":"agent_hangup")");
    };
    desk.run(10'000);
    CHECK(ends_at_twilio(desk) >= 1);
    CHECK(desk.all_calls().at(0).end.by == EndedBy::agent);
  }
  SECTION("the agent's wait is over while Twilio still queues or rings") {
    const std::string state = GENERATE("queued", "ringing");
    Desk desk;
    place(desk, MediumType::twilio);
    desk.vendors.twilio_get = [&](const VendorRequest&) {
      return FakeVendors::reply(200, FakeVendors::twilio_call(state));
    };
    desk.vendors.twilio_update = [&](const VendorRequest& request) {
      CHECK(request.body == "Status=canceled");
      return FakeVendors::reply(200, FakeVendors::twilio_call("canceled"));
    };
    desk.vendors.ultravox_get = [](const VendorRequest&) {
      return agent(R"(,"ended":"2026-11-22T09:33:24Z","endReason":"unjoined")");
    };
    desk.run(3'000);
    CHECK(desk.all_calls().at(0).status == CallStatus::canceled);
    CHECK(desk.all_calls().at(0).end.code == "waited_too_long");
  }
  SECTION("the telephone hung up and the agent goes on") {
    Desk desk;
    place(desk, MediumType::twilio);
    desk.vendors.twilio_get = [&](const VendorRequest&) {
      return FakeVendors::reply(200, FakeVendors::twilio_call("completed", R"(,"duration":"9")"));
    };
    desk.vendors.ultravox_get = [](const VendorRequest&) {
      return agent(R"(,"joined":"2026-11-22T09:33:22Z")");
    };
    desk.run(10'000);
    CHECK(ends_at_ultravox(desk) >= 1);
    // What our own order to leave is answered with is not the agent's doing, whatever the clocks
    // say.
    desk.vendors.ultravox_get = [](const VendorRequest&) {
      return agent(
          R"(,"joined":"2026-11-22T09:33:22Z","ended":"2026-11-22T09:33:22Z","endReason":"agent_hangup")");
    };
    desk.run(20'000);
    CHECK(ultravox_side(desk.row(desk.all_calls().at(0).id)) == Side::over);
    CHECK(desk.all_calls().at(0).end.by != EndedBy::agent);
  }
}

TEST_CASE("messages are read on from where the last look ended, those of unknown kinds counted") {
  Desk desk;
  const std::string id = place(desk, MediumType::twilio);
  desk.vendors.ultravox_get = [](const VendorRequest&) {
    return agent(R"(,"joined":"2026-11-22T09:33:22Z")");
  };
  std::vector<std::string> asked;
  desk.vendors.messages = [&](const VendorRequest& request) {
    asked.push_back(request.path);
    const bool second = request.path.find("cursor=p2") != std::string::npos;
    return FakeVendors::reply(
        200,
        second
            ? R"({"results":[{"role":"MESSAGE_ROLE_USER","text":"Yes?"}],"next":null})"
            : R"({"results":[{"role":"MESSAGE_ROLE_AGENT","text":"Hello."},{"role":"MESSAGE_ROLE_NEW"}],)"
              R"("next":"https://x.example/api/calls/1/messages?cursor=p2"})");
  };
  desk.run(10'000);
  REQUIRE(asked.size() >= 3);
  CHECK(std::count_if(asked.begin(), asked.end(), [](const std::string& path) {
          return path.find("cursor=p2") == path.npos;
        }) == 1);
  const auto transcript = desk.store->transcript(everybody, id);
  REQUIRE(transcript->entries.size() == 2);
  CHECK(transcript->entries[1].text == "Yes?");
  CHECK(transcript->entries[1].index == 2);
  desk.open();  // a restart reads on from there, too
  asked.clear();
  desk.run(2'000);
  REQUIRE_FALSE(asked.empty());
  CHECK(asked[0].find("cursor=p2") != std::string::npos);
}

TEST_CASE("a page that the store could not keep is read again") {
  Desk desk;
  const std::string id = place(desk, MediumType::twilio);
  desk.vendors.ultravox_get = [](const VendorRequest&) {
    return agent(R"(,"joined":"2026-11-22T09:33:22Z")");
  };
  bool full = true;
  desk.vendors.messages = [&](const VendorRequest& request) {
    const bool second = request.path.find("cursor=p2") != std::string::npos;
    if (full) {
      desk.faults.code = 13;
      desk.faults.keep_failing = true;
      desk.faults.fail_at = desk.faults.steps + 1;
    }
    return FakeVendors::reply(
        200, second ? R"({"results":[{"role":"MESSAGE_ROLE_USER","text":"Yes?"}],"next":null})"
                    : R"({"results":[{"role":"MESSAGE_ROLE_AGENT","text":"Hello."}],)"
                      R"("next":"https://x.example/api/calls/1/messages?cursor=p2"})");
  };
  desk.run(8'000);
  full = false;
  desk.faults.fail_at = 0;
  desk.run(30'000);
  CHECK(desk.store->transcript(everybody, id)->entries.size() == 2);
}

TEST_CASE("messages without an end are given up, and hold up nobody") {
  Desk desk;
  place(desk, MediumType::twilio);
  desk.vendors.ultravox_get = [](const VendorRequest&) {
    return agent(R"(,"joined":"2026-11-22T09:33:22Z")");
  };
  int pages = 0;
  desk.vendors.messages = [&](const VendorRequest&) {
    return FakeVendors::reply(200, R"({"results":[],"next":"https://x.example/m?cursor=p)" +
                                       std::to_string(++pages) + "\"}");
  };
  desk.run(1'000);
  CHECK(pages <= 10);
  desk.run(300'000);
  CHECK(pages == 500);
}

TEST_CASE("a call its deciding vendor no longer knows is closed after that was said for a while") {
  const auto medium = GENERATE(MediumType::web, MediumType::twilio);
  const bool ending = GENERATE(false, true);
  Desk desk;
  const std::string id = place(desk, medium);
  CallUpdate answered = make_update("answered", "twilio", "");
  answered.status = CallStatus::talking;
  answered.agent_state = AgentState::joined;
  REQUIRE(desk.recorder->record(id, answered));
  const auto gone = [](const VendorRequest&) { return FakeVendors::reply(404, "{}"); };
  desk.vendors.twilio_get = desk.vendors.twilio_update = gone;
  if (medium == MediumType::web)
    desk.vendors.ultravox_get = gone;
  else
    desk.vendors.ultravox_get = [](const VendorRequest&) {
      return agent(R"(,"joined":"2026-11-22T09:33:22Z")");
    };
  if (ending) (void)desk.calls->hang_up(everybody, id).has_value();
  desk.run(12'000);
  CHECK(desk.all_calls().at(0).status == CallStatus::talking);
  desk.vendors.seen.clear();
  desk.run(20'000);
  const Call over = desk.all_calls().at(0);
  CHECK(over.status == CallStatus::failed);
  CHECK(over.end.by == EndedBy::provider);
  CHECK(over.end.sentence.rfind("The provider no longer knows this call.", 0) == 0);
  if (medium == MediumType::twilio) CHECK(ends_at_ultravox(desk) >= 1);
  desk.run(4 * 3'600'000LL);
  desk.vendors.seen.clear();
  desk.run(26 * 3'600'000LL);
  CHECK(desk.row(id).owed.empty());
}

TEST_CASE("a 404 between good answers ends nothing; an agent that is not known for long is over") {
  Desk desk;
  place(desk, MediumType::twilio);
  int asked = 0;
  desk.vendors.ultravox_get = [](const VendorRequest&) { return FakeVendors::reply(404, "{}"); };
  desk.vendors.twilio_get = [&](const VendorRequest&) {
    return ++asked % 3 == 0 ? FakeVendors::reply(200, FakeVendors::twilio_call("ringing"))
                            : FakeVendors::reply(404, "{}");
  };
  desk.run(15'000);
  CHECK(desk.all_calls().at(0).status == CallStatus::ringing);
  CHECK(ends_at_twilio(desk) == 0);
  desk.run(15'000);
  CHECK(ends_at_twilio(desk) >= 1);
}

TEST_CASE(
    "past its hard limit and a minute a call is ended at both vendors, whatever they report") {
  const std::string stuck = GENERATE("queued", "ringing", "in-progress");
  Desk desk;
  desk.config.max_call_s = 30;
  const std::string id = place(desk, MediumType::twilio);
  const bool talks = stuck == "in-progress";
  desk.vendors.twilio_get = desk.vendors.twilio_update = [&](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call(stuck));
  };
  desk.vendors.ultravox_get = [&](const VendorRequest&) {
    return agent(talks ? R"(,"joined":"2026-11-22T09:33:22Z")" : "");
  };
  const Millis left = longest_stay(desk.row(id));
  desk.run(talks ? 88'000 : left - 2'000);
  CHECK_FALSE(is_terminal(desk.all_calls().at(0).status));
  CHECK(ends_at_twilio(desk) == 0);
  desk.run(10'000);
  CHECK(desk.all_calls().at(0).end.code == "overdue");
  CHECK(ends_at_twilio(desk) >= 2);
  if (talks) CHECK(ends_at_ultravox(desk) >= 1);
  desk.vendors.twilio_update = FakeVendors().twilio_update;
  desk.run(20'000);
  CHECK(twilio_side(desk.row(id)) == Side::over);
}

TEST_CASE("a wall clock that jumps by a day ends nothing, and stops nobody from looking") {
  const Millis jump = GENERATE(86'400'000LL, -86'400'000LL);
  Desk desk;
  Millis moved = 0;
  desk.world.now = [&] { return desk.clock + moved; };
  place(desk, MediumType::twilio);
  desk.run(3'000);
  moved = jump;
  desk.vendors.seen.clear();
  // The desk's clock is the steady one.
  for (int i = 0; i < 30; ++i) {
    desk.worker->run_due();
    desk.clock += 1'000;
  }
  CHECK(desk.vendors.seen.size() > 20);
  CHECK_FALSE(is_terminal(desk.all_calls().at(0).status));
  CHECK(ends_at_twilio(desk) == 0);
}

TEST_CASE("a clock that is set back while nothing can be recorded stops nobody from looking") {
  Desk desk;
  Millis moved = 0;
  desk.world.now = [&] { return desk.clock + moved; };
  const std::string id = place(desk, MediumType::twilio);
  const auto look_around = [&](int seconds) {
    desk.vendors.seen.clear();
    for (int i = 0; i < seconds; ++i) {
      desk.worker->run_due();
      desk.clock += 1'000;
    }
    return desk.vendors.seen.size();
  };
  desk.faults.code = 13;
  desk.faults.keep_failing = true;
  desk.faults.fail_at = desk.faults.steps + 1;
  CHECK(look_around(10) > 5);
  moved = -4'267'000;
  look_around(3);
  desk.faults.fail_at = 0;
  desk.faults.keep_failing = false;
  CHECK(look_around(10) > 5);
  CHECK_FALSE(is_terminal(desk.row(id).call.status));
}

TEST_CASE("the price is learnt after a restart too") {
  Desk desk;
  place(desk, MediumType::twilio);
  desk.vendors.twilio_get = [](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call("completed", R"(,"duration":"42")"));
  };
  desk.run(3'000);
  REQUIRE(desk.all_calls().at(0).status == CallStatus::completed);
  desk.open();
  desk.vendors.twilio_get = [](const VendorRequest&) {
    return FakeVendors::reply(
        200, FakeVendors::twilio_call("completed",
                                      R"(,"duration":"42","price":"-0.014","price_unit":"USD")"));
  };
  desk.run(30'000);
  CHECK(desk.all_calls().at(0).price == "-0.014");
}

TEST_CASE("a call that is over stops being asked for") {
  const std::string end = GENERATE("busy", "no-answer", "canceled", "completed");
  Desk desk;
  place(desk, MediumType::twilio);
  desk.vendors.twilio_get = [&](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call(end));
  };
  desk.vendors.ultravox_get = [](const VendorRequest&) {
    return agent(R"(,"ended":"2026-11-22T09:35:24Z","endReason":"unjoined")");
  };
  desk.run(48 * 3'600'000LL);
  CHECK(desk.row(desk.all_calls().at(0).id).owed.empty());
  CHECK(desk.vendors.seen.size() < 60);
}

TEST_CASE(
    "a failed call is explained by Twilio's errors, and a dead callback address is only a hint") {
  Desk desk;
  place(desk, MediumType::twilio);
  desk.vendors.twilio_get = [](const VendorRequest& request) {
    if (request.path.find("Notifications") != std::string::npos) {
      return FakeVendors::reply(
          200,
          R"({"notifications":[{"log":"1","error_code":"11200"},{"log":"0","error_code":"21215"}]})");
    }
    return FakeVendors::reply(200, FakeVendors::twilio_call("failed"));
  };
  desk.run(5'000);
  const Call call = desk.all_calls().at(0);
  CHECK(call.end.code == "geo_permission");
  CHECK(call.warning.find("PUBLIC_BASE_URL") != std::string::npos);
}

TEST_CASE("an answer is an answer, however short, and End that came too late did not cancel it") {
  Desk desk;
  const std::string id = place(desk, MediumType::twilio);
  REQUIRE(desk.calls->hang_up(everybody, id));
  desk.vendors.twilio_update = desk.vendors.twilio_get = [](const VendorRequest&) {
    return FakeVendors::reply(
        200, FakeVendors::twilio_call("completed",
                                      R"(,"duration":"0","price":"-0.014","price_unit":"USD")"));
  };
  desk.run(2'000);
  CHECK(desk.all_calls().at(0).status == CallStatus::completed);
  CHECK(desk.all_calls().at(0).end.code == "ended_here");
}

TEST_CASE("a page says why its web call ended, and End was pressed only where it was") {
  struct Row {
    HangUpWhy why;
    std::string reason, code;
  };
  const Row row = GENERATE(values<Row>({
      {HangUpWhy::pressed, "hangup", "ended_here"},
      {HangUpWhy::line_lost, "hangup", "connection_lost"},
      {HangUpWhy::tab_closed, "hangup", "tab_closed"},
      {HangUpWhy::agent_left, "hangup", "caller_left"},
      {HangUpWhy::agent_left, "agent_hangup", "agent_hung_up"},
      {HangUpWhy::pressed, "agent_hangup",
       "ended_here"},  // how our own order to leave may be answered
      {HangUpWhy::line_lost, "timeout", "time_limit"},
  }));
  CAPTURE(row.reason, row.code);
  Desk desk;
  const std::string id = place(desk, MediumType::web);
  desk.vendors.ultravox_get = [](const VendorRequest&) {
    return agent(R"(,"joined":"2026-11-22T09:33:22Z")");
  };
  desk.run(3'000);
  REQUIRE(desk.calls->hang_up(everybody, id, row.why));
  desk.vendors.ultravox_get = [&](const VendorRequest&) {
    return agent(
        R"(,"joined":"2026-11-22T09:33:22Z","ended":"2026-11-22T09:33:24Z","endReason":")" +
        row.reason + "\"");
  };
  desk.run(3'000);
  CHECK(desk.all_calls().at(0).end.code == row.code);
  const auto timeline = desk.store->call_detail(everybody, id)->timeline;
  const bool says_pressed =
      std::any_of(timeline.begin(), timeline.end(), [](const TimelineEntry& e) {
        return e.detail.find("pressed End") != e.detail.npos ||
               e.detail.find("End was pressed") != e.detail.npos;
      });
  CHECK(says_pressed == (row.why == HangUpWhy::pressed));
}
