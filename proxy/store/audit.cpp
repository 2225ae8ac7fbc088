// The audit: rows chained by hashes.
//
//   hash(row) = SHA-256( hash(row before) || fields )     hash before the first row: 32 zero bytes
//   fields    = seq at kind person address call_id number detail, each as <length>:<bytes>,
//               numbers in decimal
//
// Lengths first, so that no two different rows have the same bytes. Whoever changes, removes or
// adds a row must redo every later hash; the head hash, noted elsewhere, shows that.
//
// Retention removes rows from the front. Before it does, it writes the last removed row and its
// hash to audit_checkpoints and, as a row of the chain itself, into "audit_pruned": the checkpoint
// is believed only when the chain says the same.
#include "proxy/store/audit.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "proxy/crypto/digest.h"
#include "proxy/store/impl.h"
#include "proxy/store/plain_text.h"
#include "shared/e164.h"
#include "shared/utf8.h"

namespace voxdial {
namespace {

constexpr std::size_t hash_bytes = 32;
constexpr std::size_t longest_name = 128;
constexpr int prune_step = 500;  // rows in one transaction
constexpr std::size_t page_rows = 500;
constexpr Millis always_kept_ms = 2 * 86'400'000;

void add_field(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
  out += ',';
}

std::string chain(const std::string& previous, const AuditEntry& entry) {
  std::string bytes = previous;
  bytes.reserve(256 + entry.detail.size());
  add_field(bytes, std::to_string(entry.seq));
  add_field(bytes, std::to_string(entry.at));
  add_field(bytes, entry.kind);
  add_field(bytes, entry.user);
  add_field(bytes, entry.client_address);
  add_field(bytes, entry.call_id);
  add_field(bytes, entry.number);
  add_field(bytes, entry.detail);
  return crypto::sha256(bytes);
}

struct Link {
  std::int64_t seq = 0;
  std::string hash = std::string(hash_bytes, '\0');
};

/// Where the chain begins: the last row that retention removed, or nothing before row 1.
Link checkpoint(db::Db& db) {
  db::Rows rows = db.rows("SELECT seq, hash FROM audit_checkpoints ORDER BY seq DESC LIMIT 1");
  if (!rows.next()) return {};
  return {rows.integer(0), rows.text(1)};
}

Link newest_link(db::Db& db) {
  {
    db::Rows rows = db.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    if (rows.next()) return {rows.integer(0), rows.text(1)};
  }
  return checkpoint(db);
}

AuditEntry read_entry(const db::Rows& row) {
  return {row.integer(0), row.integer(1), row.text(2), row.text(3),
          row.text(4),    row.text(5),    row.text(6), row.text(7)};
}

std::string checkpoint_text(const Link& link) {
  return "rows up to " + std::to_string(link.seq) + " removed, hash " + crypto::to_hex(link.hash);
}

/// Removes up to prune_step calls; how many it removed.
Result<std::int64_t> prune_calls(db::Db& db, Millis before) {
  std::vector<std::int64_t> seqs;
  {
    db::Rows rows = db.rows(
        "SELECT seq FROM calls WHERE created_at < ? AND live = 0 ORDER BY created_at LIMIT ?",
        before, prune_step);
    while (rows.next()) seqs.push_back(rows.integer(0));
  }
  for (const std::int64_t seq : seqs) {
    db.run("DELETE FROM timeline WHERE call_seq = ?", seq);
    db.run("DELETE FROM transcript WHERE call_seq = ?", seq);
    db.run("DELETE FROM replies WHERE call_seq = ?", seq);
    db.run("DELETE FROM owed WHERE call_seq = ?", seq);
    db.run("DELETE FROM calls WHERE seq = ?", seq);
  }
  return static_cast<std::int64_t>(seqs.size());
}

/// The last audit row of the run of old rows at the front; seq 0 when there is none. The newest row
/// always stays, old or not.
Link last_old_row(db::Db& db, Millis before) {
  std::int64_t first_kept =
      db.number("SELECT seq FROM audit WHERE at >= ? ORDER BY seq LIMIT 1", 0, before);
  if (first_kept == 0) first_kept = db.number("SELECT COALESCE(MAX(seq), 0) FROM audit", 0);
  db::Rows rows =
      db.rows("SELECT seq, hash FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT 1", first_kept);
  if (!rows.next()) return {};
  return {rows.integer(0), rows.text(1)};
}

}  // namespace

std::int64_t append_audit(db::Db& db, const AuditEntry& entry) {
  const Link last = newest_link(db);
  // What is hashed is what every engine can store and read again.
  const AuditEntry row{.seq = last.seq + 1,
                       .at = entry.at,
                       .kind = entry.kind,
                       .user = plain_text(cut(entry.user, longest_name)),
                       .client_address = plain_text(cut(entry.client_address, longest_name)),
                       .call_id = plain_text(entry.call_id),
                       .number = plain_text(entry.number),
                       .detail = plain_text(entry.detail)};
  db.run(
      "INSERT INTO audit (seq, at, kind, person, address, call_id, number, detail, hash) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.seq, row.at, row.kind, row.user, row.client_address, row.call_id, row.number, row.detail,
      db::Blob{chain(last.hash, row)});
  return row.seq;
}

AuditCheck verify_audit(db::Db& db) {
  AuditCheck check;
  const Link begin = checkpoint(db);
  Link last = begin;
  bool begin_is_signed = begin.seq == 0;
  for (bool more = true; more;) {
    std::vector<std::pair<AuditEntry, std::string>> page;
    db::Rows rows = db.rows(
        "SELECT seq, at, kind, person, address, call_id, number, detail, hash FROM audit "
        "WHERE seq > ? ORDER BY seq LIMIT ?",
        last.seq, page_rows);
    while (rows.next()) page.emplace_back(read_entry(rows), rows.text(8));
    more = page.size() == page_rows;
    for (const auto& [entry, hash] : page) {
      if (entry.seq != last.seq + 1) {
        check.what = "Audit row " + std::to_string(last.seq + 1) + " is missing.";
        return check;
      }
      if (hash != chain(last.hash, entry)) {
        check.what = "Audit row " + std::to_string(entry.seq) +
                     " does not fit its hash: it or the row before it was changed.";
        return check;
      }
      if (entry.kind == "audit_pruned" && entry.detail == checkpoint_text(begin))
        begin_is_signed = true;
      last = {entry.seq, hash};
      ++check.rows;
    }
  }
  if (!begin_is_signed) {
    check.what = "Audit rows before " + std::to_string(begin.seq + 1) +
                 " were removed without a record of it in the chain.";
    return check;
  }
  check.intact = true;
  check.head_hash = crypto::to_hex(last.hash);
  check.what = std::to_string(check.rows) + " audit rows hold together" +
               (begin.seq == 0 ? "." : ", from row " + std::to_string(begin.seq + 1) + " on.");
  return check;
}

Result<void> Store::record_audit(const AuditEntry& entry) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    append_audit(db, entry);
    return {};
  });
}

