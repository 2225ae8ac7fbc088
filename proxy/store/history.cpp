// Reading calls: one, the live ones, pages of history, transcripts.
#include <algorithm>
#include <charconv>

#include "proxy/store/call_row.h"
#include "proxy/store/fold.h"
#include "proxy/store/impl.h"
#include "proxy/store/news.h"
#include "proxy/store/page_events.h"
#include "shared/ascii.h"
#include "shared/wire_words.h"

namespace voxdial {
namespace {

/// What all readers of one call begin with: its row, if this reader may see it.
Result<CallRow> visible_row(db::Db& db, const Reader& reader, std::string_view id) {
  auto row = find_row(db, "WHERE id = ?", id);
  if (!row || !may_see(reader, row->stored.call)) {
    return fail(ErrorCode::not_found, "There is no such call.");
  }
  return std::move(*row);
}

Result<std::optional<StoredCall>> find_one(db::Readers& readers, std::string_view where,
                                           std::string_view id) {
  return readers.read([&](db::Db& db) -> Result<std::optional<StoredCall>> {
    auto row = find_row(db, where, id);
    if (!row) return std::optional<StoredCall>();
    return std::optional<StoredCall>(std::move(row->stored));
  });
}

template <class... Values>
Result<int> count(db::Readers& readers, std::string_view sql, const Values&... values) {
  return readers.read(
      [&](db::Db& db) -> Result<int> { return static_cast<int>(db.number(sql, 0, values...)); });
}

/// `select` for each kind of debt, all in one: $ stands for the kind. Each goes by the index of its
/// kind, so that it costs what it gives, however much is owed.
std::string of_each_kind(std::string_view select) {
  std::string all;
  for (int i = 0; i < debts; ++i) {
    if (!all.empty()) all += " UNION ALL ";
    for (const char c : select) {
      if (c == '$')
        all += debt_name(static_cast<Debt>(i));
      else
        all += c;
    }
  }
  return all;
}

// ------------------------------------------------------------------------- cursor

/// Where a page ends: the place of its last call in (created_at, seq), newest first.
/// "1795421844123-57"
struct Cursor {
  Millis created_at = INT64_MAX;
  std::int64_t seq = INT64_MAX;
};

std::optional<Cursor> parse_cursor(std::string_view text) {
  Cursor cursor;
  if (text.empty()) return cursor;
  const char* end = text.data() + text.size();
  const auto [dash, bad_time] = std::from_chars(text.data(), end, cursor.created_at);
  if (bad_time != std::errc() || dash == end || *dash != '-') return std::nullopt;
  const auto [last, bad_seq] = std::from_chars(dash + 1, end, cursor.seq);
  if (bad_seq != std::errc() || last != end || cursor.created_at < 0 || cursor.seq < 0) {
    return std::nullopt;
  }
  return cursor;
}

// ------------------------------------------------------------------------- search

/// A LIKE pattern for "contains `part`", with `\` before the wildcards in it.
std::string contains(std::string_view part) {
  std::string pattern = "%";
  for (const char c : part) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

/// A LIKE pattern for numbers when `q` can be part of one ("555 01-2"; "+44": from the start), else
/// nothing.
std::optional<std::string> number_pattern(std::string_view q) {
  std::string digits;
  for (const char c : q) {
    if (is_digit(c)) {
      digits += c;
    } else if (std::string_view("+ -.()").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (digits.empty()) return std::nullopt;
  return (q.front() == '+' ? "+" : "%") + digits + "%";
}

/// The SQL of a page: only the conditions that are asked for, so that the indices can help.
std::string page_sql(const Reader& reader, const CallQuery& query, bool may_be_number) {
  std::string sql = "SELECT " + call_columns() +
                    " FROM calls WHERE (created_at, seq) < (?1, ?2) AND created_at >= ?3";
  if (reader.only_own) sql += " AND person = ?4";
  if (query.medium) sql += " AND medium = ?5";
  // Said with each status, as the indices are of the live and of the ended calls.
  if (query.status)
    sql += is_terminal(*query.status) ? " AND status = ?6 AND live = 0"
                                      : " AND status = ?6 AND live = 1";
  if (query.live_only) sql += " AND live = 1";
  if (!query.agent.empty()) sql += " AND agent = ?7";
  if (!query.q.empty()) {
    // Digits are only looked for in numbers this reader could read whole: a masked number must not
    // be found out by asking for its parts.
    sql += " AND (words LIKE ?8 ESCAPE '\\'";
    if (may_be_number) {
      sql += reader.whole_numbers ? " OR number LIKE ?9" : " OR (person = ?4 AND number LIKE ?9)";
    }
    sql += ")";
  }
  return sql + " ORDER BY created_at DESC, seq DESC LIMIT ?10";
}

CallPage read_page(db::Db& db, const Reader& reader, const CallQuery& query, Cursor after) {
  // "Before `to`" and "after the cursor" are one bound: the lower of both.
  if (query.to != 0 && query.to - 1 < after.created_at) after = {query.to - 1, INT64_MAX};
  const int most = std::clamp(query.limit, 1, 500);
  const std::string q = folded(query.q);
  const auto digits = number_pattern(q);  // full-width ones are digits, too
  CallPage page;
  std::int64_t last_seq = 0;
  db::Rows rows =
      db.rows(page_sql(reader, query, digits.has_value()), after.created_at, after.seq, query.from,
              reader.user, medium_name(query.medium.value_or(MediumType::web)),
              wire_name(query.status.value_or(CallStatus::requested)), query.agent, contains(q),
              digits.value_or(""), most + 1);
  while (rows.next()) {
    if (static_cast<int>(page.calls.size()) == most) {
      page.next_cursor =
          std::to_string(page.calls.back().created_at) + "-" + std::to_string(last_seq);
      break;
    }
    CallRow row = read_call(rows);
    last_seq = row.seq;
    page.calls.push_back(as_seen_by(reader, std::move(row.stored.call)));
  }
  return page;
}

// ------------------------------------------------------------------------- transcript

constexpr const char* transcript_columns =
    "SELECT n, role, words, tool_name, invocation_id, is_final, at_ms, end_ms FROM transcript ";

TranscriptEntry read_line(const db::Rows& row) {
  using Role = TranscriptEntry::Role;
  const Role role = from_word<Role>(role_words, row.text(1)).value_or(Role::tool_result);
  return {row.small(0), role,        row.text(2),    row.text(3),
          row.text(4),  row.flag(5), row.integer(6), row.integer(7)};
}

std::optional<TranscriptEntry> find_entry(db::Db& db, std::int64_t call_seq, int index) {
  static const std::string sql = std::string(transcript_columns) + "WHERE call_seq = ? AND n = ?";
  db::Rows rows = db.rows(sql, call_seq, index);
  if (!rows.next()) return std::nullopt;
  return read_line(rows);
}

}  // namespace

Result<std::vector<StoredCall>> Store::live_calls() {
  return impl_->readers.read([](db::Db& db) -> Result<std::vector<StoredCall>> {
    static const std::string sql =
        "SELECT " + call_columns() + " FROM calls WHERE live = 1 ORDER BY created_at, seq";
    std::vector<CallRow> found;
    {
      db::Rows rows = db.rows(sql);
      while (rows.next()) found.push_back(read_call(rows));
    }
    std::vector<StoredCall> calls;
    for (CallRow& row : found) {
      row.stored.owed = read_owed(db, row.seq);
      calls.push_back(std::move(row.stored));
    }
    return calls;
  });
}

Result<int> Store::count_live_calls() {
  return count(impl_->readers, "SELECT COUNT(*) FROM calls WHERE live = 1");
}

Result<int> Store::count_due(Millis now) {
  return count(impl_->readers, "SELECT COUNT(*) FROM owed WHERE next_at <= ?", now);
}

Result<int> Store::count_unknown_dials(std::string_view but_id, std::string_view number,
                                       Millis from, Millis to, Millis dial_time_ms) {
  return count(impl_->readers,
               "SELECT COUNT(*) FROM calls WHERE number = ? AND number <> '' AND twilio_sid = '' "
               "AND dialled_at > 0 AND dialled_at <= ? AND "
               "CASE WHEN lost_at > 0 THEN lost_at ELSE dialled_at + ? END >= ? AND id <> ?",
               number, to, dial_time_ms, from, but_id);
}

bool Store::is_more_pressing(const Due& one, const Due& other) {
  return std::pair(!is_urgent(one.what), one.at) < std::pair(!is_urgent(other.what), other.at);
}

Result<std::vector<Store::Due>> Store::due(Millis by, int most_of_a_kind) {
  // Joined within each kind: a join with all of them makes SQLite write eight tables first.
  const auto select = [](const std::string& free) {
    return of_each_kind(
        "SELECT * FROM (SELECT calls.id, what, next_at FROM owed "
        "JOIN calls ON calls.seq = call_seq WHERE what = '$' AND next_at <= ?1" +
        free + " ORDER BY next_at LIMIT ?2) AS $");
  };
  static const std::string all = select("");
  static const std::string free = select(" AND held_until <= ?1");
  return impl_->readers.read([&](db::Db& db) -> Result<std::vector<Due>> {
    std::vector<Due> due;
    db::Rows rows = db.rows(is_shared() ? free : all, by, most_of_a_kind);
    while (rows.next()) {
      if (const auto what = debt_from_name(rows.text(1))) {
        due.push_back({rows.text(0), *what, rows.integer(2)});
      }
    }
    std::stable_sort(due.begin(), due.end(), is_more_pressing);
    return due;
  });
}

Result<Millis> Store::next_due(Millis from) {
  static const std::string sql =
      "SELECT COALESCE(MIN(at), 0) FROM (" +
      of_each_kind("SELECT MIN(next_at) AS at FROM owed WHERE what = '$' AND next_at >= ?1") +
      ") AS soonest";
  return impl_->readers.read([&](db::Db& db) -> Result<Millis> { return db.number(sql, 0, from); });
}

Result<void> Store::make_all_due(Millis now) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    db.run("UPDATE owed SET next_at = ?, missing_since = 0", now);
    return {};
  });
}

Result<std::optional<StoredCall>> Store::find_call(std::string_view id) {
  return find_one(impl_->readers, "WHERE id = ?", id);
}

Result<std::optional<StoredCall>> Store::find_call_by_twilio_sid(std::string_view sid) {
  return find_one(impl_->readers, "WHERE twilio_sid = ? AND twilio_sid <> '' ORDER BY seq DESC",
                  sid);
}

Result<std::optional<StoredCall>> Store::find_call_by_ultravox_id(
    std::string_view ultravox_call_id) {
  return find_one(impl_->readers,
                  "WHERE ultravox_call_id = ? AND ultravox_call_id <> '' ORDER BY seq DESC",
                  ultravox_call_id);
}

Result<CallPage> Store::list_calls(const Reader& reader, const CallQuery& query) {
  const auto after = parse_cursor(query.cursor);
  if (!after)
    return fail(ErrorCode::invalid_field, "The cursor is not one that was given out.", "cursor");
  return impl_->readers.read(
      [&](db::Db& db) -> Result<CallPage> { return read_page(db, reader, query, *after); });
}

Result<CallDetail> Store::call_detail(const Reader& reader, std::string_view id) {
  return impl_->readers.read([&](db::Db& db) -> Result<CallDetail> {
    auto row = visible_row(db, reader, id);
    if (!row) return fail(row.error());
    CallDetail detail{as_seen_by(reader, std::move(row->stored.call)), {}};
    db::Rows rows = db.rows(
        "SELECT at, what, source, detail FROM timeline WHERE call_seq = ? ORDER BY n", row->seq);
    while (rows.next()) {
      detail.timeline.push_back({rows.integer(0), rows.text(1), rows.text(2), rows.text(3)});
    }
    return detail;
  });
}

Result<Transcript> Store::transcript(const Reader& reader, std::string_view id) {
  return impl_->readers.read([&](db::Db& db) -> Result<Transcript> {
    const auto row = visible_row(db, reader, id);
    if (!row) return fail(row.error());
    static const std::string sql =
        std::string(transcript_columns) + "WHERE call_seq = ? ORDER BY n";
    Transcript transcript{row->stored.call.id, {}};
    db::Rows rows = db.rows(sql, row->seq);
    while (rows.next()) transcript.entries.push_back(read_line(rows));
    return transcript;
  });
}

Result<std::vector<TranscriptEntry>> Store::record_transcript(
    std::string_view call_id, const std::vector<TranscriptEntry>& entries) {
  auto recorded = impl_->write([&](db::Db& db) -> Result<std::vector<TranscriptEntry>> {
    const auto seq = db.number("SELECT seq FROM calls WHERE id = ?", 0, call_id);
    if (seq == 0) return fail(ErrorCode::not_found, "There is no such call.");
    std::vector<TranscriptEntry> news;
    for (const TranscriptEntry& entry : entries) {
      const auto known = find_entry(db, seq, entry.index);
      if (known && (*known == entry || (known->final && !entry.final))) continue;
      db.run(
          "INSERT INTO transcript "
          "(call_seq, n, role, words, tool_name, invocation_id, is_final, at_ms, end_ms) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (call_seq, n) DO UPDATE SET "
          "role = excluded.role, words = excluded.words, tool_name = excluded.tool_name, "
          "invocation_id = excluded.invocation_id, is_final = excluded.is_final, "
          "at_ms = excluded.at_ms, end_ms = excluded.end_ms",
          seq, entry.index, role_words[static_cast<std::size_t>(entry.role)], entry.text,
          entry.tool_name, entry.invocation_id, entry.final, entry.at_ms, entry.end_ms);
      news.push_back(entry);
    }
    if (is_shared() && !news.empty()) {
      db::Rows rows = db.rows("SELECT person FROM calls WHERE seq = ?", seq);
      const std::string owner = rows.next() ? rows.text(0) : std::string();
      append_news(db, 0, transcript_event(owner, {std::string(call_id), news}));
    }
    return news;
  });
  if (recorded && !recorded->empty()) impl_->ring();
  return recorded;
}

}  // namespace voxdial
