#include <algorithm>
#include <cmath>

#include "tests/ui/stage.h"

using namespace voxdial;
using namespace voxdial::ui;

namespace {

Story talking_story(int lines = 3) {
  Story story = started_story();
  Call call = some_call("c1", MediumType::twilio, CallStatus::talking);
  call.ringing_at = call.created_at + 2'000;
  call.answered_at = call.created_at + 12'000;
  call.max_duration_s = 600;
  story.tell(Ticked{call.created_at + 42'500});
  story.tell(EventArrived{"call", encode(call)});
  Transcript transcript{"c1", {}};
  for (int i = 0; i < lines; ++i) {
    TranscriptEntry entry;
    entry.index = i;
    entry.role = i % 2 ? TranscriptEntry::Role::user : TranscriptEntry::Role::agent;
    entry.text = "Line number " + std::to_string(i) + " of what was said.";
    transcript.entries.push_back(entry);
  }
  story.reply("GET", "/api/calls/c1/messages", 200, encode(transcript));
  return story;
}

}  // namespace

TEST_CASE("a talking card shows state, timers and both sides' words") {
  Stage stage(talking_story());
  CHECK(stage.find(Role::status, "Talking") != nullptr);
  CHECK(stage.find(Role::text, "Rang: 0:10") != nullptr);
  CHECK(stage.find(Role::text, "Talk: 0:30") != nullptr);
  CHECK(stage.find(Role::text, "Time left: 9:30") != nullptr);
  const std::vector<std::string> lines = stage.lines("Transcript");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "Agent: Line number 0 of what was said.");
  CHECK(lines[1] == "Person: Line number 1 of what was said.");
}

TEST_CASE("a live card asks for a frame at the next second, an ended one for none") {
  Stage stage(talking_story());
  CHECK(stage.next_frame_ms() > 0);
  CHECK(stage.next_frame_ms() <= 1005);
  Call over = find_live(stage.model(), "c1")->call;
  over.version = 9;
  over.status = CallStatus::completed;
  over.ended_at = over.answered_at + 65'000;
  over.end = {EndedBy::agent, "agent_hung_up", "The agent hung up after 1 min 5 s."};
  stage.tell(EventArrived{"call", encode(over)});
  stage.draw();
  CHECK(stage.next_frame_ms() == -1);
  CHECK(stage.find(Role::status, "Ended") != nullptr);
  CHECK(stage.says("The agent hung up after 1 min 5 s."));
  CHECK(stage.find(Role::button, "End call") == nullptr);
  CHECK(stage.find(Role::button, "Call again") != nullptr);
}

TEST_CASE("a transcript takes what the card leaves, and the card scrolls before it is too low") {
  for (const float height : {1440.0F, 800.0F, 390.0F, 256.0F}) {
    INFO(height);
    Stage stage(talking_story(60), 1280, height);
    const MirrorNode& log = stage.get(Role::log, "Transcript");
    const MirrorNode& end = stage.get(Role::button, "End call");
    CHECK(log.follow);
    CHECK(log.box.h >= 120);
    // In a low window End stands above or beside, to be seen without scrolling.
    CHECK((log.box.y + log.box.h <= end.box.y || end.box.y + end.box.h <= log.box.y ||
           end.box.x + end.box.w <= log.box.x));
    CHECK(end.box.y + end.box.h <= height);
    CHECK(stage.lines("Transcript").size() == 60);
  }
}

TEST_CASE("End call hangs up, says that it does, and can be pressed as long as the call may live") {
  Stage stage(talking_story());
  stage.click(Role::button, "End call");
  CHECK(stage.story.requests("POST", "/api/calls/c1/hangup") == 1);
  CHECK(stage.find(Role::status, "Ending") != nullptr);
  CHECK_FALSE(stage.get(Role::button, "End again").disabled);
  stage.click(Role::button, "End again");
  CHECK(stage.story.requests("POST", "/api/calls/c1/hangup") == 2);
}

TEST_CASE("where End was a second press meets nothing, by pointer and by keyboard") {
  for (const float width : {1280.0F, 390.0F}) {
    Story story = talking_story();
    story.tell(PageChanged{{.width = width, .height = 800}});
    if (width < wide_from) story.tell(Navigated{Route{Screen::live, {}}});
    Stage stage(std::move(story), width, 800);
    const Box end = stage.get(Role::button, "End call").box;
    Call over = find_live(stage.model(), "c1")->call;
    over.version = 9;
    over.status = CallStatus::completed;
    over.ended_at = over.answered_at + 30'000;
    stage.tell(EventArrived{"call", encode(over)});
    stage.draw();
    const auto distance = [&](const Box& box) {
      return std::hypot(box.x + box.w / 2 - end.x - end.w / 2,
                        box.y + box.h / 2 - end.y - end.h / 2);
    };
    std::string nearest;
    float least = 1e9F;
    for (const MirrorNode& node : stage.mirror()) {
      if (node.role != Role::button) continue;
      INFO(node.name);
      const bool apart = node.box.x >= end.x + end.w || node.box.x + node.box.w <= end.x ||
                         node.box.y >= end.y + end.h || node.box.y + node.box.h <= end.y;
      CHECK(apart);
      if (distance(node.box) < least) {
        least = distance(node.box);
        nearest = node.name;
      }
    }
    CHECK(nearest == "Details");
    CHECK(stage.says("after 0:30"));
  }
}

TEST_CASE("a session that ended elsewhere is said with the way back, and the card stays") {
  Stage stage(talking_story());
  stage.tell(StreamChanged{Line::State::refused, true});
  CHECK(stage.find(Role::alert, "You're logged out.") != nullptr);
  CHECK(stage.find(Role::group, "Call: +1 415-555-0123") != nullptr);
  CHECK_FALSE(stage.says("Reload the page"));
  stage.click(Role::button, "Log in");
  CHECK(stage.story.all<GoTo>().size() == 1);
}

TEST_CASE("a live call of the record offers its end, an ended one another call") {
  Story story = talking_story();
  story.tell(CallOpened{"c1"});
  story.reply_at("/api/calls/c1", encode(CallDetail{find_live(story.model, "c1")->call, {}}));
  Stage stage(std::move(story));
  const auto ends = std::count_if(
      stage.mirror().begin(), stage.mirror().end(),
      [](const MirrorNode& node) { return node.role == Role::button && node.name == "End call"; });
  CHECK(ends == 2);  // there and on the card
  CHECK(stage.find(Role::button, "Call again") == nullptr);
}

TEST_CASE("words are typed, sent with Enter and cleared when they arrived") {
  Stage stage(talking_story());
  CHECK(stage.get(Role::button, "Send").disabled);
  stage.type(Role::textbox, "Message", "Ask for the date.");
  CHECK_FALSE(stage.get(Role::button, "Send").disabled);
  stage.happen({MirrorEvent::Kind::submit, stage.get(Role::textbox, "Message").id, {}});
  CHECK(stage.story.requests("POST", "/api/calls/c1/messages") == 1);
  stage.reply("POST", "/api/calls/c1/messages", 202, "{}");
  CHECK(stage.get(Role::textbox, "Message").value.empty());
  stage.type(Role::select, "What to send", "goodbye");
  CHECK(stage.find(Role::textbox, "Parting words (optional)") != nullptr);
  CHECK_FALSE(stage.get(Role::button, "Send").disabled);
}

TEST_CASE("one's own web call can be muted, and shows who speaks and how good the line is") {
  Stage stage(web_story());
  CHECK(stage.find(Role::status, "Listening") != nullptr);
  stage.click(Role::button, "Mute microphone");
  CHECK(stage.story.ordered(MuteMicrophone{true}));
  CHECK(stage.says("Your microphone is muted."));
  stage.click(Role::button, "Unmute microphone");
  stage.click(Role::button, "Mute speaker");
  CHECK(stage.story.ordered(MuteSpeaker{true}));
  Page moving = stage.model().page;
  moving.reduced_motion = false;
  stage.tell(PageChanged{moving});
  stage.tell(LevelsMeasured{0.5F, 0});
  CHECK(stage.get(Role::meter, "You: level").number == 0.5F);
  stage.tell(LevelsMeasured{0.5F, 0.25F});  // the microphone hears the agent
  CHECK(stage.get(Role::meter, "Agent: level").number == 0.25F);
  CHECK(stage.find(Role::meter, "You: level") == nullptr);
  stage.tell(QualityMeasured{42, 3, 0.011F});
  stage.tell(LatencyMeasured{812});
  CHECK(
      stage.says("Responds in 812 ms \xC2\xB7 Round trip 42 ms \xC2\xB7 Jitter 3 ms \xC2\xB7 "
                 "Loss 1.1%"));
}

TEST_CASE("with reduced motion the sign of who speaks stands still, and no levels are asked for") {
  Story story = started_story();
  Page still = story.model.page;
  still.reduced_motion = true;
  story.tell(PageChanged{still});
  CHECK(web_story().ordered(WantLevels{true}));
  Stage stage(web_story(std::move(story)));
  CHECK(stage.story.ordered(WantLevels{false}));
  stage.tell(PhaseChanged{WebPhase::speaking});
  CHECK(stage.find(Role::status, "Speaking") != nullptr);
  CHECK(stage.find_starting(Role::meter, "") == nullptr);
}

TEST_CASE("a web call that could not be joined has failed, whatever its hang-up looks like") {
  Stage stage(web_story());
  stage.tell(WebCallEnded{make_error(ErrorCode::join_timeout)});
  Call over = some_call("w1", MediumType::web, CallStatus::canceled);
  over.version = 9;
  over.end.sentence = "Somebody pressed End before the call was answered.";
  stage.tell(EventArrived{"call", encode(over)});
  CHECK(stage.find(Role::status, "Failed") != nullptr);
  CHECK(stage.says(std::string(sentence(ErrorCode::join_timeout))));
  CHECK_FALSE(stage.says(over.end.sentence));
}

TEST_CASE("the speaker button can be left out, as the template's parameter says") {
  Story story = web_story();
  story.model.settings.speaker_mute = false;
  Stage stage(std::move(story));
  CHECK(stage.find(Role::button, "Mute speaker") == nullptr);
  CHECK(stage.find(Role::button, "Mute microphone") != nullptr);
}

TEST_CASE("holding the talk button talks, letting go mutes") {
  Story story = web_story();
  story.tell(PushToTalkSet{true});
  Stage stage(std::move(story));
  const Box box = stage.get(Role::toggle, "Hold to talk (Space)").box;
  stage.move_mouse(box.x + 10, box.y + 10);
  ImGui::GetIO().AddMouseButtonEvent(0, true);
  stage.draw();
  CHECK(stage.model().web.talk_held);
  stage.draw();
  CHECK(stage.model().web.talk_held);
  ImGui::GetIO().AddMouseButtonEvent(0, false);
  stage.draw();
  CHECK_FALSE(stage.model().web.talk_held);
}

TEST_CASE("the order stands in the card with line totals and the total") {
  Stage stage(web_story());
  stage.tell(ToolInvoked{"updateOrder", "i1", R"({"orderDetailsData":[
      {"name":"Glazed donut","quantity":3,"price":1.29,"specialInstructions":"warm"},
      {"name":"Coffee","quantity":1,"price":2.99}]})"});
  CHECK(stage.find(Role::group, "Order details") != nullptr);
  CHECK(stage.find(Role::text, "3\xC3\x97 Glazed donut") != nullptr);
  CHECK(stage.find(Role::text, "$3.87") != nullptr);
  CHECK(stage.find(Role::text, "Note: warm") != nullptr);
  CHECK(stage.find(Role::text, "$6.86") != nullptr);
  stage.tell(ToolInvoked{"updateOrder", "i2", R"({"orderDetailsData":[]})"});
  CHECK(stage.find(Role::text, "No items yet") != nullptr);
}

