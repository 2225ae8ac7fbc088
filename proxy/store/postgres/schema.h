// The tables in PostgreSQL, as the last step of sqlite/schema.cpp leaves them there.
#pragma once

#include "proxy/store/db.h"

namespace voxdial::postgres {

/// Carries out every step the database has not had yet, all in one transaction. Steps only add, so
/// that proxies of the version before go on working beside this one; refused is what was made by a
/// version more than one step newer. Several programs may do this at once.
Result<void> bring_up_to_date(db::Db& db);

}  // namespace voxdial::postgres
