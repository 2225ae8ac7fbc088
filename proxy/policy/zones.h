// What time it is where a telephone number is.
//
// A number tells its country, and in some countries its area. Where it does not tell which of
// several zones, all are returned: a call is polite only if it is so in each. Mobile numbers
// travel; their home is the best anyone knows. Zones and their rules come from the system's tzdata
// (zone.tab and the TZif files, RFC 8536), each read once and kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/api.h"

namespace voxdial {

/// IANA zone names ("America/Chicago"), at least one for a known region, none for "001" and unknown
/// regions. `e164` is a valid number of `region`.
std::vector<std::string> zones_of(std::string_view e164, std::string_view region);

/// Seconds to add to UTC in `zone` at `at`; nothing when the zone is unknown or its file
/// unreadable.
std::optional<int> utc_offset_s(const std::string& zone, Millis at);

/// Minutes since local midnight, 0..1439; nothing as above.
std::optional<int> local_minute(const std::string& zone, Millis at);

}  // namespace voxdial
