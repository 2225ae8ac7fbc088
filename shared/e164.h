// How an E.164 number is hidden. What a text means as a number, whether that exists and whether it
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

}  // namespace voxdial
