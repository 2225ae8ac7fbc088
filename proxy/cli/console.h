// What every command works with: the operator's terminal and the store.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "proxy/store/store.h"
#include "proxy/world.h"

namespace voxdial {

inline constexpr int exit_usage = 2;  ///< the exit status for words that are no command

/// Says what went wrong; the exit status for it.
int complain(std::ostream& err, std::string_view sentence);

/// Says what walking the audit's chain found; the exit status for it.
int tell(std::ostream& out, const AuditCheck& check);

struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const World& world;
  Store& store;

  int complain(std::string_view sentence) const { return voxdial::complain(err, sentence); }
  /// Audits what was done, at this moment; the exit status.
  int audited(AuditEntry entry) const;
};

}  // namespace voxdial
