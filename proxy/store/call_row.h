// One row of `calls` as a value and back.
#pragma once

#include <optional>

#include "proxy/store/sqlite.h"
#include "proxy/store/values.h"

namespace voxdial {

/// A row and what of it only the store needs.
struct CallRow {
  std::int64_t seq = 0;
  Millis counted_at = 0;
  StoredCall stored;
};

/// What read_call() expects, in this order: "SELECT <call_columns> FROM calls ...".
extern const char* const call_columns;
CallRow read_call(const db::Rows& row);

/// `SELECT call_columns FROM calls <where>`: the first row.
template <class... A>
std::optional<CallRow> find_row(db::Db& db, std::string_view where, const A&... args) {
  db::Rows rows = db.rows(std::string("SELECT ") + call_columns + " FROM calls " += where, args...);
  if (!rows.next()) return std::nullopt;
  return read_call(rows);
}

/// Writes the columns that news can change and that differ between the two.
void update_call(db::Db& db, const CallRow& before, const StoredCall& after);

std::string_view medium_name(MediumType medium);

}  // namespace voxdial
