// The world outside, as one struct of functions: the only seam of the proxy.
//
// Everything the proxy asks of the outside goes through here, so a test can fail any step, stop the
// clock or answer as a vendor would. main() builds the real one (proxy/http for `send`); nobody
// keeps a global. The functions may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "shared/api.h"
#include "shared/result.h"

namespace voxdial {

enum class Vendor : std::uint8_t { ultravox, twilio };
std::string_view vendor_name(Vendor vendor);  ///< "ultravox", "twilio"

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One request to a vendor, ready to send. Credentials are NOT in it: the sender adds them by
/// vendor, so that a request can be logged, compared and printed by a test without holding a
/// secret.
struct VendorRequest {
  Vendor vendor = Vendor::ultravox;
  std::string method;        ///< "GET", "POST", "DELETE"
  std::string path;          ///< path and query under the vendor's base URL, already escaped
  std::string content_type;  ///< empty without a body
  std::string body;
  /// Whole request, connect to last byte. Connect alone has its own, shorter limit in the sender.
  int timeout_ms = 10'000;
  std::size_t max_reply_bytes = 1 << 20;
  /// Makes a telephone ring: when the reply is lost, the call may exist all the same.
  bool rings = false;
  /// Twilio's second host (voice.twilio.com for geo permissions); the sender picks the base URL.
  bool voice_host = false;
  /// A redirect is handed over as the reply (it is never followed) instead of being `bad_answer`.
  bool redirect_is_reply = false;
  /// An absolute address a vendor pointed to (a recording's audio). It is fetched without
  /// credentials; https, or http on this machine where the vendor itself is there. `path` is not
  /// used.
  std::string elsewhere;
  std::string range{};  ///< the Range header, when only a part is wanted
  /// The reply's body is not waited for: it comes as `next_piece`. `timeout_ms` is then for its
  /// head, and for each piece.
  bool in_pieces = false;
  friend bool operator==(const VendorRequest&, const VendorRequest&) = default;
};

struct VendorReply {
  int status = 0;
  Headers headers;  ///< names in lower case
  std::string body;
  /// Instead of `body`, of a request `in_pieces`: the next piece at each call, an empty one at the
  /// end. The connection is held until it is let go of.
  std::function<Result<std::string>()> next_piece{};
};

/// Why there is no reply. The difference that matters for money: could the vendor have acted?
struct SendFailure {
  enum class Kind : std::uint8_t {
    not_sent,    ///< refused, no route, DNS, TLS failed, connect timeout: the vendor saw nothing
    no_answer,   ///< sent, and then timeout or cut: the vendor may have acted
    bad_answer,  ///< an answer that is too large, or a redirect (never followed)
    crowded,     ///< not sent: as many are under way as may be. Our doing, not the vendor's
  } kind = Kind::not_sent;
  std::string what;  ///< for the log: "connect timeout", "certificate verify failed"; no secret
  friend bool operator==(const SendFailure&, const SendFailure&) = default;
};
using SendResult = Result<VendorReply, SendFailure>;

/// One line of the log: structured, one event, never a secret, never a whole number, never a body.
struct LogLine {
  enum class Level : std::uint8_t { info, warning, error } level = Level::info;
  std::string event;                                        ///< "call_placed", "vendor_refused"
  std::vector<std::pair<std::string, std::string>> fields;  ///< values are escaped by the writer
  /// Whether somebody whom nobody let in made it happen: the writer bounds such lines.
  bool by_stranger = false;
};

/// Milliseconds of a clock that nobody sets.
using SteadyClock = std::function<std::int64_t()>;

struct World {
  std::function<SendResult(const VendorRequest&)> send;
  std::function<Millis()> now;  ///< wall clock
  SteadyClock steady_ms;
  std::function<std::string(std::size_t)> random_bytes;  ///< n bytes from the system's generator
  std::function<void(const LogLine&)> log;
  /// This machine's own wall clock, where `now` is a database's. Empty: they are one.
  std::function<Millis()> machine_now = {};
};

/// A new id: `prefix`, then the time and 80 random bits in lower-case base 32 ("call_agn4...").
std::string new_id(const World& world, std::string_view prefix);

}  // namespace voxdial
