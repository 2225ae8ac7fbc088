// Agents: the presets, and the one that is being read and changed.
//
// Owns the list, the voices and models to choose from, and the drafts. A draft is a value beside
// the list: nothing changes for anybody until it is saved, or used for the next call only. One that
// is left unsaved is kept until it is saved or discarded.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "shared/api.h"
#include "wasm-ui/core/effect.h"
#include "wasm-ui/core/words/words.h"

namespace voxdial::ui {

struct Model;
struct HttpReplied;

struct Agents {
  Request<AgentList> list;
  Request<VoiceList> voices;
  Request<ModelList> models;

  std::optional<Agent> draft;
  std::string draft_of;                                ///< the preset it began as; empty: a new one
  bool changed = false;                                ///< the draft differs from where it began
  std::vector<std::pair<std::string, Agent>> unsaved;  ///< drafts that were left, by `draft_of`
  Request<Done> saving;                                ///< also deleting and resetting
  std::string saved_id;                                ///< what `saving` is about
  std::string saved_of;                                ///< the draft it came from
  bool typed_on = false;                               ///< the draft changed since then
  Word saving_is = Word::saved;                        ///< what is said when it is done
  std::optional<Word> done;                            ///< that, until something else is done
  bool sure = false;                                   ///< Delete or Reset was pressed once
  std::optional<Word> import_fault;                    ///< why the last file was not taken
  std::string import_reason;  ///< more about it, as the reader of agents says it

  friend bool operator==(const Agents&, const Agents&) = default;
};

struct AgentOpened {  ///< empty: a new one
  std::string id;
};
/// The draft as it now is; views change a copy and hand it over whole.
struct DraftChanged {
  Agent draft;
};
struct DraftSaved {};
struct DraftSavedAsNew {};
struct DraftDiscarded {};
struct DraftUsed {};     ///< for the next call only
struct DraftTried {};    ///< in a web call, at once
struct DraftRemoved {};  ///< delete, or for a shipped one reset; asks for a second press
struct DraftExported {};
struct ImportPressed {};
struct FilePicked {
  std::string text;
  std::optional<Word> failure;  ///< nothing: it was read
};
struct VoicePreviewed {
  std::string voice;
};
struct AgentsRetried {};

using AgentsAction =
    std::variant<AgentOpened, DraftChanged, DraftSaved, DraftSavedAsNew, DraftDiscarded, DraftUsed,
                 DraftTried, DraftRemoved, DraftExported, ImportPressed, FilePicked, VoicePreviewed,
                 AgentsRetried>;
void update(Model& model, const AgentsAction& action, Effects& effects);
bool take_agents_reply(Model& model, const HttpReplied& reply, Effects& effects);

void fetch_agents(Model& model, Effects& effects);
/// The screen is shown: voices and models are fetched on the first visit.
void enter_agents(Model& model, Effects& effects);
/// The draft that was left unsaved, or nothing.
const Agent* unsaved_draft(const Agents& agents, std::string_view of);
/// Whether closing the page would lose work.
bool has_unsaved(const Agents& agents);
const Agent* find_agent(const Model& model, std::string_view id);
/// "front-desk-2": from a name, one that no preset in the list has.
std::string free_id(const Model& model, std::string_view name);
/// What stops the draft from being saved, by field; the server checks again.
std::optional<Word> draft_fault(const Agent& draft);
/// "Terrence": the name of a voice id, else the id itself.
std::string voice_name(const Model& model, std::string_view voice);

}  // namespace voxdial::ui
