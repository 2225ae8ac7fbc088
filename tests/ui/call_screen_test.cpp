#include "tests/ui/stage.h"

#include <cmath>

using namespace voxdial;
using namespace voxdial::ui;

namespace {

/// Types a number and lets the server read it.
void type_number(Stage& stage, std::string text, const PhoneCheck& check = good_check()) {
  stage.type(Role::textbox, "Phone number", std::move(text));
  stage.tell(TimerFired{Timer::phone_check});
  stage.reply("POST", "/api/phone/check", 200, encode(check));
}

PhoneCheck too_short() {
  PhoneCheck check;
  check.reason = make_error(ErrorCode::invalid_number, "The number is too short.");
  return check;
}

}  // namespace

TEST_CASE("the first screen offers a web call with the first agent") {
  Stage stage;
  CHECK(stage.get(Role::heading, "New call").level == 1);
  CHECK(stage.get(Role::radio, "Web").checked);
  CHECK_FALSE(stage.get(Role::radio, "Phone").checked);
  CHECK(stage.find(Role::button, "Start web call") != nullptr);
  CHECK(stage.find(Role::textbox, "Phone number") == nullptr);
  CHECK(stage.get(Role::select, "Agent").value == "assistant");
  CHECK(stage.find(Role::status, "Sandbox: no real calls are placed.") != nullptr);
  CHECK(stage.get(Role::link, "Call").checked);
}

TEST_CASE("a press by mouse and one by keyboard do the same") {
  Stage by_mouse, by_key;
  by_mouse.click(Role::radio, "Phone");
  by_key.activate(Role::radio, "Phone");
  CHECK(by_mouse.model().form.medium == MediumType::twilio);
  CHECK(by_key.model().form.medium == MediumType::twilio);
  CHECK(by_mouse.find(Role::textbox, "Phone number") != nullptr);
}

TEST_CASE("the button says whom it calls once the server has read what stays as it was typed") {
  Stage stage;
  stage.activate(Role::radio, "Phone");
  CHECK(stage.find(Role::button, "Call") != nullptr);
  stage.type(Role::textbox, "Phone number", "415 5550123");
  CHECK(stage.get(Role::textbox, "Phone number").value == "415 5550123");
  CHECK(stage.find(Role::button, "Call") != nullptr);
  CHECK(stage.says("Checking the number"));
  type_number(stage, "415 5550123");
  CHECK(stage.get(Role::textbox, "Phone number").value == "415 5550123");
  CHECK(stage.find(Role::button, "Call +1 415-555-0123") != nullptr);
}

TEST_CASE("Enter pressed before the number is read says that it is being read") {
  Stage stage;
  stage.activate(Role::radio, "Phone");
  stage.type(Role::textbox, "Phone number", "415 555 0123");
  stage.tell(PlacePressed{});
  CHECK(stage.get(Role::button, "Checking the number").busy);
  CHECK(stage.get(Role::textbox, "Phone number").disabled);
  stage.reply("POST", "/api/phone/check", 200, encode(good_check()));
  CHECK(stage.get(Role::button, "Calling +1 415-555-0123").busy);
}

TEST_CASE("a server that cannot be asked about the number is said, and to press again") {
  Stage stage;
  stage.activate(Role::radio, "Phone");
  stage.type(Role::textbox, "Phone number", "415 555 0123");
  stage.tell(PlacePressed{});
  stage.story.lose("POST", "/api/phone/check");
  stage.draw();
  CHECK(stage.get(Role::textbox, "Phone number").invalid);
  CHECK(stage.says("We can't dial until the server has checked the number."));
  CHECK_FALSE(stage.get(Role::button, "Call").disabled);
}

TEST_CASE("the server's verdict on the number is said in words") {
  Stage stage;
  stage.activate(Role::radio, "Phone");
  PhoneCheck check = good_check();
  type_number(stage, "4155550123", check);
  CHECK(stage.says(
      "Calls +1 415-555-0123 \xC2\xB7 United States \xC2\xB7 mobile \xC2\xB7 14:05 there"));
  check.allowed = false;
  check.reason = make_error(ErrorCode::number_not_allowed);
  type_number(stage, "4155550124", check);
  CHECK(stage.get(Role::textbox, "Phone number").invalid);
  CHECK(stage.says("not allowed"));
}

TEST_CASE("a wrong number is named only when the field is left or the button pressed") {
  Stage stage;
  stage.activate(Role::radio, "Phone");
  type_number(stage, "+1 415", too_short());
  CHECK_FALSE(stage.get(Role::textbox, "Phone number").invalid);
  CHECK(stage.says("Not a full number yet."));
  stage.happen({MirrorEvent::Kind::blur, stage.get(Role::textbox, "Phone number").id, {}});
  CHECK(stage.get(Role::textbox, "Phone number").invalid);
}

