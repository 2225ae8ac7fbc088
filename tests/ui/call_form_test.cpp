#include <catch2/generators/catch_generators.hpp>
#include "tests/ui/call_story.h"

using namespace voxdial;
using namespace voxdial::ui;

TEST_CASE("one press places one call: more presses while it is under way do nothing") {
  Story story = phone_story();
  press_call(story);
  story.tell(PlacePressed{});
  story.tell(PlacePressed{});
  story.tell(KeyMade{"key-2"});
  CHECK(story.requests("POST", "/api/calls") == 1);
  CHECK(story.all<MakeKey>().size() == 1);
  const HttpCall call = story.request("POST", "/api/calls");
  REQUIRE(call.headers.size() == 1);
  CHECK(call.headers[0] == Header{"Idempotency-Key", "key-1"});
  CHECK(story.model.form.placing());
}

TEST_CASE("what arrives while a call is being placed does not open the form for a second one") {
  Story story = phone_story();
  press_call(story);
  const std::string number = story.model.form.number;
  story.tell(NumberTyped{"+14155550199"});
  story.tell(RegionChosen{"GB"});
  story.tell(AgentChosen{"orders"});
  story.tell(MediumChosen{MediumType::web});
  CHECK(story.model.form.number == number);
  CHECK(story.model.form.placing());
  story.tell(PlacePressed{});
  story.tell(KeyMade{"key-2"});
  CHECK(story.requests("POST", "/api/calls") == 1);
}

TEST_CASE("the request says what the form says") {
  Story story = phone_story();
  story.tell(RecordingSet{true});
  story.tell(VoicemailChosen{Voicemail::leave_message});
  press_call(story);
  const Result<CallRequest> sent = decode<CallRequest>(story.request("POST", "/api/calls").body);
  REQUIRE(sent);
  CHECK(sent->agent == "assistant");
  CHECK(sent->medium == Medium{MediumType::twilio, "+14155550123", ""});
  CHECK(sent->settings.recording_enabled == true);
  CHECK(sent->settings.voicemail == Voicemail::leave_message);
}

TEST_CASE("a press without a number places nothing and leads to the field") {
  Story story = typed_story("");
  story.tell(PlacePressed{});
  CHECK(story.all<MakeKey>().empty());
  CHECK(story.ordered(FocusField{"number"}));
  CHECK(story.model.form.number_left);
}

TEST_CASE("when night has fallen since the number was read, it is read again") {
  Story story = phone_story();
  press_call(story);
  story.reply("POST", "/api/calls", 403, error_body(ErrorCode::quiet_hours));
  CHECK(story.model.form.placed.failure()->code == ErrorCode::quiet_hours);
  PhoneCheck check = good_check();
  check.allowed = false;
  check.quiet_hours = true;
  check.reason = make_error(ErrorCode::quiet_hours);
  answer_check(story, check);
  CHECK(story.requests("POST", "/api/calls") == 1);
  story.tell(QuietHoursOverridden{true});
  press_call(story, "key-2");
  CHECK(sent_call(story).quiet_hours_override);
}

TEST_CASE("a number the policy refuses cannot be called; quiet hours can be overridden") {
  Story story = typed_story("+14155550123");
  story.tell(TimerFired{Timer::phone_check});
  PhoneCheck check = good_check();
  check.allowed = false;
  check.quiet_hours = true;
  check.reason = make_error(ErrorCode::quiet_hours);
  answer_check(story, check);
  press_call(story);
  CHECK(story.requests("POST", "/api/calls") == 0);
  story.tell(QuietHoursOverridden{true});
  press_call(story);
  const Result<CallRequest> sent = decode<CallRequest>(story.request("POST", "/api/calls").body);
  REQUIRE(sent);
  CHECK(sent->quiet_hours_override);
}

TEST_CASE("a refusal is kept with its words, and the next press asks with a new key") {
  Story story = phone_story();
  press_call(story);
  story.reply("POST", "/api/calls", 403, error_body(ErrorCode::geo_permission));
  REQUIRE(story.model.form.placed.failure() != nullptr);
  CHECK(story.model.form.placed.failure()->code == ErrorCode::geo_permission);
  press_call(story, "key-2");
  CHECK(story.request("POST", "/api/calls").headers[0].value == "key-2");
}

TEST_CASE("after a lost answer the same press keeps its key, so nothing is dialled twice") {
  Story story = phone_story();
  press_call(story);
  story.lose("POST", "/api/calls");
  REQUIRE(story.model.form.placed.failure() != nullptr);
  CHECK(story.model.form.placed.failure()->code == ErrorCode::answer_lost);
  press_call(story, "key-2");
  CHECK(story.requests("POST", "/api/calls") == 2);
  CHECK(story.request("POST", "/api/calls").headers[0].value == "key-1");
}

TEST_CASE("after a lost answer a different call has a different key") {
  Story story = phone_story();
  press_call(story);
  story.lose("POST", "/api/calls");
  story.tell(NumberTyped{"+14155550199"});
  story.tell(PlacePressed{});
  PhoneCheck check = good_check();
  check.e164 = "+14155550199";
  answer_check(story, check);
  story.tell(KeyMade{"key-2"});
  CHECK(story.request("POST", "/api/calls").headers[0].value == "key-2");
}

