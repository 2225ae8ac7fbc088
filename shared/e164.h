// How an E.164 number is shown. What a text means as a number, whether that exists and whether it
// may be called is decided in the proxy alone (proxy/policy), with Google's libphonenumber.
#pragma once

#include <string>
#include <string_view>

namespace voxdial {

/// "+1 ••• ••• ••43"-like: the country code and the last two digits stay. For lists and logs.
/// Text that is no E.164 number is masked wholly.
std::string mask_number(std::string_view e164);

/// Whether mask_number() made this: it cannot be called.
bool is_masked(std::string_view number);

/// Grouped for reading: "+1 415 555 0123", "+44 20 7183 8750" (plain groups of three after the
/// country code where no better grouping is known). Display only.
std::string group_number(std::string_view e164);

}  // namespace voxdial