TEST_CASE("hiding the person's words hides only those") {
  Story story = talking_story();
  story.tell(UserTranscriptsSet{false});
  Stage stage(std::move(story));
  CHECK(stage.lines("Transcript") ==
        std::vector<std::string>{"Agent: Line number 0 of what was said.",
                                 "Agent: Line number 2 of what was said."});
}

TEST_CASE("several calls are listed and each can be opened") {
  Story story = talking_story();
  Call second = some_call("c2", MediumType::web, CallStatus::queued);
  second.created_at += 1000;
  story.tell(EventArrived{"call", encode(second)});
  Stage stage(std::move(story));
  CHECK(stage.find(Role::group, "Call: Web call") != nullptr);
  const MirrorNode* row = stage.find_starting(Role::radio, "+1 415-555-0123");
  REQUIRE(row != nullptr);
  stage.click(Role::radio, row->name);
  CHECK(stage.find(Role::group, "Call: +1 415-555-0123") != nullptr);
}

TEST_CASE("several calls that are over are dismissed at once, and those that live stay") {
  Story story = talking_story();
  for (const char* id : {"c2", "c3"}) {
    story.tell(
        EventArrived{"call", encode(some_call(id, MediumType::twilio, CallStatus::ringing))});
  }
  Stage stage(std::move(story));
  const auto end = [&](const char* id) {
    Call call = some_call(id, MediumType::twilio, CallStatus::busy);
    call.version = 100;
    stage.tell(EventArrived{"call", encode(call)});
  };
  end("c2");
  CHECK(stage.find(Role::button, "Dismiss ended calls") == nullptr);
  end("c3");
  stage.activate(Role::button, "Dismiss ended calls");
  REQUIRE(stage.model().live.cards.size() == 1);
  CHECK(stage.model().live.cards[0].call.id == "c1");
}

