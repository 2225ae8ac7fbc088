#include "proxy/store/limits.h"

#include <algorithm>

#include "proxy/access/network.h"

namespace voxdial {
namespace {

constexpr Millis hour_ms = 3'600'000;
constexpr Millis day_ms = 24 * hour_ms;
/// Callers read the clock before they queue up, so rows are a little out of order; more is a jump.
constexpr Millis clock_slack_ms = 60'000;
/// Calls mostly end well before their longest length: do not send anybody away for longer.
constexpr Millis longest_wait_for_an_end_ms = 60'000;

/// The reason found so far that keeps the caller waiting longest.
struct Verdict {
  std::optional<Error> error;
  Millis wait = 0;

  void refuse(ErrorCode code, Millis wait_ms, Millis longest, const std::string& message) {
    wait_ms = std::clamp(wait_ms, Millis{1}, longest);
    if (error && wait_ms <= wait) return;
    wait = wait_ms;
    error = make_error(code, message);
    error->retry_after_s = static_cast<int>((wait_ms + 999) / 1000);
  }
};

/// Whose calls are counted: the n-th newest of theirs that was counted after a moment.
struct Counted {
  std::string_view whose;
  std::string_view sql;
  std::string subject;
};
constexpr std::string_view by_person =
    "SELECT counted_at FROM calls WHERE person = ? AND counted_at > ? "
    "ORDER BY counted_at DESC LIMIT 1 OFFSET ?";
constexpr std::string_view by_address =
    "SELECT counted_at FROM calls WHERE address = ? AND counted_at > ? "
    "ORDER BY counted_at DESC LIMIT 1 OFFSET ?";
constexpr std::string_view by_number =
    "SELECT counted_at FROM calls WHERE number = ? AND number <> '' AND counted_at > ? "
    "ORDER BY counted_at DESC LIMIT 1 OFFSET ?";

/// A limit of `most` calls per window is used up when the most-th newest call is still inside it;
/// there is room again when that one leaves. `newest` is the last call's seq.
void check_window(db::Db& db, Verdict& verdict, int most, Millis window, const Counted& counted,
                  std::int64_t newest, Millis now) {
  if (most <= 0 || newest < most) return;
  // Where everybody's calls together are fewer than that, one person's need not be counted.
  const Millis all = db.number("SELECT counted_at FROM calls WHERE seq = ?", 0, newest - most + 1);
  if (all + window + clock_slack_ms <= now) return;
  const Millis at = db.number(counted.sql, 0, counted.subject, now - window, most - 1);
  if (at == 0) return;
  verdict.refuse(ErrorCode::rate_limited, at + window - now, window,
                 std::string(counted.whose) + ": the limit of " + std::to_string(most) +
                     (window == hour_ms ? " calls in an hour" : " calls in a day") +
                     " is reached. Wait a little and try again.");
}

std::int64_t first_hour_at(Millis now) { return now / hour_ms - 24; }

/// What a call counts for before it is over. Afterwards the row knows: its columns counted_s and
/// counted_micros.
std::int64_t micros_of(const NewCall& call) {
  return (std::int64_t{call.max_duration_s} + 59) / 60 * call.cost_per_minute;
}

void look(db::Db& db, InUse& in_use, Millis now) {
  if (in_use.epoch == db.epoch() && in_use.first_hour == first_hour_at(now)) return;
  in_use = {.epoch = db.epoch(), .first_hour = first_hour_at(now)};
  db::Rows all = db.rows(
      "SELECT (SELECT COUNT(*) FROM calls WHERE live = 1), COALESCE(SUM(counted_s), 0), "
      "COALESCE(SUM(counted_micros), 0) FROM calls WHERE counted_at >= ?",
      in_use.first_hour * hour_ms);
  if (!all.next()) return;
  in_use.live = all.integer(0);
  in_use.seconds = all.integer(1);
  in_use.micros = all.integer(2);
}

void check_live(db::Db& db, Verdict& verdict, const CallLimits& limits, const InUse& in_use,
                Millis now) {
  if (limits.everyone_live <= 0 || in_use.live < limits.everyone_live) return;
  const Millis first_end = db.number(
      "SELECT COALESCE(MIN(CASE WHEN answered_at > 0 THEN answered_at ELSE created_at END "
      "+ max_duration_s * 1000), 0) FROM calls WHERE live = 1",
      0);
  verdict.refuse(ErrorCode::too_many_calls, first_end - now, longest_wait_for_an_end_ms,
                 "As many calls are running as are allowed at once (" +
                     std::to_string(limits.everyone_live) + "). Wait for one to end.");
}

/// Walks the hours from the oldest on: there is room when enough of them have left the window.
void check_spending(db::Db& db, Verdict& verdict, const NewCall& call, const CallLimits& limits,
                    const InUse& in_use, Millis now) {
  std::int64_t seconds = in_use.seconds + call.max_duration_s;
  Micros micros = in_use.micros + micros_of(call);
  const auto minutes_fit = [&] {
    return limits.minutes_day <= 0 || seconds <= std::int64_t{limits.minutes_day} * 60;
  };
  const auto fits = [&] {
    return minutes_fit() && (limits.spend_day <= 0 || micros <= limits.spend_day);
  };
  if (fits()) return;
  const bool minutes = !minutes_fit();
  Millis room_at = now + day_ms;
  db::Rows hours = db.rows(
      "SELECT counted_at / 3600000 AS hour, SUM(counted_s), SUM(counted_micros) FROM calls "
      "WHERE counted_at >= ? GROUP BY hour ORDER BY hour",
      in_use.first_hour * hour_ms);
  while (hours.next()) {
    seconds -= hours.integer(1);
    micros -= hours.integer(2);
    if (!fits()) continue;
    room_at = (hours.integer(0) + 25) * hour_ms;
    break;
  }
  verdict.refuse(ErrorCode::spend_limit, room_at - now, day_ms + hour_ms,
                 minutes
                     ? "The calls of the last day, this one included, may take " +
                           std::to_string(limits.minutes_day) +
                           " minutes; that is used up. Try a shorter call, or later."
                     : "What calls may cost in a day is used up. Try a shorter call, or later.");
}

}  // namespace

void InUse::add(const NewCall& call) {
  ++live;
  seconds += call.max_duration_s;
  micros += micros_of(call);
}

Newest newest_call(db::Db& db) {
  db::Rows rows = db.rows("SELECT seq, counted_at FROM calls ORDER BY seq DESC LIMIT 1");
  return rows.next() ? Newest{rows.integer(0), rows.integer(1)} : Newest{};
}

std::optional<Error> over_limit(db::Db& db, const NewCall& call, const CallLimits& limits,
                                const Newest& newest, InUse& in_use, Millis now) {
  Verdict verdict;
  const auto check = [&](const Counted& counted, int in_an_hour, int in_a_day) {
    check_window(db, verdict, in_an_hour, hour_ms, counted, newest.seq, now);
    check_window(db, verdict, in_a_day, day_ms, counted, newest.seq, now);
  };
  check({"You", by_person, call.user}, limits.person_hour, limits.person_day);
  check({"Your address", by_address, counting_address(call.client_address)}, limits.address_hour,
        limits.address_day);
  if (!call.to.empty()) {
    check({"This number", by_number, call.to}, limits.destination_hour, limits.destination_day);
  }
  look(db, in_use, now);
  check_live(db, verdict, limits, in_use, now);
  check_spending(db, verdict, call, limits, in_use, now);
  return verdict.error;
}

void forget_the_future(db::Db& db, const Newest& newest, InUse& in_use, Millis now) {
  if (newest.counted_at <= now + clock_slack_ms) return;
  db.run("UPDATE calls SET counted_at = ? WHERE counted_at > ?", now, now);
  in_use.forget();
}

}  // namespace voxdial
