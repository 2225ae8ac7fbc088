#include "tests/ui/stage.h"

using namespace voxdial;
using namespace voxdial::ui;

namespace {

CallDetail recorded() {
  CallDetail detail;
  detail.call = some_call("h1", MediumType::web, CallStatus::completed);
  detail.call.recording = true;
  return detail;
}

}  // namespace

TEST_CASE("a call that ends while it is looked at is asked for again, whole") {
  Story story = history_story();
  story.tell(CallOpened{"h9"});
  Call call = some_call("h9", MediumType::twilio, CallStatus::talking);
  story.reply("GET", "/api/calls/h9/messages", 200, encode(Transcript{"h9", {}}));
  story.reply_at("/api/calls/h9", encode(CallDetail{call, {}}));
  const auto details = [&] {
    int asked = 0;
    for (const HttpCall& one : story.all<HttpCall>()) asked += one.url == "/api/calls/h9" ? 1 : 0;
    return asked;
  };
  call.version = 9;
  story.tell(EventArrived{"call", encode(call)});
  CHECK(details() == 1);
  call.version = 10;
  call.status = CallStatus::completed;
  story.tell(EventArrived{"call", encode(call)});
  CHECK(details() == 2);
  CHECK(story.model.history.transcript.asked());
  // What is there stays until the newer one has come.
  REQUIRE(story.model.history.detail.value() != nullptr);
  CHECK(story.model.history.detail.value()->call.status == CallStatus::completed);
  story.reply_at("/api/calls/h9", encode(CallDetail{call, {{1, "ended", {}, {}}}}));
  CHECK(story.model.history.detail.value()->timeline.size() == 1);
}

TEST_CASE("a call that ended after its detail was asked for does not live on there") {
  Story story = history_story();
  story.tell(CallOpened{"h9"});
  Call call = some_call("h9", MediumType::twilio, CallStatus::talking);
  call.version = 5;
  Call over = call;
  over.version = 6;
  over.status = CallStatus::completed;
  story.tell(EventArrived{"call", encode(over)});
  story.reply_at("/api/calls/h9", encode(CallDetail{call, {}}));
  REQUIRE(story.model.history.detail.value() != nullptr);
  CHECK(story.model.history.detail.value()->call.status == CallStatus::completed);
}

TEST_CASE("a call opens with its timeline and its words, also from the address") {
  Story story;
  Launched launched;
  launched.route = "history/h1";
  story.tell(launched);
  CHECK(story.model.route == Route{Screen::history, "h1"});
  CHECK(story.requests("GET", "/api/calls/h1") == 2);
  story.reply("GET", "/api/calls/h1/messages", 200, encode(Transcript{"h1", {}}));
  CHECK(story.model.history.transcript.value() != nullptr);
}

TEST_CASE("of a call that nobody answered it is not said who ended it") {
  for (const bool answered : {false, true}) {
    Story story = history_story();
    story.tell(CallOpened{"h2"});
    Call call = some_call("h2", MediumType::twilio,
                          answered ? CallStatus::completed : CallStatus::no_answer);
    call.end.by = EndedBy::callee;
    if (answered) call.answered_at = call.created_at + 5000;
    call.ended_at = call.created_at + 9000;
    story.reply_at("/api/calls/h2", encode(CallDetail{call, {}}));
    Stage stage(std::move(story));
    CHECK(stage.says("Ended by: Other side") == answered);
  }
}

TEST_CASE("a call that there is not is said, and no button asks for it again") {
  Story story = history_story();
  story.tell(CallOpened{"h7"});
  for (const RequestId id : {story.model.last_id - 1, story.model.last_id}) {  // and its words
    story.tell(HttpReplied{id, HttpReplied::Failure::none, 404, error_body(ErrorCode::not_found)});
  }
  Stage stage(std::move(story));
  CHECK(stage.says("not_found"));
  CHECK(stage.find(Role::button, "Try again") == nullptr);
}

