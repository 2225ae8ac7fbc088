#include <catch2/generators/catch_generators.hpp>

#include "tests/ui/story.h"
#include "wasm-ui/core/call_words.h"

using namespace voxdial;
using namespace voxdial::ui;

TEST_CASE("a page that starts asks what it must know and no more") {
  Story story;
  story.tell(Launched{});
  CHECK(story.requests("GET", "/api/config") == 1);
  CHECK(story.requests("GET", "/api/agents") == 1);
  CHECK(story.requests("GET", "/api/calls?live=true") == 1);
  CHECK(story.all<HttpCall>().size() == 3);
}

TEST_CASE("the stream of events goes on from where the list of live calls was") {
  Story story;
  story.tell(Launched{});
  CHECK(story.all<OpenEvents>().empty());
  story.reply("GET", "/api/calls?live", 200, encode(CallPage{{}, {}, "77"}));
  CHECK(story.ordered(OpenEvents{"77"}));
  story.effects.clear();
  story.tell(EventArrived{"reload", "{}"});
  story.reply("GET", "/api/calls?live", 200, encode(CallPage{{}, {}, "78"}));
  CHECK(story.all<OpenEvents>().empty());
}

TEST_CASE("a page that cannot learn the live calls hears what happens from now on") {
  Story story;
  story.tell(Launched{});
  story.reply("GET", "/api/calls?live", 500, error_body(ErrorCode::internal));
  CHECK(story.ordered(OpenEvents{}));
}

TEST_CASE("Escape leads from one call or agent to its list, and from the live calls to the form") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::agents, "orders"}});
  story.tell(KeyPressed{"Escape", true, true});
  CHECK(story.model.route == Route{Screen::agents, {}});
  story.tell(KeyPressed{"Escape", true, false});
  CHECK(story.model.route == Route{Screen::agents, {}});
  story.tell(Navigated{Route{Screen::live, {}}});
  story.tell(KeyPressed{"Escape", true, false});
  CHECK(story.model.route == Route{});
}

TEST_CASE("what was remembered is taken up") {
  Story story;
  Launched launched;
  launched.stored = {{"theme", "dark"},    {"medium", "phone"},    {"region", "DE"},
                     {"talk_key", "KeyT"}, {"push_to_talk", "on"}, {"agent", "orders"},
                     {"end_sound", "off"}, {"region", "no-such"}};
  story.tell(launched);
  CHECK(is_dark(story.model));
  CHECK(story.model.form.medium == MediumType::twilio);
  CHECK(story.model.form.region == "DE");
  CHECK(story.ordered(ClaimKeys{{"KeyT"}}));
  CHECK_FALSE(story.model.settings.end_sound);
  story.reply("GET", "/api/agents", 200,
              encode(AgentList{{some_agent("assistant", "A"), some_agent("orders", "O")}}));
  CHECK(story.model.form.agent == "orders");
}

TEST_CASE("a reload keeps who would be called by whom, in this tab") {
  Story story = started_story();
  story.tell(MediumChosen{MediumType::twilio});
  story.tell(AgentChosen{"orders"});
  story.tell(NumberTyped{"0171 5550100"});
  story.tell(RegionChosen{"DE"});
  Launched again;
  for (const StoreSetting& kept : story.all<StoreSetting>()) {
    if (kept.this_tab) again.stored.emplace_back(kept.key, kept.value);
  }
  Story reloaded;
  reloaded.tell(again);
  reloaded.reply("GET", "/api/agents", 200,
                 encode(AgentList{{some_agent("assistant", "A"), some_agent("orders", "O")}}));
  reloaded.reply("GET", "/api/config", 200, encode(some_config()));
  CHECK(reloaded.model.form.medium == MediumType::twilio);
  CHECK(reloaded.model.form.agent == "orders");
  CHECK(reloaded.model.form.number == story.model.form.number);
  CHECK(reloaded.model.form.region == "DE");
  CHECK(reloaded.requests("POST", "/api/phone/check") == 1);
}

TEST_CASE("a remembered agent that is gone gives way to the first that suits") {
  Story story;
  Launched launched;
  launched.stored = {{"agent", "gone"}};
  story.tell(launched);
  Agent phone_only = some_agent("reminder", "R");
  phone_only.media = {MediumType::twilio};
  story.reply("GET", "/api/agents", 200,
              encode(AgentList{{phone_only, some_agent("assistant", "A")}}));
  CHECK(story.model.form.agent == "assistant");
}

TEST_CASE("the template's parameters keep their meaning") {
  Story story;
  Launched launched;
  launched.query_debug = "true";
  launched.query_speaker_mute = "false";
  launched.query_user_transcripts = "false";
  story.tell(launched);
  CHECK(story.model.settings.debug_messages);
  CHECK_FALSE(story.model.settings.speaker_mute);
  CHECK_FALSE(story.model.settings.user_transcripts);
}

