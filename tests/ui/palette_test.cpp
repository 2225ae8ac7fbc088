#include <algorithm>

#include "tests/ui/stage.h"

using namespace voxdial;
using namespace voxdial::ui;

namespace {

const MirrorNode* open_list(const Stage& stage) {
  const auto& nodes = stage.mirror();
  const auto found = std::find_if(nodes.begin(), nodes.end(), [](const MirrorNode& node) {
    return node.role == Role::chooser;
  });
  return found == nodes.end() ? nullptr : &*found;
}

std::vector<std::string> labels(const Stage& stage) {
  std::vector<std::string> out;
  if (const MirrorNode* list = open_list(stage)) {
    for (const Option& option : list->options) out.push_back(option.label);
  }
  return out;
}

bool offers(const Stage& stage, std::string_view label) {
  const auto all = labels(stage);
  return std::find(all.begin(), all.end(), label) != all.end();
}

void choose(Stage& stage, std::string_view label) {
  REQUIRE(open_list(stage) != nullptr);
  const MirrorNode list = *open_list(stage);
  for (const Option& option : list.options) {
    if (option.label == label) {
      stage.happen({MirrorEvent::Kind::change, list.id, option.value});
      return;
    }
  }
  FAIL("no command " << label);
}

const KeyPressed palette_key{.code = "KeyK", .down = true, .in_field = true, .palette = true};
KeyPressed letter(std::string key) {
  return {.code = "KeyX", .down = true, .in_field = false, .key = std::move(key)};
}

}  // namespace

TEST_CASE("the list of commands opens over any screen, leads there and closes") {
  Stage stage;
  CHECK(open_list(stage) == nullptr);
  stage.tell(palette_key);
  REQUIRE(open_list(stage) != nullptr);
  CHECK(open_list(stage)->name == "Commands");
  CHECK(open_list(stage)->parent == 0);
  choose(stage, "Settings");
  CHECK(stage.model().route.screen == Screen::settings);
  CHECK(open_list(stage) == nullptr);
  CHECK(stage.story.ordered(FocusField{"title"}));
}

TEST_CASE("every screen of the navigation is a command, and no two have the same key") {
  Stage stage;
  stage.tell(palette_key);
  std::vector<std::string_view> keys{microphone_key, shortcuts_key, down_key, up_key};
  for (const NavItem& nav : nav_items) {
    const ScreenFacts& one = facts_of(nav.screen);
    CAPTURE(one.name);
    CHECK(offers(stage, english(one.word)));
    if (!one.key.empty()) keys.push_back(one.key);
  }
  std::sort(keys.begin(), keys.end());
  CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
}

TEST_CASE("closed without a choice the list changes nothing") {
  Stage stage;
  stage.tell(palette_key);
  stage.happen({MirrorEvent::Kind::closed, open_list(stage)->id, {}});
  CHECK(open_list(stage) == nullptr);
  CHECK(stage.model().route == Route{});
}

TEST_CASE("commands end each live call, and place the recent ones again") {
  Stage stage;
  stage.tell(
      EventArrived{"call", encode(some_call("c1", MediumType::twilio, CallStatus::talking))});
  const std::string end = "End call: " + std::string("+1 415-555-0123");
  stage.tell(palette_key);
  REQUIRE(offers(stage, end));
  choose(stage, end);
  CHECK(stage.story.requests("POST", "/api/calls/c1/hangup") == 1);
  Call over = some_call("c1", MediumType::twilio, CallStatus::completed);
  over.version = 9;
  stage.tell(EventArrived{"call", encode(over)});
  stage.reply("GET", "/api/calls?limit", 200, encode(CallPage{{over}, {}}));
  stage.tell(palette_key);
  CHECK_FALSE(offers(stage, end));
  choose(stage, "Call again: +1 415-555-0123");
  CHECK(stage.model().form.medium == MediumType::twilio);
  CHECK(stage.model().form.number == over.to);
}

