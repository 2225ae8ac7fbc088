// What happens when a machine answers: every choice, with a public address and without.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "proxy/calls/updates.h"
#include "shared/codec.h"
#include "tests/proxy/desk.h"

using namespace voxdial;
using namespace voxdial::test;

namespace {

/// A phone call that somebody or something has answered; the choice was made for this call.
struct Answered : Desk {
  std::string id;

  explicit Answered(Voicemail choice) : id(placed(*this, choice)) {
    CallUpdate answered = make_update("answered", "twilio", "");
    answered.status = CallStatus::talking;
    answered.twilio_status = "in-progress";
    answered.agent_state = AgentState::joined;
    REQUIRE(recorder->record(id, answered));
    vendors.twilio_get = [](const VendorRequest&) {
      return FakeVendors::reply(200, FakeVendors::twilio_call("in-progress"));
    };
    vendors.twilio_update = [](const VendorRequest&) {
      return FakeVendors::reply(200, FakeVendors::twilio_call("in-progress"));
    };
    vendors.seen.clear();
  }

  static std::string placed(Desk& desk, Voicemail choice) {
    Attempt wish = attempt(MediumType::twilio);
    wish.request.settings.voicemail = choice;
    const StoredReply answer = desk.calls->place(wish);
    REQUIRE(answer.http_status == 201);
    return decode<CallPlaced>(answer.body)->id;
  }

  void verdict(const std::string& answered_by) {
    CallUpdate told = make_update("answered_by", "twilio", "");
    told.answered_by = answered_by;
    REQUIRE(recorder->record(id, told));
  }

