// One SQLite connection, with failures that stick: after the first one every further statement does
// nothing and yields no rows, so a piece of work is written straight through and judged once, at
// its end, by whoever opened the transaction (writer.h, readers.h). What such work computed after a
// failure is thrown away with its transaction.
//
// SQL text is prepared once per connection and kept. One thread at a time. Only for proxy/store.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "proxy/store/faults.h"
#include "shared/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace voxdial::db {

struct Blob {
  std::string_view bytes;
};

/// The rows of a running SELECT. Not to be kept past its Db.
class Rows {
 public:
  Rows(class Db& db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  /// To the next row; false at the end and after a failure.
  bool next();
  // REQUIRES: next() returned true. Columns count from 0; NULL reads as 0 or empty.
  std::int64_t integer(int column) const;
  int small(int column) const { return static_cast<int>(integer(column)); }
  bool flag(int column) const { return integer(column) != 0; }
  std::string text(int column) const;  ///< text or blob

 private:
  Db& db_;
  sqlite3_stmt* statement_;
};

/// A column's value, borrowed.
using Value = std::variant<std::int64_t, std::string_view>;

class Db {
 public:
  enum class Use : std::uint8_t { write, read };
  struct Options {
    std::string path;
    Use use = Use::write;
    int busy_timeout_ms = 0;
    std::string vfs;
    StoreFaults* faults = nullptr;
  };
  /// Use::write creates the file; Use::read refuses every writing statement.
  static Result<std::unique_ptr<Db>> open(const Options& options);
  ~Db();
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;

  /// Runs a statement without rows; returns how many rows it changed.
  template <class... A>
  std::int64_t run(std::string_view sql, const A&... args) {
    sqlite3_stmt* statement = prepare(sql);
    int n = 0;
    (bind(statement, ++n, args), ...);
    return finish(statement);
  }
  /// The same with values whose number is known only at run time.
  std::int64_t run_values(std::string_view sql, std::span<const Value> values) {
    sqlite3_stmt* statement = prepare(sql);
    int n = 0;
    for (const Value& value : values) {
      ++n;
      std::visit([&](const auto& one) { bind(statement, n, one); }, value);
    }
    return finish(statement);
  }
  /// Starts a SELECT. A statement must be through before the same text is started again.
  template <class... A>
  Rows rows(std::string_view sql, const A&... args) {
    sqlite3_stmt* statement = prepare(sql);
    int n = 0;
    (bind(statement, ++n, args), ...);
    return Rows(*this, statement);
  }
  /// The first column of the first row as a number, or `otherwise`.
  template <class... A>
  std::int64_t number(std::string_view sql, std::int64_t otherwise, const A&... args) {
    Rows r = rows(sql, args...);
    return r.next() ? r.integer(0) : otherwise;
  }
  /// Several statements at once, unprepared: schema and pragmas.
  void script(const char* sql);

  bool failed() const { return code_ != 0; }
  /// The failure in words, and forgets it. REQUIRES: failed()
  Error take_error();
  /// Whether the failure (or any since opening) leaves the connection doubtful: open a new one.
  bool suspect() const { return suspect_; }

  bool in_transaction() const;
  void begin_write();
  /// Undoes what was written since the savepoint.
  void undo_to(const char* savepoint);
  /// Another number, and what was read in this transaction before may not hold any more.
  std::int64_t epoch() const { return epoch_; }
  /// Ends whatever transaction is open; never fails, clears the failure.
  void rollback();
  /// Whether the file was deleted or replaced under us: rows would be written into nowhere.
  bool file_is_gone() const;
  /// Moves what the log holds into the database file as far as readers allow. After a failure the
  /// rows are still in the log.
  Result<void> checkpoint();
  int log_pages() const { return log_pages_; }  ///< in the log after the last commit

 private:
  friend class Rows;
  Db(sqlite3* handle, StoreFaults* faults) : handle_(handle), faults_(faults) {}

  sqlite3_stmt* prepare(std::string_view sql);
  void bind_integer(sqlite3_stmt* statement, int n, std::int64_t value);
  void bind_text(sqlite3_stmt* statement, int n, std::string_view value);
  void bind_blob(sqlite3_stmt* statement, int n, std::string_view value);
  void bind(sqlite3_stmt* s, int n, std::string_view value) { bind_text(s, n, value); }
  void bind(sqlite3_stmt* s, int n, Blob value) { bind_blob(s, n, value.bytes); }
  void bind(sqlite3_stmt* s, int n, std::integral auto value) {
    bind_integer(s, n, static_cast<std::int64_t>(value));
  }
  std::int64_t finish(sqlite3_stmt* statement);
  bool step(sqlite3_stmt* statement);
  void note(int code);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  sqlite3* handle_;
  StoreFaults* faults_;
  std::unordered_map<std::string, sqlite3_stmt*, Hash, std::equal_to<>> statements_;
  int code_ = 0;  ///< extended result code of the first failure
  bool suspect_ = false;
  std::int64_t epoch_ = 0;
  int log_pages_ = 0;
};

/// What an SQLite result code means for the operator, and the remedy.
Error store_error(int extended_code);

}  // namespace voxdial::db
