// Refusals in the audit: all of a person's, and of a flood its size. Counting is in rows, so that
// neither a restart nor a second proxy starts it anew.
#include "proxy/store/refusals.h"
#include "proxy/access/network.h"

#include "proxy/store/audit.h"
#include "proxy/store/impl.h"
#include "shared/time_text.h"

namespace voxdial {
namespace {

constexpr Millis minute_ms = 60'000;
constexpr int sums_a_step = 500;
/// Rows that all strangers together can cause in a minute.
constexpr int all_strangers_a_minute = 200;

struct Count {
  std::string address;
  std::string reason;
  std::int64_t minute = 0;
  std::int64_t more = 0;  ///< beyond those that have a row
};

void append_sum(db::Db& db, const Count& count, Millis now) {
  if (count.more == 0) return;
  append_audit(db, {0, now, "refusals_counted", "", count.address, "", "",
                    std::to_string(count.more) + " more: " + count.reason +
                        (count.address.empty() ? ", of many addresses" : "") +
                        ", in the minute from " + to_rfc3339(count.minute * minute_ms)});
}

}  // namespace

void append_refusal(db::Db& db, const AuditEntry& entry, std::string_view reason,
                    int rows_a_minute) {
  const std::int64_t minute = entry.at / minute_ms;
  Count count{counting_address(entry.client_address), std::string(reason)};
  std::int64_t written = 0;
  const auto look = [&] {
    db::Rows rows =
        db.rows("SELECT minute, written, more FROM refusals WHERE address = ? AND reason = ?",
                count.address, reason);
    if (!rows.next()) return;
    count.minute = rows.integer(0);
    written = rows.integer(1);
    count.more = rows.integer(2);
  };
  look();
  bool kept = count.minute != minute || written < rows_a_minute;
  if (kept && rows_a_minute < persons_refusals_a_minute &&
      db.number("SELECT COALESCE(SUM(written), 0) FROM refusals WHERE minute = ?", 0, minute) >=
          all_strangers_a_minute) {
    kept = false;
    if (count.minute != minute) {  // not even a counter for each of so many
      count = {.address = {}, .reason = count.reason};
      look();
    }
  }
  if (count.minute != minute) {
    append_sum(db, count, entry.at);
    written = count.more = 0;
  }
  db.run(
      "INSERT INTO refusals (address, reason, minute, written, more) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (address, reason) DO UPDATE SET minute = excluded.minute, "
      "written = excluded.written, more = excluded.more",
      count.address, reason, minute, written + (kept ? 1 : 0), count.more + (kept ? 0 : 1));
  if (kept) append_audit(db, entry);
}

Result<void> Store::record_repeated(const AuditEntry& entry, std::string_view reason,
                                    int rows_a_minute) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    append_refusal(db, entry, reason, rows_a_minute);
    return {};
  });
}

Result<void> Store::sum_up_refusals(Millis now) {
  for (;;) {
    const auto summed = impl_->write([&](db::Db& db) -> Result<int> {
      std::vector<Count> counts;
      {
        db::Rows rows =
            db.rows("SELECT address, reason, minute, more FROM refusals WHERE minute <> ? LIMIT ?",
                    now / minute_ms, sums_a_step);
        while (rows.next()) {
          counts.push_back({rows.text(0), rows.text(1), rows.integer(2), rows.integer(3)});
        }
      }
      for (const Count& count : counts) {
        append_sum(db, count, now);
        db.run("DELETE FROM refusals WHERE address = ? AND reason = ?", count.address,
               count.reason);
      }
      return static_cast<int>(counts.size());
    });
    if (!summed) return fail(summed.error());
    if (*summed < sums_a_step) return {};
  }
}

}  // namespace voxdial
