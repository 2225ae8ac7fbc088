#include "proxy/cli/console.h"

#include <cstdlib>
#include <ostream>

namespace voxdial {

int Console::complain(const std::string& sentence) const {
  err << "voxdial: " << sentence << '\n';
  return EXIT_FAILURE;
}

int Console::audited(AuditEntry entry) const {
  entry.at = world.now();
  const auto kept = store.record_audit(entry);
  return kept ? EXIT_SUCCESS : complain(kept.error().message);
}

}  // namespace voxdial
