// One row of `calls` as a value and back, with what it owes.
#pragma once

#include <optional>
#include <string>

#include "proxy/store/db.h"
#include "proxy/store/values.h"

namespace voxdial {

/// A row and what of it only the store needs.
struct CallRow {
  std::int64_t seq = 0;
  Millis counted_at = 0;
  std::string idempotency_key;
  std::string request_hash;
  StoredCall stored;  ///< `owed` is empty unless read_owed() filled it in
};

/// The columns of a CallRow, for "SELECT <call_columns()> FROM calls ...".
const std::string& call_columns();
CallRow read_call(const db::Rows& row);

/// SQL that adds those columns which the table lacks, as of members that came after its last step
/// (schema.h); empty when it has them all. `names_of_columns` selects the names of those it has.
std::string missing_columns(db::Db& db, std::string_view names_of_columns);

/// What the call owes, in the order of Debt.
std::vector<Owed> read_owed(db::Db& db, std::int64_t call_seq);

/// `SELECT ... FROM calls <where>`: the first row, with what it owes.
template <class... A>
std::optional<CallRow> find_row(db::Db& db, std::string_view where, const A&... args) {
  std::optional<CallRow> found;
  {
    db::Rows rows = db.rows("SELECT " + call_columns() + " FROM calls " += where, args...);
    if (rows.next()) found = read_call(rows);
  }
  if (found) found->stored.owed = read_owed(db, found->seq);
  return found;
}

/// Both with what is owed. An update writes the columns that differ.
void insert_call(db::Db& db, const CallRow& row);
void update_call(db::Db& db, const CallRow& before, const StoredCall& after);

/// What a row has in place of the key of a press of which only the mark is known.
std::string adopted_key(std::string_view press_mark);

/// The reply that whoever placed the call gets; only the first is kept.
void store_reply(db::Db& db, std::int64_t call_seq, const StoredReply& reply);

std::string_view medium_name(MediumType medium);

/// The words that stand for a debt and a wish in the store.
std::string_view debt_name(Debt what);
std::optional<Debt> debt_from_name(std::string_view name);

}  // namespace voxdial