TEST_CASE("a web call is started from the list, and not while there is one") {
  Stage stage;
  stage.tell(Navigated{Route{Screen::doctor}});
  stage.tell(palette_key);
  choose(stage, "Start web call");
  CHECK(stage.model().route == Route{});
  CHECK(stage.story.all<PrepareMicrophone>().size() == 1);
  Stage talking(web_story());
  talking.tell(palette_key);
  CHECK_FALSE(offers(talking, "Start web call"));
  CHECK(offers(talking, "Mute microphone"));
}

TEST_CASE("a question mark lists what has a key, and the keys lead there") {
  Stage stage;
  stage.tell(letter("?"));
  std::vector<std::string> keyed;
  for (const NavItem& nav : nav_items) {
    const ScreenFacts& one = facts_of(nav.screen);
    if (!one.key.empty()) keyed.emplace_back(english(one.word));
  }
  for (const char* more :
       {"Keyboard shortcuts", "Next call in the list", "Previous call in the list"}) {
    keyed.emplace_back(more);
  }
  CHECK(labels(stage) == keyed);
  CHECK(open_list(stage)->options[1].hint == "h");
  stage.tell(PaletteOpened{Palette::closed});
  stage.tell(letter("h"));
  CHECK(stage.model().route == Route{Screen::history});
}

TEST_CASE(
    "letters are no keys in a field, when they are switched off, or when one is the talk key") {
  Story story = started_story();
  story.tell(KeyPressed{.code = "KeyH", .down = true, .in_field = true, .key = "h"});
  CHECK(story.model.route == Route{});
  story.tell(ShortcutsSet{false});
  CHECK(story.ordered(StoreSetting{"shortcuts", "off"}));
  story.tell(KeyPressed{.code = "KeyH", .down = true, .in_field = false, .key = "h"});
  CHECK(story.model.route == Route{});
  story.tell(ShortcutsSet{true});
  story.tell(PushToTalkSet{true});
  story.tell(TalkKeyAsked{});
  story.tell(KeyPressed{.code = "KeyH", .down = true, .in_field = false, .key = "h"});
  story.tell(KeyPressed{.code = "KeyH", .down = true, .in_field = false, .key = "h"});
  CHECK(story.model.route == Route{});
}

TEST_CASE("the country is chosen from a list that is searched by name and code") {
  Stage stage;
  stage.tell(CountriesNamed{{{"DE", "Germany", "49"}, {"US", "United States", "1"}}});
  stage.tell(MediumChosen{MediumType::twilio});
  CHECK(open_list(stage) == nullptr);
  CHECK_FALSE(stage.get(Role::button, "Country").expanded);
  stage.activate(Role::button, "Country");
  REQUIRE(open_list(stage) != nullptr);
  CHECK(stage.get(Role::button, "Country").expanded);
  CHECK(open_list(stage)->value == "US");
  const auto& options = open_list(stage)->options;
  const auto germany = std::find_if(options.begin(), options.end(),
                                    [](const Option& one) { return one.value == "DE"; });
  REQUIRE(germany != options.end());
  CHECK(germany->label == "Germany");
  CHECK(germany->hint == "+49");
  CHECK(germany->mark == "DE");  // no flags here
  choose(stage, "Germany");
  CHECK(stage.model().form.region == "DE");
  CHECK(open_list(stage) == nullptr);
}

TEST_CASE("the dial pad types the number and takes back its last digit") {
  Stage stage;
  stage.resize(390, 844, true);
  stage.tell(MediumChosen{MediumType::twilio});
  CHECK(stage.find(Role::button, "5") == nullptr);
  stage.activate(Role::button, "Dial pad");
  for (const char* key : {"+", "4", "9", "0"}) stage.activate(Role::button, key);
  CHECK(stage.get(Role::textbox, "Phone number").value == "+490");
  stage.activate(Role::button, "Delete the last digit");
  CHECK(stage.model().form.number == "+49");
  CHECK(stage.get(Role::button, "5").box.h >= 44);
}
