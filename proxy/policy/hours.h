// Quiet hours: whether it is night where a number is, and until when.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/policy/phone.h"

namespace voxdial {

/// The local times where the number may be, in minutes since midnight, each once, ascending.
/// `regions`: it is in one of these. Empty when they cannot be told.
std::vector<int> local_minutes(std::string_view e164, const std::vector<std::string>& regions,
                               Millis now);

/// Why a call now would come at night in one of these places; nothing when it is day in all. Times
/// that cannot be told count as night.
std::optional<Error> check_hour(const std::vector<int>& minutes, const PhonePolicy& policy);

/// "08:05"
std::string clock_text(int minute);

}  // namespace voxdial