TEST_CASE("a web call asks for the microphone first, and creates nothing when it is refused") {
  Story story = started_story();
  story.tell(PlacePressed{});
  CHECK(story.ordered(PrepareMicrophone{}));
  CHECK(story.all<MakeKey>().empty());
  story.tell(MicrophoneChecked{make_error(ErrorCode::mic_denied)});
  CHECK(story.requests("POST", "/api/calls") == 0);
  CHECK_FALSE(story.model.form.placing());
  CHECK(story.model.form.placed.failure()->code == ErrorCode::mic_denied);
}

TEST_CASE(
    "where another tab is in a web call that is said, and only the next press starts one beside") {
  Story story = started_story();
  story.tell(PlacePressed{});
  story.tell(MicrophoneChecked{make_error(ErrorCode::call_elsewhere)});
  CHECK(story.all<MakeKey>().empty());
  CHECK(story.model.form.placed.failure()->code == ErrorCode::call_elsewhere);
  story.effects.clear();
  story.tell(PlacePressed{});
  CHECK(story.ordered(PrepareMicrophone{"", true}));
  story.tell(MicrophoneChecked{});
  CHECK(story.all<MakeKey>().size() == 1);

  Story other = started_story();
  other.tell(PlacePressed{});
  other.tell(MicrophoneChecked{make_error(ErrorCode::call_elsewhere)});
  other.tell(MediumChosen{MediumType::twilio});  // what was said is gone
  other.tell(MediumChosen{MediumType::web});
  other.effects.clear();
  other.tell(PlacePressed{});
  CHECK(other.ordered(PrepareMicrophone{}));
}

TEST_CASE(
    "while the browser asks for the microphone the form goes on, and going on takes the press "
    "back") {
  Story story = started_story();
  story.tell(PlacePressed{});
  CHECK_FALSE(story.model.form.placing());
  story.tell(PlacePressed{});  // once is enough
  CHECK(story.all<PrepareMicrophone>().size() == 1);
  story.tell(MediumChosen{MediumType::twilio});
  CHECK(story.model.form.medium == MediumType::twilio);
  CHECK(story.ordered(ReleaseMicrophone{}));
  story.tell(MicrophoneChecked{});  // given after all, minutes later
  CHECK(story.all<MakeKey>().empty());
  CHECK(story.requests("POST", "/api/calls") == 0);
  CHECK_FALSE(story.model.form.pressed());
}

TEST_CASE("when a web call cannot be created the microphone is let go") {
  Story story = started_story();
  story.tell(PlacePressed{});
  story.tell(MicrophoneChecked{});
  story.tell(KeyMade{"key-1"});
  story.reply("POST", "/api/calls", 502, error_body(ErrorCode::vendor_unreachable));
  CHECK(story.ordered(ReleaseMicrophone{}));
  CHECK(story.all<StartWebCall>().empty());
}

TEST_CASE("the join address goes to the one effect that needs it and stays nowhere") {
  Story story = web_story();
  const std::vector<StartWebCall> starts = story.all<StartWebCall>();
  REQUIRE(starts.size() == 1);
  CHECK(starts[0].join_url == "wss://join.example/secret-token");
  CHECK(starts[0].tools == std::vector<std::string>{"updateOrder", "showNote"});
  const Model& m = story.model;
  CHECK(m.form.placed.idle());
  CHECK(m.form.key_body.find("secret") == std::string::npos);
  CHECK(m.web.call_id == "w1");
  REQUIRE(m.live.cards.size() == 1);
}

TEST_CASE("the template's model parameter overrides the agent's model") {
  Story story;
  Launched launched;
  launched.query_model = "ultravox-70B";
  story.tell(launched);
  CHECK(call_request(story.model).settings.model == "fixie-ai/ultravox-70B");
}

TEST_CASE("calling again fills the form, but a masked number must be typed") {
  Story story = started_story();
  Call call = some_call("c1", MediumType::twilio, CallStatus::busy);
  call.agent = "orders";
  story.tell(Navigated{Route{Screen::history, {}}});
  story.tell(CallAgainPressed{call});
  CHECK(story.model.form.medium == MediumType::twilio);
  CHECK(story.model.form.number == "+14155550123");
  CHECK(story.model.form.agent == "orders");
  CHECK(story.model.route.screen == Screen::call);
  call.to =
      "+1 \xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2 \xE2\x80\xA2\xE2\x80\xA2"
      "23";
  story.tell(CallAgainPressed{call});
  CHECK(story.model.form.number.empty());
}

TEST_CASE("phone off says why, and a press does nothing") {
  Story story = phone_story();
  ServerConfig config = some_config();
  config.phone = false;
  config.phone_off_reason = "There are no Twilio settings.";
  story.model.config.set(config);
  CHECK(why_not(story.model) == "There are no Twilio settings.");
  press_call(story);
  CHECK(story.requests("POST", "/api/calls") == 0);
}

TEST_CASE("a stored Ultravox agent is called by its id") {
  Story story = started_story();
  story.tell(AgentChosen{"ultravox:"});
  CHECK_FALSE(why_not(story.model).empty());
  story.tell(StoredAgentTyped{" 12ab "});
  CHECK(call_request(story.model).agent == "ultravox:12ab");
  CHECK(why_not(story.model).empty());
}
