#include "proxy/store/limits.h"
#include "proxy/access/network.h"

#include <algorithm>

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

/// A limit of `most` calls per window is used up when the most-th newest call is still inside it;
/// there is room again when that one leaves.
template <class CountedAt>
void check_window(Verdict& verdict, int most, Millis window, std::int64_t taken, Millis now,
                  std::string_view whose, CountedAt counted_at) {
  if (most <= 0 || taken < most) return;
  const Millis at = counted_at(taken - most + 1);
  if (at == 0 || at + window <= now) return;
  verdict.refuse(ErrorCode::rate_limited, at + window - now, window,
                 std::string(whose) + ": the limit of " + std::to_string(most) +
                     (window == hour_ms ? " calls in an hour" : " calls in a day") +
                     " is reached. Wait a little and try again.");
}

void check_running(db::Db& db, Verdict& verdict, const CallLimits& limits, Millis now) {
  if (limits.everyone_live <= 0 ||
      db.number("SELECT COALESCE(SUM(calls), 0) FROM running", 0) < limits.everyone_live) {
    return;
  }
  const Millis latest_end = db.number(
      "SELECT COALESCE(MIN(CASE WHEN answered_at > 0 THEN answered_at ELSE created_at END "
      "+ max_duration_s * 1000), 0) FROM calls WHERE live = 1",
      0);
  verdict.refuse(ErrorCode::too_many_calls, latest_end - now, longest_wait_for_an_end_ms,
                 "As many calls are running as are allowed at once (" +
                     std::to_string(limits.everyone_live) + "). Wait for one to end.");
}

/// Walks the hours from the oldest on: there is room when enough of them have left the window.
void check_spending(db::Db& db, Verdict& verdict, const NewCall& call, const CallLimits& limits,
                    Millis now) {
  if (limits.minutes_day <= 0 && limits.spend_day <= 0) return;
  StoredCall fresh;
  fresh.call.max_duration_s = call.max_duration_s;
  fresh.cost_per_minute = call.cost_per_minute;
  const Usage need = usage(fresh);
  const std::int64_t seconds_limit = std::int64_t{limits.minutes_day} * 60;

  const std::int64_t first_hour = now / hour_ms - 24;
  Usage used;
  {
    db::Rows sum = db.rows(
        "SELECT COALESCE(SUM(seconds), 0), COALESCE(SUM(micros), 0) FROM spending WHERE hour >= ?",
        first_hour);
    if (sum.next()) used = {sum.integer(0), sum.integer(1)};
  }
  const auto fits = [&] {
    return (limits.minutes_day <= 0 || used.seconds + need.seconds <= seconds_limit) &&
           (limits.spend_day <= 0 || used.micros + need.micros <= limits.spend_day);
  };
  if (fits()) return;
  const bool minutes = limits.minutes_day > 0 && used.seconds + need.seconds > seconds_limit;
  Millis room_at = now + day_ms;
  db::Rows hours = db.rows(
      "SELECT hour, seconds, micros FROM spending WHERE hour >= ? ORDER BY hour", first_hour);
  while (hours.next()) {
    used.seconds -= hours.integer(1);
    used.micros -= hours.integer(2);
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

Places places_taken(db::Db& db, const NewCall& call) {
  Places taken;
  taken.everyone = db.number("SELECT COALESCE(MAX(seq), 0) FROM calls", 0);
  taken.person =
      db.number("SELECT COALESCE(MAX(person_seq), 0) FROM calls WHERE person = ?", 0, call.user);
  taken.address = db.number("SELECT COALESCE(MAX(address_seq), 0) FROM calls WHERE address = ?", 0,
                            counting_address(call.client_address));
  if (!call.to.empty()) {
    taken.number = db.number(
        "SELECT COALESCE(MAX(number_seq), 0) FROM calls WHERE number = ? AND number <> ''", 0,
        call.to);
  }
  return taken;
}

std::optional<Error> over_limit(db::Db& db, const NewCall& call, const CallLimits& limits,
                                const Places& taken, Millis now) {
  Verdict verdict;
  const auto person = [&](std::int64_t n) {
    return db.number("SELECT counted_at FROM calls WHERE person = ? AND person_seq = ?", 0,
                     call.user, n);
  };
  const auto address = [&](std::int64_t n) {
    return db.number("SELECT counted_at FROM calls WHERE address = ? AND address_seq = ?", 0,
                     counting_address(call.client_address), n);
  };
  const auto number = [&](std::int64_t n) {
    return db.number(
        "SELECT counted_at FROM calls WHERE number = ? AND number_seq = ? AND number <> ''", 0,
        call.to, n);
  };
  check_window(verdict, limits.person_hour, hour_ms, taken.person, now, "You", person);
  check_window(verdict, limits.person_day, day_ms, taken.person, now, "You", person);
  check_window(verdict, limits.address_hour, hour_ms, taken.address, now, "Your address", address);
  check_window(verdict, limits.address_day, day_ms, taken.address, now, "Your address", address);
  if (!call.to.empty()) {
    check_window(verdict, limits.destination_hour, hour_ms, taken.number, now, "This number",
                 number);
    check_window(verdict, limits.destination_day, day_ms, taken.number, now, "This number", number);
  }
  check_running(db, verdict, limits, now);
  check_spending(db, verdict, call, limits, now);
  return verdict.error;
}

void forget_the_future(db::Db& db, Millis now) {
  const Millis newest = db.number("SELECT counted_at FROM calls ORDER BY seq DESC LIMIT 1", 0);
  if (newest <= now + clock_slack_ms) return;
  db.run("UPDATE calls SET counted_at = ? WHERE counted_at > ?", now, now);
  const std::int64_t hour = now / hour_ms;
  Usage moved;
  {
    db::Rows sum = db.rows(
        "SELECT COALESCE(SUM(seconds), 0), COALESCE(SUM(micros), 0) FROM spending WHERE hour > ?",
        hour);
    if (sum.next()) moved = {sum.integer(0), sum.integer(1)};
  }
  db.run("DELETE FROM spending WHERE hour > ?", hour);
  count_usage(db, now, moved);
}

Usage usage(const StoredCall& stored) {
  const Call& call = stored.call;
  std::int64_t seconds = call.max_duration_s;
  switch (call.status) {
    case CallStatus::completed:
      if (stored.facts.talked_s > 0) seconds = stored.facts.talked_s;
      break;
    case CallStatus::busy:
    case CallStatus::no_answer:
    case CallStatus::canceled:
    case CallStatus::failed:
      seconds = stored.facts.talked_s;
      break;
    default:  // live, or nobody knows what became of it
      break;
  }
  return {seconds, (seconds + 59) / 60 * stored.cost_per_minute};
}

void count_usage(db::Db& db, Millis counted_at, const Usage& more) {
  if (more == Usage{}) return;
  db.run(
      "INSERT INTO spending (hour, seconds, micros) VALUES (?, ?, ?) "
      "ON CONFLICT (hour) DO UPDATE SET seconds = spending.seconds + excluded.seconds, "
      "micros = spending.micros + excluded.micros",
      counted_at / hour_ms, more.seconds, more.micros);
}

void count_running(db::Db& db, std::string_view person, int change) {
  db.run(
      "INSERT INTO running (person, calls) VALUES (?, ?) "
      "ON CONFLICT (person) DO UPDATE SET calls = running.calls + excluded.calls",
      person, change);
  if (change < 0) db.run("DELETE FROM running WHERE person = ? AND calls <= 0", person);
}

}  // namespace voxdial
