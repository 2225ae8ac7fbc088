#include "proxy/store/sqlite/connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cassert>
#include <unordered_map>
#include <utility>

namespace voxdial::sqlite {
namespace {

using db::Blob;
using db::Cursor;
using db::Value;

// The log is moved into the database by the writer (writer.h), not inside a caller's commit.
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

/// What an SQLite result code means for the operator, and the remedy.
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
          "the folder DATA_DIR and the files in it.";
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
          "the database file in DATA_DIR in place (or move the damaged one away), and start it "
          "again.";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      what =
          "Another program holds the call records, so no call is placed. Close the program that "
          "has the database file in DATA_DIR open.";
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

/// Whether a failure says nothing about the connection itself.
bool is_passing(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CONSTRAINT:
      return true;
    default:
      return false;
  }
}

// Before SQLite can create it readable for others; its log and index take over the mode.
void create_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);  // when it fails, SQLite fails too and says why
}

class Connection : public db::Db {
 public:
  Connection(sqlite3* handle, Use use, StoreFaults* faults)
      : handle_(handle), use_(use), faults_(faults) {
    if (handle_ == nullptr) return;
    sqlite3_wal_hook(
        handle_,
        [](void* pages, sqlite3*, const char*, int count) {
          *static_cast<int*>(pages) = count;
          return SQLITE_OK;
        },
        &log_pages_);
  }
  ~Connection() override {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
  }

  std::int64_t run_values(std::string_view sql, std::span<const Value> values) override;
  void script(const char* sql) override;
  void begin_read() override { run("BEGIN"); }
  void commit() override;
  bool in_transaction() const override { return sqlite3_get_autocommit(handle_) == 0; }
  std::optional<Error> forbidden() const override;
  int log_pages() const override { return log_pages_; }
  Result<void> checkpoint() override;

  bool step(sqlite3_stmt* statement);

 private:
  std::unique_ptr<Cursor> select(std::string_view sql, std::span<const Value> values) override;
  void start_write() override { run("BEGIN IMMEDIATE"); }
  bool others_may_have_written() override {
    return std::exchange(data_version_, number("PRAGMA data_version", 0)) != data_version_;
  }
  void abandon() override { sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr); }
  sqlite3_stmt* prepare(std::string_view sql);
  sqlite3_stmt* bound(std::string_view sql, std::span<const Value> values);
  void fail_with(int code) { note(store_error(code), !is_passing(code)); }
  int next_fault() { return faults_ != nullptr ? faults_->next_step() : 0; }

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  sqlite3* handle_;
  const Use use_;
  StoreFaults* faults_;
  std::unordered_map<std::string, sqlite3_stmt*, Hash, std::equal_to<>> statements_;
  int log_pages_ = 0;  ///< in the log after the last commit
  std::int64_t data_version_ = -1;
};

class Running : public Cursor {
 public:
  Running(Connection& connection, sqlite3_stmt* statement)
      : connection_(connection), statement_(statement) {}
  ~Running() override { sqlite3_reset(statement_); }
  bool next() override { return connection_.step(statement_); }
  std::int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  std::string text(int column) const override {
    const void* data = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
  }

 private:
  Connection& connection_;
  sqlite3_stmt* statement_;
};

void Connection::commit() {
  run("COMMIT");
  if (!failed() && use_ == Use::write && faults_ != nullptr) ++faults_->commits;
}

std::optional<Error> Connection::forbidden() const {
  int moved = 0;
  const int code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (code != SQLITE_OK || moved == 0) return std::nullopt;
  return make_error(
      ErrorCode::store_unavailable,
      "The file with the call records was deleted or replaced while the server runs, so no call is "
      "placed. Move it back into DATA_DIR (a copy is another file), or restart the server.");
}

Result<void> Connection::checkpoint() {
  log_pages_ = 0;  // the next commit counts what is left
  const int code =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return {};
  return fail(store_error(code));
}

void Connection::script(const char* sql) {
  if (failed()) return;
  int code = next_fault();
  if (code == 0) code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail_with(code);
}

sqlite3_stmt* Connection::prepare(std::string_view sql) {
  if (failed()) return nullptr;
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    assert(sqlite3_stmt_busy(found->second) == 0);
    return found->second;
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    fail_with(code);
    return nullptr;
  }
  statements_.emplace(sql, statement);
  return statement;
}

// Text is copied (TRANSIENT), as the arguments of rows() are often gone before its last row is
// read.
sqlite3_stmt* Connection::bound(std::string_view sql, std::span<const Value> values) {
  sqlite3_stmt* statement = prepare(sql);
  int n = 0;
  for (const Value& value : values) {
    if (statement == nullptr) return nullptr;
    ++n;
    int code = SQLITE_OK;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      code = sqlite3_bind_int64(statement, n, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      const char* data = text->data() == nullptr ? "" : text->data();
      code = sqlite3_bind_text64(statement, n, data, text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    } else {
      const std::string_view bytes = std::get<Blob>(value).bytes;
      code = sqlite3_bind_blob64(statement, n, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
    }
    if (code != SQLITE_OK) fail_with(code);
  }
  return failed() ? nullptr : statement;
}

bool Connection::step(sqlite3_stmt* statement) {
  if (failed()) return false;
  int code = next_fault();
  if (code == 0) code = sqlite3_step(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) fail_with(code);
  return code == SQLITE_ROW;
}

std::int64_t Connection::run_values(std::string_view sql, std::span<const Value> values) {
  sqlite3_stmt* statement = bound(sql, values);
  if (statement == nullptr) return 0;
  step(statement);
  sqlite3_reset(statement);
  return failed() ? 0 : sqlite3_changes64(handle_);
}

std::unique_ptr<Cursor> Connection::select(std::string_view sql, std::span<const Value> values) {
  sqlite3_stmt* statement = bound(sql, values);
  if (statement == nullptr) return nullptr;
  return std::make_unique<Running>(*this, statement);
}

}  // namespace

Result<std::unique_ptr<db::Db>> open(const Options& options, Use use) {
  // Nobody reads SQLite's memory statistics; keeping them costs a lock on every allocation. And a
  // page of cache is allocated when it is needed, not twenty ahead for each connection.
  static const int lean = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) |
                          sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
  static_cast<void>(lean);
  if (use == Use::write) create_private(options.path);
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (use == Use::write ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(options.path.c_str(), &handle, flags,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  auto connection = std::make_unique<Connection>(handle, use, options.faults);
  if (code != SQLITE_OK) return fail(store_error(code));
  // SQLite opens a protected file for reading when it may not write it.
  if (use == Use::write && sqlite3_db_readonly(handle, "main") == 1) {
    return fail(store_error(SQLITE_READONLY));
  }
  sqlite3_busy_timeout(handle, options.busy_timeout_ms);
  connection->script(use == Use::write ? writer_settings : reader_settings);
  if (connection->failed()) return fail(connection->take_error());
  return std::unique_ptr<db::Db>(std::move(connection));
}

}  // namespace voxdial::sqlite
