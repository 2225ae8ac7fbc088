#include "tests/ui/stage.h"

using namespace voxdial;
using namespace voxdial::ui;

TEST_CASE("the history is fetched when it is shown, not before") {
  Story story = started_story();
  CHECK(story.requests("GET", "/api/calls") == 0);
  story.tell(Navigated{Route{Screen::history, {}}});
  CHECK(story.requests("GET", "/api/calls") == 1);
  CHECK(story.ordered(PushRoute{"history"}));
}

TEST_CASE("rows are fetched page by page and asked for once") {
  Story story = history_story();
  CHECK(story.model.history.rows.size() == 2);
  story.tell(MoreWanted{});
  story.tell(MoreWanted{});
  CHECK(story.requests("GET", "/api/calls") == 2);
  CHECK(story.request("GET", "/api/calls").url.find("cursor=next") != std::string::npos);
  story.reply("GET", "/api/calls", 200,
              encode(CallPage{{some_call("h0", MediumType::web, CallStatus::completed)}, {}}));
  CHECK(story.model.history.rows.size() == 3);
  story.tell(MoreWanted{});
  CHECK(story.requests("GET", "/api/calls") == 2);
}

TEST_CASE("filters ask the server anew; typing in the search rests first") {
  Story story = history_story();
  HistoryFilter filter;
  filter.medium = MediumType::twilio;
  filter.status = CallStatus::busy;
  filter.agent = "orders";
  filter.range = Range::week;
  story.tell(FilterChanged{filter});
  const std::string url = story.request("GET", "/api/calls").url;
  for (const char* part : {"medium=twilio", "status=busy", "agent=orders", "from="}) {
    INFO(url);
    CHECK(url.find(part) != std::string::npos);
  }
  story.effects.clear();
  story.tell(SearchTyped{"555"});
  CHECK(story.ordered(SetTimer{Timer::history_search, 250}));
  CHECK(story.requests("GET", "/api/calls") == 0);
  story.tell(TimerFired{Timer::history_search});
  CHECK(story.request("GET", "/api/calls").url.find("q=555") != std::string::npos);
}

TEST_CASE("the filters stand in the address, and Back brings them back") {
  Story story = history_story();
  HistoryFilter filter;
  filter.medium = MediumType::twilio;
  filter.status = CallStatus::no_answer;
  filter.agent = "front desk & more";
  filter.range = Range::week;
  filter.search = "50 % = \xC3\xA9?";
  CHECK(parse_filter(filter_text(filter)) == filter);
  CHECK(filter_text({}).empty());
  CHECK(parse_filter("kind=pigeon&state=x&date=eon&what=1&&=") == HistoryFilter{});
  story.tell(FilterChanged{filter});
  CHECK(story.ordered(PushRoute{"history?" + filter_text(filter)}));
  const int asked = story.requests("GET", "/api/calls?");
  story.tell(RouteChanged{"history"});
  CHECK(story.model.history.filter == HistoryFilter{});
  CHECK(story.requests("GET", "/api/calls?") == asked + 1);
  story.tell(RouteChanged{"history?" + filter_text(filter)});
  CHECK(story.model.history.filter == filter);
}

TEST_CASE("a link to a filtered list asks for no other") {
  Story story;
  Launched launched;
  launched.route = "history?kind=web";
  story.tell(launched);
  CHECK(story.model.history.filter.medium == MediumType::web);
  CHECK(story.requests("GET", "/api/calls?") == 2);  // the live ones, and these
}

TEST_CASE("typing in the search leaves one entry in the tab's history") {
  Story story = history_story();
  story.effects.clear();
  story.tell(SearchTyped{"5"});
  story.tell(SearchTyped{"55"});
  CHECK(story.all<PushRoute>() ==
        std::vector<PushRoute>{{"history?search=5", true}, {"history?search=55", true}});
}

TEST_CASE("out of a call the keyboard goes on at its row of the filtered list") {
  Story story = history_story();
  HistoryFilter filter;
  filter.medium = MediumType::web;
  story.tell(FilterChanged{filter});
  story.tell(CallOpened{"h1"});
  CHECK(story.ordered(PushRoute{"history/h1?kind=web"}));
  story.effects.clear();
  story.tell(RouteChanged{"history?kind=web"});
  CHECK(story.all<FocusField>() == std::vector<FocusField>{{"row:h1"}});
  CHECK(story.requests("GET", "/api/calls") == 0);
  story.tell(CallOpened{"h1"});
  story.tell(KeyPressed{"Escape", true, false});
  CHECK(story.model.route == Route{Screen::history, {}, "kind=web"});
}

