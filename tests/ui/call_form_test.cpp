#include "tests/ui/story.h"

using namespace voxdial;
using namespace voxdial::ui;

namespace {

Story phone_story(std::string number = "+14155550123") {
  Story story = started_story();
  story.tell(MediumChosen{MediumType::twilio});
  story.tell(NumberTyped{std::move(number)});
  story.effects.clear();
  return story;
}

void press_call(Story& story, std::string key = "key-1") {
  story.tell(PlacePressed{});
  story.tell(KeyMade{std::move(key)});
}

PhoneCheck good_check() {
  PhoneCheck check;
  check.allowed = true;
  check.e164 = "+14155550123";
  check.international = "+1 415-555-0123";
  check.region = "US";
  check.type = "mobile";
  check.local_time = "14:05";
  return check;
}

}  // namespace

TEST_CASE("a number is read as it is typed: international, or national in the chosen country") {
  struct Row {
    const char* region;
    const char* typed;
    const char* e164;
  };
  const Row rows[] = {
      {"US", "+14155550123", "+14155550123"},
      {"US", "415 555 0123", "+14155550123"},
      {"US", "(415) 555-0123", "+14155550123"},
      {"GB", "020 7183 8750", "+442071838750"},
      {"IT", "06 698 1234", "+39066981234"},
      {"US", "+44 20 7183 8750", "+442071838750"},
      {"US", "", ""},
      {"US", "41", ""},
      {"US", "abc", ""},
      {"US", "+1415555012345678", ""},
  };
  for (const Row& row : rows) {
    INFO(row.region << ' ' << row.typed);
    CallForm form;
    form.region = row.region;
    form.number = row.typed;
    CHECK(typed_number(form).e164 == row.e164);
  }
}

TEST_CASE("what is wrong with a number is said in words, and nothing while nothing is typed") {
  CallForm form;
  CHECK(typed_number(form).fault.empty());
  form.number = "+1 415 CALL NOW";
  CHECK_FALSE(typed_number(form).fault.empty());
}

TEST_CASE("the country follows a number typed with its code, but Canada stays Canada") {
  Story story = started_story();
  story.tell(NumberTyped{"+49 30"});
  CHECK(story.model.form.region == "DE");
  story.tell(NumberTyped{""});
  story.tell(RegionChosen{"CA"});
  story.tell(NumberTyped{"+1 416"});
  CHECK(story.model.form.region == "CA");
}

TEST_CASE("choosing a country changes the code of a number already typed") {
  Story story = started_story();
  story.tell(NumberTyped{"+49301234567"});
  story.tell(RegionChosen{"FR"});
  CHECK(story.model.form.number == "+33 3 01 23 45 67");
}

TEST_CASE("a number is grouped while it is typed, and keeps every digit that was typed") {
  const struct {
    const char *region, *typed, *shown;
  } rows[] = {
      {"US", "+1415", "+1415"},  // not a number yet
      {"US", "+1415555", "+1 415 555"},
      {"US", "+1 415 5550", "+1 415 555 0"},
      {"US", "+1 (415) 555-0123", "+1 415 555 0123"},
      {"US", "4155550123", "415 555 0123"},
      {"GB", "02071838750", "020 7183 8750"},
      {"FR", "0123456789", "01 23 45 67 89"},
      {"IT", "0612345678", "061 234 5678"},
      {"US", "415 CALL NOW", "415 CALL NOW"},
      {"US", "+44 (0)20 7183 8750", "+44 (0)20 7183 8750"},
      {"", "0041446681800", "0041446681800"},
  };
  for (const auto& row : rows) {
    Story story = phone_story("");
    story.tell(RegionChosen{row.region});
    story.tell(NumberTyped{row.typed});
    CAPTURE(row.typed);
    CHECK(story.model.form.number == row.shown);
  }
}

TEST_CASE("a complete number is checked by the server once typing rests") {
  Story story = phone_story("");
  story.tell(NumberTyped{"+1415"});
  CHECK(story.all<SetTimer>().empty());
  story.tell(NumberTyped{"+14155550123"});
  CHECK(story.ordered(SetTimer{Timer::phone_check, 350}));
  CHECK(story.requests("POST", "/api/phone/check") == 0);
  story.tell(TimerFired{Timer::phone_check});
  CHECK(story.request("POST", "/api/phone/check").body ==
        encode(PhoneCheckRequest{"+1 415 555 0123", ""}));
  story.reply("POST", "/api/phone/check", 200, encode(good_check()));
  REQUIRE(story.model.form.check.value() != nullptr);
  CHECK(number_to_call(story.model.form) == "+14155550123");
}

TEST_CASE("a check that answers after the number changed is not believed") {
  Story story = phone_story();
  story.tell(TimerFired{Timer::phone_check});
  const HttpCall asked = story.request("POST", "/api/phone/check");
  story.tell(NumberTyped{"+14155550199"});
  story.tell(HttpReplied{asked.id, HttpReplied::Failure::none, 200, encode(good_check())});
  CHECK(story.model.form.check.idle());
  CHECK(number_to_call(story.model.form) == "+14155550199");
}

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
  const Result<CallRequest> sent = decode_call_request(story.request("POST", "/api/calls").body);
  REQUIRE(sent);
  CHECK(sent->agent == "assistant");
  CHECK(sent->medium == Medium{MediumType::twilio, "+14155550123"});
  CHECK(sent->settings.recording_enabled == true);
  CHECK(sent->settings.voicemail == Voicemail::leave_message);
}

TEST_CASE("a press without a usable number places nothing and leads to the field") {
  Story story = phone_story("+1");
  story.tell(PlacePressed{});
  CHECK(story.all<MakeKey>().empty());
  CHECK(story.ordered(FocusField{"number"}));
  CHECK(story.model.form.number_left);
}

TEST_CASE("a number the policy refuses cannot be called; quiet hours can be overridden") {
  Story story = phone_story();
  story.tell(TimerFired{Timer::phone_check});
  PhoneCheck check = good_check();
  check.allowed = false;
  check.quiet_hours = true;
  check.reason = make_error(ErrorCode::quiet_hours);
  story.reply("POST", "/api/phone/check", 200, encode(check));
  press_call(story);
  CHECK(story.requests("POST", "/api/calls") == 0);
  story.tell(QuietHoursOverridden{true});
  press_call(story);
  const Result<CallRequest> sent = decode_call_request(story.request("POST", "/api/calls").body);
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
  CHECK(story.model.form.placed.failure()->code == ErrorCode::network);
  press_call(story, "key-2");
  CHECK(story.requests("POST", "/api/calls") == 2);
  CHECK(story.request("POST", "/api/calls").headers[0].value == "key-1");
}

TEST_CASE("after a lost answer a different call has a different key") {
  Story story = phone_story();
  press_call(story);
  story.lose("POST", "/api/calls");
  story.tell(NumberTyped{"+14155550199"});
  press_call(story, "key-2");
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