  void look() { run(3'000); }

  int hang_ups() {
    int count = 0;
    for (const VendorRequest& r : vendors.seen) {
      count += r.body.find("Status=completed") != std::string::npos;
    }
    return count;
  }
  int orders_to_leave_a_message() {
    int count = 0;
    for (const VendorRequest& r : vendors.seen) {
      count += r.body.find("user_text_message") != std::string::npos &&
               r.body.find("leaveVoicemail") != std::string::npos &&
               r.body.find("immediate") != std::string::npos;
    }
    return count;
  }
  Call call() { return all_calls().at(0); }
};

}  // namespace

TEST_CASE("what Twilio hears is acted on once, as chosen for the call") {
  struct Row {
    Voicemail choice;
    std::string answered_by;
    int hang_ups;
    int orders;
  };
  const Row row = GENERATE(values<Row>({
      {Voicemail::hang_up, "machine_start", 1, 0},
      {Voicemail::hang_up, "machine_end_beep", 1, 0},
      {Voicemail::hang_up, "fax", 1, 0},
      {Voicemail::hang_up, "human", 0, 0},
      {Voicemail::hang_up, "unknown", 0, 0},
      {Voicemail::leave_message, "machine_end_beep", 0, 1},
      {Voicemail::leave_message, "machine_end_silence", 0, 1},
      {Voicemail::leave_message, "machine_end_other", 0, 1},
      {Voicemail::leave_message, "fax", 1, 0},
      {Voicemail::leave_message, "human", 0, 0},
      {Voicemail::leave_message, "unknown", 0, 0},
      {Voicemail::carry_on, "machine_start", 0, 0},
      {Voicemail::carry_on, "fax", 0, 0},
      {Voicemail::carry_on, "human", 0, 0},
  }));
  CAPTURE(row.choice, row.answered_by);
  Answered desk(row.choice);
  desk.verdict(row.answered_by);
  CHECK(desk.vendors.seen.empty());  // who brings the news does not wait for a vendor
  const StoredCall answered = desk.row(desk.id);
  const Owed* owed = answered.find_owed(row.orders > 0 ? Debt::machine : Debt::end_twilio);
  CHECK((owed != nullptr && owed->next_at == desk.clock) == (row.hang_ups + row.orders > 0));
  desk.run(500);
  CHECK(desk.hang_ups() == row.hang_ups);
  CHECK(desk.orders_to_leave_a_message() == row.orders);
  CHECK(desk.call().answered_by == row.answered_by);

  desk.vendors.twilio_get = desk.vendors.twilio_update = [](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call("completed", R"(,"duration":"7")"));
  };
  desk.look();
  REQUIRE(desk.call().status == CallStatus::completed);
  const std::string sentence = desk.call().end.sentence;
  const bool ended_here = sentence == "A machine answered, so the call was ended, as chosen." ||
                          sentence == "A fax machine answered, so the call was ended.";
  CHECK(ended_here == (row.hang_ups > 0));
}

TEST_CASE("a vendor that fails at that moment is asked again, also by the next process") {
  const auto choice = GENERATE(Voicemail::hang_up, Voicemail::leave_message);
  Answered desk(choice);
  desk.verdict("machine_end_beep");
  const auto down = [](const VendorRequest&) { return FakeVendors::reply(500, ""); };
  desk.vendors.twilio_update = desk.vendors.data_message = down;
  desk.run(500);
  CHECK(desk.hang_ups() + desk.orders_to_leave_a_message() == 1);

  FakeVendors well;
  desk.vendors.twilio_update = well.twilio_update;
  desk.vendors.data_message = well.data_message;
  desk.open();
  desk.vendors.seen.clear();
  desk.run(500);
  CHECK(desk.hang_ups() + desk.orders_to_leave_a_message() == 1);
  desk.run(20'000);
  CHECK(desk.hang_ups() + desk.orders_to_leave_a_message() == 1);
}

TEST_CASE(
    "a message the agent leaves is on record and ends the call's story, without Twilio's ear") {
  Answered desk(Voicemail::leave_message);
  desk.vendors.messages = [](const VendorRequest&) {
    return FakeVendors::reply(
        200, R"({"results":[{"role":"MESSAGE_ROLE_TOOL_CALL","toolName":"leaveVoicemail",)"
             R"("invocationId":"i1","text":"{\"message\":\"Call back.\"}"}],"next":null})");
  };
  desk.look();
  CHECK(desk.call().left_voicemail);
  const std::uint64_t version = desk.call().version;
  desk.look();
  CHECK(desk.call().version == version);
  desk.vendors.twilio_get = [](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call("completed", R"(,"duration":"20")"));
  };
  desk.look();
  CHECK(desk.call().end.sentence == "A machine answered and the agent left a message.");
  CHECK(desk.store->call_detail(everybody, desk.id)->timeline.size() >= 4);
}

TEST_CASE("what a call asks of both vendors about machines, for every choice") {
  const auto choice = GENERATE(Voicemail::hang_up, Voicemail::leave_message, Voicemail::carry_on);
  const bool by_agent = GENERATE(false, true);
  const bool reachable = GENERATE(false, true);
  CAPTURE(choice, by_agent, reachable);
  Desk desk;
  if (reachable) desk.config.public_base_url = "https://calls.example";
  Agent preset;
  preset.name = "p";
  CallRequest request;
  request.medium = {.type = MediumType::twilio, .phone_number = "+12025550100", .region = {}};
  (by_agent ? preset.settings : request.settings).voicemail = choice;
  // The call's own choice goes before the agent's.
  if (!by_agent) preset.settings.voicemail = Voicemail::hang_up;
  const auto plan = plan_call(request, preset, "call_1", desk.config);
  REQUIRE(plan);
  const bool listens = reachable && choice != Voicemail::carry_on;
  CHECK(plan->twilio->amd_callback ==
        (listens ? "https://calls.example/api/twilio/amd?call=call_1" : ""));
  CHECK(plan->twilio->wait_for_beep == (choice == Voicemail::leave_message));
  const std::string prompt = plan->ultravox.settings.system_prompt.value_or("");
  CHECK((prompt.find("hangUp tool") != prompt.npos) == (choice == Voicemail::hang_up));
  CHECK((prompt.find("leaveVoicemail tool") != prompt.npos) ==
        (choice == Voicemail::leave_message));
  CHECK(plan->ultravox.settings.voicemail == choice);
}
