#include "wasm-ui/core/agents.h"

#include <algorithm>

#include "shared/codec.h"
#include "shared/percent.h"
#include "shared/utf8.h"
#include "wasm-ui/core/model.h"

namespace voxdial::ui {
namespace {

std::string agent_url(std::string_view id) { return "/api/agents/" + percent_encode(id); }

Agent new_agent(const Model& model) {
  Agent fresh;
  fresh.name = tr(model.words, Word::new_agent);
  return fresh;
}

void forget(Agents& agents, std::string_view of) {
  std::erase_if(agents.unsaved, [of](const auto& left) { return left.first == of; });
}

void begin_draft(Agents& agents, Agent draft, std::string of) {
  if (agents.draft && agents.changed && agents.draft_of != of) {
    agents.unsaved.emplace_back(agents.draft_of, *agents.draft);
  }
  forget(agents, of);
  agents.draft = std::move(draft);
  agents.draft_of = std::move(of);
  agents.changed = false;
  agents.sure = false;
  if (!agents.saving.busy()) agents.saving.clear();
  agents.import_fault.reset();
}

void send(Model& model, const char* method, const std::string& id, std::string body, Word is,
          Effects& effects) {
  Agents& agents = model.agents;
  const RequestId request = model.new_id();
  agents.saving.start(request);
  agents.saved_of = agents.draft_of;
  agents.saved_id = id;
  agents.saving_is = is;
  agents.done.reset();
  agents.typed_on = false;
  effects.push_back(HttpCall{.id = request,
                             .method = method,
                             .url = id == agents.draft_of ? agent_url(id) : "/api/agents",
                             .body = std::move(body)});
}

/// Under an id of its own it becomes another agent.
void save(Model& model, const Agent& agent, Effects& effects) {
  const bool fresh = agent.id != model.agents.draft_of;
  send(model, fresh ? "POST" : "PUT", agent.id, encode(agent), Word::saved, effects);
}

void on(Model& model, const AgentOpened& a, Effects& effects) {
  navigate(model, Route{Screen::agents, a.id.empty() ? "new" : a.id}, effects);
}

void on(Model& model, const DraftChanged& a, Effects&) {
  model.agents.draft = a.draft;
  model.agents.changed = model.agents.typed_on = true;
  model.agents.sure = false;
  model.agents.done.reset();
  if (!model.agents.saving.busy()) model.agents.saving.clear();
}

bool can_save(const Agents& agents) {
  return agents.draft && !agents.saving.busy() && !draft_fault(*agents.draft);
}

void on(Model& model, const DraftSaved&, Effects& effects) {
  if (!can_save(model.agents)) return;
  Agent agent = *model.agents.draft;
  if (model.agents.draft_of.empty()) agent.id = free_id(model, agent.name);
  save(model, agent, effects);
}

void on(Model& model, const DraftSavedAsNew&, Effects& effects) {
  if (!can_save(model.agents)) return;
  Agent fresh = *model.agents.draft;
  if (const Agent* old = find_agent(model, model.agents.draft_of); old && old->name == fresh.name) {
    fresh.name = tr(model.words, {Word::copy_of, "name"}, fresh.name);
  }
  fresh.id = free_id(model, fresh.name);
  fresh.built_in = fresh.edited = false;
  save(model, fresh, effects);
}

void on(Model& model, const DraftDiscarded&, Effects& effects) {
  const bool fresh = model.agents.draft_of.empty();
  model.agents.changed = false;
  model.agents.draft.reset();
  if (fresh) navigate(model, Route{Screen::agents}, effects);
  enter_agents(model, effects);
}

void on(Model& model, const DraftUsed&, Effects& effects) {
  if (!model.agents.draft) return;
  CallForm& form = model.form;
  if (!model.agents.draft_of.empty()) form.agent = model.agents.draft_of;
  form.stored_agent = false;
  form.overrides.reset();
  if (model.agents.changed) form.overrides = model.agents.draft->settings;
  form.recording.reset();
  form.voicemail.reset();
  navigate(model, Route{}, effects);
}

void on(Model& model, const DraftTried&, Effects& effects) {
  const Agents& agents = model.agents;
  if (!agents.draft) return;
  CallRequest request;
  request.agent = agents.draft_of.empty() ? model.form.agent : agents.draft_of;
  request.medium.type = MediumType::web;
  if (agents.changed || agents.draft_of.empty()) request.settings = agents.draft->settings;
  request.settings.voicemail.reset();
  request.settings.voicemail_message.reset();
  place_trial(model, std::move(request), effects);
}

void on(Model& model, const DraftRemoved&, Effects& effects) {
  Agents& agents = model.agents;
  if (agents.draft_of.empty() || agents.saving.busy()) return;
  if (!agents.sure) {
    agents.sure = true;
    return;
  }
  agents.sure = false;
  const bool shipped = agents.draft && agents.draft->built_in;
  send(model, "DELETE", agents.draft_of, {}, shipped ? Word::was_reset : Word::was_deleted,
       effects);
}

void on(Model& model, const DraftExported&, Effects& effects) {
  if (!model.agents.draft) return;
  Agent agent = *model.agents.draft;
  if (agent.id.empty()) agent.id = free_id(model, agent.name);
  effects.push_back(Download{agent.id + ".json", "application/json", encode(agent)});
}

void on(Model& model, const ImportPressed&, Effects& effects) {
  model.agents.import_fault.reset();
  effects.push_back(PickFile{});
}

void on(Model& model, const FilePicked& a, Effects& effects) {
  Agents& agents = model.agents;
  if (a.failure) {
    agents.import_fault = a.failure;
    return;
  }
  Result<Agent> agent = decode<Agent>(a.text);
  if (!agent) {
    agents.import_fault = Word::import_not_agent;
    agents.import_reason = agent.error().message;
    return;
  }
  agent->built_in = agent->edited = false;
  begin_draft(agents, std::move(*agent), {});
  agents.changed = true;
  navigate(model, Route{Screen::agents, "new"}, effects);
}

/// Plays it, or stops it when it is the one that plays.
void on(Model& model, const VoicePreviewed& a, Effects& effects) {
  std::string url = "/api/voices/" + percent_encode(a.voice) + "/preview";
  if (model.audio == url && model.audio_state != AudioState::failed) {
    model.audio.clear();
    model.audio_state = AudioState::stopped;
    effects.push_back(StopAudio{});
    return;
  }
  model.audio = url;
  model.audio_state = AudioState::loading;
  effects.push_back(PlayAudio{std::move(url)});
}

void on(Model& model, const AgentsRetried&, Effects& effects) {
  fetch_agents(model, effects);
  model.agents.voices.clear();
  model.agents.models.clear();
  enter_agents(model, effects);
}

}  // namespace

const Agent* unsaved_draft(const Agents& agents, std::string_view of) {
  for (const auto& [id, draft] : agents.unsaved) {
    if (id == of) return &draft;
  }
  return nullptr;
}

bool has_unsaved(const Agents& agents) {
  return (agents.draft && agents.changed) || !agents.unsaved.empty();
}

const Agent* find_agent(const Model& model, std::string_view id) {
  if (const AgentList* list = model.agents.list.value()) {
    for (const Agent& agent : list->agents) {
      if (agent.id == id) return &agent;
    }
  }
  return nullptr;
}

std::string free_id(const Model& model, std::string_view name) {
  std::string stem;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (upper || plain) {
      stem += upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!stem.empty() && stem.back() != '-') {
      stem += '-';
    }
    if (stem.size() >= 56) break;  // room for a number within the 63 that are allowed
  }
  while (!stem.empty() && stem.back() == '-') stem.pop_back();
  if (stem.empty()) stem = "agent";
  std::string id = stem;
  for (int n = 2; find_agent(model, id) != nullptr || id == "new"; ++n) {
    id = stem + '-' + std::to_string(n);
  }
  return id;
}

