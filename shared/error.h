// Every failure a person can meet, in one table: its code, its wire name, its HTTP status and the
// sentence a person reads when nobody has a better one.
//
// A new failure is one row here; code, name, status and sentence cannot drift apart. Wire names are
// stable: scripts switch on them. HTTP status 0 marks failures that happen in the browser and never
// travel. What a vendor said is never passed on; only its own code number is (`Provider`).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace voxdial {

// X(code, HTTP status, sentence)
// clang-format off
#define VOXDIAL_ERRORS(X) \
  /* the request itself */ \
  X(invalid_json,           400, "The request is not valid JSON.") \
  X(invalid_field,          400, "A field of the request has a value that is not allowed.") \
  X(missing_field,          400, "A required field is missing.") \
  X(unknown_field,          400, "The request has a field that is not known here.") \
  X(invalid_header,         400, "A header of the request is missing or malformed.") \
  X(not_found,              404, "There is nothing here.") \
  X(method_not_allowed,     405, "This address does not take that method.") \
  X(timeout_reading,        408, "The request took too long to arrive.") \
  X(conflict,               409, "The request does not fit the present state.") \
  X(payload_too_large,      413, "The request is too large.") \
  X(uri_too_long,           414, "The address of the request is too long.") \
  X(unsupported_media_type, 415, "Send the request as application/json.") \
  X(range_not_satisfiable,  416, "The file does not have that range.") \
  X(headers_too_large,      431, "The request's headers are too large.") \
  /* who may */ \
  X(unauthenticated,        401, "Log in first.") \
  X(login_failed,           401, "The name or the password is wrong.") \
  X(forbidden,              403, "You may not do this.") \
  X(bad_origin,             403, "The request came from another site and was refused.") \
  X(bad_signature,          403, "The signature of the callback is wrong.") \
  /* whether a call may be placed */ \
  X(invalid_number,         422, "This is not a valid phone number.") \
  X(number_not_allowed,     403, "Calls to this kind of number are not allowed.") \
  X(region_not_allowed,     403, "Calls to this country are not allowed. The operator can allow it in ALLOWED_REGIONS.") \
  X(do_not_call,            403, "This number is on the do-not-call list.") \
  X(quiet_hours,            403, "It is too early or too late to call there.") \
  X(phone_unavailable,      503, "Phone calls are off: the server has no Twilio settings.") \
  X(rate_limited,           429, "Too many calls in a short time. Wait a little and try again.") \
  X(too_many_calls,         429, "Too many calls are running. Wait for one to end.") \
  X(spend_limit,            429, "The limit for today's calls is used up.") \
  X(idempotency_mismatch,   422, "This Idempotency-Key was used for a different request.") \
  X(call_not_live,          409, "The call is not live, so nothing can be said into it.") \
  X(no_recording,           404, "There is no recording of this call.") \
  /* what a vendor said or failed to say */ \
  X(vendor_unauthorized,    502, "The provider does not accept the server's credentials. Check the keys in .env.") \
  X(vendor_account,         502, "The provider's account is suspended, closed or out of funds. Check its billing page.") \
  X(vendor_refused,         502, "The provider refused the request.") \
  X(vendor_busy,            503, "The provider is busy. Wait a little and try again.") \
  X(vendor_unreachable,     502, "The provider cannot be reached. Nothing was dialled.") \
  X(vendor_failed,          502, "The provider failed.") \
  X(vendor_bad_reply,       502, "The provider sent an answer that makes no sense.") \
  X(vendor_timeout,         504, "The provider did not answer in time.") \
  X(outcome_unknown,        504, "The provider's answer was lost: the call may have been placed. Do not press again; watch the call's state.") \
  X(destination_refused,    422, "The provider cannot call this number. Check it.") \
  X(geo_permission,         403, "Calls to this country are not enabled at Twilio. Enable it in Twilio's Voice geographic permissions.") \
  X(destination_blocked,    403, "Twilio blocks calls to this number for fraud or regulatory reasons.") \
  X(caller_number_refused,  502, "Twilio does not accept the caller number. Check TWILIO_PHONE_NUMBER.") \
  X(trial_restriction,      403, "A Twilio trial account can only call verified numbers. Verify the number or upgrade the account.") \
  X(circuit_open,           503, "The provider has failed repeatedly; calls are paused for a moment.") \
  /* this server */ \
  X(store_unavailable,      503, "The server cannot record calls at the moment, so it places none.") \
  X(shutting_down,          503, "The server is stopping.") \
  X(overloaded,             503, "The server is busy. Try again in a moment.") \
  X(internal,               500, "Something went wrong in the server. The log has the details.") \
  /* in the browser */ \
  X(network,                  0, "Can't reach the voxdial server. Check your connection and that the server is running.") \
  X(answer_lost,              0, "The server's reply didn't arrive. Press again to find out what happened: the same call won't be placed twice.") \
  X(bad_reply,                0, "The server's reply couldn't be read. Reload the page.") \
  X(mic_denied,               0, "This site may not use your microphone. Allow it next to the address bar, then try again.") \
  X(mic_dismissed,            0, "You closed the microphone prompt. Press again and choose Allow.") \
  X(mic_system,               0, "Your system blocks the microphone for this browser. Allow it in the system's privacy settings, then try again.") \
  X(mic_withdrawn,            0, "The microphone prompt was withdrawn. Try again.") \
  X(mic_missing,              0, "No microphone found. Connect one, then try again.") \
  X(mic_busy,                 0, "Your microphone couldn't be opened. Close other apps that use it, then try again.") \
  X(insecure_context,         0, "The microphone needs a secure page. Open voxdial over https or at localhost.") \
  X(join_timeout,             0, "The call took too long to connect. Try again.") \
  X(join_failed,              0, "The agent couldn't be reached. Try again.") \
  X(line_lost,                0, "The connection to the agent was lost. Call again.") \
  X(in_call,                  0, "You're already in a call on this page.") \
  X(call_elsewhere,           0, "Another tab is in a web call. Press again to start this one too: you would be heard in both.") \
  X(sdk_unavailable,          0, "Web calls couldn't be loaded. Reload the page.")
// clang-format on

enum class ErrorCode {
#define X(code, status, sentence) code,
  VOXDIAL_ERRORS(X)
#undef X
};

inline constexpr ErrorCode all_error_codes[] = {
#define X(code, status, sentence) ErrorCode::code,
    VOXDIAL_ERRORS(X)
#undef X
};

/// What the vendor called the failure, for a person who wants to look it up.
struct Provider {
  std::string name;  ///< "twilio" or "ultravox"
  int code = 0;      ///< its own error code, else its HTTP status, else 0
  friend bool operator==(const Provider&, const Provider&) = default;
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  ///< one or two sentences: what failed, why, what to do; never a secret
  std::string field;    ///< path of the offending field ("medium.phoneNumber"), or empty
  std::optional<Provider> provider;
  std::optional<int> retry_after_s;  ///< seconds; becomes the Retry-After header
  friend bool operator==(const Error&, const Error&) = default;
};

/// The table's columns. All three are total over ErrorCode.
std::string_view wire_name(ErrorCode code);
int http_status(ErrorCode code);
std::string_view sentence(ErrorCode code);

/// The code with this wire name, or nothing.
std::optional<ErrorCode> error_code(std::string_view wire_name);

/// An error whose message is `message`, or the table's sentence when that is empty.
Error make_error(ErrorCode code, std::string message = {}, std::string field = {});

}  // namespace voxdial
