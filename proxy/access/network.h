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

/// What an address counts as wherever something is counted by address: itself, or, of IPv6, its
/// site: "2001:db8:0:7::/64". One host has 2^64 addresses to come from. Other text stays what it
/// is.
std::string counting_address(std::string_view address);

/// Who is at the other end, as far as one can know.
struct Client {
  std::string address;  ///< numeric
  bool https = false;   ///< whether the browser came by https
};

/// The socket's other end, or, when that is one of `trusted`, what it says: X-Forwarded-For and
/// X-Forwarded-Proto, or the `Forwarded` of RFC 7239. Of a list the last address counts that is not
/// trusted itself; ports, brackets and quotes are no part of an address. Where both headers are
/// there and name different clients, one of them is not the proxy's, and neither is believed. What
/// anybody else says is not believed at all.
Client client_of(const http::Request& request, const std::vector<std::string>& trusted);

}  // namespace voxdial
