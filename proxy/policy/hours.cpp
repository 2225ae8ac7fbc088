#include "proxy/policy/hours.h"

#include <algorithm>

#include "proxy/policy/zones.h"

namespace voxdial {
namespace {

bool is_quiet(int minute, const PhonePolicy& policy) {
  const int from = policy.quiet_from_minute;
  const int to = policy.quiet_to_minute;
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/// Minutes until it is day in every place; nothing when it never is at once.
std::optional<int> minutes_until_day(const std::vector<int>& minutes, const PhonePolicy& policy) {
  for (int wait = 0; wait < 24 * 60; ++wait) {
    if (std::none_of(minutes.begin(), minutes.end(),
                     [&](int minute) { return is_quiet((minute + wait) % (24 * 60), policy); })) {
      return wait;
    }
  }
  return std::nullopt;
}

Error refusal(std::string message) {
  return make_error(ErrorCode::quiet_hours, std::move(message), "medium.phoneNumber");
}

}  // namespace

std::string clock_text(int minute) {
  const auto two_digits = [](int value) {
    return std::string{static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
  };
  return two_digits(minute / 60) + ':' + two_digits(minute % 60);
}

std::vector<int> local_minutes(std::string_view e164, const std::vector<std::string>& regions,
                               Millis now) {
  std::vector<int> minutes;
  for (const std::string& region : regions) {
    const auto zones = zones_of(e164, region);
    if (zones.empty()) return {};
    for (const std::string& zone : zones) {
      const auto minute = local_minute(zone, now);
      if (!minute) return {};
      minutes.push_back(*minute);
    }
  }
  std::sort(minutes.begin(), minutes.end());
  minutes.erase(std::unique(minutes.begin(), minutes.end()), minutes.end());
  return minutes;
}

std::optional<Error> check_hour(const std::vector<int>& minutes, const PhonePolicy& policy) {
  if (!policy.quiet_hours) return std::nullopt;
  if (minutes.empty()) {
    return refusal("What time it is there cannot be told, so it may be night.");
  }
  if (std::none_of(minutes.begin(), minutes.end(),
                   [&](int minute) { return is_quiet(minute, policy); })) {
    return std::nullopt;
  }
  const std::string hours = " Calls go out from " + clock_text(policy.quiet_to_minute) + " to " +
                            clock_text(policy.quiet_from_minute) + " local time.";
  Error error = refusal(
      (minutes.size() == 1
           ? "It is " + clock_text(minutes[0]) + " there."
           : std::string("It may be night there: the number does not tell its time zone.")) +
      hours);
  if (const auto wait = minutes_until_day(minutes, policy)) error.retry_after_s = *wait * 60;
  return error;
}

}  // namespace voxdial
