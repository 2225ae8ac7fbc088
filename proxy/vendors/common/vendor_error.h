// What both vendors' rooms share: failures to be told apart the same way, and text on its way into
// a URL or a form.
//
// Nothing a vendor said in words passes through here: its text may hold what was sent to it, so
// only its code number travels on (shared/error.h, Provider).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/world.h"
#include "shared/error.h"

namespace voxdial {

/// The error for a request without a reply. `could_have_dialled`: the request was one that makes a
/// telephone ring; when its answer was lost the call may exist, and the error says so
/// (outcome_unknown) instead of inviting a second press.
Error map_send_failure(Vendor vendor, const SendFailure& failure, bool could_have_dialled);

/// An answer that came but cannot be understood. `could_have_dialled` as above.
Error bad_vendor_reply(Vendor vendor, const VendorReply& reply, bool could_have_dialled = false);

/// Retry-After in whole seconds from `now`: seconds or an HTTP date (RFC 9110 10.2.3), clamped to
/// 1..3600. Nothing when absent or malformed.
std::optional<int> retry_after_s(const VendorReply& reply, Millis now);

/// How far the vendor's clock is ahead of `now`, by the reply's Date; 0 without one. A Date has
/// whole seconds, so half a second either way is noise. Times in a reply minus this are in our
/// clock.
Millis clock_ahead_ms(const VendorReply& reply, Millis now);
/// The same, and 0 when the difference may be noise: times that are only shown do not jitter.
Millis clearly_ahead_ms(const VendorReply& reply, Millis now);

/// The one value of a reply header (lower-case name), or empty.
std::string_view header(const VendorReply& reply, std::string_view lower_case_name);

}  // namespace voxdial
