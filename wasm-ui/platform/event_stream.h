// The server's events. web/events.js, which shares one stream between all tabs of the browser, does
// the work; this is the border to it.
#pragma once

#include <cstdint>
#include <string>

namespace voxdial::platform {

enum class StreamState : std::uint8_t {
  connecting,    ///< the first attempt
  live,          ///< news arrives as it happens
  held,          ///< something in between holds it back, or this tab is hidden and has let go
  reconnecting,  ///< the line is down; it is tried again
  refused,       ///< the server said no (any status but 200, 429 and 5xx): over until opened again
};

struct StreamChanged {
  StreamState state = StreamState::connecting;
  int status = 0;  ///< HTTP status of a refusal, else 0
  friend bool operator==(const StreamChanged&, const StreamChanged&) = default;
};

struct StreamMessage {
  std::string event = "message";
  std::string data;
  friend bool operator==(const StreamMessage&, const StreamMessage&) = default;
};

/// StreamChanged and StreamMessage follow in order. Again: it starts anew, for all tabs.
void open_stream();

}  // namespace voxdial::platform