TEST_CASE("every failure of an answer has its own words") {
  using Failure = HttpReplied::Failure;
  struct Row {
    HttpReplied reply;
    ErrorCode code;
  };
  const Row rows[] = {
      {{1, Failure::network, 0, ""}, ErrorCode::network},
      {{1, Failure::timeout, 0, ""}, ErrorCode::network},
      {{1, Failure::none, 500, "<html>"}, ErrorCode::bad_reply},
      {{1, Failure::none, 200, "<html>"}, ErrorCode::bad_reply},
      {{1, Failure::none, 429, error_body(ErrorCode::rate_limited)}, ErrorCode::rate_limited},
  };
  for (const Row& row : rows) {
    const Result<ServerConfig> result = read(row.reply, decode<ServerConfig>);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == row.code);
    CHECK_FALSE(result.error().message.empty());
  }
}

TEST_CASE("a failed start can be tried again") {
  Story story;
  story.tell(Launched{});
  story.lose("GET", "/api/config");
  story.lose("GET", "/api/agents");
  story.effects.clear();
  story.tell(RetryPressed{});
  CHECK(story.requests("GET", "/api/config") == 1);
  CHECK(story.requests("GET", "/api/agents") == 1);
  CHECK(story.requests("GET", "/api/calls") == 0);
}

TEST_CASE("places have addresses and addresses lead to places") {
  for (const Route& route :
       {Route{}, Route{Screen::history, "abc"}, Route{Screen::agents, "new"},
        Route{Screen::history, "abc", "kind=web&search=a%2Fb"}, Route{Screen::doctor, {}},
        Route{Screen::settings, {}}, Route{Screen::live, {}}}) {
    CHECK(parse_route(route_text(route)) == route);
  }
  CHECK(parse_route("") == Route{});
  CHECK(parse_route("../etc") == Route{});
}

TEST_CASE("going into a row and out of it takes the keyboard along, the rail keeps it") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::history, {}}});
  CHECK(story.all<FocusField>().empty());
  story.tell(CallOpened{"h1"});
  CHECK(story.all<FocusField>() == std::vector<FocusField>{{"title"}});
  story.tell(Navigated{Route{Screen::history, {}}});
  CHECK(story.all<FocusField>().size() == 2);
}

TEST_CASE("the sheet of live calls takes the keyboard to whom the call is with") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::live}});
  CHECK(story.all<FocusField>() == std::vector<FocusField>{{"party"}});
}

TEST_CASE("copying is confirmed for a moment") {
  Story story = started_story();
  story.tell(CopyPressed{"words"});
  CHECK(story.ordered(CopyText{"words"}));
  story.tell(Copied{true});
  CHECK(story.model.copied);
  story.tell(TimerFired{Timer::copied});
  CHECK_FALSE(story.model.copied);
}

TEST_CASE("the sheet closes when the window becomes wide") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::live, {}}});
  Page page = story.model.page;
  page.width = 1280;
  story.tell(PageChanged{page});
  CHECK(story.model.route.screen == Screen::call);
}

TEST_CASE("the talk key is the next one pressed, but not one that moves or presses") {
  Story story = started_story();
  story.tell(TalkKeyAsked{});
  story.tell(KeyPressed{"KeyM", true, false});
  CHECK(story.model.settings.talk_key == "KeyM");
  CHECK(story.ordered(StoreSetting{"talk_key", "KeyM"}));
  for (const char* code : {"Tab", "Enter", "Escape"}) {
    story.tell(TalkKeyAsked{});
    story.tell(KeyPressed{code, true, false});
    CHECK(story.model.settings.talk_key == "KeyM");
    CHECK_FALSE(story.model.settings.choosing_key);
  }
}

TEST_CASE("the doctor asks once, again on demand, and knows what the browser lacks") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::doctor, {}}});
  story.tell(DoctorPressed{});
  CHECK(story.requests("GET", "/api/doctor") == 1);
  story.model.page.secure = false;
  const std::vector<DoctorCheck> checks = browser_checks(story.model);
  CHECK(checks[0].state == DoctorCheck::State::failed);
  CHECK_FALSE(checks[0].remedy.empty());
  CHECK(checks[1].state == DoctorCheck::State::unknown);
  story.tell(TryMicrophonePressed{});
  story.tell(MicrophoneChecked{});
  CHECK(browser_checks(story.model)[1].state == DoctorCheck::State::ok);
  CHECK(story.ordered(ReleaseMicrophone{}));
}

