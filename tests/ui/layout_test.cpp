// What must hold on every screen, whatever it shows.
#include <algorithm>
#include <functional>

#include "tests/ui/stage.h"

using namespace voxdial;
using namespace voxdial::ui;

namespace {

bool interactive(const MirrorNode& node) {
  switch (node.role) {
    case Role::button:
    case Role::link:
    case Role::toggle:
    case Role::checkbox:
    case Role::radio:
    case Role::textbox:
    case Role::textarea:
    case Role::select:
    case Role::slider:
      return true;
    default:
      return false;
  }
}

Box visible(const MirrorNode& node) {
  const float x = std::max(node.box.x, node.clip.x), y = std::max(node.box.y, node.clip.y);
  const float right = std::min(node.box.x + node.box.w, node.clip.x + node.clip.w);
  const float bottom = std::min(node.box.y + node.box.h, node.clip.y + node.clip.h);
  return {x, y, right - x, bottom - y};
}

constexpr const char* long_word =
    "Donaudampfschifffahrtselektrizit\xC3\xA4tenhauptbetriebswerkbauunterbeamtengesellschaft";

Call talking_call(std::string id) {
  Call call = some_call(std::move(id), MediumType::twilio, CallStatus::talking);
  call.agent_name = long_word;
  call.ringing_at = call.created_at + 1000;
  call.answered_at = call.created_at + 9000;
  call.max_duration_s = 600;
  call.recording = true;
  call.warning = "The transcript is late: Ultravox does not answer at the moment.";
  return call;
}

Transcript long_talk(const std::string& id) {
  Transcript transcript{id, {}};
  for (int i = 0; i < 40; ++i) {
    TranscriptEntry entry;
    entry.index = i;
    entry.role = i % 7 == 6   ? TranscriptEntry::Role::tool_call
                 : i % 2 == 0 ? TranscriptEntry::Role::agent
                              : TranscriptEntry::Role::user;
    entry.text =
        i % 5 == 0 ? long_word : "One sentence that is long enough to be broken into lines here.";
    if (i % 7 == 6) entry.tool_name = "lookUp";
    transcript.entries.push_back(entry);
  }
  return transcript;
}

CallPage many_calls() {
  CallPage page;
  for (int i = 0; i < 100; ++i) {
    Call call = some_call("h" + std::to_string(i), i % 2 ? MediumType::web : MediumType::twilio,
                          CallStatus::no_answer);
    call.created_at -= i * 1000;
    call.end = {EndedBy::callee, "no_answer",
                "No answer after 30 s, and a sentence that goes on and on."};
    call.agent_name = long_word;
    page.calls.push_back(call);
  }
  page.next_cursor = "100";
  return page;
}

struct Scene {
  const char* name;
  std::function<void(Story&)> make;
};

void give_agents(Story& story) {
  Agent agent = some_agent("long", long_word);
  agent.name.resize(80);
  agent.description =
      std::string(long_word) + " and more words about what this agent is for, and more";
  agent.overview = "Ask it anything.";
  agent.built_in = agent.edited = true;
  story.model.agents.list.set(AgentList{{some_agent("assistant", "Assistant"), agent}});
}

/// And each screen as it opens.
std::vector<Scene> with_each_screen(std::vector<Scene> all) {
  for (const NavItem& item : nav_items) {
    all.push_back({facts_of(item.screen).name.data(),
                   [&item](Story& s) { s.tell(Navigated{Route{item.screen}}); }});
  }
  return all;
}

const std::vector<Scene>& scenes() {
  static const std::vector<Scene> all = with_each_screen({
      {"call, phone, with everything open",
       [](Story& s) {
         s.tell(MediumChosen{MediumType::twilio});
         s.tell(NumberTyped{"+14155550123"});
         s.tell(MoreToggled{});
         s.model.form.placed.fail(make_error(ErrorCode::outcome_unknown));
       }},
      {"call, phone, with the dial pad and no number",
       [](Story& s) {
         s.tell(MediumChosen{MediumType::twilio});
         s.tell(PadToggled{});
       }},
      {"the list of commands", [](Story& s) { s.tell(PaletteOpened{Palette::commands}); }},
      {"a live call in the record of calls",
       [](Story& s) {
         s.tell(Navigated{Route{Screen::history, "c1"}});
         s.reply_at("/api/calls/c1", encode(CallDetail{talking_call("c1"), {}}));
         s.tell(EventArrived{"call", encode(talking_call("c1"))});
         s.tell(EventArrived{"transcript", encode(long_talk("c1"))});
       }},
      {"call, nothing loaded",
       [](Story& s) {
         s.model.agents.list.clear();
         s.model.config.clear();
       }},
      {"call, the server fails",
       [](Story& s) {
         s.model.agents.list.fail(make_error(ErrorCode::network));
         s.model.config.fail(make_error(ErrorCode::network));
         s.tell(StreamChanged{Line::State::reconnecting});
       }},
      {"a live phone call",
       [](Story& s) {
         s.tell(EventArrived{"call", encode(talking_call("c1"))});
         s.reply("GET", "/api/calls/c1/messages", 200, encode(long_talk("c1")));
       }},
      {"six live calls, on the sheet",
       [](Story& s) {
         for (int i = 0; i < 6; ++i)
           s.tell(EventArrived{"call", encode(talking_call("c" + std::to_string(i)))});
         s.tell(Navigated{Route{Screen::live, {}}});
       }},
      {"a web call with an order",
       [](Story& s) {
         s = web_story();
         s.tell(ToolInvoked{
             "updateOrder", "i1",
             R"({"orderDetailsData":[{"name":"A glazed donut with a name too long for a line","quantity":12,"price":1.29,"specialInstructions":"warm"}]})"});
         s.tell(DebugSet{true});
         s.tell(PushToTalkSet{true});
         s.tell(ProblemMet{Word::problem_not_connected});
         for (const char* about : {"microphone", "speaker", "sound"})
           s.tell(RemarkSet{about, Word::remark_mic_silenced});
         s.tell(QualityMeasured{42, 3, 0.01F});
         s.tell(Navigated{Route{Screen::live, {}}});
       }},
      {"history, loading",
       [](Story& s) {
         s.tell(Navigated{Route{Screen::history, {}}});
       }},
      {"history, empty",
       [](Story& s) {
         s.tell(Navigated{Route{Screen::history, {}}});
         s.reply("GET", "/api/calls", 200, encode(CallPage{}));
       }},
      {"history, failed",
       [](Story& s) {
         s.tell(Navigated{Route{Screen::history, {}}});
         s.lose("GET", "/api/calls");
       }},
      {"history, full",
       [](Story& s) {
         s.tell(Navigated{Route{Screen::history, {}}});
         s.reply("GET", "/api/calls", 200, encode(many_calls()));
       }},
      {"one call of the history",
       [](Story& s) {
         s.tell(Navigated{Route{Screen::history, "c1"}});
         Call call = talking_call("c1");
         call.status = CallStatus::completed;
         call.ended_at = call.answered_at + 65'000;
         call.end = {EndedBy::agent, "agent_hung_up", "The agent hung up."};
         call.price = "-0.0140";
         call.price_unit = "USD";
         s.reply("GET", "/api/calls/c1/messages", 200, encode(long_talk("c1")));
         s.tell(HttpReplied{
             s.model.last_id - 1, HttpReplied::Failure::none, 200,
             encode(CallDetail{call, {{call.created_at, "requested", "person", long_word}}})});
       }},
      {"the agent editor",
       [](Story& s) {
         s.tell(Navigated{Route{Screen::agents, "long"}});
       }},
      {"the doctor",
       [](Story& s) {
         s.tell(Navigated{Route{Screen::doctor, {}}});
         DoctorReport report;
         for (const auto state : {DoctorCheck::State::ok, DoctorCheck::State::warning,
                                  DoctorCheck::State::failed, DoctorCheck::State::unknown}) {
           report.checks.push_back({.state = state,
                                    .id = "c" + std::to_string(report.checks.size()),
                                    .title = long_word,
                                    .detail = long_word,
                                    .remedy = "Do this one thing."});
         }
         s.reply("GET", "/api/doctor", 200, encode(report));
       }},
      {"settings",
       [](Story& s) {
         s.tell(Navigated{Route{Screen::settings, {}}});
         s.tell(DevicesListed{{{"m1", long_word}}, {{"s1", "Speaker"}}});
       }},
  });
  return all;
}

void check_layout(const Stage& screen, float width, float height, float least) {
  std::vector<std::uint32_t> ids;
  for (const MirrorNode& node : screen.mirror()) {
    INFO(describe(node));
    CHECK(node.id != 0);
    CHECK(std::find(ids.begin(), ids.end(), node.id) == ids.end());
    const MirrorNode* parent = nullptr;
    for (const MirrorNode& other : screen.mirror()) {
      if (other.id == node.parent) parent = &other;
    }
    if (node.parent != 0) CHECK(std::find(ids.begin(), ids.end(), node.parent) != ids.end());
    // A list holds its items and nothing else.
    CHECK((parent != nullptr && parent->role == Role::list) == (node.role == Role::listitem));
    ids.push_back(node.id);
    // Nothing is wider than the window; what is taller scrolls in its clip.
    CHECK(node.box.x >= -0.5F);
    CHECK(node.box.x + node.box.w <= width + 0.5F);
    CHECK(node.clip.y + node.clip.h <= height + 0.5F);
    if (!interactive(node)) continue;
    CHECK(!node.name.empty());
    if (node.clip.w <= 0 || node.clip.h <= 0) continue;
    CHECK(node.box.h >= least);
    CHECK(node.box.w >= least);
    // Nothing is to be scrolled to the side.
    if (visible(node).h > 0) CHECK(visible(node).w >= node.box.w - 1);
    for (const MirrorNode& other : screen.mirror()) {
      if (&other == &node || !interactive(other)) continue;
      const Box a = visible(node), b = visible(other);
      const float w = std::min(a.x + a.w, b.x + b.w) - std::max(a.x, b.x);
      const float h = std::min(a.y + a.h, b.y + b.h) - std::max(a.y, b.y);
      const bool apart = a.w <= 0 || a.h <= 0 || b.w <= 0 || b.h <= 0 || w <= 1 || h <= 1;
      if (!apart) FAIL_CHECK("overlaps " << describe(other));
    }
  }
}

struct Window {
  float width, height;
  bool finger;
};
// A desk, a phone upright and on its side, a desk at 400 %, a large screen.
constexpr Window windows[] = {
    {1280, 800, false}, {390, 844, true}, {844, 390, true}, {320, 256, false}, {2560, 1440, false}};

/// Every screen in every window.
void in_every_window(const std::function<void(Stage& screen, const Window& window)>& check) {
  for (const Window& window : windows) {
    for (const Scene& scene : scenes()) {
      Story story = started_story();
      give_agents(story);
      Page page = story.model.page;
      page.width = window.width;
      page.height = window.height;
      page.touch = window.finger;
      story.tell(PageChanged{page});
      scene.make(story);
      Stage screen(std::move(story), page.width, page.height);
      screen.resize(page.width, page.height, window.finger);
      INFO(scene.name << " at " << window.width << " x " << window.height);
      check(screen, window);
    }
  }
}

}  // namespace

