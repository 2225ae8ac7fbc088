#include "proxy/policy/hours.h"

#include <algorithm>

namespace voxdial {
namespace {

constexpr auto never = absl::Hours(48);  // no night is as long

int minute_of(absl::CivilSecond local) { return local.hour() * 60 + local.minute(); }

std::string clock_text(int minute) {
  return absl::FormatTime("%H:%M", absl::UnixEpoch() + absl::Minutes(minute), absl::UTCTimeZone());
}

bool is_quiet(int minute, const PhonePolicy& policy) {
  const int from = policy.quiet_from_minute;
  const int to = policy.quiet_to_minute;
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/// When the clocks of `zone` next show the end of the night, after `now`.
absl::Time end_of_night(absl::TimeZone zone, absl::Time now, const PhonePolicy& policy) {
  const absl::CivilSecond local = zone.At(now).cs;
  absl::CivilMinute end = absl::CivilMinute(absl::CivilDay(local)) + policy.quiet_to_minute;
  if (end <= absl::CivilMinute(local))
    end = absl::CivilMinute(absl::CivilDay(end) + 1) + policy.quiet_to_minute;
  // An hour may be left out, and shown twice.
  const auto shown = zone.At(absl::CivilSecond(end));
  if (shown.kind == absl::TimeZone::TimeInfo::SKIPPED) return shown.trans;
  return shown.pre > now ? shown.pre : shown.post;
}

/// When it is day in all of the zones; nothing when it never is at once.
std::optional<absl::Time> day_in_all(const std::vector<absl::TimeZone>& zones, absl::Time now,
                                     const PhonePolicy& policy) {
  for (absl::Time at = now; at < now + never;) {
    absl::Time next = at;
    for (const absl::TimeZone zone : zones) {
      if (!is_quiet(minute_of(zone.At(at).cs), policy)) continue;
      next = std::max(next, end_of_night(zone, at, policy));
    }
    if (next == at) return at;
    at = next;
  }
  return std::nullopt;
}

Error refusal(std::string message) {
  return make_error(ErrorCode::quiet_hours, std::move(message), "medium.phoneNumber");
}

}  // namespace

std::string local_time(const std::vector<absl::TimeZone>& zones, Millis now) {
  std::string all;
  for (const absl::TimeZone zone : zones) {
    const std::string here = clock_text(minute_of(zone.At(absl::FromUnixMillis(now)).cs));
    if (!all.empty() && all != here) return {};
    all = here;
  }
  return all;
}

std::optional<Error> check_hour(const std::vector<absl::TimeZone>& zones, Millis now_ms,
                                const PhonePolicy& policy) {
  if (!policy.quiet_hours) return std::nullopt;
  if (zones.empty()) return refusal("What time it is there cannot be told, so it may be night.");
  const absl::Time now = absl::FromUnixMillis(now_ms);
  const auto day = day_in_all(zones, now, policy);
  if (day == now) return std::nullopt;
  const std::string here = local_time(zones, now_ms);
  Error error =
      refusal((here.empty() ? "It may be night there: the number does not tell its time zone."
                            : "It is " + here + " there.") +
              (" Calls go out from " + clock_text(policy.quiet_to_minute) + " to " +
               clock_text(policy.quiet_from_minute) + " local time."));
  if (day) {
    error.retry_after_s =
        static_cast<int>(absl::ToInt64Seconds(*day - now + absl::Milliseconds(999)));
  }
  return error;
}

}  // namespace voxdial
