// Addresses and networks: which machine a request really comes from. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/message.h"

namespace voxdial {

/// Whether `address` (numeric IPv4 or IPv6) is `network` ("10.0.0.5", "10.0.0.0/8", "fd00::/8").
/// False for text that is neither. An IPv4 address written as IPv6 (::ffff:1.2.3.4) counts as IPv4.
bool in_network(std::string_view address, std::string_view network);
bool in_networks(std::string_view address, const std::vector<std::string>& networks);
bool is_network(std::string_view text);

/// What an address counts as in limits by address: IPv4 as itself, IPv6 as its /64
/// ("2001:db8:0:7::/64"), since one host may use any address of that. Other text stays as it is.
std::string counting_address(std::string_view address);

/// Who is at the other end, as far as one can know.
struct Client {
  std::string address;  ///< numeric
  bool https = false;   ///< whether the browser came by https
};

/// The socket's other end, or, when that is one of `trusted`, what it says: X-Forwarded-For and
/// X-Forwarded-Proto, or the `Forwarded` of RFC 7239. In a list the last address that is not itself
/// trusted counts; ports, brackets and quotes are no part of an address. When both headers are
/// there and name different clients, one of them was not set by the proxy, and neither is believed.
/// Other peers' headers are never believed.
Client client_of(const http::Request& request, const std::vector<std::string>& trusted);

}  // namespace voxdial