TEST_CASE("a history of thousands of rows draws only those in view") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::history, {}}});
  CallPage page;
  for (int i = 0; i < 5000; ++i) {
    Call call = some_call("h" + std::to_string(i), MediumType::twilio, CallStatus::completed);
    call.created_at -= i;
    call.agent_name = "Agent " + std::to_string(i);
    page.calls.push_back(std::move(call));
  }
  story.reply("GET", "/api/calls", 200, encode(page));
  Stage stage(std::move(story));
  CHECK(stage.says("Agent 0,"));
  CHECK(stage.mirror().size() < 80);
  stage.wheel(500, 500, 40.0F * 2000);
  CHECK(stage.mirror().size() < 80);
  CHECK(stage.says("Agent 2003,"));
  CHECK_FALSE(stage.says("Agent 0,"));
}

TEST_CASE("focus that moves to something out of view brings it into view") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::agents, "assistant"}});
  Stage stage(std::move(story), 1280, 500);
  const MirrorNode hidden = stage.get(Role::toggle, "updateOrder on this page (web calls)");
  CHECK(hidden.box.y > 500);
  stage.happen({MirrorEvent::Kind::scroll_into_view, hidden.id, {}});
  const MirrorNode& shown = stage.get(Role::toggle, "updateOrder on this page (web calls)");
  CHECK(shown.box.y + shown.box.h <= 500);
}

