#include "proxy/cli/console.h"

#include <cstdlib>
#include <ostream>

namespace voxdial {

int complain(std::ostream& err, std::string_view sentence) {
  err << "voxdial: " << sentence << '\n';
  return EXIT_FAILURE;
}

int tell(std::ostream& out, const AuditCheck& check) {
  out << check.what << "\nhead " << check.head_hash << '\n';
  return check.intact ? EXIT_SUCCESS : EXIT_FAILURE;
}

int Console::audited(AuditEntry entry) const {
  entry.at = world.now();
  const auto kept = store.record_audit(entry);
  return kept ? EXIT_SUCCESS : complain(kept.error().message);
}

}  // namespace voxdial
