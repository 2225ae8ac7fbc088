#include "proxy/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "shared/ascii.h"

namespace voxdial {
namespace {

struct Scheme {
  std::string_view name;
  int port;
};
constexpr Scheme schemes[] = {{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}};

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

/// A last label that is a number makes it an IPv4 address, as the URL standard has it: the resolver
/// would take "127.1" and "0x7f.1" for this machine.
bool is_name(const std::string& host) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-._";
  if (host.empty() || host.size() > 253 || host.find_first_not_of(letters) != host.npos) {
    return false;
  }
  std::string_view last = host;
  if (last.ends_with('.')) last.remove_suffix(1);
  last.remove_prefix(last.rfind('.') + 1);
  if (last.starts_with("0x")) return last.find_first_not_of("0123456789abcdef", 2) != last.npos;
  return last.find_first_not_of("0123456789") != last.npos;
}

}  // namespace

int default_port(std::string_view scheme) {
  for (const Scheme& known : schemes) {
    if (known.name == scheme) return known.port;
  }
  return 0;
}

std::optional<Url> read_url(std::string_view text) {
  constexpr std::string_view never = "\"<>\\";
  if (std::any_of(text.begin(), text.end(),
                  [&](char c) { return c <= ' ' || c >= 0x7f || never.find(c) != never.npos; })) {
    return std::nullopt;
  }
  const auto colon = text.find("://");
  if (colon == text.npos) return std::nullopt;
  Url url;
  url.scheme = lower(text.substr(0, colon));
  url.port = default_port(url.scheme);
  if (url.port == 0) return std::nullopt;
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));

  std::string_view authority = text.substr(0, text.find_first_of("/?"));
  url.target = text.substr(authority.size());
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == authority.npos) return std::nullopt;
    url.host = lower(authority.substr(1, close - 1));
    if (!is_ipv6(url.host)) return std::nullopt;
    port = authority.substr(close + 1);
  } else {
    port = authority.substr(std::min(authority.find(':'), authority.size()));
    url.host = lower(authority.substr(0, authority.size() - port.size()));
    if (!is_ipv4(url.host) && !is_name(url.host)) return std::nullopt;
  }
  if (!port.empty()) {
    const auto number = whole_number(port.substr(1)).value_or(0);
    if (port.front() != ':' || number < 1 || number > 65535) return std::nullopt;
    url.port = static_cast<int>(number);
  }
  return url;
}

std::string origin_of(const Url& url) {
  std::string origin = url.scheme + "://" + (is_ipv6(url.host) ? "[" + url.host + "]" : url.host);
  if (url.port != default_port(url.scheme)) origin += ":" + std::to_string(url.port);
  return origin;
}

bool is_loopback_host(std::string_view host) {
  const std::string name(host);
  return name == "localhost" || name == "::1" || (is_ipv4(name) && name.starts_with("127."));
}

std::string url_host(std::string_view text) {
  const auto url = read_url(text);
  return url ? url->host : std::string{};
}

}  // namespace voxdial
