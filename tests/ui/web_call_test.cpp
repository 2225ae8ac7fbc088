#include "tests/ui/story.h"

using namespace voxdial;
using namespace voxdial::ui;

TEST_CASE("joined means talking, and the words of the SDK grow in place") {
  Story story = web_story();
  CHECK(find_live(story.model, "w1")->call.status == CallStatus::talking);
  story.tell(Heard{0, true, false, "Hel"});
  story.tell(Heard{1, false, true, "Hi."});
  story.tell(Heard{0, true, true, "Hello."});
  const LiveCall* live = find_live(story.model, "w1");
  REQUIRE(live->transcript.size() == 2);
  CHECK(live->transcript[0].text == "Hello.");
  CHECK(live->transcript[0].final);
  CHECK(live->transcript[1].role == TranscriptEntry::Role::user);
}

TEST_CASE("the server's transcript does not double what the SDK tells") {
  Story story = web_story();
  story.tell(Heard{0, true, true, "Hello."});
  TranscriptEntry entry;
  entry.text = "Hello, late";
  story.tell(EventArrived{"transcript", encode(Transcript{"w1", {entry}})});
  CHECK(find_live(story.model, "w1")->transcript[0].text == "Hello.");
}

TEST_CASE("muting before connecting is taken into the call") {
  Story story = started_story();
  story.tell(MicMuteSet{true});
  CHECK(story.all<MuteMicrophone>().empty());
  story.tell(PlacePressed{});
  story.tell(MicrophoneChecked{});
  story.tell(KeyMade{"k"});
  story.reply("POST", "/api/calls", 201, encode(placed("w1", MediumType::web)));
  REQUIRE(story.all<StartWebCall>().size() == 1);
  CHECK(story.all<StartWebCall>()[0].mic_muted);
  story.tell(MicMuteSet{false});
  CHECK(story.ordered(MuteMicrophone{false}));
}

TEST_CASE("push to talk opens the microphone while the key is held, outside of fields") {
  Story story = web_story();
  story.tell(PushToTalkSet{true});
  CHECK(story.ordered(MuteMicrophone{true}));
  CHECK(story.ordered(ClaimKeys{{"Space"}}));
  story.effects.clear();
  story.tell(KeyPressed{"Space", true, true});
  CHECK(story.effects.empty());
  story.tell(KeyPressed{"Space", true, false});
  CHECK(story.ordered(MuteMicrophone{false}));
  story.tell(KeysReleased{});
  CHECK(story.ordered(MuteMicrophone{true}));
}

TEST_CASE("end leaves the call and tells the server, once") {
  Story story = web_story();
  story.tell(HangUpPressed{"w1"});
  CHECK(story.all<LeaveWebCall>().size() == 1);
  story.tell(WebCallEnded{});
  CHECK(story.requests("POST", "/api/calls/w1/hangup") == 1);
  CHECK_FALSE(story.model.web.active());
}

TEST_CASE("the server is told why the browser's call ended, and End was pressed only if it was") {
  struct Row {
    HangUpWhy why;
    const char* body;
  };
  const Row rows[] = {{HangUpWhy::line_lost, R"({"why":"line_lost"})"},
                      {HangUpWhy::agent_left, R"({"why":"agent_left"})"}};
  for (const Row& row : rows) {
    Story story = web_story();
    story.tell(WebCallEnded{{}, row.why});
    REQUIRE(story.requests("POST", "/api/calls/w1/hangup") == 1);
    CHECK(story.request("POST", "/api/calls/w1/hangup").body == row.body);
  }
  Story pressed = web_story();
  pressed.tell(HangUpPressed{"w1"});
  pressed.tell(WebCallEnded{{}, HangUpWhy::line_lost});  // it broke while it was being left
  CHECK(pressed.requests("POST", "/api/calls/w1/hangup") == 1);
  CHECK(pressed.request("POST", "/api/calls/w1/hangup").body == R"({"why":"pressed"})");
}

TEST_CASE("a call the agent ended is told to the server, which knows the reason") {
  Story story = web_story();
  story.tell(WebCallEnded{});
  CHECK(story.requests("POST", "/api/calls/w1/hangup") == 1);
  Call over = find_live(story.model, "w1")->call;
  over.version = 9;
  over.status = CallStatus::completed;
  over.end = {EndedBy::agent, "agent_hung_up", "The agent hung up."};
  story.tell(EventArrived{"call", encode(over)});
  CHECK(find_live(story.model, "w1")->call.end.by == EndedBy::agent);
}

