#include "tests/ui/story.h"

using namespace voxdial;
using namespace voxdial::ui;

namespace {

Story editing_story() {
  Story story = started_story();
  story.tell(AgentOpened{"assistant"});
  return story;
}

void change_prompt(Story& story, std::string prompt) {
  Agent draft = *story.model.agents.draft;
  draft.settings.system_prompt = std::move(prompt);
  story.tell(DraftChanged{draft});
}

}  // namespace

TEST_CASE("opening an agent makes a draft and fetches what there is to choose from, once") {
  Story story = editing_story();
  REQUIRE(story.model.agents.draft);
  CHECK(story.model.agents.draft->name == "Assistant");
  CHECK_FALSE(story.model.agents.changed);
  CHECK(story.requests("GET", "/api/voices") == 1);
  CHECK(story.requests("GET", "/api/models") == 1);
  story.tell(AgentOpened{"orders"});
  CHECK(story.requests("GET", "/api/voices") == 1);
}

TEST_CASE("saving sends the whole agent, reads the list again and says so on the agent's page") {
  Story story = editing_story();
  change_prompt(story, "Be kind.");
  story.tell(DraftSaved{});
  story.tell(DraftSaved{});
  CHECK(story.requests("PUT", "/api/agents/assistant") == 1);
  const Result<Agent> sent = decode<Agent>(story.request("PUT", "/api/agents/assistant").body);
  REQUIRE(sent);
  CHECK(sent->settings.system_prompt == "Be kind.");
  story.effects.clear();
  story.model.agents.saving.start(77);
  story.tell(HttpReplied{77, HttpReplied::Failure::none, 200, "{}"});
  CHECK(story.requests("GET", "/api/agents") == 1);
  CHECK(story.model.route == Route{Screen::agents, "assistant"});
  CHECK(story.model.agents.done == Word::saved);
  story.reply("GET", "/api/agents", 200, encode(AgentList{{*sent}}));
  CHECK(story.model.agents.draft->settings.system_prompt == "Be kind.");
  CHECK(story.model.agents.done == Word::saved);
  story.tell(AgentOpened{"orders"});
  CHECK_FALSE(story.model.agents.done);
}

TEST_CASE("what is typed while an agent is being saved stays, unsaved") {
  Story story = editing_story();
  change_prompt(story, "Be kind.");
  story.tell(DraftSaved{});
  change_prompt(story, "Be kind and brief.");
  story.reply("PUT", "/api/agents/assistant", 200, "{}");
  story.reply("GET", "/api/agents", 200, encode(AgentList{{some_agent("assistant", "Assistant")}}));
  CHECK(story.model.agents.draft->settings.system_prompt == "Be kind and brief.");
  CHECK(has_unsaved(story.model.agents));
}

TEST_CASE("a new agent that was saved has its own page, in the address as well") {
  Story story = started_story();
  story.tell(AgentOpened{});
  Agent draft = *story.model.agents.draft;
  draft.name = "Front desk";
  story.tell(DraftChanged{draft});
  story.tell(DraftSaved{});
  story.effects.clear();
  story.model.agents.saving.start(77);
  story.tell(HttpReplied{77, HttpReplied::Failure::none, 201, "{}"});
  CHECK(story.model.route == Route{Screen::agents, "front-desk"});
  CHECK(story.ordered(PushRoute{"agents/front-desk"}));
  CHECK(story.model.agents.draft_of == "front-desk");
  CHECK_FALSE(has_unsaved(story.model.agents));
  CHECK(story.model.agents.done == Word::saved);
}

TEST_CASE("what is gone is said on the list, what was reset on its own page") {
  for (const bool shipped : {false, true}) {
    Story story = editing_story();
    story.model.agents.draft->built_in = shipped;
    story.tell(DraftRemoved{});
    story.tell(DraftRemoved{});
    story.reply("DELETE", "/api/agents/assistant", 200, "{}");
    CHECK(story.model.route == Route{Screen::agents, shipped ? "assistant" : ""});
    CHECK(story.model.agents.done == (shipped ? Word::was_reset : Word::was_deleted));
  }
}