TEST_CASE("a wrong number typed and left within one frame is named") {
  Stage stage;
  stage.activate(Role::radio, "Phone");
  const auto field = stage.get(Role::textbox, "Phone number").id;
  stage.happen_together(
      {{MirrorEvent::Kind::change, field, "+1 415"}, {MirrorEvent::Kind::blur, field, {}}});
  stage.tell(TimerFired{Timer::phone_check});
  stage.reply("POST", "/api/phone/check", 200, encode(too_short()));
  CHECK(stage.get(Role::textbox, "Phone number").invalid);
}

TEST_CASE("an empty number field that was left is no fault") {
  Stage stage;
  stage.activate(Role::radio, "Phone");
  stage.happen({MirrorEvent::Kind::blur, stage.get(Role::textbox, "Phone number").id, {}});
  CHECK_FALSE(stage.get(Role::textbox, "Phone number").invalid);
  CHECK_FALSE(stage.model().form.number_left);
}

TEST_CASE("a press without a number says under the field what is missing") {
  Stage stage;
  stage.activate(Role::button, "Start web call");  // of another kind of call
  stage.activate(Role::radio, "Phone");
  CHECK_FALSE(stage.get(Role::textbox, "Phone number").invalid);
  stage.activate(Role::button, "Call");
  CHECK(stage.get(Role::textbox, "Phone number").invalid);
  CHECK(stage.find(Role::alert, "Enter a phone number.") != nullptr);
  stage.type(Role::textbox, "Phone number", "4");
  CHECK(stage.find(Role::alert, "Enter a phone number.") == nullptr);
}

TEST_CASE("in a wide window the form's fields stay the same ones when a call comes beside them") {
  Stage stage(started_story(), 2560, 1440);
  stage.activate(Role::radio, "Phone");
  const auto id = stage.get(Role::textbox, "Phone number").id;
  const auto left = stage.get(Role::textbox, "Phone number").box.x;
  stage.tell(
      EventArrived{"call", encode(some_call("c1", MediumType::twilio, CallStatus::ringing))});
  stage.draw();
  CHECK(stage.get(Role::textbox, "Phone number").id == id);
  CHECK(stage.get(Role::textbox, "Phone number").box.x < left);
  CHECK(stage.find_starting(Role::group, "Call: ") != nullptr);
  CHECK(stage.find_starting(Role::heading, "Recent calls") != nullptr);
}

TEST_CASE("in a wide window the form and the live call stand as a pair in the middle") {
  Stage stage(started_story(), 2560, 1440);
  stage.tell(
      EventArrived{"call", encode(some_call("c1", MediumType::twilio, CallStatus::talking))});
  stage.draw();
  const Box form = stage.get(Role::heading, "New call").box;
  const Box end = stage.get(Role::button, "End call").box;
  const float rail = 88, left = form.x - rail, right = 2560 - end.x - end.w;
  CHECK(left > 200);
  CHECK(std::abs(left - right) < 40);
}

TEST_CASE("while a call is being placed the button works in place and takes no press") {
  Stage stage;
  stage.activate(Role::radio, "Phone");
  type_number(stage, "+14155550123");
  stage.click(Role::button, "Call +1 415-555-0123");
  stage.tell(KeyMade{"k"});
  const MirrorNode& button = stage.get(Role::button, "Calling +1 415-555-0123");
  CHECK(button.busy);
  CHECK(button.disabled);
  stage.click(Role::button, "Calling +1 415-555-0123");
  CHECK(stage.story.requests("POST", "/api/calls") == 1);
  CHECK(stage.get(Role::textbox, "Phone number").disabled);
  stage.reply("POST", "/api/calls", 201, encode(placed("c1", MediumType::twilio)));
  CHECK(stage.find(Role::status, "Queued") != nullptr);
}

TEST_CASE("a refusal about the number stands under the number, with its code") {
  Stage stage;
  stage.activate(Role::radio, "Phone");
  type_number(stage, "+14155550123");
  stage.activate(Role::button, "Call +1 415-555-0123");
  stage.tell(KeyMade{"k"});
  Error error = make_error(ErrorCode::geo_permission, {}, "medium.phoneNumber");
  error.provider = Provider{"twilio", 21215};
  stage.reply("POST", "/api/calls", 403, encode(error));
  const MirrorNode* alert =
      stage.find_starting(Role::alert, "Calls to this country are not enabled");
  REQUIRE(alert != nullptr);
  CHECK(alert->box.y < stage.get(Role::select, "Agent").box.y);
  CHECK(stage.says("geo_permission \xC2\xB7 Twilio 21215"));
  CHECK(stage.find(Role::button, "Call +1 415-555-0123") != nullptr);
}

