// Why a call ended, in plain words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace voxdial {

/// Who brought the call to its end.
enum class EndedBy : std::uint8_t {
  nobody_yet,  ///< the call is live
  person,      ///< the one who pressed End here
  agent,       ///< the agent hung up
  callee,      ///< the other side of a phone call (also: did not answer, was busy)
  caller,      ///< web: the person's browser left
  limit,       ///< the length limit
  carrier,     ///< the phone network
  provider,    ///< Twilio or Ultravox
  server,      ///< this proxy (shutdown, an error on our side, a safety limit)
};
std::string_view wire_name(EndedBy by);

struct EndReason {
  EndedBy by = EndedBy::nobody_yet;
  std::string code;      ///< stable: "agent_hung_up", "no_answer", "geo_permission", ...
  std::string sentence;  ///< "No answer after 30 s."
  friend bool operator==(const EndReason&, const EndReason&) = default;
};

}  // namespace voxdial
