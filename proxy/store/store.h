// The store: every row the proxy keeps. Calls, their timelines and transcripts, the audit,
// idempotency keys, limits, people, the do-not-call list, saved agents. Nobody else knows which
// database it is.
//
// It must not: read a clock or draw randomness (times and ids come in), speak to a vendor, decide a
// policy (limits come in as values), hold a join URL or a plain token.
//
// SQLite with WAL and synchronous=FULL, or PostgreSQL; all but a connection and the tables is the
// same for both. All writing goes through one queue, of which whatever is waiting is committed as
// one transaction: a writing call returns after its rows are on disk. A failed piece of work leaves
// no trace and does not hurt the others of its batch. Reading uses a few connections of its own and
// never waits for writing. Every function may be called from any thread; those that write block for
// about a millisecond.
//
// Failures of the store are ErrorCode::store_unavailable, with a sentence that says what failed
// (disk full, read-only, damaged, locked by another program) and what to do. Nothing is
// half-written, and the next call tries afresh: when the disk has room again the store works again,
// without a restart.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/secret.h"
#include "proxy/store/timing.h"
#include "proxy/store/values.h"
#include "shared/result.h"

namespace voxdial {

struct StoreFaults;  // proxy/store/faults.h: for tests

struct StoreOptions {
  std::string path;  ///< the database file, in an existing folder; created (mode 0600) when absent
  Secret url = {};   ///< of a PostgreSQL database, instead of the file
  /// Who works off what is owed, where several servers do on one database: an id that no other has.
  /// Empty: nobody does, or one alone on a file, whose folder has a lock (DataFolder).
  std::string server = {};
  /// Where to hear that other servers have recorded something, when `url` leads to a pooler: it
  /// must not. Empty: the same as `url`.
  Secret listen_url = {};
  bool alone = false;           ///< refuses a database that a server works on
  int readers = 4;              ///< connections for reading
  int busy_timeout_ms = 2'000;  ///< how long to wait for another program that holds the file
  std::string vfs;  ///< SQLite's door to the file system; empty: the real one. For tests
  StoreFaults* faults = nullptr;  ///< outlives the store. For tests
  /// Says what each recorded row owes, in the same transaction. Empty: nothing is owed.
  Reconcile reconcile = {};
};

class Store {
 public:
  /// Opens or creates the file and brings its schema up to date (each step in one transaction).
  /// Refuses a file written by a newer voxdial.
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
  ~Store();  ///< finishes what is queued
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Who is told how long work takes. Before anything else is asked; may be called by any thread.
  void measure(Measure measure);

  /// Whether a call could be recorded durably now: writes as much as one takes. For /readyz.
  Result<void> check_writable();

  // ------------------------------------------------------------------------- placing a call

  /// The one step between a wish and a dial: in ONE transaction looks the idempotency key up,
  /// counts the limits, and records the call (status `requested`), its timeline and its audit row.
  /// Dial only after Kind::placed. A refusal here is audited here. Errors: rate_limited,
  /// too_many_calls, spend_limit (retry_after_s set for all three), idempotency_mismatch, conflict
  /// (the id exists), store_unavailable.
  Result<Admission> begin_call(const NewCall& call, const CallLimits& limits, Millis now);

  /// What an earlier press with this person's key came to (Kind::replayed, running or orphaned), or
  /// nothing: for a press that would be refused today although the first one was not.
  /// idempotency_mismatch when the key was used for another body.
  Result<std::optional<Admission>> earlier_press(std::string_view user, std::string_view key,
                                                 std::string_view body_hash, Millis now,
                                                 std::string_view press_mark = {});

  /// Stores the reply that the request which placed `call_id` gets, successes and failures alike,
  /// and wakes the requests waiting for it. Only the first reply is kept. Call it on every way out
  /// after Kind::placed or orphaned, and before sending the reply. `reply.body` must not hold the
  /// join URL of a web call (it is refused then, as internal): store it without, and let a replay
  /// fetch the URL again from Ultravox by ultravox_call_id.
  Result<void> finish_call_request(std::string_view call_id, const StoredReply& reply);

  /// Waits for that reply, wherever it is made; nullopt after `timeout_ms` without one.
  Result<std::optional<StoredReply>> wait_for_reply(std::string_view call_id, int timeout_ms);

  /// Whether the request that places this call may still be at work, here or at another server.
  /// When it is not, and the call is not placed, nobody places it any more.
  bool being_placed(const StoredCall& stored, Millis now);

  /// Audits an attempt that somebody else (policy, validation) refused; see record_repeated().
  Result<void> record_refusal(const Refusal& refusal, Millis now);

  // ------------------------------------------------------------------------- watching a call