TEST_CASE("what scrolls the elements scrolls the picture by as much") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::agents, "assistant"}});
  Stage stage(std::move(story), 1280, 500);
  const MirrorNode before = stage.get(Role::toggle, "updateOrder on this page (web calls)");
  stage.happen({MirrorEvent::Kind::scroll_into_view, before.id, "120"});
  const MirrorNode& after = stage.get(Role::toggle, "updateOrder on this page (web calls)");
  CHECK(after.box.y == before.box.y - 120);
}

TEST_CASE("an agent is edited with every kind of field") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::agents, "assistant"}});
  story.reply(
      "GET", "/api/voices", 200,
      encode(VoiceList{{{"v1", "Mark", "", "en", "", true}, {"v2", "Jessica", "", "", "", true}}}));
  Stage stage(std::move(story));
  CHECK(stage.get(Role::button, "Save changes").disabled);
  stage.type(Role::textarea, "Prompt", "Be kind.");
  stage.type(Role::select, "Voice", "v2");
  stage.type(Role::slider, "Temperature: how freely it phrases things", "0.75");
  stage.type(Role::slider, "Time limit", "5");
  stage.activate(Role::radio, "The other side");
  stage.type(Role::textbox, "If nobody speaks, the agent says", "Hello?");
  stage.activate(Role::toggle, "updateOrder on this page (web calls)");
  const Agent& draft = *stage.model().agents.draft;
  CHECK(draft.settings.system_prompt == "Be kind.");
  CHECK(draft.settings.voice == "v2");
  CHECK(draft.settings.temperature == 0.75);
  CHECK(draft.settings.max_duration_s == 300);
  CHECK_FALSE(draft.settings.first_speaker_settings->agent);
  CHECK(draft.settings.first_speaker_settings->text == "Hello?");
  REQUIRE(draft.settings.selected_tools);
  CHECK(draft.settings.selected_tools->at(0).temporary_tool->model_tool_name == "updateOrder");
  CHECK_FALSE(stage.get(Role::button, "Save changes").disabled);
  stage.activate(Role::button, "Save changes");
  CHECK(stage.story.requests("PUT", "/api/agents/assistant") == 1);
  CHECK(decode<Agent>(stage.story.request("PUT", "/api/agents/assistant").body));
  CHECK(stage.find(Role::status, "Saved") == nullptr);
  stage.reply("PUT", "/api/agents/assistant", 200, encode(draft));
  CHECK(stage.find(Role::status, "Saved") != nullptr);
  stage.type(Role::textarea, "Prompt", "Be kinder.");
  CHECK(stage.find(Role::status, "Saved") == nullptr);
}

TEST_CASE("a broken stream is said at the top until it is live again") {
  Stage stage;
  stage.tell(StreamChanged{Line::State::reconnecting});
  CHECK(stage.says("Connection lost"));
  stage.tell(StreamChanged{Line::State::live});
  CHECK_FALSE(stage.says("Connection lost"));
}

TEST_CASE("End and a line of what is said are seen in a window as low as an enlarged desktop's") {
  Stage stage(started_story(), 320, 256);
  stage.tell(
      EventArrived{"call", encode(some_call("c1", MediumType::twilio, CallStatus::talking))});
  stage.tell(Navigated{Route{Screen::live}});
  const Box end = stage.get(Role::button, "End call").box;
  CHECK(end.y >= 0);
  CHECK(end.y + end.h <= 256);
  const MirrorNode& log = stage.get(Role::log, "Transcript");
  CHECK(log.box.y + 50 <= log.clip.y + log.clip.h);
  CHECK(stage.get(Role::heading, "+1 415-555-0123").level == 1);
}