TEST_CASE("names and prompts are as long as whoever writes them counts, in any script") {
  Agent draft = some_agent("a", {});
  for (int i = 0; i < 80; ++i) draft.name += "\xD7\x90";
  CHECK_FALSE(draft_fault(draft));
  draft.name += 'a';
  CHECK(draft_fault(draft) == Word::name_too_long);
}

TEST_CASE("a refused save keeps the draft and the reason") {
  Story story = editing_story();
  change_prompt(story, "Be kind.");
  story.tell(DraftSaved{});
  story.reply("PUT", "/api/agents/assistant", 400,
              error_body(ErrorCode::invalid_field, "Too long.", "settings.voice"));
  CHECK(story.model.agents.saving.failure()->message == "Too long.");
  CHECK(story.model.agents.draft->settings.system_prompt == "Be kind.");
}

TEST_CASE("a copy gets a name and an id that nobody has") {
  Story story = editing_story();
  story.tell(DraftSavedAsNew{});
  const Result<Agent> sent = decode<Agent>(story.request("POST", "/api/agents").body);
  REQUIRE(sent);
  CHECK(sent->name == "Assistant copy");
  CHECK(sent->id == "assistant-copy");
}

TEST_CASE("ids are made from names") {
  const Story story = started_story();
  CHECK(free_id(story.model, "Front desk") == "front-desk");
  CHECK(free_id(story.model, "Assistant") == "assistant-2");
  CHECK(free_id(story.model, "\xC3\x9C!") == "agent");
  CHECK(free_id(story.model, "new") == "new-2");
  CHECK(free_id(story.model, std::string(200, 'x')).size() <= 63);
}

TEST_CASE("an edited agent can be used for the next call only") {
  Story story = editing_story();
  change_prompt(story, "Be quick.");
  story.tell(DraftUsed{});
  CHECK(story.model.route.screen == Screen::call);
  CHECK(call_request(story.model).settings.system_prompt == "Be quick.");
  story.tell(OverridesDropped{});
  CHECK_FALSE(call_request(story.model).settings.system_prompt);
}

TEST_CASE("deleting asks twice") {
  Story story = editing_story();
  story.tell(DraftRemoved{});
  CHECK(story.requests("DELETE", "/api/agents/") == 0);
  CHECK(story.model.agents.sure);
  story.tell(DraftRemoved{});
  CHECK(story.requests("DELETE", "/api/agents/assistant") == 1);
}

TEST_CASE("an exported agent can be imported again; another file cannot") {
  Story story = editing_story();
  story.tell(DraftExported{});
  REQUIRE(story.all<Download>().size() == 1);
  const Download file = story.all<Download>()[0];
  CHECK(file.file == "assistant.json");
  story.tell(FilePicked{"{\"some\":\"json\"}", {}});
  CHECK(story.model.agents.import_fault == Word::import_not_agent);
  story.tell(FilePicked{file.text, {}});
  CHECK_FALSE(story.model.agents.import_fault);
  REQUIRE(story.model.agents.draft);
  CHECK(story.model.agents.draft->name == "Assistant");
  CHECK(story.model.agents.draft_of.empty());
  CHECK(story.model.route == Route{Screen::agents, "new"});
}

TEST_CASE("unsaved work survives a look elsewhere") {
  Story story = editing_story();
  change_prompt(story, "Be kind.");
  story.tell(Navigated{Route{Screen::history, {}}});
  story.tell(Navigated{Route{Screen::agents, "assistant"}});
  CHECK(story.model.agents.draft->settings.system_prompt == "Be kind.");
}

TEST_CASE("unsaved work survives a look at another agent, until it is saved or discarded") {
  Story story = editing_story();
  change_prompt(story, "Be kind.");
  story.tell(AgentOpened{"orders"});
  CHECK(story.model.agents.draft_of == "orders");
  CHECK_FALSE(story.model.agents.changed);
  story.tell(AgentOpened{"assistant"});
  CHECK(story.model.agents.changed);
  CHECK(story.model.agents.draft->settings.system_prompt == "Be kind.");
  story.tell(DraftDiscarded{});
  CHECK_FALSE(story.model.agents.changed);
  CHECK(story.model.agents.draft->settings.system_prompt != "Be kind.");
}