TEST_CASE("j and k take the keyboard down and up the list of calls, from where it is") {
  Story story = history_story();
  story.tell(MoreWanted{});
  story.reply("GET", "/api/calls", 200,
              encode(CallPage{{some_call("h0", MediumType::web, CallStatus::completed)}, {}}));
  Stage stage(std::move(story));
  const auto press = [&](const char* key) {
    stage.story.effects.clear();
    stage.tell(KeyPressed{.code = "", .down = true, .in_field = false, .key = key});
    return stage.story.all<FocusField>();
  };
  const auto& rows = stage.model().history.rows;
  REQUIRE(rows.size() == 3);
  const auto at = [&](std::size_t i) { return std::vector<FocusField>{{"row:" + rows[i].id}}; };
  const auto reach = [&](std::size_t i) {  // as the browser does what is ordered
    for (const MirrorNode& node : stage.mirror()) {
      if (node.key == node_key("row:" + rows[i].id))
        return stage.happen({MirrorEvent::Kind::focus, node.id, "visible"});
    }
    FAIL("the row is not there");
  };
  CHECK(press("j") == at(0));
  reach(0);
  CHECK(press("j") == at(1));
  reach(1);
  CHECK(press("k") == at(0));
  reach(0);
  CHECK(press("k") == at(0));
  reach(2);  // by Tab
  CHECK(press("k") == at(1));
}

TEST_CASE("a call that ended after the list was asked for does not live on in it") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::history, {}}});
  CallPage page;
  page.calls = {some_call("h1", MediumType::twilio, CallStatus::talking)};
  Call over = page.calls[0];
  over.version += 1;
  over.status = CallStatus::completed;
  story.tell(EventArrived{"call", encode(over)});
  story.reply("GET", "/api/calls", 200, encode(page));
  REQUIRE(story.model.history.rows.size() == 1);
  CHECK(story.model.history.rows[0].status == CallStatus::completed);
}

TEST_CASE("news of a call below the rows that are there waits for the rows between") {
  Story story = history_story();
  Call old = some_call("h0", MediumType::web, CallStatus::completed);
  old.created_at -= 1'000'000;
  story.tell(EventArrived{"call", encode(old)});
  CHECK(story.model.history.rows.size() == 2);
}

TEST_CASE("events were missed: list and open call are asked for again, and stay until then") {
  Story story = history_story();
  story.tell(CallOpened{"h1"});
  const Call call = some_call("h1", MediumType::web, CallStatus::completed);
  story.reply("GET", "/api/calls/h1/messages", 200, encode(Transcript{"h1", {}}));
  story.reply_at("/api/calls/h1", encode(CallDetail{call, {}}));
  story.effects.clear();
  story.tell(EventArrived{"reload", "{}"});
  CHECK(story.requests("GET", "/api/calls/h1") == 2);
  CHECK(story.model.history.detail.value() != nullptr);
  CHECK(story.model.history.transcript.value() != nullptr);
  CHECK(story.model.history.first_page.value() != nullptr);
  CHECK(story.model.history.first_page.asked());
  story.tell(Navigated{Route{Screen::history, {}}});
  story.effects.clear();
  story.tell(EventArrived{"reload", "{}"});
  CHECK(story.requests("GET", "/api/calls/") == 0);
}

TEST_CASE("an answer to an older filter is not shown") {
  Story story = history_story();
  HistoryFilter filter;
  filter.agent = "orders";
  story.tell(FilterChanged{filter});
  const HttpCall first = story.request("GET", "/api/calls");
  filter.agent = "assistant";
  story.tell(FilterChanged{filter});
  story.tell(HttpReplied{first.id, HttpReplied::Failure::none, 200, encode(CallPage{})});
  CHECK(story.model.history.first_page.busy());
}

