#include "proxy/agents/agents.h"

#include <algorithm>
#include <filesystem>

#include "proxy/config/text_file.h"
#include "shared/codec.h"

namespace voxdial {
namespace {

auto has_id(std::string_view id) {
  return [id](const Agent& agent) { return agent.id == id; };
}

}  // namespace

Shipped read_shipped_agents(const std::string& folder) {
  namespace fs = std::filesystem;
  Shipped shipped;
  std::error_code status;
  for (const auto& entry : fs::directory_iterator(folder, status)) {
    if (entry.path().extension() != ".json") continue;
    const std::string name = entry.path().filename().string();
    // A pipe would be waited for without end.
    auto text = entry.is_regular_file(status) ? read_file(entry.path()) : std::nullopt;
    std::string json = text.value_or("");
    const std::string wrong = make_plain_text(json);
    auto agent = decode<Agent>(json);
    std::string problem;
    if (!text) {
      problem = "it cannot be read.";
    } else if (!wrong.empty()) {
      problem = "it " + wrong + ". Save it as UTF-8.";
    } else if (!agent) {
      problem = agent.error().message;
    } else if (agent->id + ".json" != name) {
      problem = "its id must be the file's name.";
    }
    if (!problem.empty()) {
      shipped.problems.push_back(
          std::string("The agent file ").append(name).append(" is left out: ").append(problem));
      continue;
    }
    agent->built_in = true;
    shipped.agents.push_back(std::move(*agent));
  }
  if (shipped.agents.empty()) {
    shipped.problems.push_back("No agents were found in " + folder + " (AGENTS_DIR).");
  }
  return shipped;
}

Agents::Agents(std::vector<Agent> shipped, Store& store)
    : shipped_(std::move(shipped)), store_(store) {}

Result<AgentList> Agents::list() const {
  auto saved = store_.saved_agents();
  if (!saved) return fail(std::move(saved).error());
  AgentList list{shipped_};
  for (const SavedAgent& row : *saved) {
    auto agent = decode<Agent>(row.json);
    if (!agent) continue;  // saved by a newer version: kept in the store, not shown
    agent->built_in = agent->edited = false;
    const auto shipped = std::find_if(list.agents.begin(), list.agents.end(), has_id(agent->id));
    if (shipped == list.agents.end()) {
      list.agents.push_back(std::move(*agent));
    } else {
      *shipped = std::move(*agent);
      shipped->built_in = shipped->edited = true;
    }
  }
  std::sort(list.agents.begin(), list.agents.end(),
            [](const Agent& a, const Agent& b) { return a.name < b.name; });
  return list;
}

Result<std::optional<Agent>> Agents::find(std::string_view id) const {
  auto all = list();
  if (!all) return fail(std::move(all).error());
  const auto agent = std::find_if(all->agents.begin(), all->agents.end(), has_id(id));
  if (agent == all->agents.end()) return std::optional<Agent>{};
  return std::optional(std::move(*agent));
}

bool Agents::is_shipped(std::string_view id) const {
  return std::any_of(shipped_.begin(), shipped_.end(), has_id(id));
}

Result<void> Agents::may_change(const std::string& id, const Editor& editor) const {
  if (editor.may_change_all) return {};
  constexpr std::string_view remedy = " Save yours under another id, or ask a supervisor.";
  if (is_shipped(id))
    return fail(ErrorCode::forbidden, std::string("This agent is everybody's.").append(remedy));
  const auto saved = store_.saved_agents();
  if (!saved) return fail(saved.error());
  const bool others = std::any_of(saved->begin(), saved->end(), [&](const SavedAgent& row) {
    return row.id == id && row.saved_by != editor.user;
  });
  if (others)
    return fail(ErrorCode::forbidden,
                std::string("Somebody else saved this agent.").append(remedy));
  return {};
}

Result<Agent> Agents::save(Agent agent, const Editor& editor, Millis now) {
  if (auto may = may_change(agent.id, editor); !may) return fail(std::move(may).error());
  agent.built_in = agent.edited = false;
  auto saved = store_.save_agent(
      {.id = agent.id, .json = encode(agent), .saved_by = editor.user, .saved_at = now},
      editor.client_address);
  if (!saved) return fail(std::move(saved).error());
  agent.built_in = agent.edited = is_shipped(agent.id);
  return agent;
}

Result<void> Agents::remove(const std::string& id, const Editor& editor, Millis now) {
  if (auto may = may_change(id, editor); !may) return may;
  auto removed = store_.remove_agent(
      {.id = id, .json = {}, .saved_by = editor.user, .saved_at = now}, editor.client_address);
  if (!removed && removed.error().code == ErrorCode::not_found && is_shipped(id)) {
    return fail(ErrorCode::conflict, "This agent is shipped and has no edits to reset.");
  }
  return removed;
}

}  // namespace voxdial
