// The state machine of a call, shared by both halves.
//
// News of a call comes from several mouths (Twilio's replies, polls and callbacks; Ultravox's; our
// own hang-up), late, doubled and out of order. Each state has a rank; a call only ever climbs, and
// the first terminal state it reaches is the one it keeps. So order, repetition and loss of news
// never show.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace voxdial {

enum class CallStatus : std::uint8_t {
  // rank 0..3, live
  requested,  ///< recorded here; the vendors have not all agreed yet
  queued,     ///< phone: accepted by Twilio, not dialled yet. web: waiting for the browser to join
  ringing,    ///< phone only: Twilio says initiated or ringing
  talking,    ///< somebody, or a machine, is on the line
  // terminal
  completed,  ///< it was answered (or joined) and is over
  busy,
  no_answer,
  canceled,  ///< we hung up before it was answered
  failed,    ///< the vendor could not carry it, or never agreed to
  unknown,   ///< the vendor's answer to the dial request was lost and the call was never found
};

/// Wire names: "requested", "queued", "ringing", "talking", "completed", "busy", "no-answer",
/// "canceled", "failed", "unknown".
std::string_view wire_name(CallStatus status);
std::optional<CallStatus> call_status(std::string_view wire_name);

bool is_terminal(CallStatus status);
/// 0..3 for the live states in order, 4 for every terminal one.
int rank(CallStatus status);

/// The state after hearing `news` in state `now`: the higher rank, and never out of a terminal
/// state. `unknown` is no knowledge: a call that is heard of after all goes on from there.
CallStatus advance(CallStatus now, CallStatus news);

}  // namespace voxdial
