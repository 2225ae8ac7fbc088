// Whether a telephone number may be dialled: the one answer, for placing a call and for asking
// first.
//
// Google's libphonenumber says what a number is; the rules around it close what it lets pass: it
// reads letters as digits, takes satellite phones for mobiles, and calls +1911 no more than
// "invalid". Everything not clearly allowed is refused, with the reason. No I/O but time zone
// files; no clock.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/api.h"

namespace voxdial {

/// The operator's rules. The defaults are the safe ones.
struct PhonePolicy {
  std::string own_region;                    ///< of the number that calls
  std::vector<std::string> allowed_regions;  ///< ISO 3166-1 alpha-2; empty: own_region
  std::vector<std::string> denied_prefixes;  ///< "+1900": E.164 beginnings
  std::vector<std::string> do_not_call;      ///< canonical_number()s, sorted
  bool allow_personal_numbers = false;
  /// Numbers that the library's metadata does not know (newer than it), longer ones included.
  bool allow_unlisted_numbers = false;
  /// Twilio test credentials are in use: its magic numbers +15005550000..9 work, nothing is
  /// dialled.
  bool test_credentials = false;
  bool quiet_hours = true;
  int quiet_from_minute = 21 * 60;  ///< minutes since local midnight; the night begins
  int quiet_to_minute = 8 * 60;     ///< and ends. May lie on either side of midnight
};

/// `text` is read by read_number() in `region`. `now` decides the quiet hours. Refusals
/// (check.reason, field "medium.phoneNumber"): invalid_number, number_not_allowed,
/// region_not_allowed, do_not_call, quiet_hours. However a forbidden number is written, it is
/// refused.
PhoneCheck check_phone(std::string_view text, std::string_view region, const PhonePolicy& policy,
                       Millis now);

/// Allowed, or would be at another hour: an explicit, audited override may still call.
bool allowed_but_for_the_hour(const PhoneCheck& check);

}  // namespace voxdial
