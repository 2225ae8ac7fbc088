// Appending to the audit and verifying it from inside a transaction. The rest of the audit is in
// Store.
#pragma once

#include "proxy/store/db.h"
#include "proxy/store/values.h"

namespace voxdial {

/// Appends one row, chained to the newest. `entry.seq` is not used; returns the row's. Names and
/// addresses are cut: a stranger may have chosen them.
std::int64_t append_audit(db::Db& db, const AuditEntry& entry);

/// Walks the whole hash chain.
AuditCheck verify_audit(db::Db& db);

}  // namespace voxdial
