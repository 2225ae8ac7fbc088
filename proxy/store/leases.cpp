// Leases: which of several servers performs a step that is owed.
//
// A lease is two columns of the step's row. Claims go beside the writers, never wait for anybody's
// lock, and hold none when they are through: of two that claim at once one gets the row, and the
// other goes on without it.
#include <algorithm>

#include "proxy/store/call_row.h"
#include "proxy/store/impl.h"

namespace voxdial {
namespace {

constexpr std::string_view claim_by_file =
    "UPDATE owed SET held_by = ?1, held_until = ?2 WHERE call_seq = ?3 AND what = ?4 AND "
    "next_at <= ?5 AND held_until <= ?5";
constexpr std::string_view claim_by_database =
    "UPDATE owed SET held_by = ?1, held_until = ?2 WHERE (call_seq, what) IN "
    "(SELECT call_seq, what FROM owed WHERE call_seq = ?3 AND what = ?4 AND next_at <= ?5 "
    "AND held_until <= ?5 FOR UPDATE SKIP LOCKED)";

std::int64_t seq_of(db::Db& db, const Store::Due& step) {
  return db.number("SELECT seq FROM calls WHERE id = ?", 0, step.call_id);
}

}  // namespace

bool Store::is_shared() const { return !impl_->server.empty(); }

Result<std::vector<Store::Due>> Store::claim(const std::vector<Due>& wanted, Millis now) {
  if (wanted.empty()) return std::vector<Due>();
  return impl_->lease([&](db::Db& db) -> Result<std::vector<Due>> {
    // A look may be made twice, so its lease may be lost in a crash: nobody waits for a disk.
    const bool urgent = std::ranges::any_of(wanted, is_urgent, &Due::what);
    if (impl_->on_database && !urgent) db.run("SET LOCAL synchronous_commit = off");
    std::vector<Due> claimed;
    for (const Due& step : wanted) {
      const auto changed =
          db.run(impl_->on_database ? claim_by_database : claim_by_file, impl_->server,
                 now + lease_ms, seq_of(db, step), debt_name(step.what), now);
      if (changed != 0) claimed.push_back(step);
    }
    return claimed;
  });
}

Result<bool> Store::renew(const Due& step, Millis now) {
  return impl_->lease([&](db::Db& db) -> Result<bool> {
    return db.run("UPDATE owed SET held_until = ? WHERE call_seq = ? AND what = ? AND held_by = ?",
                  now + lease_ms, seq_of(db, step), debt_name(step.what), impl_->server) != 0;
  });
}

Result<void> Store::let_go(const std::vector<Due>& steps) {
  if (steps.empty()) return {};
  return impl_->write([&](db::Db& db) -> Result<void> {  // several rows: in turn with the writers
    for (const Due& step : steps) {
      db.run(
          "UPDATE owed SET held_by = '', held_until = 0 "
          "WHERE call_seq = ? AND what = ? AND held_by = ?",
          seq_of(db, step), debt_name(step.what), impl_->server);
    }
    return {};
  });
}

Result<int> Store::servers() {
  if (!is_shared() || !impl_->on_database) return 1;
  return impl_->readers.read([](db::Db& db) -> Result<int> {
    const std::string sql =
        std::string("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND ") +
        "database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND classid "
        "= " +
        postgres::present_lock_class +
        " AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid";
    return std::max(1, static_cast<int>(db.number(sql, 1)));
  });
}

Result<std::optional<Millis>> Store::clock() {
  if (!impl_->on_database) return std::optional<Millis>();
  return impl_->readers.read([](db::Db& db) -> Result<std::optional<Millis>> {
    return std::optional(
        db.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", 0));
  });
}

}  // namespace voxdial
