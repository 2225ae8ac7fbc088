// One connection to the database, whichever engine it is, with failures that stick: after the first
// one every further statement does nothing and yields no rows, so a piece of work is written
// straight through and judged once, at its end, by whoever opened the transaction (writer.h,
// readers.h). What such work computed after a failure is thrown away with its transaction.
//
// SQL is written once, as both engines take it, with ? (or ?1, ?2 ...) for the values. One thread
// at a time. Only for proxy/store.
#pragma once

#include <array>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "shared/result.h"

namespace voxdial::db {

struct Blob {
  std::string_view bytes;
  friend bool operator==(const Blob&, const Blob&) = default;
};

/// A column's value, borrowed.
using Value = std::variant<std::int64_t, std::string_view, Blob>;

/// The rows of a running SELECT, as an engine gives them.
class Cursor {
 public:
  Cursor() = default;
  virtual ~Cursor() = default;
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  virtual bool next() = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string text(int column) const = 0;
};

/// The same, for whoever asked. Not to be kept past its Db.
class Rows {
 public:
  explicit Rows(std::unique_ptr<Cursor> cursor) : cursor_(std::move(cursor)) {}

  /// To the next row; false at the end and after a failure.
  bool next() { return cursor_ != nullptr && cursor_->next(); }
  // REQUIRES: next() returned true. Columns count from 0; NULL reads as 0 or empty.
  std::int64_t integer(int column) const { return cursor_->integer(column); }
  int small(int column) const { return static_cast<int>(integer(column)); }
  bool flag(int column) const { return integer(column) != 0; }
  std::string text(int column) const { return cursor_->text(column); }  ///< text or blob

 private:
  std::unique_ptr<Cursor> cursor_;
};

class Db {
 public:
  Db() = default;
  virtual ~Db() = default;
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;

  /// Runs a statement without rows; returns how many rows it changed.
  template <class... A>
  std::int64_t run(std::string_view sql, const A&... args) {
    return run_values(sql, std::array<Value, sizeof...(A)>{value(args)...});
  }
  /// The same with values whose number is known only at run time.
  virtual std::int64_t run_values(std::string_view sql, std::span<const Value> values) = 0;
  /// Starts a SELECT. A statement must be through before the same text is started again.
  template <class... A>
  Rows rows(std::string_view sql, const A&... args) {
    return Rows(select(sql, std::array<Value, sizeof...(A)>{value(args)...}));
  }
  /// A SELECT of any size, whose rows come a part at a time. Inside a transaction, one at a time.
  virtual Rows many_rows(const std::string& sql) { return rows(sql); }
  /// The first column of the first row as a number, or `otherwise`.
  template <class... A>
  std::int64_t number(std::string_view sql, std::int64_t otherwise, const A&... args) {
    Rows r = rows(sql, args...);
    return r.next() ? r.integer(0) : otherwise;
  }
  /// Several statements at once, unprepared: schema and settings.
  virtual void script(const char* sql) = 0;

  bool failed() const { return failure_.has_value(); }
  /// The failure in words, and forgets it. REQUIRES: failed()
  Error take_error() { return *std::exchange(failure_, std::nullopt); }
  /// Whether the failure (or any since opening) leaves the connection doubtful: open a new one.
  bool suspect() const { return suspect_; }

  /// Begins what the writer commits as one: nobody else writes until it is over.
  void begin_write() {
    start_write();
    if (others_may_have_written()) epoch_ = ++epochs;
  }
  /// Begins a look at one moment of the store.
  virtual void begin_read() = 0;
  virtual void commit() = 0;
  /// After a commit that failed: whether it may have been carried out all the same.
  virtual bool outcome_is_unknown() const { return false; }
  virtual bool in_transaction() const = 0;
  /// Whether the next transaction may be another session's.
  virtual bool is_pooled() const { return false; }
  /// Ends whatever transaction is open; never fails, clears the failure.
  void rollback() {
    if (in_transaction()) abandon();
    epoch_ = ++epochs;
    failure_.reset();
  }
  /// Another number, and what was read before may not hold any more.
  std::int64_t epoch() const { return epoch_; }

  /// Why nothing may be written although the connection is sound, if there is a reason.
  virtual std::optional<Error> forbidden() const { return std::nullopt; }
  /// What the last commits left to be put in its place, in pages, and the putting. After a failure
  /// nothing is lost, and it can be tried again.
  virtual int log_pages() const { return 0; }
  virtual Result<void> checkpoint() { return {}; }

 protected:
  /// Keeps the first failure. `suspect`: the connection may be of no use any more.
  void note(Error error, bool suspect) {
    if (!failure_) failure_ = std::move(error);
    suspect_ = suspect_ || suspect;
  }

 private:
  virtual std::unique_ptr<Cursor> select(std::string_view sql, std::span<const Value> values) = 0;
  virtual void start_write() = 0;
  /// Whether anybody but this connection may have written since the last begin_write().
  virtual bool others_may_have_written() { return true; }
  virtual void abandon() = 0;

  static Value value(std::string_view text) { return text; }
  static Value value(Blob blob) { return blob; }
  static Value value(std::integral auto number) { return static_cast<std::int64_t>(number); }

  std::optional<Error> failure_;
  bool suspect_ = false;
  static inline std::atomic<std::int64_t> epochs{0};  ///< of all connections: none comes twice
  std::int64_t epoch_ = 0;
};

/// Opens one more connection like the first.
using Open = std::function<Result<std::unique_ptr<Db>>()>;

}  // namespace voxdial::db
