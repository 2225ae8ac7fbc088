// What happens when a machine answers: every choice, with a public address and without.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "shared/codec.h"
#include "tests/proxy/desk.h"

using namespace voxdial;
using namespace voxdial::test;

namespace {

constexpr Reader everybody{.user = {}, .only_own = false, .whole_numbers = true};

/// A phone call that somebody or something has answered; the choice was made for this call.
struct Answered : Desk {
  Watch watch;
  std::string id;
  Watched at_twilio, at_ultravox;

  explicit Answered(Voicemail choice)
      : watch(config, world, *store, *board), id(placed(*this, choice)) {
    CallNews answered = news("answered", "twilio", "");
    answered.status = CallStatus::talking;
    REQUIRE(board->tell(id, answered));
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
    const Answer answer = desk.calls->place(wish);
    REQUIRE(answer.http_status == 201);
    return decode_call_placed(answer.body)->id;
  }

  void verdict(const std::string& answered_by) {
    CallNews told = news("answered_by", "twilio", "");
    told.answered_by = answered_by;
    REQUIRE(board->tell(id, told));
  }

  void look() {
    watch.look(Vendor::twilio, id, at_twilio);
    watch.look(Vendor::ultravox, id, at_ultravox);
  }

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
  const auto stored = *desk.store->find_call(desk.id);
  const bool due = row.hang_ups + row.orders > 0;
  const Vendor lane = row.orders > 0 ? Vendor::ultravox : Vendor::twilio;
  CHECK((next_look_ms(lane, *stored, Watched{}, 1) == 0) == due);
  for (int i = 0; i < 3; ++i) desk.look();
  CHECK(desk.hang_ups() == row.hang_ups);
  CHECK(desk.orders_to_leave_a_message() == row.orders);
  CHECK(desk.call().answered_by == row.answered_by);

  desk.vendors.twilio_get = [](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call("completed", R"(,"duration":"7")"));
  };
  desk.look();
  REQUIRE(desk.call().status == CallStatus::completed);
  const bool ended_here =
      desk.call().end.sentence == "A machine answered, so the call was ended, as chosen.";
  CHECK(ended_here == (row.hang_ups > 0));
}

TEST_CASE("a vendor that fails at that moment is asked again, also by the next process") {
  const auto choice = GENERATE(Voicemail::hang_up, Voicemail::leave_message);
  Answered desk(choice);
  desk.verdict("machine_end_beep");
  const auto down = [](const VendorRequest&) { return FakeVendors::reply(500, ""); };
  desk.vendors.twilio_update = desk.vendors.data_message = down;
  desk.look();
  CHECK_FALSE((*desk.store->find_call(desk.id))->machine_handled);

  FakeVendors well;
  desk.vendors.twilio_update = well.twilio_update;
  desk.vendors.data_message = well.data_message;
  desk.open();
  Watch watch(desk.config, desk.world, *desk.store, *desk.board);
  desk.vendors.seen.clear();
  Watched fresh;
  watch.look(choice == Voicemail::hang_up ? Vendor::twilio : Vendor::ultravox, desk.id, fresh);
  CHECK((*desk.store->find_call(desk.id))->machine_handled);
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
  CHECK(plan->twilio->amd_callback == (listens ? "https://calls.example/api/twilio/amd" : ""));
  CHECK(plan->twilio->wait_for_beep == (choice == Voicemail::leave_message));
  const std::string prompt = plan->ultravox.settings.system_prompt.value_or("");
  CHECK((prompt.find("hangUp tool") != prompt.npos) == (choice == Voicemail::hang_up));
  CHECK((prompt.find("leaveVoicemail tool") != prompt.npos) ==
        (choice == Voicemail::leave_message));
  CHECK(plan->ultravox.settings.voicemail == choice);
}
