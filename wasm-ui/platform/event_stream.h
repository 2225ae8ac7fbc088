// A stream of server-sent events (WHATWG HTML 9.2) that keeps itself alive.
//
// Read with fetch, not with EventSource: that one neither tells a refusal (401) from a cut line nor
// lets the waiting time be chosen. Resumes with Last-Event-ID. Reconnects after 0.5, 1, 2, 4 ... 30
// s (each shortened by up to half, at random, so that a restarted server is not run over), at once
// when the network or the tab comes back. Closed while the page is away (pagehide), opened again if
// it returns.
#pragma once

#include <cstdint>
#include <string>

namespace voxdial::platform {

enum class StreamState : std::uint8_t {
  connecting,  ///< the first attempt
  live,
  reconnecting,  ///< the line is down; trying, next in `retry_ms`
  refused,  ///< the server said no (any status but 200, 429 and 5xx): over, will not be retried
  closed,   ///< by close_stream, or by the server with 204: over
};

struct StreamChanged {
  std::uint32_t id = 0;
  StreamState state = StreamState::connecting;
  int status = 0;              ///< HTTP status of a refusal, else 0
  std::uint32_t retry_ms = 0;  ///< reconnecting: until the next attempt
  friend bool operator==(const StreamChanged&, const StreamChanged&) = default;
};

struct StreamMessage {
  std::uint32_t id = 0;
  std::string event = "message";
  std::string data;
  std::string last_event_id;
  friend bool operator==(const StreamMessage&, const StreamMessage&) = default;
};

/// Opens a stream; StreamChanged and StreamMessage follow in order. A line silent for `silence_ms`
/// (the server's comments count as sound) is taken for dead. 0: never.
std::uint32_t open_stream(const std::string& url, const std::string& last_event_id = {},
                          std::uint32_t silence_ms = 45'000);
void close_stream(std::uint32_t id);

}  // namespace voxdial::platform
