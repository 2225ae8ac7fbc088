// The worker: what becomes of calls while time passes, without threads; and once with them.
#include "proxy/calls/worker.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>
#include <thread>

#include "proxy/calls/updates.h"
#include "shared/codec.h"
#include "tests/proxy/desk.h"

using namespace voxdial;
using namespace voxdial::test;

namespace {

const Reader everybody{.user = {}, .only_own = false, .whole_numbers = true};

std::string place(Desk& desk, MediumType medium) {
  const StoredReply answer = desk.calls->place(Desk::attempt(medium));
  REQUIRE(answer.http_status == 201);
  return decode<CallPlaced>(answer.body)->id;
}

/// Twilio's list of calls with one, made when the desk's clock began.
VendorReply listed(const std::string& status,
                   const std::string& created = "Sun, 22 Nov 2026 09:33:21 +0000") {
  return FakeVendors::reply(
      200, "{\"calls\":[" +
               FakeVendors::twilio_call(status, R"(,"date_created":")" + created + "\"") + "]}");
}

VendorReply agent(const std::string& more) {
  return FakeVendors::reply(200, std::string(R"({"callId":")") + ultravox_id +
                                     R"(","created":"2026-11-22T09:33:20Z")" + more + "}");
}

SendResult lost_reply() {
  return Unexpected<SendFailure>{{.kind = SendFailure::Kind::no_answer, .what = "test"}};
}

/// A clock for tests with threads, which do not wait for seconds.
std::function<std::int64_t()> ten_times_as_fast(std::int64_t from = 0) {
  return [from, start = std::chrono::steady_clock::now()] {
    return from + std::chrono::duration_cast<std::chrono::milliseconds>(
                      (std::chrono::steady_clock::now() - start) * 10)
                      .count();
  };
}

int ends_at_twilio(Desk& desk) {
  int count = 0;
  for (const VendorRequest& r : desk.vendors.seen) count += r.body.rfind("Status=", 0) == 0;
  return count;
}

int ends_at_ultravox(Desk& desk) {
  int count = 0;
  for (const VendorRequest& r : desk.vendors.seen) {
    count += r.vendor == Vendor::ultravox && r.body.find("hang_up") != std::string::npos;
  }
  return count;
}

}  // namespace

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
  desk.vendors.twilio_create = [](const VendorRequest&) { return lost_reply(); };
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

/// Many web calls that Ultravox knows, each by its own id; the ids of ours.
std::vector<std::string> place_many(Desk& desk, int count) {
  desk.vendors.ultravox_get = [](const VendorRequest& request) {
    const std::string id = request.path.substr(request.path.rfind('/') + 1);
    return FakeVendors::reply(200,
                              R"({"callId":")" + id + R"(","created":"2026-11-22T09:33:20Z"})");
  };
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) {
    const StoredReply reply =
        desk.calls->place(Desk::attempt(MediumType::web, "key-" + std::to_string(i)));
    REQUIRE(reply.http_status == 201);
    ids.push_back(decode<CallPlaced>(reply.body)->id);
  }
  return ids;
}

TEST_CASE("End goes before every look that is overdue") {
  Desk desk;
  const auto ids = place_many(desk, 150);
  desk.clock += 3'600'000;
  REQUIRE(desk.calls->hang_up(everybody, ids.back()));
  desk.vendors.seen.clear();
  desk.worker->run_due();
  REQUIRE(desk.vendors.seen.size() > 1);
  CHECK(desk.vendors.seen.front().body.find("hang_up") != std::string::npos);
}

TEST_CASE("what waits for its turn at one vendor keeps nothing from the other") {
  Desk desk;
  place_many(desk, 150);
  desk.clock += 3'600'000;
  REQUIRE(desk.calls->place(Desk::attempt(MediumType::twilio, "phone")).http_status == 201);
  desk.clock += 1'000;
  desk.vendors.seen.clear();
  desk.worker->run_due();
  CHECK(std::any_of(desk.vendors.seen.begin(), desk.vendors.seen.end(),
                    [](const VendorRequest& asked) { return asked.vendor == Vendor::twilio; }));
}

