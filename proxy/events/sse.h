// Server-sent events on the wire (WHATWG HTML 9.2.6), as pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace voxdial::events {

/// One event as text: id, event and data lines and the empty line that ends it. No argument can
/// break out: line breaks in `data` (CR, LF, CRLF) become further data lines, `kind` loses
/// everything but letters, digits, '-' and '_'; NUL, which a browser would choke on in an id,
/// cannot occur in one. Id 0: without one, so that it moves nobody's place in the stream.
std::string encode_event(std::uint64_t id, std::string_view kind, std::string_view data);

/// An event id: the epoch (random at each start of the proxy) above 32 bits of sequence. 53 bits in
/// all, so that a JavaScript number holds it.
constexpr std::uint64_t event_id(std::uint32_t epoch, std::uint32_t sequence) {
  return (static_cast<std::uint64_t>(epoch & 0x1f'ffff) << 32) | sequence;
}

/// The value of a Last-Event-ID header: 0 when absent (a new page), `unknown_event_id` when it is
/// none of ours (which makes the hub ask for a reload).
constexpr std::uint64_t unknown_event_id = ~std::uint64_t{0};
std::uint64_t parse_event_id(std::string_view last_event_id);

}  // namespace voxdial::events