TEST_CASE("a recording has the browser's controls, and a line tells where it is in it") {
  Story story = history_story();
  story.tell(CallOpened{"h1"});
  const CallDetail detail = recorded();
  Transcript transcript{"h1", {}};
  TranscriptEntry entry;
  entry.text = "Hello.";
  entry.at_ms = 4200;
  transcript.entries = {entry};
  story.reply("GET", "/api/calls/h1/messages", 200, encode(transcript));
  story.reply_at("/api/calls/h1", encode(detail));
  Stage stage(std::move(story));
  CHECK(stage.get(Role::audio, "Recording").value == "/api/calls/h1/recording");
  const std::vector<LogEntry> lines = stage.get(Role::log, "Transcript").lines;
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].at_ms == 4200);

  // In a low window it stands below: the keyboard's focus brings it into view.
  Stage low(std::move(stage.story), 1280, 300);
  const MirrorNode below = low.get(Role::log, "Transcript");
  REQUIRE(below.box.y + below.box.h > 300);
  low.happen({MirrorEvent::Kind::scroll_into_view, below.id, {}});
  const MirrorNode& seen = low.get(Role::log, "Transcript");
  CHECK(seen.box.y + seen.box.h <= 300);
}

TEST_CASE("an agent's line says how long the person waited for it") {
  using Role = TranscriptEntry::Role;
  Story story = history_story();
  story.tell(CallOpened{"h1"});
  CallDetail detail;
  detail.call = some_call("h1", MediumType::web, CallStatus::completed);
  const auto line = [](Role role, Millis from, Millis to) {
    TranscriptEntry entry;
    entry.role = role;
    entry.text = entry.tool_name = "Words.";
    entry.at_ms = from;
    entry.end_ms = to;
    return entry;
  };
  Transcript transcript{"h1",
                        {line(Role::agent, 1, 900), line(Role::user, 1'000, 2'000),
                         line(Role::tool_call, 2'100, 2'200), line(Role::agent, 2'850, 3'000),
                         line(Role::agent, 3'100, 3'500), line(Role::user, 4'000, 6'000),
                         line(Role::agent, 5'000, 7'000), line(Role::user, 8'000, 9'000),
                         line(Role::agent, 39'000, 40'000), line(Role::user, 41'000, 0),
                         line(Role::agent, 42'000, 43'000)}};
  for (std::size_t i = 0; i < transcript.entries.size(); ++i) {
    transcript.entries[i].index = static_cast<int>(i);
  }
  story.reply("GET", "/api/calls/h1/messages", 200, encode(transcript));
  story.reply_at("/api/calls/h1", encode(detail));
  Stage stage(std::move(story));
  std::vector<std::string> asides;
  for (const LogEntry& shown : stage.get(ui::Role::log, "Transcript").lines) {
    asides.push_back(shown.aside);
  }
  // Not who speaks first, goes on, interrupts, asks whether anybody is there, or may have waited.
  CHECK(asides == std::vector<std::string>{"", "", "", "after 850 ms", "", "", "", "", "", "", ""});
}

TEST_CASE("a recording that cannot be played says so, and can be asked for again") {
  Story story = history_story();
  story.tell(CallOpened{"h1"});
  const CallDetail detail = recorded();
  story.reply_at("/api/calls/h1", encode(detail));
  Stage stage(std::move(story));
  CHECK(stage.find(Role::alert,
                   "The recording can't be played. It may not be ready yet: try again "
                   "in a minute.") == nullptr);
  stage.happen({MirrorEvent::Kind::closed, stage.get(Role::audio, "Recording").id, {}});
  stage.draw();
  CHECK(stage.find(Role::alert,
                   "The recording can't be played. It may not be ready yet: try again "
                   "in a minute.") != nullptr);
  CHECK(stage.find(Role::audio, "Recording") == nullptr);
  stage.activate(Role::button, "Try again");
  stage.draw();
  CHECK(stage.find(Role::audio, "Recording") != nullptr);
}
