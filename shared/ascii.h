// Characters as RFCs mean them: ASCII, whatever the locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace voxdial {

/// 0 to 9, and no other script's digits.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// A to Z, a to z and 0 to 9.
constexpr bool is_alnum(char c) { return is_upper(c) || (c >= 'a' && c <= 'z') || is_digit(c); }

/// What a hexadecimal digit of either case stands for, 0 to 15; -1 for anything else.
constexpr int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

/// Names of hosts, headers and codings are compared so (RFC 9110 4.2.3, 5.1).
std::string lower(std::string_view text);

/// The digits alone, in their order.
std::string digits_of(std::string_view text);

/// What decimal digits, and nothing else, stand for; nothing for other text and for what does not
/// fit.
std::optional<std::int64_t> whole_number(std::string_view text);

/// Without the blanks at either end: spaces and tabs (RFC 9110 5.6.3, OWS), where nothing else is
/// said.
std::string_view trimmed(std::string_view text, std::string_view blanks = " \t");

/// The items of a list, trimmed and without empty ones (RFC 9110 5.6.1).
std::vector<std::string_view> list_items(std::string_view text, char separator = ',');

}  // namespace voxdial
