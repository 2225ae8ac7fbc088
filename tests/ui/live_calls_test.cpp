#include <catch2/generators/catch_generators.hpp>

#include "tests/ui/story.h"

using namespace voxdial;
using namespace voxdial::ui;

namespace {

void hear(Story& story, const Call& call) { story.tell(EventArrived{"call", encode(call)}); }

Story ringing_story() {
  Story story = started_story();
  hear(story, some_call("c1", MediumType::twilio, CallStatus::ringing));
  story.reply("GET", "/api/calls/c1/messages", 200, encode(Transcript{"c1", {}}));
  story.effects.clear();
  return story;
}

TranscriptEntry said(int index, std::string text, bool agent = true) {
  TranscriptEntry entry;
  entry.index = index;
  entry.role = agent ? TranscriptEntry::Role::agent : TranscriptEntry::Role::user;
  entry.text = std::move(text);
  return entry;
}

}  // namespace

TEST_CASE("an event of an unknown live call makes its card and fetches its words") {
  Story story = started_story();
  hear(story, some_call("c1", MediumType::twilio, CallStatus::ringing));
  REQUIRE(story.model.live.cards.size() == 1);
  CHECK(story.requests("GET", "/api/calls/c1/messages") == 1);
  CHECK(window_title(story.model) == "Ringing - voxdial");
}

TEST_CASE("a call that was over before we heard of it makes no card") {
  Story story = started_story();
  hear(story, some_call("c1", MediumType::twilio, CallStatus::completed));
  CHECK(story.model.live.cards.empty());
}

TEST_CASE("late and repeated news never moves a call back") {
  Story story = ringing_story();
  Call talking = some_call("c1", MediumType::twilio, CallStatus::talking);
  talking.version = 5;
  hear(story, talking);
  Call late = some_call("c1", MediumType::twilio, CallStatus::ringing);
  late.version = 4;
  hear(story, late);
  CHECK(find_live(story.model, "c1")->call.status == CallStatus::talking);
  hear(story, talking);
  CHECK(story.model.live.cards.size() == 1);
}

TEST_CASE("the transcript grows and is corrected in place") {
  Story story = ringing_story();
  story.tell(EventArrived{"transcript",
                          encode(Transcript{"c1", {said(0, "Hel"), said(1, "Yes?", false)}})});
  story.tell(EventArrived{"transcript", encode(Transcript{"c1", {said(0, "Hello there.")}})});
  const LiveCall* live = find_live(story.model, "c1");
  REQUIRE(live->transcript.size() == 2);
  CHECK(live->transcript[0].text == "Hello there.");
  CHECK(live->transcript[1].text == "Yes?");
}

TEST_CASE("hanging up works in every live state, and pressed again it is asked for again") {
  for (const CallStatus status :
       {CallStatus::requested, CallStatus::queued, CallStatus::ringing, CallStatus::talking}) {
    Story story = started_story();
    hear(story, some_call("c1", MediumType::twilio, status));
    story.tell(HangUpPressed{"c1"});
    CHECK(story.request("POST", "/api/calls/c1/hangup").body == R"({"why":"pressed"})");
    CHECK(find_live(story.model, "c1")->call.ending);
    story.tell(HangUpPressed{"c1"});
    CHECK(story.requests("POST", "/api/calls/c1/hangup") == 2);
    story.reply("POST", "/api/calls/c1/hangup", 200, "{}");
    story.tell(HangUpPressed{"c1"});
    CHECK(story.requests("POST", "/api/calls/c1/hangup") == 3);
  }
}

TEST_CASE("a hang-up that fails can be tried again") {
  Story story = ringing_story();
  story.tell(HangUpPressed{"c1"});
  story.lose("POST", "/api/calls/c1/hangup");
  const LiveCall* live = find_live(story.model, "c1");
  CHECK(live->hang_up.failure() != nullptr);
  CHECK_FALSE(live->call.ending);
  story.tell(HangUpPressed{"c1"});
  CHECK(story.requests("POST", "/api/calls/c1/hangup") == 2);
}

TEST_CASE("a hang-up that was lost with the line goes again when the line is back") {
  Story story = ringing_story();
  story.tell(HangUpPressed{"c1"});
  story.tell(StreamChanged{Line::State::reconnecting});
  story.lose("POST", "/api/calls/c1/hangup");
  story.tell(StreamChanged{Line::State::live});
  CHECK(story.requests("POST", "/api/calls/c1/hangup") == 2);
  CHECK(find_live(story.model, "c1")->call.ending);
  story.reply("POST", "/api/calls/c1/hangup", 200, "{}");
  story.tell(StreamChanged{Line::State::live});
  CHECK(story.requests("POST", "/api/calls/c1/hangup") == 2);
}

