// The tables in PostgreSQL, as the last step of sqlite/steps.h leaves them there.
#pragma once

#include "proxy/store/db.h"

namespace voxdial::postgres {

/// Carries out every step the database has not had yet, all in one transaction. Several programs
/// may do this at once.
///
/// Proxies of two versions in a row work on one database for as long as an upgrade takes, and the
/// older one may be started again meanwhile. So a step expands: it adds a table, an index, or a
/// column with a default, which an older proxy leaves alone; statements name their columns. What
/// the newer version needs to be told by an older one it must do without for as long. A step that
/// contracts (drops, renames, forbids) comes in the version after the last that used it. Refused is
/// a database more than one step newer.
Result<void> bring_up_to_date(db::Db& db);

}  // namespace voxdial::postgres