TEST_CASE("phone off says why in place of the form") {
  Stage stage;
  ServerConfig config = some_config();
  config.phone = false;
  config.phone_off_reason = "There are no Twilio settings.";
  stage.story.model.config.set(config);
  stage.activate(Role::radio, "Phone");
  CHECK(stage.says("There are no Twilio settings."));
  CHECK(stage.find(Role::textbox, "Phone number") == nullptr);
  CHECK(stage.get(Role::button, "Call").disabled);
}

TEST_CASE("a refused microphone is said under the button") {
  Stage stage;
  stage.activate(Role::button, "Start web call");
  stage.tell(MicrophoneChecked{make_error(ErrorCode::mic_denied)});
  CHECK(stage.find_starting(Role::alert, "This site may not use your microphone") != nullptr);
}

TEST_CASE("options open and close, and the recording switch shows the consent line") {
  Stage stage;
  CHECK(stage.find(Role::toggle, "Record the call") == nullptr);
  stage.click(Role::button, "More options");
  CHECK(stage.get(Role::button, "Fewer options").expanded);
  stage.activate(Role::toggle, "Record the call");
  CHECK(stage.get(Role::toggle, "Record the call").checked);
  CHECK_FALSE(stage.get(Role::toggle, "Record the call").description.empty());
  stage.activate(Role::toggle, "Start with the microphone muted");
  CHECK(stage.model().web.mic_muted);
}

TEST_CASE("choosing another agent shows what it is") {
  Stage stage;
  stage.type(Role::select, "Agent", "orders");
  CHECK(stage.model().form.agent == "orders");
  CHECK(stage.says("Voice: Mark"));
  CHECK(stage.find(Role::text, "You answer questions.") != nullptr);
  stage.activate(Role::button, "Edit");
  CHECK(stage.model().route == Route{Screen::agents, "orders"});
}

TEST_CASE("text too long for its place is shortened on the canvas and whole in the mirror") {
  const std::string word(400, 'm');
  Story story = started_story();
  Agent agent = some_agent("assistant", "Assistant");
  agent.settings.system_prompt = word;
  story.model.agents.list.set(AgentList{{agent}});
  Stage stage(std::move(story));
  const MirrorNode& prompt = stage.get(Role::text, word);
  CHECK(prompt.box.w < 700);
}

TEST_CASE("without a server the page says so and offers to try again") {
  Story story;
  story.tell(Launched{});
  story.lose("GET", "/api/config");
  story.lose("GET", "/api/agents");
  Stage stage(std::move(story));
  CHECK(stage.find_starting(Role::alert, "Can't reach the voxdial server") != nullptr);
  stage.activate(Role::button, "Try again");
  CHECK(stage.story.requests("GET", "/api/config") == 2);
}

TEST_CASE("on a phone the places stand at the bottom and the call opens as a sheet") {
  Stage stage;
  stage.resize(390, 844, true);
  CHECK(stage.get(Role::link, "History").box.y > 700);
  stage.tell(
      EventArrived{"call", encode(some_call("c1", MediumType::twilio, CallStatus::ringing))});
  const MirrorNode* bar = stage.find_starting(Role::button, "Open the call: Ringing");
  REQUIRE(bar != nullptr);
  stage.click(Role::button, bar->name);
  CHECK(stage.model().route.screen == Screen::live);
  CHECK(stage.find(Role::button, "End call") != nullptr);
  stage.click(Role::button, "Back");
  CHECK(stage.model().route.screen == Screen::call);
}

TEST_CASE("on a phone a call that lives is told of and opened before newer ones that are over") {
  Stage stage;
  stage.resize(390, 844, true);
  const auto hear = [&](const Call& call) { stage.tell(EventArrived{"call", encode(call)}); };
  hear(some_call("c1", MediumType::twilio, CallStatus::talking));
  Call busy = some_call("c2", MediumType::twilio, CallStatus::ringing);
  busy.created_at += 1000;
  hear(busy);
  busy.status = CallStatus::busy;
  busy.version += 1;
  hear(busy);
  const MirrorNode* bar = stage.find_starting(Role::button, "Open the call: Talking");
  REQUIRE(bar != nullptr);
  stage.click(Role::button, bar->name);
  CHECK(stage.find(Role::button, "End call") != nullptr);
}

TEST_CASE("in the sandbox the numbers that answer there are a press away") {
  Stage stage;
  stage.tell(MediumChosen{MediumType::twilio});
  stage.activate(Role::button, "Busy");
  CHECK(stage.model().form.number == "+1 202-555-0101");
}

TEST_CASE("the button that places the call is in sight in the smallest window, options open") {
  Stage stage(started_story(), 320, 256);
  const MirrorNode& kind = stage.get(Role::radio, "Phone");
  CHECK(kind.box.y + kind.box.h <= stage.get(Role::button, "Start web call").box.y);
  stage.tell(MoreToggled{});
  const MirrorNode& place = stage.get(Role::button, "Start web call");
  CHECK(place.box.y >= place.clip.y);
  CHECK(place.box.y + place.box.h <= 256);
}