TEST_CASE("a call the server knows to be over is left, even when the SDK is silent") {
  Story story = web_story();
  Call over = find_live(story.model, "w1")->call;
  over.version = 9;
  over.status = CallStatus::completed;
  story.tell(EventArrived{"call", encode(over)});
  CHECK(story.all<LeaveWebCall>().size() == 1);
}

TEST_CASE("a join that fails says why and ends the call on the server") {
  Story story = web_story();
  story.tell(WebCallEnded{make_error(ErrorCode::join_timeout)});
  REQUIRE(story.model.web.end);
  CHECK(story.model.web.end->code == ErrorCode::join_timeout);
  CHECK(story.requests("POST", "/api/calls/w1/hangup") == 1);
}

TEST_CASE("a second web call waits until the first is over") {
  Story story = web_story();
  story.effects.clear();
  story.tell(PlacePressed{});
  CHECK(story.effects.empty());
  story.tell(WebCallEnded{});
  story.tell(PlacePressed{});
  CHECK(story.ordered(PrepareMicrophone{}));
}

TEST_CASE("a page that goes away ends its web call on the server") {
  Story story = web_story();
  story.tell(PageLeft{});
  const HttpCall call = story.request("POST", "/api/calls/w1/hangup");
  CHECK(call.outlives_page);
  CHECK(call.body == R"({"why":"tab_closed"})");
  Story calm = started_story();
  calm.tell(PageLeft{});
  CHECK(calm.effects.empty());
}