TEST_CASE("a new agent that was begun is taken up again") {
  Story story = editing_story();
  story.tell(AgentOpened{});
  change_prompt(story, "Be brief.");
  story.tell(AgentOpened{"orders"});
  story.tell(AgentOpened{});
  CHECK(story.model.agents.draft->settings.system_prompt == "Be brief.");
  story.tell(DraftDiscarded{});
  CHECK(story.model.route == Route{Screen::agents});
  CHECK(story.model.agents.unsaved.empty());
}

TEST_CASE("what is saved while another agent is looked at leaves that one alone") {
  Story story = editing_story();
  change_prompt(story, "Be kind.");
  story.tell(DraftSaved{});
  story.tell(AgentOpened{"orders"});
  change_prompt(story, "Two sugars.");
  const int lists = story.requests("GET", "/api/agents");
  story.reply("PUT", "/api/agents/assistant", 200, encode(some_agent("assistant", "Assistant")));
  CHECK(story.requests("GET", "/api/agents") == lists + 1);
  CHECK(story.model.route == Route{Screen::agents, "orders"});
  CHECK(story.model.agents.draft->settings.system_prompt == "Two sugars.");
  CHECK(unsaved_draft(story.model.agents, "assistant") == nullptr);
}

TEST_CASE("the browser asks before it closes a page with unsaved work, and only then") {
  Story story = editing_story();
  CHECK(story.all<AskBeforeLeaving>().empty());
  story.tell(AgentOpened{});
  CHECK(story.all<AskBeforeLeaving>().empty());  // nothing was done to it
  story.tell(AgentOpened{"assistant"});
  change_prompt(story, "Be kind.");
  CHECK(story.all<AskBeforeLeaving>() == std::vector<AskBeforeLeaving>{{true}});
  story.tell(Navigated{Route{Screen::settings}});
  CHECK(story.all<AskBeforeLeaving>().size() == 1);
  story.tell(AgentOpened{"assistant"});
  story.tell(DraftSaved{});
  story.reply("PUT", "/api/agents/assistant", 200, encode(some_agent("assistant", "Assistant")));
  CHECK(story.all<AskBeforeLeaving>() == std::vector<AskBeforeLeaving>{{true}, {false}});
}

TEST_CASE("a draft without a name is not sent") {
  Story story = editing_story();
  Agent draft = *story.model.agents.draft;
  draft.name.clear();
  story.tell(DraftChanged{draft});
  story.tell(DraftSaved{});
  CHECK(story.requests("PUT", "/api/agents/") == 0);
  CHECK(draft_fault(draft) == Word::needs_name);
}

TEST_CASE("a voice is previewed and stopped") {
  Story story = editing_story();
  story.tell(VoicePreviewed{"v 1"});
  CHECK(story.ordered(PlayAudio{"/api/voices/v%201/preview"}));
  story.tell(AudioChanged{AudioState::playing});
  story.tell(VoicePreviewed{"v 1"});
  CHECK(story.all<StopAudio>().size() == 1);
  CHECK(story.model.audio.empty());
}

TEST_CASE("an agent is tried on its own page as it stands there, and the form keeps what it has") {
  Story story = editing_story();
  story.tell(MediumChosen{MediumType::twilio});
  change_prompt(story, "Be kind.");
  story.tell(DraftTried{});
  story.tell(MicrophoneChecked{});
  story.tell(KeyMade{"key-1"});
  const std::string body = story.request("POST", "/api/calls").body;
  CHECK(body.find(R"("type":"web")") != std::string::npos);
  CHECK(body.find("Be kind.") != std::string::npos);
  CHECK(body.find(R"("agent":"assistant")") != std::string::npos);
  CHECK(story.model.form.medium == MediumType::twilio);
  CHECK_FALSE(story.model.form.overrides.has_value());
  CHECK(story.model.agents.changed);
}
