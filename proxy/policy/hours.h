// Quiet hours: whether it is night where a number is, and until when.
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "proxy/policy/phone.h"

namespace voxdial {

/// "08:05" when it is that in all `zones`, else empty.
std::string local_time(const std::vector<absl::TimeZone>& zones, Millis now);

/// Why a call now would come at night in one of these zones, and how long until it is day in all of
/// them; nothing when it is day now. Where the zones cannot be told it counts as night.
std::optional<Error> check_hour(const std::vector<absl::TimeZone>& zones, Millis now,
                                const PhonePolicy& policy);

}  // namespace voxdial