std::optional<Word> draft_fault(const Agent& draft) {
  if (draft.name.empty()) return Word::needs_name;
  if (characters(draft.name) > 80) return Word::name_too_long;
  if (draft.settings.system_prompt && characters(*draft.settings.system_prompt) > 32 * 1024) {
    return Word::prompt_too_long;
  }
  if (const auto& limit = draft.settings.max_duration_s; limit && (*limit < 10 || *limit > 14400)) {
    return Word::limit_out_of_range;
  }
  return {};
}

std::string voice_name(const Model& model, std::string_view voice) {
  if (const VoiceList* list = model.agents.voices.value()) {
    for (const Voice& known : list->voices) {
      if (known.id == voice || known.name == voice) return known.name;
    }
  }
  // An id says nothing to a person.
  const bool uuid = voice.size() == 36 && voice[8] == '-' && voice[13] == '-';
  return uuid ? std::string(tr(model.words, Word::custom_voice)) : std::string(voice);
}

void update(Model& model, const AgentsAction& action, Effects& effects) {
  std::visit([&](const auto& a) { on(model, a, effects); }, action);
}

void fetch_agents(Model& model, Effects& effects) {
  model.agents.list.start(ask(model, "/api/agents", effects));
}

void enter_agents(Model& model, Effects& effects) {
  Agents& agents = model.agents;
  if (agents.list.failure()) fetch_agents(model, effects);
  if (agents.voices.idle()) agents.voices.start(ask(model, "/api/voices", effects));
  if (agents.models.idle()) agents.models.start(ask(model, "/api/models", effects));
  if (model.route.id.empty()) return;
  const std::string id = model.route.id == "new" ? std::string() : model.route.id;
  if (agents.draft && agents.draft_of == id && agents.changed) return;  // unsaved work stays
  if (const Agent* left = unsaved_draft(agents, id)) {
    begin_draft(agents, Agent(*left), id);
    agents.changed = true;
  } else if (id.empty()) {
    if (!agents.draft || !agents.draft_of.empty()) begin_draft(agents, new_agent(model), {});
  } else if (const Agent* agent = find_agent(model, id)) {
    Agent draft = *agent;
    // What was changed for the next call only is taken up again.
    const bool for_call = model.form.overrides && model.form.agent == id;
    if (for_call) draft.settings = *model.form.overrides;
    begin_draft(agents, std::move(draft), id);
    agents.changed = for_call;
  }
}