TEST_CASE("on every screen nothing overlaps, nothing sticks out and everything can be hit") {
  in_every_window([](Stage& screen, const Window& window) {
    check_layout(screen, window.width, window.height, window.finger ? 44 : 32);
  });
}

TEST_CASE("on every screen whatever the keyboard reaches comes into view") {
  constexpr float between = 4;  // rows: each reaches so far into what is between them
  in_every_window([](Stage& screen, const Window&) {
    std::vector<std::uint32_t> stops;
    for (const MirrorNode& node : screen.mirror())
      if (interactive(node)) stops.push_back(node.id);
    for (const std::uint32_t stop : stops) {
      const auto at = [&] {
        return std::find_if(screen.mirror().begin(), screen.mirror().end(),
                            [&](const MirrorNode& node) { return node.id == stop; });
      };
      if (at() == screen.mirror().end()) continue;  // a row that is no longer near
      const Box before = visible(*at());
      if (before.h < at()->box.h - 1)
        screen.happen({MirrorEvent::Kind::scroll_into_view, stop, {}});
      if (at() == screen.mirror().end()) continue;
      INFO(describe(*at()));
      CHECK(visible(*at()).h >= std::min(at()->box.h, at()->clip.h) - between);
    }
  });
}

TEST_CASE("every screen has one heading of the first level") {
  for (const Scene& scene : scenes()) {
    Story story = started_story();
    give_agents(story);
    scene.make(story);
    Stage screen(std::move(story));
    const auto& nodes = screen.mirror();
    const auto count = std::count_if(nodes.begin(), nodes.end(), [](const MirrorNode& node) {
      return node.role == Role::heading && node.level == 1;
    });
    INFO(scene.name);
    const bool waiting = scene.name == std::string("one call of the history");
    if (!waiting) CHECK(count == 1);
  }
}

TEST_CASE("a screen at rest asks for no frames") {
  Stage screen;
  screen.reply("GET", "/api/calls", 200, encode(CallPage{}));
  screen.draw();
  CHECK(screen.next_frame_ms() == -1);
  CHECK(screen.passes() == 1);
}
