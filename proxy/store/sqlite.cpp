#include "proxy/store/sqlite.h"

#include <sqlite3.h>

#include <cassert>

namespace voxdial::db {
namespace {

// The log is moved into the database by the writer between batches, not inside a caller's commit.
// secure_delete: what retention removes is overwritten, not only forgotten.
// page_size (of a new file): a call changes a few bytes on each of eighteen pages, all of which go
// through the log; half as large, half as many bytes are written and summed for each call.
constexpr const char* writer_settings =
    "PRAGMA page_size=2048;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA journal_size_limit=16777216;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA cache_size=-8192;"
    "PRAGMA temp_store=MEMORY;";
constexpr const char* reader_settings =
    "PRAGMA query_only=ON;"
    "PRAGMA cache_size=-2048;"
    "PRAGMA temp_store=MEMORY;";

}  // namespace

Error store_error(int extended_code) {
  const char* what = nullptr;
  switch (extended_code & 0xff) {
    case SQLITE_FULL:
      what =
          "The disk that holds the call records is full, so no call is placed. Free some space; no "
          "restart is needed.";
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      what =
          "The call records are read-only, so no call is placed. Let the server's user write to "
          "the "
          "folder DATA_DIR and the files in it.";
      break;
    case SQLITE_CANTOPEN:
      what =
          "The call records cannot be opened, so no call is placed. Check that the folder DATA_DIR "
          "exists, has room and belongs to the server's user.";
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      what =
          "The call records are damaged, so no call is placed. Stop the server, put a backup of "
          "the "
          "database file in DATA_DIR in place (or move the damaged one away), and start it again.";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      what =
          "Another program holds the call records, so no call is placed. Close the program that "
          "has "
          "the database file in DATA_DIR open.";
      break;
    case SQLITE_IOERR:
      what =
          "The disk that holds the call records fails (input/output error), so no call is placed. "
          "Check the disk behind DATA_DIR and the system's log.";
      break;
    case SQLITE_NOMEM:
      what =
          "The server has no memory left to record calls, so it places none. Give it more memory.";
      break;
    default:
      what = "The call records cannot be used, so no call is placed. Restart the server.";
  }
  return make_error(ErrorCode::store_unavailable,
                    std::string(what) + " (SQLite " + std::to_string(extended_code) + ")");
}

Result<std::unique_ptr<Db>> Db::open(const Options& options) {
  // Nobody reads SQLite's memory statistics; keeping them costs a lock on every allocation. And a
  // page of cache is allocated when it is needed, not twenty ahead for each connection.
  static const int lean = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) |
                          sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
  static_cast<void>(lean);
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (options.use == Use::write ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(options.path.c_str(), &handle, flags,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  std::unique_ptr<Db> db(new Db(handle, options.faults));
  if (code != SQLITE_OK) return fail(store_error(code));
  // SQLite opens a protected file for reading when it may not write it.
  if (options.use == Use::write && sqlite3_db_readonly(handle, "main") == 1) {
    return fail(store_error(SQLITE_READONLY));
  }
  sqlite3_busy_timeout(handle, options.busy_timeout_ms);
  sqlite3_wal_hook(
      handle,
      [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
      },
      &db->log_pages_);
  db->script(options.use == Use::write ? writer_settings : reader_settings);
  if (db->failed()) return fail(db->take_error());
  return db;
}

Db::~Db() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

void Db::note(int code) {
  if (code_ == 0) code_ = code;
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CONSTRAINT:
      break;
    default:
      suspect_ = true;
  }
}

Error Db::take_error() {
  assert(failed());
  const int code = code_;
  code_ = 0;
  return store_error(code);
}

bool Db::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void Db::begin_write() {
  run("BEGIN IMMEDIATE");
  ++epoch_;
}

void Db::undo_to(const char* savepoint) {
  run(std::string("ROLLBACK TO ") + savepoint);
  ++epoch_;
}

void Db::rollback() {
  if (in_transaction()) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  code_ = 0;
}

bool Db::file_is_gone() const {
  int moved = 0;
  const int code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code == SQLITE_OK && moved != 0;
}

Result<void> Db::checkpoint() {
  const int code =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return {};
  return fail(store_error(code));
}

void Db::script(const char* sql) {
  if (failed()) return;
  int code = faults_ != nullptr ? faults_->next_step() : 0;
  if (code == 0) code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) note(code);
}

sqlite3_stmt* Db::prepare(std::string_view sql) {
  if (failed()) return nullptr;
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    assert(sqlite3_stmt_busy(found->second) == 0);
    return found->second;
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    note(code);
    return nullptr;
  }
  statements_.emplace(sql, statement);
  return statement;
}

void Db::bind_integer(sqlite3_stmt* statement, int n, std::int64_t value) {
  if (statement != nullptr) sqlite3_bind_int64(statement, n, value);
}

// Copied (TRANSIENT), as the arguments of rows() are often gone before its last row is read.
void Db::bind_text(sqlite3_stmt* statement, int n, std::string_view value) {
  if (statement == nullptr) return;
  const char* data = value.data() == nullptr ? "" : value.data();
  const int code =
      sqlite3_bind_text64(statement, n, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) note(code);
}

void Db::bind_blob(sqlite3_stmt* statement, int n, std::string_view value) {
  if (statement == nullptr) return;
  const int code = sqlite3_bind_blob64(statement, n, value.data(), value.size(), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) note(code);
}

bool Db::step(sqlite3_stmt* statement) {
  if (statement == nullptr || failed()) return false;
  int code = faults_ != nullptr ? faults_->next_step() : 0;
  if (code == 0) code = sqlite3_step(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) note(code);
  return code == SQLITE_ROW;
}

std::int64_t Db::finish(sqlite3_stmt* statement) {
  step(statement);
  if (statement == nullptr) return 0;
  sqlite3_reset(statement);
  return failed() ? 0 : sqlite3_changes64(handle_);
}

Rows::~Rows() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

bool Rows::next() { return db_.step(statement_); }

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Rows::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

}  // namespace voxdial::db