Result<AuditPage> Store::audit(const Reader& reader, std::int64_t before, int limit) {
  const int most = std::clamp(limit, 1, 500);
  return impl_->readers.read([&](db::Db& db) -> Result<AuditPage> {
    AuditPage page;
    db::Rows rows = db.rows(
        "SELECT seq, at, kind, person, address, call_id, number, detail FROM audit "
        "WHERE seq < ? ORDER BY seq DESC LIMIT ?",
        before > 0 ? before : INT64_MAX, most + 1);
    while (rows.next()) {
      if (static_cast<int>(page.entries.size()) == most) {
        page.next_before = page.entries.back().seq;
        break;
      }
      page.entries.push_back(read_entry(rows));
      std::string& number = page.entries.back().number;
      if (!reader.whole_numbers && !number.empty()) number = mask_number(number);
    }
    return page;
  });
}

Result<AuditCheck> Store::verify_audit() {
  return impl_->readers.read(
      [](db::Db& db) -> Result<AuditCheck> { return voxdial::verify_audit(db); });
}

Result<Pruned> Store::prune(Millis older_than, Millis now) {
  const Millis before = std::min(older_than, now - always_kept_ms);
  Pruned pruned;
  for (;;) {
    const auto removed =
        impl_->write([&](db::Db& db) -> Result<std::int64_t> { return prune_calls(db, before); });
    if (!removed) return fail(removed.error());
    pruned.calls += *removed;
    if (*removed < prune_step) break;
  }
  // The checkpoint first and durably; then its rows go, a few at a time. Looked up while others
  // write: what is added meanwhile comes after it.
  const auto last =
      impl_->readers.read([&](db::Db& db) -> Result<Link> { return last_old_row(db, before); });
  if (!last) return fail(last.error());
  const auto end = impl_->write([&](db::Db& db) -> Result<std::int64_t> {
    const Link begin = checkpoint(db);
    if (last->seq <= begin.seq) return begin.seq;
    db.run("INSERT INTO audit_checkpoints (seq, at, hash) VALUES (?, ?, ?)", last->seq, now,
           db::Blob{last->hash});
    append_audit(db, {0, now, "audit_pruned", "", "", "", "", checkpoint_text(*last)});
    return last->seq;
  });
  if (!end) return fail(end.error());
  for (;;) {
    const auto removed = impl_->write([&](db::Db& db) -> Result<std::int64_t> {
      return db.run(
          "DELETE FROM audit WHERE seq IN "
          "(SELECT seq FROM audit WHERE seq <= ? ORDER BY seq LIMIT ?)",
          *end, prune_step);
    });
    if (!removed) return fail(removed.error());
    pruned.audit_rows += *removed;
    if (*removed < prune_step) break;
  }
  return pruned;
}

}  // namespace voxdial
