#include "proxy/twilio/web_url.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

#include "proxy/http/form.h"
#include "shared/ascii.h"

namespace voxdial::twilio {
namespace {

void append_encoded(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

// The standard's percent-encode sets, besides controls and everything past "~".
constexpr std::string_view fragment_set = " \"<>`";
constexpr std::string_view special_query_set = " \"#<>'";
constexpr std::string_view path_set = " \"#<>?`{}";
constexpr std::string_view userinfo_set = " \"#<>?^`{}/:;=@[]|\\";

std::string encode(std::string_view text, std::string_view set) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7E || set.find(c) != std::string_view::npos) {
      append_encoded(out, c);
    } else {
      out += c;
    }
  }
  return out;
}

/// Cuts `text` before the first of `ends`, and `rest` becomes what follows (with its first
/// character).
std::string_view cut(std::string_view& rest, std::string_view ends) {
  const auto end = std::min(rest.find_first_of(ends), rest.size());
  const std::string_view head = rest.substr(0, end);
  rest.remove_prefix(end);
  return head;
}

bool parse_authority(std::string_view authority, WebUrl& url) {
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    std::string_view user = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    const auto colon = user.find(':');
    if (colon != std::string_view::npos) {
      url.password = encode(user.substr(colon + 1), userinfo_set);
      user = user.substr(0, colon);
    }
    url.username = encode(user, userinfo_set);
  }
  std::string_view host = authority;
  std::string_view port;
  if (host.starts_with('[')) {
    const auto close = host.find(']');
    if (close == std::string_view::npos) return false;
    port = host.substr(close + 1);
    host = host.substr(0, close + 1);
    if (!port.empty() && port[0] != ':') return false;
    if (host.find_first_not_of("[]0123456789abcdefABCDEF:.") != std::string_view::npos) {
      return false;
    }
  } else {
    const auto colon = host.find(':');
    if (colon != std::string_view::npos) port = host.substr(colon);
    host = host.substr(0, colon);
    if (host.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~") !=
        std::string_view::npos) {
      return false;
    }
    // A last label of digits makes it an IPv4 address, which must be written plainly.
    std::string_view last = host;
    if (last.ends_with('.')) last.remove_suffix(1);
    last.remove_prefix(std::min(last.size(), last.rfind('.') + 1));
    if (!last.empty() && std::all_of(last.begin(), last.end(), is_digit) &&
        std::count(host.begin(), host.end(), '.') != 3) {
      return false;
    }
  }
  if (host.empty()) return false;
  url.host = lower(host);
  if (port.size() > 1) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), value);
    if (error != std::errc() || end != port.data() + port.size() || value > 65535) return false;
    if (value != (url.scheme == "https" ? 443U : 80U)) url.port = std::to_string(value);
  }
  return true;
}

/// "." and ".." in any writing; 0 for any other segment.
int dots(std::string_view segment) {
  int count = 0;
  while (!segment.empty()) {
    if (segment.starts_with('.')) {
      segment.remove_prefix(1);
    } else if (segment.size() >= 3 && segment[0] == '%' && segment[1] == '2' &&
               lower(segment[2]) == 'e') {
      segment.remove_prefix(3);
    } else {
      return 0;
    }
    ++count;
  }
  return count <= 2 ? count : 0;
}

std::string normal_path(std::string_view path) {
  std::vector<std::string> segments;
  if (!path.empty()) path.remove_prefix(1);
  for (bool more = true; more;) {
    const auto end = path.find_first_of("/\\");
    more = end != std::string_view::npos;
    const std::string_view segment = path.substr(0, end);
    const int dot_count = dots(segment);
    if (dot_count == 2 && !segments.empty()) segments.pop_back();
    if (dot_count == 0) segments.push_back(encode(segment, path_set));
    if (dot_count != 0 && !more) segments.emplace_back();
    if (more) path.remove_prefix(end + 1);
  }
  std::string out;
  for (const std::string& segment : segments) out += '/' + segment;
  return out;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs decoded_pairs(std::string_view query) {
  constexpr std::size_t max_pairs = 1000;  // where node's parse stops
  Pairs out;
  while (!query.empty() && out.size() < max_pairs) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    out.emplace_back(
        form_decode(pair.substr(0, equals)),
        equals == std::string_view::npos ? std::string() : form_decode(pair.substr(equals + 1)));
  }
  return out;
}

/// JavaScript lists an object's "array index" keys (0..2^32-2, written plainly) first, in order of
/// their value.
std::optional<std::uint32_t> array_index(std::string_view key) {
  if (key.empty() || key.size() > 10 || (key.size() > 1 && key[0] == '0')) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), value);
  if (error != std::errc() || end != key.data() + key.size() || value == UINT32_MAX) {
    return std::nullopt;
  }
  return value;
}

std::string legacy_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
        (c != '\0' && std::string_view("!'()*-._~").find(c) != std::string_view::npos)) {
      out += c;
    } else {
      append_encoded(out, c);
    }
  }
  return out;
}

}  // namespace

std::string WebUrl::href() const {
  std::string out = scheme + "://" + username;
  if (!password.empty()) out += ':' + password;
  if (!username.empty() || !password.empty()) out += '@';
  out += host;
  if (!port.empty()) out += ':' + port;
  out += path;
  if (query) out += '?' + *query;
  if (fragment) out += '#' + *fragment;
  return out;
}

std::optional<WebUrl> parse_web_url(std::string_view input) {
  const auto is_space = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!input.empty() && is_space(input.front())) input.remove_prefix(1);
  while (!input.empty() && is_space(input.back())) input.remove_suffix(1);
  std::string text(input);
  std::erase_if(text, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });

  std::string_view rest = text;
  WebUrl url;
  const auto colon = rest.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  url.scheme = lower(rest.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  rest.remove_prefix(colon + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of("/\\"), rest.size()));

  if (!parse_authority(cut(rest, "/\\?#"), url)) return std::nullopt;
  url.path = normal_path(cut(rest, "?#"));
  if (rest.starts_with('?')) {
    rest.remove_prefix(1);
    url.query = encode(cut(rest, "#"), special_query_set);
  }
  if (rest.starts_with('#')) url.fragment = encode(rest.substr(1), fragment_set);
  return url;
}

std::string form_decode(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      bytes += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      bytes += text[i] == '+' ? ' ' : text[i];
    }
  }
  return http::replace_invalid_utf8(bytes);
}

std::string legacy_query(std::string_view query) {
  struct Key {
    std::string name;
    std::vector<std::string> values;
  };
  std::vector<Key> keys;
  for (auto& pair : decoded_pairs(query)) {
    auto key =
        std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == pair.first; });
    if (key == keys.end()) key = keys.insert(keys.end(), Key{std::move(pair.first), {}});
    key->values.push_back(std::move(pair.second));
  }
  std::stable_sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
    const auto index_a = array_index(a.name);
    const auto index_b = array_index(b.name);
    if (index_a && index_b) return *index_a < *index_b;
    return index_a.has_value() && !index_b.has_value();
  });
  std::string out;
  for (const Key& key : keys) {
    for (const std::string& value : key.values) {
      if (!out.empty()) out += '&';
      out += legacy_encode(key.name) + '=' + legacy_encode(value);
    }
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  for (auto& [key, value] : decoded_pairs(query)) {
    if (key == name) return std::move(value);
  }
  return std::nullopt;
}

}  // namespace voxdial::twilio
