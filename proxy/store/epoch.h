// Whether the record is what it was. Only for proxy/store.
#pragma once

#include "proxy/store/db.h"
#include "proxy/store/values.h"

namespace voxdial {

struct Seen {
  Doubt doubt;
  bool another = false;  ///< the database is not the one that the record was last seen on
};
/// In a transaction of any kind. What is read in it is of the epoch that it tells, unless the
/// database is another: whoever reads then calls Store::doubt() first, and reads again.
Seen look_at_epoch(db::Db& db, bool on_database);

/// In a writer's transaction: compares the database with the one that the record was last seen on,
/// and notes the doubt when it is another.
Doubt current_doubt(db::Db& db, bool on_database, Millis now);

}  // namespace voxdial
