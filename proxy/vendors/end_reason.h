// Why a call ended: one table over what Twilio, the carrier and Ultravox say.
#pragma once

#include <string>

#include "shared/call_state.h"
#include "shared/end_reason.h"

namespace voxdial {

/// What is known at the end. Everything optional: vendors leave out what they please.
struct EndFacts {
  CallStatus status = CallStatus::completed;
  bool phone = false;
  std::string twilio_status;  ///< their word
  int twilio_error = 0;       ///< their error code on the call, 0 when none
  int sip_code = 0;           ///< SipResponseCode, 0 when unknown
  /// unjoined, hangup, agent_hangup, timeout, connection_error, system_error
  std::string ultravox_end_reason;
  std::string answered_by;       ///< human, machine_*, fax, unknown
  bool hung_up_here = false;     ///< somebody pressed End
  bool line_lost = false;        ///< web: the page lost its line to the agent
  bool tab_closed = false;       ///< web: the page with the call went away
  bool waited_too_long = false;  ///< phone: canceled, since the agent had stopped waiting
  bool overdue = false;          ///< it outlived its hard limit, so the server ended it
  bool agent_absent = false;     ///< phone: the agent was still waiting to be connected at the end
  bool left_voicemail = false;   ///< the agent left a message
  bool hung_up_on_machine = false;  ///< the server ended it because a machine answered
  int rang_s = 0;                   ///< seconds of ringing, 0 when unknown
  int talked_s = 0;                 ///< seconds of talk
  int limit_s = 0;                  ///< the length limit, 0 when none
  /// The deciding provider (Twilio on the phone, else Ultravox) answers that there is no such call.
  bool forgotten = false;
  /// It answered nothing of use until the call was past its hard length limit.
  bool unheard = false;
  friend bool operator==(const EndFacts&, const EndFacts&) = default;
};

/// Pure; total: every combination has a sentence. REQUIRES: is_terminal(facts.status)
EndReason explain_end(const EndFacts& facts);

}  // namespace voxdial
