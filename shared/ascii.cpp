#include "shared/ascii.h"

#include <algorithm>

namespace voxdial {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

std::string digits_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_digit(c)) out += c;
  }
  return out;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  for (const char c : text) {
    if (!is_digit(c) || number > (INT64_MAX - 9) / 10) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return text.empty() ? std::nullopt : std::optional(number);
}

std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> list_items(std::string_view text, char separator) {
  std::vector<std::string_view> items;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(separator));
    if (const auto item = trimmed(one); !item.empty()) items.push_back(item);
    text.remove_prefix(std::min(text.size(), one.size() + 1));
  }
  return items;
}

}  // namespace voxdial
