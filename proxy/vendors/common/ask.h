// Asking a vendor: send, read, and one error for whatever goes wrong on the way.
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

/// An error of the vendor's, with its own code for it or 0.
Error vendor_error(Vendor vendor, ErrorCode code, std::string message, int provider_code = 0);

/// For a request without a reply. When the request was one that makes a telephone ring and its
/// reply was lost, the call may exist: the error is outcome_unknown instead of inviting a second
/// press.
Error no_reply(const VendorRequest& request, const SendFailure& failure);
/// The reply to a request that makes a telephone ring does not tell whether it does.
Error outcome_unknown(Vendor vendor, int provider_code = 0);
/// A reply that came but cannot be understood.
Error bad_vendor_reply(Vendor vendor, const VendorReply& reply);
/// A reply about another call than the one that was asked about: it is believed in nothing.
Error foreign_reply(const VendorRequest& request);

/// Sends `request` and gives its reply to `parse(reply, now)`, one of the vendors' parsers.
template <class Parse>
auto ask(const World& world, const VendorRequest& request, Parse parse)
    -> decltype(parse(VendorReply(), Millis())) {
  const SendResult sent = world.send(request);
  if (!sent) return fail(no_reply(request, sent.error()));
  return parse(*sent, world.now());
}

inline bool succeeded(const VendorReply& reply) {
  return reply.status >= 200 && reply.status < 300;
}

std::string_view header(const VendorReply& reply, std::string_view lower_case_name);  ///< or empty

/// Retry-After in whole seconds from `now`: seconds or an HTTP date (RFC 9110 10.2.3), clamped to
/// 1..3600. Nothing when absent or malformed.
std::optional<int> retry_after_s(const VendorReply& reply, Millis now);

/// An HTTP date (RFC 9110 5.6.7); nothing for anything else.
std::optional<Millis> http_date(std::string_view text);
/// How far the vendor's clock is ahead of `now`, by the reply's Date; 0 without one. A Date has
/// whole seconds, so half a second either way is noise. Times in a reply minus this are in our
/// clock.
Millis clock_ahead_ms(const VendorReply& reply, Millis now);
/// The same, and 0 when the difference may be noise: times that are only shown do not jitter.
Millis clearly_ahead_ms(const VendorReply& reply, Millis now);

}  // namespace voxdial
