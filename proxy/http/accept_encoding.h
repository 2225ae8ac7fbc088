// Which of identity, gzip and brotli a client takes (RFC 9110 12.5.3): a pure function.
#pragma once

#include <string_view>

namespace voxdial::http {

/// Preferences from 0 (refused) to 1000, as the q-values say. A client that does not name
/// "identity" takes it all the same, after everything that it named: 1.
struct AcceptedEncodings {
  int identity = 1;
  int gzip = 0;
  int br = 0;
};
/// An absent or empty header takes the identity only; malformed q-values count as 0.
AcceptedEncodings parse_accept_encoding(std::string_view header);

}  // namespace voxdial::http
