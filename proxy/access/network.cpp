#include "proxy/access/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "shared/ascii.h"

namespace voxdial {
namespace {

/// Any address as the 16 bytes of IPv6; IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2).
using Bytes = std::array<unsigned char, 16>;

struct Parsed {
  Bytes bytes{};
  bool v4 = false;
};

std::optional<Parsed> parse_address(std::string_view text) {
  const std::string address(text);
  Parsed parsed;
  if (in_addr four{}; inet_pton(AF_INET, address.c_str(), &four) == 1) {
    const auto* from = reinterpret_cast<const unsigned char*>(&four);
    parsed.bytes[10] = parsed.bytes[11] = 0xff;
    std::copy(from, from + 4, parsed.bytes.begin() + 12);
    parsed.v4 = true;
    return parsed;
  }
  in6_addr six{};
  if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return {};
  std::copy(std::begin(six.s6_addr), std::end(six.s6_addr), parsed.bytes.begin());
  return parsed;
}

struct Network {
  Bytes bytes{};
  int bits = 128;
};

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return {};
  Network network{.bytes = address->bytes, .bits = 128};
  if (slash == text.npos) return network;
  const std::string_view length = text.substr(slash + 1);
  const auto [end, status] =
      std::from_chars(length.data(), length.data() + length.size(), network.bits);
  const int most = address->v4 ? 32 : 128;
  if (status != std::errc{} || end != length.data() + length.size() || network.bits < 0 ||
      network.bits > most) {
    return {};
  }
  if (address->v4) network.bits += 96;
  return network;
}

}  // namespace

bool is_network(std::string_view text) { return parse_network(text).has_value(); }

bool in_network(std::string_view address, std::string_view network) {
  const auto one = parse_address(address);
  const auto net = parse_network(network);
  if (!one || !net) return false;
  for (int bit = 0; bit < net->bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if ((one->bytes[byte] & mask) != (net->bytes[byte] & mask)) return false;
  }
  return true;
}

std::string client_address(const std::string& peer, std::string_view forwarded_for,
                           const std::vector<std::string>& trusted) {
  const auto is_trusted = [&](std::string_view address) {
    return std::any_of(trusted.begin(), trusted.end(),
                       [&](const std::string& network) { return in_network(address, network); });
  };
  std::string client = peer;
  while (is_trusted(client) && !forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    const std::string_view last =
        trimmed(comma == forwarded_for.npos ? forwarded_for : forwarded_for.substr(comma + 1));
    if (!parse_address(last)) break;
    client = last;
    forwarded_for =
        comma == forwarded_for.npos ? std::string_view{} : forwarded_for.substr(0, comma);
  }
  return client;
}

}  // namespace voxdial