TEST_CASE("a call of the record that lives can be ended there, also without a card") {
  Story story = started_story();
  story.tell(CallOpened{"c9"});
  story.reply_at("/api/calls/c9",
                 encode(CallDetail{some_call("c9", MediumType::twilio, CallStatus::talking), {}}));
  story.tell(HangUpPressed{"c9"});
  CHECK(story.requests("POST", "/api/calls/c9/hangup") == 1);
}

TEST_CASE("the card beside a call of the record is that call's") {
  Story story = ringing_story();
  Call second = some_call("c2", MediumType::twilio, CallStatus::talking);
  second.created_at += 1000;
  hear(story, second);
  CHECK(selected_live(story.model)->call.id == "c2");
  story.tell(CallOpened{"c1"});
  CHECK(selected_live(story.model)->call.id == "c1");
}

TEST_CASE("words for the agent are sent in the kind that was chosen") {
  struct Row {
    SayRequest::Kind kind;
    const char* text;
    const char* urgency;
    int sent;
  };
  const Row rows[] = {{SayRequest::Kind::text, "Ask for the date.", "soon", 1},
                      {SayRequest::Kind::say, "One moment please.", "immediate", 1},
                      {SayRequest::Kind::wrap_up, "", "immediate", 1},
                      {SayRequest::Kind::goodbye, "Goodbye.", "immediate", 1},
                      {SayRequest::Kind::text, "", "soon", 0}};
  for (const Row& row : rows) {
    Story story = ringing_story();
    story.tell(SayKindChosen{"c1", row.kind});
    story.tell(SayTyped{"c1", row.text});
    story.tell(SayPressed{"c1"});
    REQUIRE(story.requests("POST", "/api/calls/c1/messages") == row.sent);
    if (row.sent == 0) continue;
    SayRequest wanted;
    wanted.kind = row.kind;
    wanted.text = row.text;
    wanted.urgency = row.urgency;
    CHECK(story.request("POST", "/api/calls/c1/messages").body == encode(wanted));
    story.reply("POST", "/api/calls/c1/messages", 202, "{}");
    CHECK(find_live(story.model, "c1")->say.empty());
  }
}

TEST_CASE("words that could not be said stay in the field with the reason") {
  Story story = ringing_story();
  story.tell(SayTyped{"c1", "Hello"});
  story.tell(SayPressed{"c1"});
  story.reply("POST", "/api/calls/c1/messages", 409, error_body(ErrorCode::call_not_live));
  CHECK(find_live(story.model, "c1")->say == "Hello");
  CHECK(find_live(story.model, "c1")->said.failure()->code == ErrorCode::call_not_live);
}

TEST_CASE("an ended card stays until it is put away; a live one cannot be") {
  Story story = ringing_story();
  story.tell(LiveDismissed{"c1"});
  CHECK(story.model.live.cards.size() == 1);
  Call over = some_call("c1", MediumType::twilio, CallStatus::no_answer);
  over.version = 9;
  over.end = {EndedBy::callee, "no_answer", "No answer after 30 s."};
  hear(story, over);
  CHECK(story.requests("GET", "/api/calls/c1/messages") == 1);  // the last words
  story.tell(LiveDismissed{"c1"});
  CHECK(story.model.live.cards.empty());
}

TEST_CASE("several calls live side by side, newest first") {
  Story story = ringing_story();
  Call second = some_call("c2", MediumType::twilio, CallStatus::talking);
  second.created_at += 1000;
  hear(story, second);
  REQUIRE(story.model.live.cards.size() == 2);
  CHECK(story.model.live.cards[0].call.id == "c2");
  CHECK(selected_live(story.model)->call.id == "c2");
  story.tell(LiveSelected{"c1"});
  CHECK(selected_live(story.model)->call.id == "c1");
  CHECK(live_count(story.model) == 2);
}

TEST_CASE(
    "after missed events everything is asked for again, and a call that ended meanwhile is looked "
    "up") {
  Story story = ringing_story();
  story.tell(EventArrived{"reload", "{}"});
  story.reply("GET", "/api/calls?live", 200, encode(CallPage{}));
  CHECK(story.requests("GET", "/api/calls/c1") == 1);
  Call over = some_call("c1", MediumType::twilio, CallStatus::completed);
  over.version = 7;
  story.reply("GET", "/api/calls/c1", 200, encode(CallDetail{over, {}}));
  CHECK(find_live(story.model, "c1")->call.status == CallStatus::completed);
}

