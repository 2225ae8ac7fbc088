// What every command works with: the operator's terminal and the store.
#pragma once

#include <iosfwd>
#include <string>

#include "proxy/store/store.h"
#include "proxy/world.h"

namespace voxdial {

inline constexpr int exit_usage = 2;  ///< the exit status for words that are no command

struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const World& world;
  Store& store;

  /// Says what went wrong; the exit status for it.
  int complain(const std::string& sentence) const;
  /// Audits what was done, at this moment; the exit status.
  int audited(AuditEntry entry) const;
};

}  // namespace voxdial