TEST_CASE("news of a call changes its row, and a new call stands at the top") {
  Story story = history_story();
  Call changed = some_call("h1", MediumType::web, CallStatus::completed);
  changed.version = 4;
  changed.price = "-0.02";
  story.tell(EventArrived{"call", encode(changed)});
  CHECK(story.model.history.rows[1].price == "-0.02");
  Call fresh = some_call("h3", MediumType::twilio, CallStatus::requested);
  fresh.created_at += 5000;
  story.tell(EventArrived{"call", encode(fresh)});
  REQUIRE(story.model.history.rows.size() == 3);
  CHECK(story.model.history.rows[0].id == "h3");
}

TEST_CASE("a failed history can be asked for again") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::history, {}}});
  story.lose("GET", "/api/calls");
  CHECK(story.model.history.first_page.failure()->code == ErrorCode::network);
  story.tell(HistoryRetried{});
  CHECK(story.model.history.first_page.busy());
}

TEST_CASE("CSV is the server's file; JSON is gathered page by page") {
  Story story = history_story();
  story.tell(ExportPressed{ExportFormat::csv});
  story.reply("GET", "/api/calls.csv", 200, "id\nh1\n");
  CHECK(story.ordered(Download{"voxdial-calls.csv", "text/csv", "\xEF\xBB\xBFid\nh1\n"}));
  story.tell(ExportPressed{ExportFormat::json});
  const Call one = some_call("h1", MediumType::web, CallStatus::completed);
  const Call two = some_call("h2", MediumType::web, CallStatus::completed);
  story.reply("GET", "/api/calls?", 200, encode(CallPage{{one}, "p2"}));
  CHECK(story.request("GET", "/api/calls?").url.find("cursor=p2") != std::string::npos);
  story.reply("GET", "/api/calls?", 200, encode(CallPage{{two}, {}}));
  REQUIRE(story.all<Download>().size() == 2);
  CHECK(story.all<Download>()[1].text == encode(CallPage{{one, two}, {}}));
}

TEST_CASE("back in the browser leads back in the program") {
  Story story = history_story();
  story.tell(CallOpened{"h1"});
  CHECK(story.ordered(PushRoute{"history/h1"}));
  story.effects.clear();
  story.tell(RouteChanged{"history"});
  CHECK(story.model.route == Route{Screen::history, {}});
  CHECK(story.all<PushRoute>().empty());
  story.tell(RouteChanged{"no-such-place"});
  CHECK(story.model.route.screen == Screen::call);
}

TEST_CASE("calls stand under their day, with length and price or the first sentence of why not") {
  for (const float width : {1280.0F, 390.0F}) {
    INFO(width);
    Story story = started_story();
    story.tell(Navigated{Route{Screen::history, {}}});
    Call refused = some_call("h3", MediumType::twilio, CallStatus::failed);
    refused.end = {EndedBy::carrier, "geo_permission", "Not enabled at Twilio. Enable it there."};
    Call same_day = some_call("h2", MediumType::web, CallStatus::completed);
    same_day.answered_at = same_day.created_at;
    same_day.ended_at = same_day.created_at + 65'000;
    same_day.agent_name = "Assistant";
    same_day.price = "-0.0140";
    same_day.price_unit = "USD";
    Call day_before = some_call("h1", MediumType::web, CallStatus::completed);
    day_before.created_at -= 86'400'000;
    CallPage page;
    page.calls = {refused, same_day, day_before};
    story.reply("GET", "/api/calls", 200, encode(page));
    Stage stage(std::move(story), width);
    std::vector<std::string> shown;
    for (const MirrorNode& node : stage.mirror()) {
      if (node.role == Role::heading && node.level == 2) shown.push_back("day");
      if (node.key != 0 && node.key == node_key("row:h3")) {
        shown.push_back("h3");
        CHECK(node.name.find("Not enabled at Twilio.") != std::string::npos);
        CHECK(node.name.find("Enable it there") == std::string::npos);
      }
      if (node.key != 0 && node.key == node_key("row:h2")) {
        CHECK(node.name.starts_with("Web call, Ended, 1:05, Assistant, $0.014, "));
      }
      for (const char* id : {"h1", "h2"}) {
        if (node.key != 0 && node.key == node_key(std::string("row:") + id)) shown.push_back(id);
      }
    }
    CHECK(shown == std::vector<std::string>{"day", "h3", "h2", "day", "h1"});
  }
}
