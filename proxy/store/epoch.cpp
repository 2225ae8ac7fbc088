// The epoch of the record: one row, which changes when the record may have lost its last rows.
//
// A database server's own number and the timeline of its history are kept beside the record. A
// standby that takes over begins a new timeline, and a copy put into another server has another
// number: whether the last commits came with it nobody can tell from inside, so the vendors are
// asked.
#include "proxy/store/epoch.h"

#include "proxy/store/audit.h"
#include "proxy/store/call_row.h"
#include "proxy/store/impl.h"
#include "proxy/store/news.h"
#include "proxy/store/page_events.h"

namespace voxdial {
namespace {

#define DATABASE_NOW                                                     \
  "(SELECT system_identifier::text FROM pg_control_system()) || '/' || " \
  "left(pg_walfile_name(pg_current_wal_lsn()), 8)"
constexpr std::string_view doubt_here = "SELECT unsure_since, number, 0 FROM epoch";
constexpr std::string_view doubt_on_database =
    "SELECT unsure_since, number, CASE WHEN made_on <> " DATABASE_NOW
    " THEN 1 ELSE 0 END FROM epoch";
constexpr std::string_view note_another =
    "UPDATE epoch SET number = CASE WHEN made_on = '' THEN number ELSE number + 1 END, "
    "unsure_since = CASE WHEN made_on = '' OR unsure_since > 0 THEN unsure_since ELSE ? END, "
    "made_on = " DATABASE_NOW " WHERE made_on <> " DATABASE_NOW;
#undef DATABASE_NOW

}  // namespace

Seen look_at_epoch(db::Db& db, bool on_database) {
  db::Rows rows = db.rows(on_database ? doubt_on_database : doubt_here);
  if (!rows.next()) return {};
  return {{rows.integer(0), static_cast<std::uint32_t>(rows.integer(1))}, rows.flag(2)};
}

Doubt current_doubt(db::Db& db, bool on_database, Millis now) {
  const auto [before, another] = look_at_epoch(db, on_database);
  if (!another) return before;
  const Millis last = db.number("SELECT at FROM audit ORDER BY seq DESC LIMIT 1", 1);
  db.run(note_another, last);
  const Doubt doubt = look_at_epoch(db, false).doubt;
  if (doubt.epoch != before.epoch) {
    append_audit(db, {0, now, "database_changed", "", "", "", "",
                      "another database server, or a standby that has taken over: calls that only "
                      "the providers know are looked for"});
  }
  return doubt;
}

Result<Doubt> Store::doubt(Millis now) {
  const auto seen = impl_->readers.read(
      [&](db::Db& db) -> Result<Seen> { return look_at_epoch(db, impl_->on_database); });
  if (!seen) return fail(seen.error());
  if (!seen->another) return seen->doubt;
  return impl_->write([&](db::Db& db) -> Result<Doubt> { return current_doubt(db, true, now); });
}

Result<void> Store::be_unsure(Millis since) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    db.run("UPDATE epoch SET number = number + 1, unsure_since = ?", since);
    return {};
  });
}

Result<void> Store::be_sure(const Doubt& doubt) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    db.run("UPDATE epoch SET unsure_since = 0 WHERE number = ?", doubt.epoch);
    return {};
  });
}

Result<bool> Store::adopt(const AdoptedCall& lost, Millis now) {
  const StoredCall& stored = lost.stored;
  auto adopted = impl_->write([&](db::Db& db) -> Result<bool> {
    const Call& call = stored.call;
    const auto known = db.number(
        "SELECT COUNT(*) FROM calls WHERE id = ? OR (twilio_sid = ? AND twilio_sid <> '') OR "
        "(ultravox_call_id = ? AND ultravox_call_id <> '')",
        0, call.id, stored.twilio_sid, stored.ultravox_call_id);
    if (known != 0) return false;
    const Newest newest = newest_call(db);
    StoredCall row = stored;
    if (impl_->reconcile) row = impl_->reconcile(std::move(row), now);
    const std::string key = lost.press_mark.empty() ? "" : adopted_key(lost.press_mark);
    insert_call(db, {newest.seq + 1, std::max(now, newest.counted_at), key, "", row});
    if (!key.empty()) store_reply(db, newest.seq + 1, lost.reply);
    impl_->in_use.forget();
    db.run(
        "INSERT INTO timeline (call_seq, n, at, what, source, detail) VALUES (?, 1, ?, 'adopted', "
        "'voxdial', 'The record had lost this call; the providers still know it.')",
        newest.seq + 1, now);
    append_audit(db, {0, now, "call_adopted", call.user, "", call.id, call.to,
                      "Ultravox " + stored.ultravox_call_id + ", Twilio " + stored.twilio_sid});
    if (is_shared()) append_news(db, now, call_event(row.call));
    return true;
  });
  if (adopted && *adopted) impl_->ring();
  return adopted;
}

}  // namespace voxdial
