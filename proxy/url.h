// Every web address that this proxy will use is read here, whole, before anything is done with it:
// those of the operator's settings and those a vendor names (redirects, join addresses). httplib
// and the resolver read addresses more generously, and each in its own way; what this does not
// understand never reaches them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace voxdial {

struct Url {
  std::string scheme;  ///< "http", "https", "ws" or "wss", however it was written
  std::string host;    ///< lower case, without brackets: as in a certificate
  int port = 0;        ///< 1..65535; the scheme's own when none is written
  std::string target;  ///< path and query as written; begins with "/", without the fragment
};

/// The port of a scheme's addresses that name none; 0 for a scheme that is none of Url's.
int default_port(std::string_view scheme);

/// Nothing for what is no such address: another scheme, a user in it, a port that is none, an IP
/// address in a writing of its own ("127.1", "0x7f000001"), a character that no address has.
std::optional<Url> read_url(std::string_view text);

/// "scheme://host:port" as a browser writes an origin: in lower case, without the scheme's own
/// port.
std::string origin_of(const Url& url);

/// Whether `host` (as in Url) is this machine: 127.0.0.0/8, ::1 or localhost.
bool is_loopback_host(std::string_view host);

/// The host of an address, or empty.
std::string url_host(std::string_view text);

}  // namespace voxdial
