#include "proxy/http/accept_encoding.h"

#include <optional>
#include <string>

#include "shared/ascii.h"

namespace voxdial::http {
namespace {

/// "0", "1", "0.5", "0.123" in thousandths; anything else is 0.
int thousandths(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1') || text.size() > 5) return 0;
  int value = (text[0] - '0') * 1000;
  if (text.size() == 1) return value;
  if (text[1] != '.') return 0;
  int place = 100;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') return 0;
    value += (c - '0') * place;
    place /= 10;
  }
  return value > 1000 ? 0 : value;
}

int quality(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::size_t semicolon = parameters.find(';');
    const std::string_view one = trimmed(parameters.substr(0, semicolon));
    if (one.size() >= 2 && (one[0] == 'q' || one[0] == 'Q') && one[1] == '=') {
      return thousandths(one.substr(2));
    }
    if (semicolon == std::string_view::npos) break;
    parameters.remove_prefix(semicolon + 1);
  }
  return 1000;
}

}  // namespace

AcceptedEncodings parse_accept_encoding(std::string_view header) {
  std::optional<int> identity, gzip, br, rest;
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    const std::string_view item = header.substr(0, comma);
    const std::size_t semicolon = item.find(';');
    const std::string name = lower(trimmed(item.substr(0, semicolon)));
    const int q = semicolon == std::string_view::npos ? 1000 : quality(item.substr(semicolon + 1));
    if (name == "identity") identity = q;
    if (name == "gzip" || name == "x-gzip") gzip = q;
    if (name == "br") br = q;
    if (name == "*") rest = q;
    if (comma == std::string_view::npos) break;
    header.remove_prefix(comma + 1);
  }
  // Unlike the others, the identity is refused only when somebody says so.
  return {.identity = identity.value_or(rest == 0 ? 0 : 1),
          .gzip = gzip.value_or(rest.value_or(0)),
          .br = br.value_or(rest.value_or(0))};
}

}  // namespace voxdial::http
