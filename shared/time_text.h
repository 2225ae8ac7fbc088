// Moments as text: RFC 3339 in UTC with milliseconds, the one form used on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/api.h"

namespace voxdial {

/// "2026-11-22T10:57:24.123Z"; REQUIRES: year 0..9999.
std::string to_rfc3339(Millis at);

/// Reads RFC 3339 with any fraction and offset ("...+02:00", "Z"); digits past milliseconds drop.
std::optional<Millis> from_rfc3339(std::string_view text);

/// Reads RFC 2822 as Twilio sends it: "Tue, 31 Aug 2010 20:36:28 +0000".
std::optional<Millis> from_rfc2822(std::string_view text);

}  // namespace voxdial
