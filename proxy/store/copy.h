// A whole record copied into another place: from a file into PostgreSQL or back, into a backup, out
// of one.
#pragma once

#include <cstdint>

#include "proxy/store/store.h"

namespace voxdial {

struct Copied {
  std::int64_t rows = 0;
  std::int64_t calls = 0;
  AuditCheck audit;  ///< of the copy; as intact, or as broken, as that of the original
};

enum class Sessions : std::uint8_t {
  kept,
  ended,  ///< everybody logs in again: who was shut out since must not come back
};

/// Copies every row as it is at one moment, in one transaction; the original may be in use, and is
/// only brought up to date if an older voxdial wrote it. Errors: conflict when `to` holds records
/// already, store_unavailable; then `to` is left empty.
Result<Copied> copy_record(const StoreOptions& from, const StoreOptions& to, Sessions sessions);

}  // namespace voxdial