  /// Applies `update` to the row with apply(), appends to the timeline when something changed (or
  /// update.note) and writes the audit's end row when the call ends. not_found when there is no
  /// such call. What changes nothing writes nothing. `reply`: finish_call_request() in the same
  /// transaction, one wait instead of two. When this fails nobody has been answered:
  /// finish_call_request() must follow, with what is true then.
  Result<Recorded> record_update(std::string_view call_id, const CallUpdate& update,
                                 const StoredReply* reply = nullptr);

  /// Adds or corrects transcript entries by index; returns those that are new or different (for the
  /// event), empty when none are. A final entry is not replaced by a partial one.
  Result<std::vector<TranscriptEntry>> record_transcript(
      std::string_view call_id, const std::vector<TranscriptEntry>& entries);

  /// Every call that has not ended, oldest first.
  Result<std::vector<StoredCall>> live_calls();
  Result<int> count_live_calls();
  /// How much of what calls owe is due at `now`.
  Result<int> count_due(Millis now);
  /// Other calls to `number` whose dial was under way at some time between the two and whose sid is
  /// not known. A dial is under way for `dial_time_ms`, unless its loss was noticed before.
  Result<int> count_unknown_dials(std::string_view but_id, std::string_view number, Millis from,
                                  Millis to, Millis dial_time_ms);

  /// Something owed, by call id.
  struct Due {
    std::string call_id;
    Debt what = Debt::look_twilio;
    Millis at = 0;
    friend bool operator==(const Due&, const Due&) = default;
  };
  static bool is_more_pressing(const Due& one, const Due& other);
  /// What is owed and due by `by`, the most pressing first, and at most so many of each kind: what
  /// waits for one vendor hides nothing of the other's, and no End. Without what another server has
  /// leased.
  Result<std::vector<Due>> due(Millis by, int most_of_a_kind);
  /// When the next thing becomes due from `from` on; 0 when nothing does.
  Result<Millis> next_due(Millis from);
  /// Makes everything that is owed due: after a restart, and when the clock was moved. How long a
  /// vendor has not known a call is counted anew.
  Result<void> make_all_due(Millis now);

  // Several servers work off what is owed. Each step is leased first, by its row: nobody else takes
  // it until it is recorded (record_update() ends the lease), let go, or the lease is over.
  /// Whether there may be others, so that a step needs a lease.
  bool is_shared() const;
  /// How many servers are at work on this record, this one included, as far as the database can
  /// tell: those that can be heard (StoreOptions::listen_url).
  Result<int> servers();
  /// Leases those of `wanted` that are due and nobody's; which ones they are.
  Result<std::vector<Due>> claim(const std::vector<Due>& wanted, Millis now);
  /// Leases a step anew. False when it has become somebody else's, or settled.
  Result<bool> renew(const Due& step, Millis now);
  /// Gives back what will not be performed.
  Result<void> let_go(const std::vector<Due>& steps);

  /// What pages are told of after `number`, some of it; from 0 on, the latest. Empty pages at the
  /// end, and always where nobody shares the record. Notices a change of the database as doubt()
  /// does.
  Result<NewsPage> news(std::uint32_t number, Millis now);
  /// Waits until there may be more, wherever it was recorded, or for so long.
  void wait_for_news(int longest_ms);
  /// Ends such a wait.
  void wake_for_news();

  /// Also notices that the database is another one than before.
  Result<Doubt> doubt(Millis now);
  /// The record was put back to what it was then.
  Result<void> be_unsure(Millis since);
  /// What the vendors know is adopted, unless another doubt has come up meanwhile.
  Result<void> be_sure(const Doubt& doubt);
  /// Records a call that only the vendors knew. False when the record knows it, or a vendor's call
  /// of it.
  Result<bool> adopt(const AdoptedCall& lost, Millis now);

  /// What the database says of itself; nothing for a file. Makes a connection to listen on.
  Result<std::optional<DatabaseReport>> about_database();

  /// The time by the database's own clock, which all servers on it go by; nothing for a file.
  Result<std::optional<Millis>> clock();

  /// One call by our id, or by a vendor's; nullopt when there is none.
  Result<std::optional<StoredCall>> find_call(std::string_view id);
  Result<std::optional<StoredCall>> find_call_by_twilio_sid(std::string_view sid);
  Result<std::optional<StoredCall>> find_call_by_ultravox_id(std::string_view ultravox_call_id);

  // ------------------------------------------------------------------------- history

  /// A page of calls, newest first; the cursor stays right while calls are added. invalid_field for
  /// a cursor that is none.
  Result<CallPage> list_calls(const Reader& reader, const CallQuery& query);

