#include "proxy/vendors/common/ask.h"

#include <algorithm>
#include <cstdlib>

#include "shared/ascii.h"
#include "shared/time_text.h"

namespace voxdial {
namespace {

constexpr int longest_wait_s = 3600;
constexpr Millis clock_noise_ms = 2'000;

std::string display_name(Vendor vendor) { return vendor == Vendor::twilio ? "Twilio" : "Ultravox"; }

}  // namespace

Error vendor_error(Vendor vendor, ErrorCode code, std::string message, int provider_code) {
  Error error = make_error(code, std::move(message));
  error.provider = Provider{std::string(vendor_name(vendor)), provider_code};
  return error;
}

Error outcome_unknown(Vendor vendor, int provider_code) {
  return vendor_error(vendor, ErrorCode::outcome_unknown,
                      display_name(vendor) +
                          "'s answer was lost: the call may have been placed. Do not press again; "
                          "watch the call's state.",
                      provider_code);
}

Error no_reply(const VendorRequest& request, const SendFailure& failure) {
  const std::string name = display_name(request.vendor);
  const auto error = [&](ErrorCode code, const std::string& sentence) {
    return vendor_error(request.vendor, code, sentence);
  };
  if (failure.kind == SendFailure::Kind::not_sent) {
    return error(ErrorCode::vendor_unreachable, name +
                                                    " cannot be reached. Nothing was dialled. "
                                                    "Check the server's connection and try again.");
  }
  if (failure.kind == SendFailure::Kind::crowded) {
    Error crowded = error(ErrorCode::overloaded,
                          "This server has as many requests to " + name +
                              " under way as it may. Nothing was dialled. Try again in a moment.");
    crowded.retry_after_s = 2;
    return crowded;
  }
  if (request.rings) return outcome_unknown(request.vendor);
  if (failure.kind == SendFailure::Kind::no_answer) {
    return error(ErrorCode::vendor_timeout,
                 name + " did not answer in time. Try again in a moment.");
  }
  return bad_vendor_reply(request.vendor, {});
}

Error bad_vendor_reply(Vendor vendor, const VendorReply& reply) {
  return vendor_error(
      vendor, ErrorCode::vendor_bad_reply,
      display_name(vendor) + " sent an answer that makes no sense. Try again in a moment.",
      reply.status);
}

Error foreign_reply(const VendorRequest& request) {
  if (request.rings) return outcome_unknown(request.vendor);
  return vendor_error(
      request.vendor, ErrorCode::vendor_bad_reply,
      display_name(request.vendor) +
          " answered about another call, which was not believed. Try again in a moment.");
}

std::string_view header(const VendorReply& reply, std::string_view lower_case_name) {
  for (const auto& [name, value] : reply.headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

std::optional<Millis> http_date(std::string_view text) {
  if (!text.ends_with(" GMT")) return std::nullopt;
  return from_rfc2822(std::string(text.substr(0, text.size() - 3)) + "+0000");
}

std::optional<int> retry_after_s(const VendorReply& reply, Millis now) {
  const std::string_view text = header(reply, "retry-after");
  if (text.empty()) return std::nullopt;
  if (text.find_first_not_of("0123456789") == std::string_view::npos) {
    const std::int64_t seconds = whole_number(text).value_or(longest_wait_s);  // of many digits
    return static_cast<int>(std::clamp<std::int64_t>(seconds, 1, longest_wait_s));
  }
  const auto at = http_date(text);
  if (!at) return std::nullopt;
  return static_cast<int>(std::clamp<Millis>((*at - now + 999) / 1000, 1, Millis{longest_wait_s}));
}

Millis clock_ahead_ms(const VendorReply& reply, Millis now) {
  const auto date = http_date(header(reply, "date"));
  if (!date) return 0;
  return *date + 500 - now;  // a Date is cut to the second
}

Millis clearly_ahead_ms(const VendorReply& reply, Millis now) {
  const Millis ahead = clock_ahead_ms(reply, now);
  return std::abs(ahead) <= clock_noise_ms ? 0 : ahead;
}

}  // namespace voxdial
