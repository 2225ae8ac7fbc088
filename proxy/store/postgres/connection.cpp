#include "proxy/store/postgres/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstring>
#include <thread>
#include <unordered_map>
#include <vector>

#include "proxy/store/postgres/error.h"
#include "proxy/store/postgres/parameters.h"
#include "proxy/store/postgres/reply.h"

namespace voxdial::postgres {
namespace {

using db::Cursor;
using db::Value;

// The lock that every writer's transaction begins with, and the one of the servers that work on the
// tables: of this schema, and numbers ("vxdl") that no other program is likely to have chosen.
constexpr const char* writers_lock = "(1987601516, hashtext(current_schema()))";
// Of the history that the server writes: a standby that takes over begins a new one, in which the
// numbers of transactions that it never had are given again.
constexpr const char* history = "left(pg_walfile_name(pg_current_wal_lsn()), 8)";
constexpr const char* servers_lock = "(1987601517, hashtext(current_schema()))";

using std::chrono::milliseconds;

// A database that says nothing for so long, though its machine takes what it is sent, is as good as
// gone. No statement may take longer there, a BEGIN waits for the writers' lock at most, and a
// COMMIT that takes longer for a standby that is away. What became of one is asked for a while:
// meanwhile everybody else waits.
constexpr milliseconds statement_patience(12'000);
constexpr milliseconds begin_patience(3'000);
constexpr milliseconds commit_patience(5'000);
constexpr milliseconds question_patience(3'000);
constexpr milliseconds outcome_patience(6'000);

/// The last reply to what was sent, when it was, as PQexec gives it; but where that would wait for
/// ever, the line is cut.
Reply reply_of(PGconn* connection, int sent, milliseconds patience = statement_patience) {
  if (sent == 0) return nullptr;
  Reply last;
  for (;;) {
    while (PQisBusy(connection) != 0) {
      pollfd line = {.fd = PQsocket(connection), .events = POLLIN, .revents = 0};
      if (poll(&line, 1, static_cast<int>(patience.count())) == 0) ::shutdown(line.fd, SHUT_RDWR);
      if (PQconsumeInput(connection) == 0) break;
    }
    Reply next(PQgetResult(connection));
    if (next == nullptr) return last;
    last = std::move(next);
    if (PQstatus(connection) != CONNECTION_OK) return last;
  }
}
Reply simply(PGconn* connection, const char* sql, milliseconds patience = statement_patience) {
  return reply_of(connection, PQsendQuery(connection, sql), patience);
}

class Connection : public db::Db {
 public:
  Connection(PGconn* connection, Options options)
      : connection_(connection), options_(std::move(options)) {}
  ~Connection() override { PQfinish(connection_); }

  std::int64_t run_values(std::string_view sql, std::span<const Value> values) override;
  void script(const char* sql) override { ask_simply(sql); }
  void begin_read() override;
  void commit() override;
  bool in_transaction() const override;
  bool outcome_is_unknown() const override { return outcome_is_unknown_; }
  bool is_pooled() const override { return pooled_; }
  db::Rows many_rows(const std::string& sql) override;

  /// "relation already exists, skipping" is nothing to tell anybody; a warning is remembered.
  void take_notices() {
    PQsetNoticeReceiver(
        connection_,
        [](void* warned, const PGresult* notice) {
          const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
          if (severity != nullptr && std::strcmp(severity, "WARNING") == 0)
            *static_cast<bool*>(warned) = true;
        },
        &warned_);
  }
  /// What a session begins with, once it is connected.
  Result<void> settle();
  bool is_connected() const { return PQstatus(connection_) == CONNECTION_OK; }
  Error error_of(const PGresult* result) const;
  Reply ask_simply(const char* sql, milliseconds patience = statement_patience);

 private:
  Result<void> claim();
  std::unique_ptr<Cursor> select(std::string_view sql, std::span<const Value> values) override;
  void start_write() override;
  void abandon() override { simply(connection_, "ROLLBACK"); }

  Reply ask(std::string_view sql, std::span<const Value> values);
  Reply checked(Reply reply);
  bool next_fault();
  Reply begin(const char* sql);
  void connect_again();
  void find_out_about_commit();

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  PGconn* connection_;
  const Options options_;
  std::unordered_map<std::string, std::string, Hash, std::equal_to<>> prepared_;  ///< their names
  std::string transaction_;  ///< the writing transaction's id, for when its end is not confirmed
  std::string history_;      ///< the one it was begun in
  bool pooled_ = false;
  bool warned_ = false;  ///< by the database, of what it did
  bool cut_ = false;     ///< by a test
  bool outcome_is_unknown_ = false;
};

/// All rows at once: what is asked for here is a page at most.
class Whole : public Cursor {
 public:
  explicit Whole(Reply reply) : reply_(std::move(reply)) {}
  bool next() override { return ++row_ < PQntuples(reply_.get()); }
  std::int64_t integer(int column) const override {
    const char* text = PQgetvalue(reply_.get(), row_, column);
    return *text == 't' ? 1 : std::strtoll(text, nullptr, 10);  // "t" and "f" are what is true
  }
  std::string text(int column) const override {
    const char* text = PQgetvalue(reply_.get(), row_, column);
    if (PQftype(reply_.get(), column) != bytea_type) return text;
    std::size_t size = 0;
    const auto* escaped = reinterpret_cast<const unsigned char*>(text);
    unsigned char* bytes = PQunescapeBytea(escaped, &size);
    if (bytes == nullptr) return {};
    std::string out(reinterpret_cast<const char*>(bytes), size);
    PQfreemem(bytes);
    return out;
  }

 private:
  Reply reply_;
  int row_ = -1;
};

/// A thousand rows at a time.
class Fetched : public Cursor {
 public:
  explicit Fetched(Connection& connection) : connection_(connection) {}
  ~Fetched() override { connection_.script("CLOSE many"); }
  bool next() override {
    if (part_ && part_->next()) return true;
    part_.emplace(connection_.ask_simply("FETCH 1000 FROM many"));
    return part_->next();
  }
  std::int64_t integer(int column) const override { return part_->integer(column); }
  std::string text(int column) const override { return part_->text(column); }

 private:
  Connection& connection_;
  std::optional<Whole> part_;
};

Error Connection::error_of(const PGresult* result) const {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return store_error(state == nullptr || cut_ ? "" : state);
}

/// A test's fault: as if the line to the database were cut before this step.
bool Connection::next_fault() {
  if (!cut_ && options_.faults != nullptr && options_.faults->next_step() != 0) cut_ = true;
  return cut_;
}

Reply Connection::checked(Reply reply) {
  const ExecStatusType status = PQresultStatus(reply.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return reply;
  note(error_of(reply.get()), cut_ || !is_connected());
  return nullptr;
}

Reply Connection::ask(std::string_view sql, std::span<const Value> values) {
  if (failed()) return nullptr;
  if (next_fault()) return checked(nullptr);
  const Parameters parameters(values);
  if (pooled_) {
    return checked(reply_of(
        connection_, PQsendQueryParams(connection_, numbered(sql).c_str(), parameters.count(),
                                       parameters.types(), parameters.bytes(), parameters.lengths(),
                                       parameters.formats(), 0)));
  }
  auto known = prepared_.find(sql);
  if (known == prepared_.end()) {
    const std::string name = "s" + std::to_string(prepared_.size());
    const Reply reply = checked(
        reply_of(connection_, PQsendPrepare(connection_, name.c_str(), numbered(sql).c_str(),
                                            parameters.count(), parameters.types())));
    if (reply == nullptr) return nullptr;
    known = prepared_.emplace(sql, name).first;
  }
  return checked(reply_of(
      connection_,
      PQsendQueryPrepared(connection_, known->second.c_str(), parameters.count(),
                          parameters.bytes(), parameters.lengths(), parameters.formats(), 0)));
}

void Connection::connect_again() {
  prepared_.clear();
  PQreset(connection_);
}

Reply Connection::ask_simply(const char* sql, milliseconds patience) {
  if (failed()) return nullptr;
  if (next_fault()) return checked(nullptr);
  return checked(simply(connection_, sql, patience));
}

std::int64_t Connection::run_values(std::string_view sql, std::span<const Value> values) {
  const Reply reply = ask(sql, values);
  return reply == nullptr ? 0 : std::strtoll(PQcmdTuples(reply.get()), nullptr, 10);
}

std::unique_ptr<Cursor> Connection::select(std::string_view sql, std::span<const Value> values) {
  Reply reply = ask(sql, values);
  if (reply == nullptr) return nullptr;
  return std::make_unique<Whole>(std::move(reply));
}

db::Rows Connection::many_rows(const std::string& sql) {
  script(("DECLARE many NO SCROLL CURSOR FOR " + sql).c_str());
  return db::Rows(std::make_unique<Fetched>(*this));
}

bool Connection::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(connection_);
  return !cut_ && status != PQTRANS_IDLE && status != PQTRANS_UNKNOWN;
}

/// A line that was found cut is made again, once: nothing has been done on it yet.
Reply Connection::begin(const char* sql) {
  if (!failed() && !next_fault()) {
    Reply reply = simply(connection_, sql, begin_patience);
    if (is_connected()) return checked(std::move(reply));
    connect_again();
    if (is_connected()) {
      if (const auto settled = settle(); !settled) note(settled.error(), true);
    }
  }
  return ask_simply(sql, begin_patience);
}

Result<void> Connection::settle() {
  const Reply process = simply(connection_, "SELECT pg_backend_pid()");
  if (PQresultStatus(process.get()) != PGRES_TUPLES_OK) return fail(error_of(process.get()));
  pooled_ = is_behind_pooler(connection_, process.get());
  return claim();
}

Result<void> Connection::claim() {
  if (options_.claim == Claim::none || pooled_) return {};
  // A server that was killed a moment ago, or whose machine is gone, has it until the database
  // notices.
  const std::string sql =
      std::string("SET lock_timeout = '3s'; SET tcp_keepalives_idle = 3; ") +
      "SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SELECT pg_advisory_lock" +
      (options_.claim == Claim::one_of_several ? "_shared" : "") + servers_lock;
  const Reply reply = simply(connection_, sql.c_str());
  if (PQresultStatus(reply.get()) == PGRES_TUPLES_OK) return {};
  const char* state = PQresultErrorField(reply.get(), PG_DIAG_SQLSTATE);
  if (state == nullptr || std::strcmp(state, "55P03") != 0) return fail(error_of(reply.get()));
  return fail(
      ErrorCode::store_unavailable,
      options_.claim == Claim::alone
          ? "A voxdial works on this database, and its record may not be changed under it. Stop "
            "every one of them first."
          : "The record in the database that DATABASE_URL names is being restored or copied, so no "
            "call is placed. Wait until that is over.");
}

// Settings are of the transaction, not of the connection, and the lock as well: a pooler between
// may give every transaction another connection. Whoever stalls with the lock is thrown out.
void Connection::start_write() {
  static const std::string sql =
      "BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '10s'; "
      "SET LOCAL idle_in_transaction_session_timeout = '5s'; "
      "SELECT pg_advisory_xact_lock" +
      std::string(writers_lock) + ", pg_current_xact_id(), " + history;
  outcome_is_unknown_ = false;
  const Reply reply = begin(sql.c_str());
  if (reply == nullptr) return;
  transaction_ = PQgetvalue(reply.get(), 0, 1);
  history_ = PQgetvalue(reply.get(), 0, 2);
}

void Connection::begin_read() {
  if (options_.use == Use::lease) {
    begin(
        "BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '5s'; "
        "SET LOCAL idle_in_transaction_session_timeout = '5s'");
    return;
  }
  begin(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = '10s'; "
      "SET LOCAL idle_in_transaction_session_timeout = '30s'");
}

void Connection::commit() {
  if (failed()) return;
  if (next_fault()) {
    checked(nullptr);
    return;
  }
  warned_ = false;
  const Reply reply = simply(connection_, "COMMIT", commit_patience);
  const bool committed =
      PQresultStatus(reply.get()) == PGRES_COMMAND_OK &&
      std::strcmp(PQcmdStatus(reply.get()), "COMMIT") == 0;  // "ROLLBACK" where it had failed
  if (committed && warned_) {
    // Committed here, and no standby has said that it has it: what a fail-over may forget is not
    // done. Whoever asks again finds out what became of it.
    outcome_is_unknown_ = true;
    note(store_error("40003"), true);
  } else if (committed) {
    if (options_.faults != nullptr && !transaction_.empty()) ++options_.faults->commits;
  } else {
    note(error_of(reply.get()), !is_connected());
    if (!is_connected() && !transaction_.empty()) find_out_about_commit();
  }
  transaction_.clear();
}

/// The line was cut while COMMIT was under way: the database itself knows what became of it.
void Connection::find_out_about_commit() {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point until = Clock::now() + outcome_patience;
  const std::string question = std::string("SELECT CASE WHEN ") + history + " = '" + history_ +
                               "' THEN COALESCE(pg_xact_status('" + transaction_ +
                               "'), '') ELSE '' END";
  outcome_is_unknown_ = true;
  for (bool again = false; outcome_is_unknown_ && Clock::now() < until; again = true) {
    if (again) std::this_thread::sleep_for(milliseconds(250));
    if (!is_connected()) connect_again();
    const Reply reply = simply(connection_, question.c_str(), question_patience);
    if (PQresultStatus(reply.get()) != PGRES_TUPLES_OK) continue;
    const std::string_view status = PQgetvalue(reply.get(), 0, 0);
    outcome_is_unknown_ = status != "committed" && status != "aborted";
    if (status == "committed") static_cast<void>(take_error());
  }
}

}  // namespace

Result<std::unique_ptr<db::Db>> open(const Options& options) {
  std::string url(options.url.reveal());
  // What the address itself says comes after these and wins.
  const char* const names[] = {"application_name",
                               "connect_timeout",
                               "client_encoding",
                               "keepalives_idle",
                               "keepalives_interval",
                               "tcp_user_timeout",
                               "target_session_attrs",
                               "dbname",
                               nullptr};
  const char* const values[] = {"voxdial", "3",          "UTF8",      "5",    "2",
                                "5000",    "read-write", url.c_str(), nullptr};
  auto connection = std::make_unique<Connection>(PQconnectdbParams(names, values, 1), options);
  wipe(url);
  if (!connection->is_connected()) return fail(connection->error_of(nullptr));
  connection->take_notices();
  if (const auto settled = connection->settle(); !settled) return fail(settled.error());
  return std::unique_ptr<db::Db>(std::move(connection));
}

}  // namespace voxdial::postgres
