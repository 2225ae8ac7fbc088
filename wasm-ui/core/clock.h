// The server's clock, as this page knows it.
//
// The times of calls are the server's, and a person's computer may be minutes off in either
// direction or be set while the page is open. So the page never compares its own clock with them:
// it learns what the server's clock shows from replies and from the stream, never from a call's
// times, which may be old when they arrive.
#pragma once

#include "shared/api.h"

namespace voxdial::ui {

struct ServerClock {
  Millis ahead = 0;     ///< what the server's clock shows more than ours
  Millis vague = -1;    ///< within how many ms that is known; negative: nothing has been heard yet
  bool asking = false;  ///< a question that tells is under way
  friend bool operator==(const ServerClock&, const ServerClock&) = default;
};

/// A reply tells the server's time at a moment between the two of ours. The reply that was faster
/// than all others is believed, until one contradicts it: then one of the clocks was set.
inline void hear_reply_time(ServerClock& clock, Millis sent, Millis heard, Millis server) {
  const Millis least = server - heard, most = server - sent;
  const bool better = clock.vague < 0 || most - least <= clock.vague;
  if (better || clock.ahead < least || clock.ahead > most) {
    clock.ahead = least + (most - least) / 2;
    clock.vague = most - least;
  }
  clock.asking = false;
}

/// A message of the stream tells only the least the server can be ahead: how long it was under way
/// is not known. True when it was long, or our clock was set: a question would tell.
inline bool hear_stream_time(ServerClock& clock, Millis heard, Millis server) {
  constexpr Millis doubtful_ms = 2000;
  const Millis least = server - heard;
  if (clock.vague < 0 || clock.ahead < least) {
    clock.ahead = least;
    clock.vague = INT64_MAX;
  }
  return clock.ahead - least > doubtful_ms;
}

}  // namespace voxdial::ui
