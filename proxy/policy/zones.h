// What time it is where a telephone number is.
//
// A number tells its country, and in some countries its area: libphonenumber's own map has the
// zones of each beginning. Where it does not tell which of several, all are meant: a call is polite
// only if it is so in each. Mobile numbers travel; their home is the best anyone knows. The zones'
// rules are the system's tzdata.
#pragma once

#include <absl/time/time.h>

#include <string_view>
#include <vector>

#include "proxy/policy/number.h"

namespace voxdial {

/// The zones that the number may be in; none when that cannot be told.
std::vector<absl::TimeZone> zones_of(const PhoneNumber& number);

/// The names of the zones of the longest beginning of `digits` that libphonenumber's map has. Where
/// the map has still longer ones, which this number is not among, the area lies in several zones:
/// theirs are named as well.
std::vector<std::string_view> zone_names(std::string_view digits);

}  // namespace voxdial