TEST_CASE("an order is shown whole each time and emptied by the next call, not by the end") {
  Story story = web_story();
  story.tell(ToolInvoked{"updateOrder", "i1", R"({"orderDetailsData":[
      {"name":"Glazed donut","quantity":3,"price":1.29},
      {"name":"Coffee","quantity":1,"price":2.99,"specialInstructions":"black"}]})"});
  CHECK(story.ordered(AnswerTool{"i1", "Updated the order details.", true, ""}));
  REQUIRE(story.model.web.panels.order);
  CHECK(total_cents(*story.model.web.panels.order) == 686);
  story.tell(
      ToolInvoked{"updateOrder", "i2",
                  R"({"orderDetailsData":"[{\"name\":\"Tea\",\"quantity\":2,\"price\":1.5}]"})"});
  REQUIRE(story.model.web.panels.order->items.size() == 1);
  CHECK(story.model.web.panels.order->items[0].name == "Tea");
  story.tell(WebCallEnded{});
  CHECK(story.model.web.panels.order);
  story.tell(PlacePressed{});
  story.tell(MicrophoneChecked{});
  story.tell(KeyMade{"k2"});
  story.reply("POST", "/api/calls", 201, encode(placed("w2", MediumType::web)));
  CHECK_FALSE(story.model.web.panels.order);
}

TEST_CASE("a tool that fails is told to the agent, and what was shown before stays") {
  Story story = web_story();
  story.tell(ToolInvoked{"updateOrder", "i1",
                         R"({"orderDetailsData":[{"name":"Tea","quantity":1,"price":1}]})"});
  const char* bad[] = {"",
                       "[]",
                       "{}",
                       R"({"orderDetailsData":[{"name":"Tea"}]})",
                       R"({"orderDetailsData":[{"name":"","quantity":1,"price":1}]})",
                       R"({"orderDetailsData":[{"name":"Tea","quantity":-1,"price":1}]})",
                       R"({"orderDetailsData":[{"name":"Tea","quantity":1,"price":"free"}]})",
                       R"({"orderDetailsData":"nothing"})"};
  for (const char* parameters : bad) {
    INFO(parameters);
    story.effects.clear();
    story.tell(ToolInvoked{"updateOrder", "i2", parameters});
    const std::vector<AnswerTool> answers = story.all<AnswerTool>();
    REQUIRE(answers.size() == 1);
    CHECK_FALSE(answers[0].error.empty());
    CHECK(answers[0].known);
    CHECK(story.model.web.panels.order->items.size() == 1);
  }
  story.tell(ToolInvoked{"formatDisk", "i3", "{}"});
  CHECK_FALSE(story.all<AnswerTool>().back().known);
}

TEST_CASE("a note is shown and a tool call leaves a card in the transcript") {
  Story story = web_story();
  story.tell(Heard{0, true, true, "I write it down."});
  story.tell(ToolInvoked{"showNote", "i1", R"({"title":"Number","text":"A-17"})"});
  REQUIRE(story.model.web.panels.note);
  CHECK(story.model.web.panels.note->text == "A-17");
  const LiveCall* live = find_live(story.model, "w1");
  REQUIRE(live->tools.size() == 1);
  CHECK(live->tools[0].tool_name == "showNote");
  CHECK(live->tools[0].index == 0);
}

TEST_CASE("money is counted in whole cents, as on a receipt") { CHECK(cents(1.29 * 3) == 387); }

TEST_CASE("typing to the agent in one's own web call goes through the call") {
  Story story = web_story();
  story.tell(SayTyped{"w1", "My name is Zoe."});
  story.tell(SayPressed{"w1"});
  CHECK(story.ordered(SendText{"My name is Zoe."}));
  CHECK(story.requests("POST", "/api/calls/w1/messages") == 0);
}

TEST_CASE("what is so stays said until it is taken back, whatever the call does meanwhile") {
  Story story = web_story();
  story.tell(RemarkSet{"microphone", Word::remark_mic_silenced});
  story.tell(RemarkSet{"speaker", Word::remark_speaker_gone});
  story.tell(ProblemMet{Word::problem_other});
  story.tell(PhaseChanged{WebPhase::speaking});
  CHECK_FALSE(story.model.web.problem);
  CHECK(story.model.web.remarks == std::vector<Remark>{{"microphone", Word::remark_mic_silenced},
                                                       {"speaker", Word::remark_speaker_gone}});
  story.tell(RemarkSet{"microphone", Word::remark_mic_lost});
  CHECK(story.model.web.remarks.back() == Remark{"microphone", Word::remark_mic_lost});
  story.tell(RemarkSet{"microphone", std::nullopt});
  CHECK(story.model.web.remarks == std::vector<Remark>{{"speaker", Word::remark_speaker_gone}});
  story.tell(WebCallEnded{});
  CHECK(story.model.web.remarks.empty());
}

TEST_CASE("another talk key, or none, does not leave the microphone open") {
  Story story = web_story();
  story.tell(PushToTalkSet{true});
  story.tell(KeyPressed{"Space", true, false});
  CHECK(story.model.web.talk_held);
  story.tell(TalkKeyAsked{});
  story.effects.clear();
  story.tell(KeyPressed{"KeyT", true, false});
  CHECK_FALSE(story.model.web.talk_held);
  CHECK(story.ordered(MuteMicrophone{true}));
  story.tell(KeyPressed{"KeyT", true, false});
  story.tell(PushToTalkSet{false});
  story.tell(PushToTalkSet{true});
  CHECK_FALSE(story.model.web.talk_held);
}

TEST_CASE("a question of the doctor's that a call asks anew is answered for both") {
  Story story = started_story();
  story.tell(TryMicrophonePressed{});
  story.tell(PlacePressed{});
  story.effects.clear();
  story.tell(MicrophoneChecked{});
  CHECK(story.model.form.making_key);
  CHECK(story.model.doctor.microphone.value() != nullptr);
  CHECK(story.all<ReleaseMicrophone>().empty());
}

TEST_CASE("devices can be changed in the middle of a call") {
  Story story = web_story();
  story.tell(MicrophoneChosen{"mic-2"});
  story.tell(SpeakerChosen{"out-2"});
  CHECK(story.ordered(UseMicrophone{"mic-2"}));
  CHECK(story.ordered(UseSpeaker{"out-2"}));
  CHECK(story.ordered(StoreSetting{"microphone", "mic-2"}));
}

TEST_CASE("the agent's answers can be written instead of spoken") {
  Story story = web_story();
  story.tell(OutputSet{true});
  CHECK(story.ordered(SetOutput{true}));
  CHECK(story.model.web.text_output);
}

TEST_CASE("debug messages are kept, but not without end") {
  Story story = web_story();
  for (int i = 0; i < 600; ++i) story.tell(DebugHeard{"line " + std::to_string(i)});
  CHECK(story.model.web.debug.size() == 500);
  CHECK(story.model.web.debug.back() == "line 599");
}

TEST_CASE("the end of one's own call in a background tab sounds once") {
  Story story = web_story();
  Page page = story.model.page;
  page.hidden = true;
  story.tell(PageChanged{page});
  Call over = find_live(story.model, "w1")->call;
  over.version = 9;
  over.status = CallStatus::completed;
  story.tell(EventArrived{"call", encode(over)});
  story.tell(WebCallEnded{});
  CHECK(story.all<PlayEndTone>().size() == 1);
}
