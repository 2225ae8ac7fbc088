#include "proxy/store/call_row.h"

#include <algorithm>
#include <set>

#include "proxy/store/fold.h"
#include "shared/wire_words.h"

namespace voxdial {
namespace {

constexpr std::string_view debt_words[] = {
    "look_twilio",  "look_ultravox", "end_twilio", "end_ultravox",
    "tell_machine", "messages",      "price",      "why"};
static_assert(std::size(debt_words) == debts);
constexpr std::string_view wish_words[] = {"",           "pressed",    "line_lost",
                                           "tab_closed", "agent_left", "machine",
                                           "unjoined",   "overdue",    "unrecorded"};
static_assert(std::size(wish_words) == std::size_t(Wish::unrecorded) + 1);
constexpr std::string_view agent_state_words[] = {"", "waiting", "joined", "over", "gone"};

/// Every column of a row and the member it is, once for reading, writing and naming, so that none
/// can be taken for its neighbour. `io.fixed` is never written after the row was inserted. Two more
/// columns follow from these: `live` and `words`.
template <class Io, class Row>
void each_column(Io& io, Row& row) {
  auto& stored = row.stored;
  auto& call = stored.call;
  auto& facts = stored.facts;
  io.fixed("seq", row.seq);
  io.fixed("counted_at", row.counted_at);
  io.fixed("idempotency_key", row.idempotency_key);
  io.fixed("request_hash", row.request_hash);
  io.fixed("id", call.id);
  io.fixed("medium", call.medium, medium_words);
  io.fixed("agent", call.agent);
  io.fixed("agent_name", call.agent_name);
  io.fixed("person", call.user);
  io.fixed("number", call.to);
  io.fixed("number_written", call.to_international);
  io.fixed("region", call.to_region);
  io.fixed("address", stored.client_address);
  io.fixed("created_at", call.created_at);
  io.fixed("max_duration_s", call.max_duration_s);
  io.fixed("recording", call.recording);
  io.fixed("voicemail", stored.voicemail, voicemail_words);
  io.fixed("cost_per_minute", stored.cost_per_minute);
  io.fixed("answer_by", stored.answer_by);
  io.column("version", call.version);
  io.column("status", call.status, call_status_words);
  io.column("ringing_at", call.ringing_at);
  io.column("answered_at", call.answered_at);
  io.column("ended_at", call.ended_at);
  io.column("ending", call.ending);
  io.column("answered_by", call.answered_by);
  io.column("left_voicemail", call.left_voicemail);
  io.column("end_by", call.end.by, ended_by_words);
  io.column("end_code", call.end.code);
  io.column("end_sentence", call.end.sentence);
  each_told([&io](const char* name, const char*, auto& fact) { io.column(name, fact); }, call);
  io.column("warning", call.warning);
  io.column("ultravox_call_id", stored.ultravox_call_id);
  io.column("twilio_sid", stored.twilio_sid);
  io.column("end_given", stored.end_given);
  io.column("twilio_status", facts.twilio_status);
  io.column("twilio_error", facts.twilio_error);
  io.column("sip_code", facts.sip_code);
  io.column("ultravox_end_reason", facts.ultravox_end_reason);
  io.column("talked_s", facts.talked_s);
  each_unshown([&io](const char* name, auto& fact) { io.column(name, fact); }, stored);
  io.column("wish", stored.wish, wish_words);
  io.column("wished_at", stored.wished_at);
  io.column("dialled_at", stored.dialled_at);
  io.column("lost_at", stored.lost_at);
  io.column("agent_state", stored.agent_state, agent_state_words);
  io.column("message_cursor", stored.message_cursor);
  io.column("message_index", stored.message_index);
  io.column("message_pages", stored.message_pages);
  io.column("done", stored.done);
}

struct ColumnNames {
  std::string text;
  template <class... A>
  void column(const char* name, const A&...) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  template <class... A>
  void fixed(const char* name, const A&...) {
    column(name);
  }
};

struct ColumnReader {
  const db::Rows& row;
  int n = 0;
  void column(const char*, std::string& member) { member = row.text(n++); }
  template <class T>
  void column(const char*, T& member) {
    member = static_cast<T>(row.integer(n++));
  }
  /// A word that is not known (a newer version's) reads as the first.
  template <class E, std::size_t N>
  void column(const char*, E& member, const std::string_view (&words)[N]) {
    member = from_word<E>(words, row.text(n++)).value_or(E{});
  }
  template <class... A>
  void fixed(const char* name, A&... args) {
    column(name, args...);
  }
};

struct Column {
  const char* name;
  db::Value value;
  bool fixed;
};

struct ColumnValues {
  std::vector<Column> all;
  void add(bool fixed, const char* name, const std::string& member) {
    all.push_back({name, std::string_view(member), fixed});
  }
  template <class T>
  void add(bool fixed, const char* name, const T& member) {
    all.push_back({name, static_cast<std::int64_t>(member), fixed});
  }
  template <class E, std::size_t N>
  void add(bool fixed, const char* name, const E& member, const std::string_view (&words)[N]) {
    all.push_back({name, words[static_cast<std::size_t>(member)], fixed});
  }
  template <class... A>
  void column(const char* name, const A&... member) {
    add(false, name, member...);
  }
  template <class... A>
  void fixed(const char* name, const A&... member) {
    add(true, name, member...);
  }
};

/// Borrowed from both: `row`, with `stored` in place of its own.
std::vector<Column> values_of(const CallRow& row, const StoredCall& stored) {
  struct View {
    const std::int64_t& seq;
    const Millis& counted_at;
    const std::string& idempotency_key;
    const std::string& request_hash;
    const StoredCall& stored;
  } const view{row.seq, row.counted_at, row.idempotency_key, row.request_hash, stored};
  ColumnValues values;
  values.all.reserve(64);
  each_column(values, view);
  return std::move(values.all);
}

std::string words_of(const Call& call) {
  return searched_words(call.agent_name, call.agent, call.user, call.end.sentence);
}

void write_owed(db::Db& db, std::int64_t call_seq, const std::vector<Owed>& before,
                const std::vector<Owed>& after) {
  const auto in = [](const std::vector<Owed>& list, Debt what) {
    return std::find_if(list.begin(), list.end(), [&](const Owed& o) { return o.what == what; });
  };
  for (const Owed& old : before) {
    if (in(after, old.what) == after.end()) {
      db.run("DELETE FROM owed WHERE call_seq = ? AND what = ?", call_seq, debt_name(old.what));
    }
  }
  for (const Owed& owed : after) {
    const auto old = in(before, owed.what);
    if (old != before.end() && *old == owed) continue;
    db.run(
        "INSERT INTO owed (call_seq, what, next_at, tries, missing_since) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (call_seq, what) DO UPDATE SET next_at = excluded.next_at, "
        "tries = excluded.tries, missing_since = excluded.missing_since",
        call_seq, debt_name(owed.what), owed.next_at, owed.tries, owed.missing_since);
  }
}

}  // namespace

std::string_view medium_name(MediumType medium) {
  return medium_words[static_cast<std::size_t>(medium)];
}
std::string_view debt_name(Debt what) { return debt_words[static_cast<std::size_t>(what)]; }
std::optional<Debt> debt_from_name(std::string_view name) {
  return from_word<Debt>(debt_words, name);
}

const Owed* StoredCall::find_owed(Debt what) const {
  for (const Owed& one : owed) {
    if (one.what == what) return &one;
  }
  return nullptr;
}

std::string missing_columns(db::Db& db, std::string_view names_of_columns) {
  std::set<std::string, std::less<>> known;
  for (db::Rows rows = db.rows(names_of_columns); rows.next();) known.insert(rows.text(0));
  std::string sql;
  const CallRow row;
  for (const Column& column : values_of(row, row.stored)) {
    if (db.failed() || known.contains(column.name)) continue;
    const bool text = std::holds_alternative<std::string_view>(column.value);
    sql += "ALTER TABLE calls ADD COLUMN " + std::string(column.name) +
           (text ? " TEXT NOT NULL DEFAULT '';" : " BIGINT NOT NULL DEFAULT 0;");
  }
  return sql;
}

const std::string& call_columns() {
  static const std::string names = [] {
    ColumnNames all;
    CallRow row;
    each_column(all, row);
    return all.text;
  }();
  return names;
}

CallRow read_call(const db::Rows& row) {
  CallRow out;
  ColumnReader reader{row};
  each_column(reader, out);
  return out;
}

std::vector<Owed> read_owed(db::Db& db, std::int64_t call_seq) {
  std::vector<Owed> owed;
  db::Rows rows =
      db.rows("SELECT what, next_at, tries, missing_since FROM owed WHERE call_seq = ?", call_seq);
  while (rows.next()) {
    if (const auto what = debt_from_name(rows.text(0))) {
      owed.push_back({*what, rows.integer(1), rows.small(2), rows.integer(3)});
    }
  }
  std::sort(owed.begin(), owed.end(), [](const Owed& a, const Owed& b) { return a.what < b.what; });
  return owed;
}

void insert_call(db::Db& db, const CallRow& row) {
  std::vector<Column> columns = values_of(row, row.stored);
  const Call& call = row.stored.call;
  const std::string words = words_of(call);
  columns.push_back({"words", std::string_view(words), true});
  columns.push_back({"live", std::int64_t{!is_terminal(call.status)}, false});
  std::vector<db::Value> values;
  values.reserve(columns.size());
  for (const Column& column : columns) values.push_back(column.value);
  static const std::string sql = [&] {
    std::string names;
    std::string marks;
    for (const Column& column : columns) {
      names += std::string(names.empty() ? "" : ", ") + column.name;
      marks += marks.empty() ? "?" : ", ?";
    }
    return "INSERT INTO calls (" + names + ") VALUES (" + marks + ")";
  }();
  db.run_values(sql, values);
  write_owed(db, row.seq, {}, row.stored.owed);
}

void update_call(db::Db& db, const CallRow& before, const StoredCall& after) {
  std::vector<Column> columns = values_of(before, after);
  const std::vector<Column> was = values_of(before, before.stored);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < was.size(); ++i) {
    if (!columns[i].fixed && columns[i].value != was[i].value) columns[kept++] = columns[i];
  }
  columns.resize(kept);
  std::string words;
  if (after.call.end.sentence != before.stored.call.end.sentence) {
    words = words_of(after.call);
    columns.push_back({"words", std::string_view(words), false});
  }
  if (is_terminal(after.call.status) != is_terminal(before.stored.call.status)) {
    columns.push_back({"live", std::int64_t{!is_terminal(after.call.status)}, false});
  }
  if (!columns.empty()) {
    std::string sql;
    std::vector<db::Value> values;
    for (const Column& column : columns) {
      sql += std::string(sql.empty() ? "UPDATE calls SET " : ", ") + column.name + " = ?";
      values.push_back(column.value);
    }
    values.emplace_back(before.seq);
    db.run_values(sql + " WHERE seq = ?", values);
  }
  write_owed(db, before.seq, before.stored.owed, after.owed);
}

std::string adopted_key(std::string_view press_mark) {
  return "adopted:" + std::string(press_mark);
}

void store_reply(db::Db& db, std::int64_t call_seq, const StoredReply& reply) {
  db.run(
      "INSERT INTO replies (call_seq, http_status, body) VALUES (?, ?, ?) "
      "ON CONFLICT (call_seq) DO NOTHING",
      call_seq, reply.http_status, reply.body);
}

}  // namespace voxdial
