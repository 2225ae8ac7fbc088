// Presets ("agents"): what a call is made of when nothing else is said.
//
// The shipped ones are JSON files in AGENTS_DIR that an operator can edit; they are read once and
// never written. What a person saves from the page is kept in the store and takes the place of a
// shipped preset of the same id until it is reset. Owns neither files nor rows, only how they
// combine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/store/store.h"
#include "shared/api.h"
#include "shared/result.h"

namespace voxdial {

/// The shipped presets, and one sentence for each file that was left out.
struct Shipped {
  std::vector<Agent> agents;
  std::vector<std::string> problems;
};
Shipped read_shipped_agents(const std::string& folder);

/// Who changes a preset.
struct Editor {
  std::string user;
  std::string client_address;
  /// Whether they may change the shipped presets and those that somebody else has saved: everybody
  /// calls with them.
  bool may_change_all = false;
};

class Agents {
 public:
  /// `store` outlives this.
  Agents(std::vector<Agent> shipped, Store& store);

  /// By name. Safe from any thread, as everything here. Errors: store_unavailable.
  Result<AgentList> list() const;
  Result<std::optional<Agent>> find(std::string_view id) const;

  /// Durable on return, with a row of the audit. Errors: forbidden.
  Result<Agent> save(Agent agent, const Editor& editor, Millis now);

  /// Forgets a saved preset; a shipped one comes back as shipped. Audited as well. Errors:
  /// forbidden; not_found; conflict for a shipped preset without edits, which cannot be deleted.
  Result<void> remove(const std::string& id, const Editor& editor, Millis now);

 private:
  bool is_shipped(std::string_view id) const;
  Result<void> may_change(const std::string& id, const Editor& editor) const;

  const std::vector<Agent> shipped_;
  Store& store_;
};

}  // namespace voxdial