TEST_CASE("a page opened while a call lives picks it up") {
  Story story;
  story.tell(Launched{});
  story.reply("GET", "/api/calls?live", 200,
              encode(CallPage{{some_call("c7", MediumType::twilio, CallStatus::talking)}, {}}));
  REQUIRE(find_live(story.model, "c7") != nullptr);
  story.reply("GET", "/api/calls/c7/messages", 200, encode(Transcript{"c7", {said(0, "Hello.")}}));
  CHECK(find_live(story.model, "c7")->transcript.size() == 1);
}

TEST_CASE("an event that cannot be read changes nothing") {
  Story story = ringing_story();
  const Model before = story.model;
  story.tell(EventArrived{"call", "{\"id\":3}"});
  story.tell(EventArrived{"transcript", "not json"});
  story.tell(EventArrived{"unheard-of", "{}"});
  CHECK(story.model == before);
}

TEST_CASE("no time of a call bends the clock, however old or young") {
  Story story = started_story();
  for (const Millis off : {Millis{-1'200'000}, Millis{60'000}}) {
    Call call = some_call("c1", MediumType::twilio, CallStatus::requested);
    call.created_at = story.model.now + off;
    hear(story, call);
    CHECK(server_now(story.model) == story.model.now);
  }
}

TEST_CASE("the end of a call in a background tab sounds and changes the title") {
  Story story = ringing_story();
  Page page = story.model.page;
  page.hidden = true;
  story.tell(PageChanged{page});
  Call over = some_call("c1", MediumType::twilio, CallStatus::busy);
  over.version = 3;
  hear(story, over);
  CHECK(story.all<PlayEndTone>().size() == 1);
  CHECK(story.ordered(SetTitle{"Call ended - voxdial"}));
}

TEST_CASE("in the background a person is told of their own calls: answered, and how it ended") {
  Story story = ringing_story();
  Page page = story.model.page;
  page.hidden = GENERATE(true, false);
  story.tell(PageChanged{page});
  story.tell(NotifyAnswered{GENERATE(Consent::granted, Consent::unasked, Consent::denied)});
  story.model.settings.notify = GENERATE(true, false);
  Call call = some_call("c1", MediumType::twilio, CallStatus::talking);
  call.version = 3;
  call.user = GENERATE("", "somebody-else");
  const bool told = page.hidden && story.model.settings.notify && call.user.empty() &&
                    story.model.settings.consent == Consent::granted;
  hear(story, call);
  hear(story, call);
  call.status = CallStatus::completed;
  call.version = 4;
  hear(story, call);
  call.end = {EndedBy::agent, "agent_hung_up", "The agent hung up."};  // known later
  call.version = 5;
  hear(story, call);
  call.price = "-0.0140";
  call.version = 6;
  hear(story, call);
  std::vector<std::string> told_words;
  for (const Notify& note : story.all<Notify>()) {
    CHECK((note.call == "c1" && note.title == "+1 415-555-0123"));
    told_words.push_back(note.body);
  }
  CHECK(told_words == (told ? std::vector<std::string>{"The call was answered.",
                                                       "The call is over.", "The agent hung up."}
                            : std::vector<std::string>{}));
}

TEST_CASE("leave to notify is asked for by a press: the first phone call's, or in Settings") {
  Story story;
  Launched launched;
  launched.consent =
      GENERATE(Consent::unasked, Consent::granted, Consent::denied, Consent::missing);
  const std::size_t asked = launched.consent == Consent::unasked ? 1 : 0;
  story.tell(launched);
  story.reply("GET", "/api/config", 200, encode(some_config()));
  story.reply("GET", "/api/agents", 200, encode(AgentList{{some_agent("assistant", "Assistant")}}));
  story.tell(PlacePressed{});  // a web call
  CHECK(story.all<AskToNotify>().empty());
  story.tell(MediumChosen{MediumType::twilio});
  story.tell(NumberTyped{"4155550123"});
  CHECK(story.all<AskToNotify>().empty());
  story.tell(PlacePressed{});
  CHECK(story.all<AskToNotify>().size() == asked);
  if (asked == 0) return;
  story.tell(NotifyAnswered{Consent::unasked});  // put off: not asked again by a call
  CHECK(story.ordered(StoreSetting{"notify", "off"}));
  story.reply("POST", "/api/phone/check", 422, error_body(ErrorCode::invalid_number));
  story.tell(PlacePressed{});
  CHECK(story.all<AskToNotify>().size() == 1);
  story.tell(NotifySet{true});
  CHECK(story.all<AskToNotify>().size() == 2);
}
