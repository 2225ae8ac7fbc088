// The headers every reply carries, whatever it is.
#pragma once

#include <string>
#include <vector>

namespace voxdial::http {

/// Content-Security-Policy and the rest, as header lines with their line ends. `connect_src`: CSP
/// sources the page may connect to besides its own origin.
std::string security_headers(const std::vector<std::string>& connect_src, bool hsts);

}  // namespace voxdial::http
