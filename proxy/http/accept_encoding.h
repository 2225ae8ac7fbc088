// Which of identity, gzip and brotli a client takes (RFC 9110 12.5.3): a pure function.
#pragma once

#include <string_view>

namespace voxdial::http {

/// Preferences from 0 (refused) to 1000, as the q-values say. An identity nobody speaks of is 1:
/// taken, but after everything that was asked for.
struct AcceptedEncodings {
  int identity = 1;
  int gzip = 0;
  int br = 0;
};
/// An absent or empty header takes the identity only; malformed q-values count as 0.
AcceptedEncodings parse_accept_encoding(std::string_view header);

}  // namespace voxdial::http
