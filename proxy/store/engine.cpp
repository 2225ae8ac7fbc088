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
                     "ORDER BY t.name, c.cid");
}

std::vector<Table> tables_of_postgres(Db& db) {
  return read_tables(db,
                     "SELECT table_name, column_name, data_type FROM information_schema.columns "
                     "WHERE table_schema = current_schema() AND is_generated = 'NEVER' AND "
                     "table_name <> 'voxdial_schema' ORDER BY table_name, ordinal_position");
}

}  // namespace

Engine engine_of(const StoreOptions& options) {
  if (options.url.empty()) {
    const sqlite::Options file{options.path, options.busy_timeout_ms, options.vfs, options.faults};
    return {[file] { return sqlite::open(file, sqlite::Use::write); },
            [file] { return sqlite::open(file, sqlite::Use::read); },
            [](Db& db) { return sqlite::bring_up_to_date(db); }, tables_of_sqlite};
  }
  const postgres::Options writing{options.url, options.faults, options.serving};
  const postgres::Options reading{options.url, options.faults, false};
  return {[writing] { return postgres::open(writing); },
          [reading] { return postgres::open(reading); }, postgres::bring_up_to_date,
          tables_of_postgres};
}

}  // namespace voxdial::db
