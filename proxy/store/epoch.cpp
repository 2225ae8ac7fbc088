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

namespace voxdial {
namespace {

#define DATABASE_NOW                                                     \
  "(SELECT system_identifier::text FROM pg_control_system()) || '/' || " \
  "left(pg_walfile_name(pg_current_wal_lsn()), 8)"
constexpr std::string_view is_another = "SELECT COUNT(*) FROM epoch WHERE made_on <> " DATABASE_NOW;
constexpr std::string_view note_another =
    "UPDATE epoch SET number = CASE WHEN made_on = '' THEN number ELSE number + 1 END, "
    "unsure_since = CASE WHEN made_on = '' OR unsure_since > 0 THEN unsure_since ELSE ? END, "
    "made_on = " DATABASE_NOW " WHERE made_on <> " DATABASE_NOW;
#undef DATABASE_NOW

Doubt read_doubt(db::Db& db) {
  db::Rows rows = db.rows("SELECT unsure_since, number FROM epoch");
  if (!rows.next()) return {};
  return {rows.integer(0), static_cast<std::uint32_t>(rows.integer(1))};
}

}  // namespace

Doubt current_doubt(db::Db& db, bool on_database, Millis now) {
  const Doubt before = read_doubt(db);
  if (!on_database || db.number(is_another, 0) == 0) return before;
  const Millis last = db.number("SELECT at FROM audit ORDER BY seq DESC LIMIT 1", 1);
  db.run(note_another, last);
  const Doubt doubt = read_doubt(db);
  if (doubt.epoch != before.epoch) {
    append_audit(db, {0, now, "database_changed", "", "", "", "",
                      "another database server, or a standby that has taken over: calls that only "
                      "the providers know are looked for"});
  }
  return doubt;
}

Result<Doubt> Store::doubt(Millis now) {
  const auto read = [&](db::Db& db) -> Result<std::pair<Doubt, bool>> {
    return std::pair(read_doubt(db), impl_->on_database && db.number(is_another, 0) != 0);
  };
  const auto known = impl_->readers.read(read);
  if (!known) return fail(known.error());
  if (!known->second) return known->first;
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
    if (is_shared()) append_call_news(db, now, row.call);
    return true;
  });
  if (adopted && *adopted) impl_->ring();
  return adopted;
}

}  // namespace voxdial
