#include "proxy/store/engine.h"

#include "proxy/store/postgres/connection.h"
#include "proxy/store/postgres/schema.h"
#include "proxy/store/sqlite/connection.h"
#include "proxy/store/sqlite/schema.h"

namespace voxdial::db {
namespace {

std::vector<Table> read_tables(Db& db, std::string_view sql) {
  std::vector<Table> tables;
  Rows rows = db.rows(sql);
  while (rows.next()) {
    const std::string type = rows.text(2);
    const bool text = type == "TEXT" || type == "text";
    const bool bytes = type == "BLOB" || type == "bytea";
    if (tables.empty() || tables.back().name != rows.text(0)) tables.push_back({rows.text(0), {}});
    tables.back().columns.push_back({rows.text(1), text    ? Column::Kind::text
                                                   : bytes ? Column::Kind::bytes
                                                           : Column::Kind::integer});
  }
  return tables;
}

std::vector<Table> tables_of_sqlite(Db& db) {
  return read_tables(db,
                     "SELECT t.name, c.name, c.type FROM sqlite_master AS t, "
                     "pragma_table_xinfo(t.name) AS c WHERE t.type = 'table' AND c.hidden = 0 "
                     "AND t.name NOT IN ('news', 'epoch') ORDER BY t.name, c.cid");
}

std::vector<Table> tables_of_postgres(Db& db) {
  return read_tables(db,
                     "SELECT table_name, column_name, data_type FROM information_schema.columns "
                     "WHERE table_schema = current_schema() AND is_generated = 'NEVER' AND "
                     "table_name NOT IN ('voxdial_schema', 'news', 'epoch') ORDER BY table_name, "
                     "ordinal_position");
}

}  // namespace

Engine engine_of(const StoreOptions& options) {
  if (options.url.empty()) {
    const sqlite::Options file{options.path, options.busy_timeout_ms, options.vfs, options.faults};
    return {.to_write = [file] { return sqlite::open(file, sqlite::Use::write); },
            .to_read = [file] { return sqlite::open(file, sqlite::Use::read); },
            .to_lease = {},
            .bring_up_to_date = [](Db& db) { return sqlite::bring_up_to_date(db); },
            .tables = tables_of_sqlite};
  }
  using postgres::Claim;
  using postgres::Use;
  const Claim claim = options.alone            ? Claim::alone
                      : options.server.empty() ? Claim::none
                                               : Claim::one_of_several;
  const auto opens = [&](Use use, Claim marked) {
    return [wanted = postgres::Options{options.url, options.faults, use, marked}] {
      return postgres::open(wanted);
    };
  };
  return {.to_write = opens(Use::write, claim),
          .to_read = opens(Use::read, Claim::none),
          .to_lease = opens(Use::lease, Claim::none),
          .bring_up_to_date = postgres::bring_up_to_date,
          .tables = tables_of_postgres};
}

}  // namespace voxdial::db
