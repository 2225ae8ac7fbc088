// Addresses and networks: which machine a request really comes from. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace voxdial {

/// Whether `address` (numeric IPv4 or IPv6) is `network` ("10.0.0.5", "10.0.0.0/8", "fd00::/8").
/// False for text that is neither. An IPv4 address written as IPv6 (::ffff:1.2.3.4) counts as IPv4.
bool in_network(std::string_view address, std::string_view network);
bool is_network(std::string_view text);

/// The address to count limits by: the peer, or, when that is one of `trusted`, the last address in
/// `forwarded_for` (X-Forwarded-For) that is not. What anybody else says there is not believed.
std::string client_address(const std::string& peer, std::string_view forwarded_for,
                           const std::vector<std::string>& trusted);

}  // namespace voxdial
