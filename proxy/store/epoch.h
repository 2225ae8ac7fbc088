// Whether the record is what it was. Only for proxy/store.
#pragma once

#include "proxy/store/db.h"
#include "proxy/store/values.h"

namespace voxdial {

/// In a writer's transaction: compares the database with the one that the record was last seen on,
/// and notes the doubt when it is another.
Doubt current_doubt(db::Db& db, bool on_database, Millis now);

}  // namespace voxdial
