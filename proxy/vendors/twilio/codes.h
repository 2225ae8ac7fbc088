// Twilio's words and numbers, each explained once.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "shared/call_state.h"
#include "shared/end_reason.h"
#include "shared/error.h"

namespace voxdial::twilio {

/// Twilio's word for a call's state (queued, initiated, ringing, in-progress, completed, busy,
/// failed, no-answer, canceled); nothing for a word not known.
std::optional<CallStatus> status_of(std::string_view word);

/// One of Twilio's error codes (https://www.twilio.com/docs/api/errors): what it means when Twilio
/// refuses a request with it, and when a call ends with it.
struct Code {
  enum class Tells : std::uint8_t {
    nothing,      ///< why a call ended: it is about a request
    why_failed,   ///< why a call that failed was never connected
    why_ended,    ///< also why a call that was on the line ended
    why_blocked,  ///< whatever state the call was said to end in
  };
  int code;
  ErrorCode ours;
  Tells tells;
  EndedBy by;
  std::string_view end;       ///< EndReason::code
  std::string_view sentence;  ///< what happened; then what to do
};
/// Nothing for a code not in the table.
const Code* find_code(int code);

/// The code of a call that Twilio ended at its length limit.
inline constexpr int at_time_limit = 32015;

}  // namespace voxdial::twilio