TEST_CASE("lengths of time in figures") {
  CHECK(clock_text(-5) == "0:00");
  CHECK(clock_text(65'999) == "1:05");
  CHECK(clock_text(3'723'000) == "1:02:03");
}

TEST_CASE("every state has a word and a meaning") {
  for (int i = 0; i <= static_cast<int>(CallStatus::unknown); ++i) {
    const Call call = some_call("x", MediumType::twilio, static_cast<CallStatus>(i));
    CHECK_FALSE(tr(Words{}, state_word(call.status, call.medium)).empty());
    CHECK_FALSE(state_meaning({}, call, true, nullptr).empty());
  }
}

TEST_CASE("a session that is over leaves the page as it is, with the way back") {
  Story story = started_story();
  story.tell(
      EventArrived{"call", encode(some_call("c1", MediumType::twilio, CallStatus::talking))});
  story.tell(Navigated{Route{Screen::history, {}}});
  story.reply("GET", "/api/calls?limit", 401, error_body(ErrorCode::unauthenticated));
  CHECK(story.model.logged_out);
  CHECK(story.all<GoTo>().empty());
  REQUIRE(find_live(story.model, "c1") != nullptr);
  story.tell(LogInPressed{});
  CHECK(story.ordered(GoTo{"/login#history"}));
  CHECK(story.ordered(StoreSetting{"cards", "c1 "}));

  Story streaming = started_story();
  streaming.tell(StreamChanged{Line::State::refused, true});
  CHECK(streaming.model.logged_out);
}

TEST_CASE("while the server cannot reach its record the page says so") {
  Story story = started_story();
  const std::string away = error_body(ErrorCode::store_unavailable);
  story.tell(EventArrived{"record", away});
  REQUIRE(story.model.record_away);
  CHECK(story.model.record_away->code == ErrorCode::store_unavailable);
  story.tell(EventArrived{"record", "{}"});
  CHECK_FALSE(story.model.record_away);
  // Another server answers, which has its record.
  story.tell(EventArrived{"record", away});
  story.tell(StreamChanged{Line::State::live});
  CHECK_FALSE(story.model.record_away);
}

TEST_CASE("the cards of before a log-in come back after it, ended ones too") {
  Story story;
  Launched launched;
  launched.stored = {{"cards", "c1 c2 "}};
  story.tell(launched);
  CHECK(story.ordered(StoreSetting{"cards", ""}));
  story.reply("GET", "/api/calls/c1", 200,
              encode(CallDetail{some_call("c1", MediumType::twilio, CallStatus::completed), {}}));
  story.reply("GET", "/api/calls/c2", 404, error_body(ErrorCode::not_found));
  REQUIRE(find_live(story.model, "c1") != nullptr);
  CHECK(find_live(story.model, "c1")->call.status == CallStatus::completed);
  CHECK(story.model.live.cards.size() == 1);
  CHECK(story.requests("GET", "/api/calls/c1/messages") == 1);
}

TEST_CASE("in a web call one logs in beside it, and the page goes on when one is back") {
  Story story = web_story();
  story.tell(StreamChanged{Line::State::refused, true});
  story.tell(LogInPressed{});
  CHECK(story.ordered(GoTo{"/login", true}));
  story.effects.clear();
  Page page = story.model.page;
  page.hidden = true;
  story.tell(PageChanged{page});
  page.hidden = false;
  story.tell(PageChanged{page});
  story.reply("GET", "/api/config", 401, error_body(ErrorCode::unauthenticated));
  CHECK(story.model.logged_out);
  page.hidden = true;
  story.tell(PageChanged{page});
  page.hidden = false;
  story.tell(PageChanged{page});
  story.reply("GET", "/api/config", 200, encode(some_config()));
  CHECK_FALSE(story.model.logged_out);
  story.reply("GET", "/api/calls?live", 200, encode(CallPage{}));
  CHECK(story.all<OpenEvents>().size() == 1);
  CHECK(story.model.web.active());
}

TEST_CASE("somebody else who logs in gets a page of their own") {
  Story story = started_story();
  story.tell(StreamChanged{Line::State::refused, true});
  Page page = story.model.page;
  page.hidden = true;
  story.tell(PageChanged{page});
  page.hidden = false;
  story.tell(PageChanged{page});
  ServerConfig other = some_config();
  other.user = "eve";
  story.reply("GET", "/api/config", 200, encode(other));
  CHECK(story.ordered(GoTo{"/"}));
}

TEST_CASE("news that is held back is asked for until it flows") {
  Story story = started_story();
  story.tell(
      EventArrived{"call", encode(some_call("c1", MediumType::twilio, CallStatus::ringing))});
  story.reply("GET", "/api/calls/c1/messages", 200, encode(Transcript{"c1", {}}));
  story.effects.clear();
  story.tell(StreamChanged{Line::State::held});
  REQUIRE(story.requests("GET", "/api/calls?live") == 1);
  CHECK(story.requests("GET", "/api/calls/c1/messages") == 1);
  Call talking = some_call("c1", MediumType::twilio, CallStatus::talking);
  talking.version = 5;
  story.reply("GET", "/api/calls?live", 200, encode(CallPage{{talking}, {}}));
  CHECK(find_live(story.model, "c1")->call.status == CallStatus::talking);
  story.tell(TimerFired{Timer::poll});
  CHECK(story.requests("GET", "/api/calls?live") == 2);
  story.tell(TimerFired{Timer::poll});  // the answer is still on its way
  CHECK(story.requests("GET", "/api/calls?live") == 2);
  story.tell(StreamChanged{Line::State::live});
  story.effects.clear();
  story.tell(TimerFired{Timer::poll});
  CHECK(story.effects.empty());
}

TEST_CASE("a hidden tab that has let go asks seldom, and only while there is a call to watch") {
  Story story = started_story();
  Page page = story.model.page;
  page.hidden = true;
  story.tell(PageChanged{page});
  story.tell(StreamChanged{Line::State::held});
  CHECK(story.requests("GET", "/api/calls?live") == 0);
  story.tell(
      EventArrived{"call", encode(some_call("c1", MediumType::twilio, CallStatus::ringing))});
  story.tell(TimerFired{Timer::poll});
  CHECK(story.requests("GET", "/api/calls?live") == 1);
  CHECK(story.all<SetTimer>().back() == SetTimer{Timer::poll, 15'000});
}

TEST_CASE("the clock is the server's, whichever way ours goes wrong") {
  for (const Millis off : {Millis{300'000}, Millis{-300'000}}) {
    Story story = started_story();
    const Millis server = story.model.now + off;
    // The answer took 400 ms, and the server wrote its time half way; a faster one is better.
    story.tell(HttpReplied{900, {}, 200, "", story.model.now - 400, story.model.now, server - 200});
    CHECK(server_now(story.model) == server);
    story.tell(HttpReplied{901, {}, 200, "", story.model.now - 9'000, story.model.now, server - 1});
    CHECK(server_now(story.model) == server);
  }
}

TEST_CASE("a clock that is set while the page is open is learned anew") {
  Story story = started_story();
  const Millis server = story.model.now;
  const auto beat = [&](Millis at) { story.tell(EventArrived{"clock", encode(ServerTime{at})}); };
  story.tell(HttpReplied{900, {}, 200, "", server - 20, server, server - 10});
  beat(server);
  CHECK(story.requests("GET", "/healthz") == 0);
  story.tell(Ticked{server - 60'000});  // ours is set back: the stream alone shows it
  beat(server);
  CHECK(server_now(story.model) == server);
  story.tell(Ticked{server + 300'000});  // ours is set forward: a late message looks the same
  beat(server);
  beat(server);
  REQUIRE(story.requests("GET", "/healthz") == 1);
  story.tell(HttpReplied{story.request("GET", "/healthz").id,
                         {},
                         200,
                         "",
                         server + 300'000,
                         server + 300'030,
                         server + 15});
  CHECK(server_now(story.model) == server);
}

TEST_CASE("logging out leads to the log-in form") {
  Story leaving = started_story();
  leaving.tell(LogOutPressed{});
  leaving.tell(LogOutPressed{});
  CHECK(leaving.requests("POST", "/api/logout") == 1);
  leaving.reply("POST", "/api/logout", 204, "");
  CHECK(leaving.ordered(GoTo{"/login"}));
}

TEST_CASE("the country is the caller number's until one is chosen") {
  Story story;
  Launched launched;
  launched.stored = {{"region", "DE"}};
  story.tell(launched);
  story.reply("GET", "/api/config", 200, encode(some_config()));
  CHECK(story.model.form.region == "DE");
  Story fresh;
  fresh.tell(Launched{});
  fresh.reply("GET", "/api/config", 200, encode(some_config()));
  CHECK(fresh.model.form.region == "US");
}

TEST_CASE("the doctor looks at the country that is asked about") {
  Story story = started_story();
  story.tell(DoctorRegionChosen{"DE"});
  CHECK(story.request("GET", "/api/doctor").url == "/api/doctor?region=DE");
}

TEST_CASE("a phone link fills the form, dials nothing and leaves the address") {
  Story story = started_story();
  if (GENERATE(true, false)) {  // the page was opened with it
    Launched launched;
    launched.route = "call/tel:+1-415-555-0123;ext=5";
    story.tell(launched);
  } else {
    story.tell(Navigated{Route{Screen::history, {}}});
    story.tell(RouteChanged{"call/TEL:+1-415-555-0123"});
  }
  CHECK(story.model.route == Route{});
  CHECK(story.model.form.medium == MediumType::twilio);
  CHECK(story.model.form.number == "+1-415-555-0123");
  CHECK(story.ordered(PushRoute{"call", true}));
  CHECK(story.requests("POST", "/api/calls") == 0);
  CHECK(story.all<MakeKey>().empty());
}
