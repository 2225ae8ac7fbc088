// Text as it stands in an address or a form: bytes that mean something there as %XX (RFC 3986 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace voxdial {

/// Everything but A-Z a-z 0-9 - . _ ~ becomes %XX. Safe for one path segment, a query value and a
/// form value alike.
std::string percent_encode(std::string_view text);

/// The same back: every % is followed by two hex digits. Nothing for anything else; any bytes may
/// come out.
std::optional<std::string> percent_decoded(std::string_view text);

/// A name or value of a query or form (application/x-www-form-urlencoded): the same, and "+" is
/// a space.
std::optional<std::string> form_decoded(std::string_view text);

}  // namespace voxdial