TEST_CASE(
    "however many calls are live, Ultravox is asked 100 times a second, and each gets its turn") {
  Desk desk;
  place_many(desk, 150);
  desk.clock += 5'000;
  desk.vendors.seen.clear();
  desk.run(999);
  CHECK(desk.vendors.seen.size() == 100);
  desk.run(1'000);
  CHECK(desk.vendors.seen.size() == 200);
  std::set<std::string> asked_for;
  for (const VendorRequest& request : desk.vendors.seen) asked_for.insert(request.path);
  CHECK(asked_for.size() == 150);
}

TEST_CASE("the threads watch a call from ringing to its end by themselves") {
  Desk desk;
  std::atomic<int> looks{0};
  desk.vendors.twilio_get = [&](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call(++looks < 2 ? "ringing" : "no-answer"));
  };
  desk.world.now = ten_times_as_fast(desk.clock);
  desk.world.steady_ms = ten_times_as_fast();
  Worker worker(desk.config, desk.world, *desk.store, *desk.recorder);
  REQUIRE(worker.start());
  place(desk, MediumType::twilio);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (desk.all_calls().at(0).status != CallStatus::no_answer &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(desk.all_calls().at(0).status == CallStatus::no_answer);
  worker.stop();
}

TEST_CASE(
    "requests that hang keep neither the other calls from being looked at nor End from the "
    "vendor") {
  Desk desk;
  std::mutex mutex;
  std::condition_variable changed;
  bool release = false;
  int hanging = 0;
  std::atomic<int> looked_at_ours{0}, ended_ours{0};
  const auto sid_of = [](int n) { return "CA" + std::to_string(1'000 + n); };
  std::atomic<int> created{0};
  desk.vendors.twilio_create = [&](const VendorRequest&) {
    return FakeVendors::reply(
        201, R"({"sid":")" + sid_of(created++) +
                 R"(","status":"queued","to":"+12025550100","from":"+12025550143"})");
  };
  constexpr int calls = 40;  // more than may hang at once must not be needed to show it
  desk.vendors.twilio_get = [&](const VendorRequest& request) -> SendResult {
    if (request.path.find(sid_of(calls - 1)) != std::string::npos) {
      ++looked_at_ours;
      return FakeVendors::reply(
          200, R"({"sid":")" + sid_of(calls - 1) +
                   R"(","status":"ringing","to":"+12025550100","from":"+12025550143"})");
    }
    std::unique_lock lock(mutex);
    ++hanging;
    changed.wait(lock, [&] { return release; });
    return lost_reply();
  };
  desk.vendors.twilio_update = [&](const VendorRequest&) {
    ++ended_ours;
    return FakeVendors::reply(
        200, R"({"sid":")" + sid_of(calls - 1) +
                 R"(","status":"canceled","to":"+12025550100","from":"+12025550143"})");
  };
  for (int i = 0; i < calls; ++i) {
    REQUIRE(
        desk.calls->place(Desk::attempt(MediumType::twilio, "k" + std::to_string(i))).http_status ==
        201);
  }
  desk.world.now = ten_times_as_fast(desk.clock);
  desk.world.steady_ms = ten_times_as_fast();
  Worker worker(desk.config, desk.world, *desk.store, *desk.recorder);
  REQUIRE(worker.start());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  const auto until = [&](auto condition) {
    while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return condition();
  };
  CHECK(until([&] { return looked_at_ours >= 3; }));
  std::string ours;
  for (const Call& call : desk.all_calls()) {
    if (desk.row(call.id).twilio_sid == sid_of(calls - 1)) ours = call.id;
  }
  REQUIRE(desk.calls->hang_up(everybody, ours));
  CHECK(until([&] { return ended_ours >= 1; }));
  {
    const std::lock_guard lock(mutex);
    release = true;
  }
  changed.notify_all();
  worker.stop();
}