  /// not_found also for a call this reader may not see.
  Result<CallDetail> call_detail(const Reader& reader, std::string_view id);
  Result<Transcript> transcript(const Reader& reader, std::string_view id);

  enum class ExportFormat : std::uint8_t { csv, json };
  /// All calls that match, newest first, in pieces of up to 200 calls (some 100 KB): each call of
  /// the returned function gives the next piece and an empty one at the end. Between two nothing is
  /// held but a cursor, so whoever takes them may be as slow as they like. The query's limit and
  /// cursor are not used. The function must not outlive the store. CSV: RFC 4180, a header line,
  /// cells that a spreadsheet would run as a formula are defused with a leading '. JSON: one array
  /// of Call.
  std::function<Result<std::string>()> export_calls(const Reader& reader, const CallQuery& query,
                                                    ExportFormat format);

  // ------------------------------------------------------------------------- audit

  /// Appends one row; `entry.seq` is not used.
  Result<void> record_audit(const AuditEntry& entry);
  /// The same for what a stranger can make happen: once `entry.client_address` has had
  /// `rows_a_minute` rows for `reason` in a minute, the rest is counted and becomes one row later.
  Result<void> record_repeated(const AuditEntry& entry, std::string_view reason, int rows_a_minute);
  /// Writes the rows for minutes that are over. Call now and then.
  Result<void> sum_up_refusals(Millis now);
  /// Rows older than `before` (0: the newest), newest first. Ask only for readers who may
  /// (supervisors).
  Result<AuditPage> audit(const Reader& reader, std::int64_t before, int limit);
  /// Walks the whole hash chain. An error only when the rows cannot be read.
  Result<AuditCheck> verify_audit();

  /// Removes calls that ended and were placed before `older_than`, with timeline and transcript,
  /// and audit rows from before it, leaving a checkpoint the chain is verified from. Works in small
  /// transactions, so calls can be placed meanwhile. The last two days are kept whatever is asked,
  /// for the limits and the idempotency keys.
  Result<Pruned> prune(Millis older_than, Millis now);

  // ------------------------------------------------------------------------- people

  /// Where everybody's rights stand; see Rights.
  Result<Rights> rights();

  /// Adds a user or replaces role and password hash of an existing one (whose sessions then end).
  /// conflict when there is one of the same name in other capitals: everywhere below they are one.
  Result<void> put_user(const User& user);
  Result<std::optional<User>> find_user(std::string_view name);
  Result<std::vector<User>> users();
  /// Removes the user with sessions and tokens. not_found when there is none.
  Result<void> remove_user(std::string_view name);

  Result<void> add_session(const Session& session);
  /// The user behind a session that is still good, or nullopt. Sets the session's seen_at to `now`,
  /// at most once a minute, so that a request seldom pays for it.
  Result<std::optional<User>> user_of_session(std::string_view token_hash, Millis now);
  Result<void> remove_session(std::string_view token_hash);
  /// Deletes sessions that are over. Call now and then.
  Result<void> remove_dead_sessions(Millis now);

  /// conflict when the name is taken, not_found when there is no such user.
  Result<void> add_token(const ApiToken& token);
  Result<std::vector<ApiToken>> tokens();
  Result<std::optional<User>> user_of_token(std::string_view token_hash);
  Result<void> remove_token(std::string_view name);

  /// Asks before a password is looked at: counts the try against account and address (of IPv6, its
  /// site) as if it were wrong, in one transaction. rate_limited with retry_after_s when either is
  /// closed.
  Result<void> begin_login(std::string_view account, std::string_view address, Millis now);
  /// The password was right: the account's and the address's tries are forgotten.
  Result<void> login_succeeded(std::string_view account, std::string_view address);
  /// Deletes the tries of more than a day ago, and the oldest of very many. Call now and then.
  Result<void> remove_old_tries(Millis now);

  // ------------------------------------------------------------------------- lists and presets

  /// Adds a number (or replaces its reason). The list is the operator's, on top of the configured
  /// one.
  Result<void> add_do_not_call(const DoNotCall& entry);
  /// not_found when it is not on the list.
  Result<void> remove_do_not_call(std::string_view number);
  Result<bool> on_do_not_call(std::string_view number);
  Result<std::vector<DoNotCall>> do_not_call_list();

  /// Both with a row of the audit. To remove, `saved_by` and `saved_at` say who does it and when.
  Result<void> save_agent(const SavedAgent& agent, const std::string& client_address);
  /// not_found when there is none.
  Result<void> remove_agent(const SavedAgent& agent, const std::string& client_address);
  Result<std::vector<SavedAgent>> saved_agents();

 private:
  Result<Admission> settled(Admission admission, Millis now);
  struct Impl;  // connections, writer, waiting requests: proxy/store/impl.h
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace voxdial
