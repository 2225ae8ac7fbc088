#include "proxy/access/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
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

bool is_v4(const Parsed& address) {
  constexpr std::array<unsigned char, 12> prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(prefix.begin(), prefix.end(), address.bytes.begin());
}

/// In its canonical form (RFC 5952).
std::string written(const Parsed& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4(address)) {
    ::inet_ntop(AF_INET, address.bytes.data() + 12, text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  }
  return text.data();
}

/// The address in "203.0.113.7:51422", "[2001:db8::1]:4711", "2001:db8::1" or one of these in
/// quotes; empty when there is none ("unknown", "_hidden").
std::string address_in(std::string_view node) {
  node = trimmed(node);
  if (node.size() >= 2 && node.front() == '"' && node.back() == '"') {
    node = node.substr(1, node.size() - 2);
  }
  if (node.starts_with('[')) {
    const auto close = node.find(']');
    if (close == node.npos) return {};
    node = node.substr(1, close - 1);
  } else if (std::count(node.begin(), node.end(), ':') == 1) {
    node = node.substr(0, node.find(':'));
  }
  const auto address = parse_address(node.substr(0, node.find('%')));  // a zone is no part of it
  return address ? written(*address) : std::string();
}

/// What one proxy says of its client.
struct Hop {
  std::string address;  ///< empty: not told
  std::string proto;    ///< lower case
};

/// Calls `each` with every part of `list` between two `separator`s that stand in no quotes.
template <class Each>
void split(std::string_view list, char separator, Each each) {
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '"') quoted = !quoted;
    if (list[i] != separator || quoted) continue;
    each(trimmed(list.substr(begin, i - begin)));
    begin = i + 1;
  }
  each(trimmed(list.substr(begin)));
}

/// Calls `each` with every member of a header that is a list, over all lines of that name: some
/// proxies append to the line they got, some add one.
template <class Each>
void each_member(const http::Request& request, std::string_view name, Each each) {
  for (const auto& [header, value] : request.headers) {
    if (header == name) split(value, ',', each);
  }
}

std::vector<Hop> x_forwarded(const http::Request& request) {
  std::vector<Hop> hops;
  each_member(request, "x-forwarded-for", [&](std::string_view node) {
    if (!node.empty()) hops.push_back({.address = address_in(node), .proto = {}});
  });
  return hops;
}

std::vector<Hop> forwarded(const http::Request& request) {
  std::vector<Hop> hops;
  each_member(request, "forwarded", [&](std::string_view element) {
    Hop& hop = hops.emplace_back();
    split(element, ';', [&](std::string_view pair) {
      const auto equals = pair.find('=');
      if (equals == pair.npos) return;
      const std::string name = lower(pair.substr(0, equals));
      std::string_view value = pair.substr(equals + 1);
      if (name == "for") hop.address = address_in(value);
      if (name == "proto") {
        if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
        hop.proto = lower(value);
      }
    });
  });
  return hops;
}

/// The nearest address that is not trusted, going back from the peer.
std::string client_among(const std::vector<Hop>& hops, const std::string& peer,
                         const std::vector<std::string>& trusted) {
  std::string client = peer;
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (!in_networks(client, trusted) || hop->address.empty()) break;
    client = hop->address;
  }
  return client;
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
  const auto bits = whole_number(text.substr(slash + 1));
  if (!bits || *bits > (address->v4 ? 32 : 128)) return {};
  network.bits = static_cast<int>(*bits) + (address->v4 ? 96 : 0);
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

bool in_networks(std::string_view address, const std::vector<std::string>& networks) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const std::string& network) { return in_network(address, network); });
}

std::string counting_address(std::string_view address) {
  const auto parsed = parse_address(address);
  if (!parsed) return std::string(address);
  if (is_v4(*parsed)) return written(*parsed);
  Parsed site = *parsed;
  std::fill(site.bytes.begin() + 8, site.bytes.end(), static_cast<unsigned char>(0));
  return written(site) + "/64";
}

Client client_of(const http::Request& request, const std::vector<std::string>& trusted) {
  if (!in_networks(request.peer, trusted)) return {.address = request.peer, .https = request.tls};
  const std::vector<Hop> listed = x_forwarded(request), standard = forwarded(request);
  const std::string by_list = client_among(listed, request.peer, trusted);
  const std::string by_standard = client_among(standard, request.peer, trusted);
  Client client{.address = listed.empty() ? by_standard : by_list, .https = request.tls};
  if (!listed.empty() && !standard.empty() && by_list != by_standard) client.address = request.peer;
  std::string scheme;
  each_member(request, "x-forwarded-proto", [&](std::string_view said) {
    if (scheme.empty()) scheme = lower(said);
  });
  if (scheme.empty() && !standard.empty()) scheme = standard.front().proto;
  client.https = client.https || scheme == "https";
  return client;
}

}  // namespace voxdial
