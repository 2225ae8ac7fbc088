// Twilio's callbacks: is it Twilio, and what does it say. Pure.
//
// Order for a route: http::parse_form, signature_valid with the configured public address (never
// with Host or X-Forwarded-*), then the callback parsers.
#pragma once

#include <string>
#include <string_view>

#include "proxy/config/secret.h"
#include "proxy/http/form.h"
#include "shared/result.h"

namespace voxdial::twilio {

using http::Form;

/// Whether X-Twilio-Signature belongs to a form callback at `url`, our own address as it was given
/// to Twilio. Twilio signs it with its port or without, whichever way it was given, and the fields
/// behind it (https://www.twilio.com/docs/usage/security). Constant time. False for a URL that is
/// none, an empty token or signature.
bool signature_valid(const Secret& auth_token, std::string_view url, const Form& params,
                     std::string_view signature);

/// A status callback (https://www.twilio.com/docs/voice/api/call-resource#statuscallback). They may
/// come late, twice, in another order or never.
struct StatusCallback {
  std::string call_sid;
  std::string to, from;     ///< E.164, as Twilio writes them
  std::string status;       ///< queued, initiated, ringing, in-progress, completed, busy, ...
  std::string answered_by;  ///< or empty
  int duration_s = 0;       ///< CallDuration
  int sip_code = 0;         ///< SipResponseCode, 0 when absent
  int error_code = 0;       ///< ErrorCode, 0 when absent
  friend bool operator==(const StatusCallback&, const StatusCallback&) = default;
};
/// CallSid and CallStatus are required; unknown fields are ignored.
Result<StatusCallback> parse_status_callback(const Form& form);

/// The outcome of asynchronous answering-machine detection
/// (https://www.twilio.com/docs/voice/answering-machine-detection).
struct AmdCallback {
  std::string call_sid;
  std::string answered_by;  ///< human, machine_start, machine_end_beep, ..., fax, unknown
  friend bool operator==(const AmdCallback&, const AmdCallback&) = default;
};
Result<AmdCallback> parse_amd_callback(const Form& form);

}  // namespace voxdial::twilio
