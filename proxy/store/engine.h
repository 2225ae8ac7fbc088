// Which database a store is in: how it is opened and brought up to date. Only for proxy/store.
#pragma once

#include <string>
#include <vector>

#include "proxy/store/db.h"
#include "proxy/store/store.h"

namespace voxdial::db {

/// A column that is stored, not made from others.
struct Column {
  enum class Kind : std::uint8_t { integer, text, bytes };
  std::string name;
  Kind kind = Kind::integer;
};
struct Table {
  std::string name;
  std::vector<Column> columns;
};

struct Engine {
  Open to_write;
  Open to_read;
  Open to_lease;  ///< beside the writers; empty where there is no such thing
  Result<void> (*bring_up_to_date)(Db&);
  /// What the database itself says of our tables, by name: those that are the record. What pages of
  /// this very database are told of is not.
  std::vector<Table> (*tables)(Db&);
};

Engine engine_of(const StoreOptions& options);

}  // namespace voxdial::db
