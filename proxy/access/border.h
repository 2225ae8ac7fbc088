// The browser border: which requests a browser may have been tricked into sending.
//
// Pure. Guards against DNS rebinding (the Host must be one of ours) and cross-site requests (a
// state-changing request that says where it comes from must come from us). No CORS header is ever
// sent.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "proxy/config/config.h"
#include "proxy/http/message.h"
#include "shared/result.h"

namespace voxdial {

struct BorderRules {
  std::set<std::string> hosts;               ///< lower case, without port
  std::string public_origin;                 ///< PUBLIC_BASE_URL, or empty
  std::vector<std::string> trusted_proxies;  ///< whose X-Forwarded-Proto tells the page's scheme
};

/// The names this proxy answers to: its address, localhost names when on loopback, ALLOWED_HOSTS.
BorderRules border_rules(const Config& config);

/// What a route takes as its body.
enum class Body : std::uint8_t {
  none,
  json,
  optional_json,
  form,      ///< the log-in page's
  callback,  ///< a vendor's, which comes from no browser and is checked by its signature
  probe,     ///< none, and whoever asks may use any name for us or none: health checks
};

/// Refuses (bad_origin) an unknown Host on every request, and on state-changing ones and everything
/// under /api/ a foreign Origin or Sec-Fetch-Site; where the browser says "same-origin", the Origin
/// may have another port or other name of ours than the Host. A request without Origin is no
/// browser's (the Fetch standard: browsers send it on every POST, PUT and DELETE) and passes.
/// Requires application/json on any body (unsupported_media_type). A `callback` has neither origin
/// nor JSON; a `probe` is open to everybody, as its reply tells nothing. PUBLIC_BASE_URL is for the
/// vendors' callbacks: people may use it only where they have to log in (`login`), so that a tunnel
/// for callbacks does not open the dialler to everybody.
Result<void> check_border(const http::Request& request, const BorderRules& rules, Body body,
                          bool login);

/// Whether the browser sees a secure context (https, or this machine): only there does it keep the
/// log-in cookie and give the microphone.
bool is_secure_for_browser(const http::Request& request, const BorderRules& rules);

}  // namespace voxdial