bool take_agents_reply(Model& model, const HttpReplied& reply, Effects& effects) {
  Agents& agents = model.agents;
  if (agents.list.awaits(reply.id)) {
    agents.list.finish(read(reply, decode<AgentList>));
    settle_form(model);
    if (model.route.screen == Screen::agents) enter_agents(model, effects);
    return true;
  }
  if (agents.voices.awaits(reply.id)) {
    agents.voices.finish(read(reply, decode<VoiceList>));
    return true;
  }
  if (agents.models.awaits(reply.id)) {
    agents.models.finish(read(reply, decode<ModelList>));
    return true;
  }
  if (!agents.saving.awaits(reply.id)) return false;
  agents.saving.finish(read_done(reply));
  if (agents.saving.value()) {
    forget(agents, agents.saved_of);
    if (model.form.agent == agents.saved_id) model.form.overrides.reset();
    fetch_agents(model, effects);
    if (!agents.draft || agents.draft_of != agents.saved_of) return true;  // another is looked at
    const bool gone = agents.saving_is == Word::was_deleted;
    agents.changed = agents.typed_on && !gone;
    if (gone) {
      agents.draft.reset();
    } else {
      agents.draft_of = agents.draft->id = agents.saved_id;  // a new one has its page from now on
    }
    if (model.route.screen == Screen::agents) {
      navigate(model, Route{Screen::agents, gone ? std::string() : agents.saved_id}, effects);
      agents.done = agents.saving_is;
    }
  }
  return true;
}

}  // namespace voxdial::ui
