// Phone numbers as far as their syntax goes (ITU-T E.164): what both halves can say without a
// database. Whether a number exists, what it costs and whether it may be called is decided in the
// proxy alone (proxy/policy), with Google's libphonenumber.
#pragma once

#include <string>
#include <string_view>

#include "shared/result.h"

namespace voxdial {

/// `text` as "+", a country code that does not begin with 0, and 7 to 15 digits in all.
/// Spaces, hyphens, dots and round brackets between digits are dropped (people paste them), a
/// leading "00" is NOT read as "+". Errors (invalid_number) say which rule was broken, in words.
/// Letters, non-ASCII digits and extensions are refused (vendor-facts 4.3: libphonenumber would
/// silently turn letters into digits).
Result<std::string> parse_e164(std::string_view text);

/// "+1 ••• ••• ••43"-like: the country code and the last two digits stay. For lists and logs.
/// Text that is no E.164 number is masked wholly.
std::string mask_number(std::string_view e164);

/// Whether mask_number() made this: it cannot be called.
bool is_masked(std::string_view number);

/// Grouped for reading: "+1 415 555 0123", "+44 20 7183 8750" (plain groups of three after the
/// country code where no better grouping is known). Display only.
std::string group_number(std::string_view e164);

}  // namespace voxdial
