#include "proxy/store/sqlite/schema.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "proxy/store/call_row.h"
#include "proxy/store/fold.h"
#include "proxy/store/sqlite/steps.h"

namespace voxdial::sqlite {
namespace {

// "vxdl": so that no other program's file is taken for ours.
constexpr std::int64_t application_id = 0x7678646c;

constexpr auto newest = static_cast<std::int64_t>(std::size(steps));

/// The calls that were there before.
void fold_words(db::Db& db) {
  std::int64_t last = 0;
  for (bool more = true; more;) {
    std::vector<std::pair<std::int64_t, std::string>> some;
    {
      db::Rows rows = db.rows(
          "SELECT seq, agent_name, agent, person, end_sentence FROM calls WHERE seq > ? ORDER BY "
          "seq LIMIT 1000",
          last);
      while (rows.next()) {
        some.emplace_back(rows.integer(0),
                          searched_words(rows.text(1), rows.text(2), rows.text(3), rows.text(4)));
      }
    }
    for (const auto& [seq, words] : some)
      db.run("UPDATE calls SET words = ? WHERE seq = ?", words, seq);
    more = !some.empty() && !db.failed();
    if (more) last = some.back().first;
  }
}

/// How many steps the file has had, or why it is not for us.
Result<std::int64_t> steps_done(db::Db& db) {
  const std::int64_t version = db.number("PRAGMA user_version", 0);
  const std::int64_t application = db.number("PRAGMA application_id", 0);
  const std::int64_t tables = db.number("SELECT COUNT(*) FROM sqlite_master", 0);
  if (db.failed()) return fail(db.take_error());
  const bool empty = version == 0 && tables == 0;
  if (!empty && application != application_id) {
    return fail(
        ErrorCode::store_unavailable,
        "The database file in DATA_DIR was not written by voxdial. Choose another DATA_DIR.");
  }
  if (version > newest) {
    return fail(
        ErrorCode::store_unavailable,
        "The call records were written by a newer voxdial (schema " + std::to_string(version) +
            "; this one knows " + std::to_string(newest) +
            "). Run the newer version, or put a backup from before the update into DATA_DIR.");
  }
  return version;
}

Result<void> carry_out_next(db::Db& db, std::int64_t last) {
  const auto done = steps_done(db);  // again, now that nobody else can write
  if (!done) return fail(done.error());
  if (*done >= last) return {};
  db.script(steps[*done]);
  if (*done == words_step || *done == width_step) fold_words(db);
  const std::string versions = "PRAGMA application_id=" + std::to_string(application_id) +
                               "; PRAGMA user_version=" + std::to_string(*done + 1);
  db.script(versions.c_str());
  db.commit();
  return {};
}

constexpr std::string_view columns = "SELECT name FROM pragma_table_info('calls')";

Result<void> add_columns(db::Db& db) {
  db.script(missing_columns(db, columns).c_str());
  db.commit();
  return {};
}

}  // namespace

Result<void> bring_up_to_date(db::Db& db, std::int64_t most) {
  const std::int64_t last = std::min(most, newest);
  for (;;) {
    const auto done = steps_done(db);
    if (!done) return fail(done.error());
    const bool all = *done >= last;
    const bool lacks = last == newest && all && !missing_columns(db, columns).empty();
    if (db.failed()) return fail(db.take_error());
    if (all && !lacks) return {};
    db.begin_write();
    auto stepped = all ? add_columns(db) : carry_out_next(db, last);
    if (db.failed()) stepped = fail(db.take_error());
    db.rollback();
    if (!stepped) return stepped;
  }
}

}  // namespace voxdial::sqlite
