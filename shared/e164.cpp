#include "shared/e164.h"

#include <algorithm>

#include "shared/ascii.h"

namespace voxdial {
namespace {

constexpr std::size_t fewest_digits = 7;
constexpr std::size_t most_digits = 15;

/// How many digits the country code of a number has. ITU-T E.164 gives out the codes so that their
/// first two digits tell; the codes of two digits are fixed and no new ones are possible.
std::size_t country_code_length(std::string_view digits) {
  constexpr std::string_view two_digit_codes =
      "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 "
      "64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
  if (digits[0] == '1' || digits[0] == '7') return 1;
  return two_digit_codes.find(digits.substr(0, 2)) != std::string_view::npos ? 2 : 3;
}

bool is_e164(std::string_view text) {
  if (text.size() < fewest_digits + 1 || text.size() > most_digits + 1) return false;
  if (text[0] != '+' || text[1] == '0') return false;
  for (const char c : text.substr(1)) {
    if (!is_digit(c)) return false;
  }
  return true;
}

/// The sizes of the groups after the country code as people of that country write them. A row holds
/// for numbers that begin with `prefix` and have as many digits as its groups need.
struct Grouping {
  std::string_view prefix;
  std::string_view groups;  ///< one digit per group
};
constexpr Grouping groupings[] = {
    {"1", "334"},   {"7", "3322"},  {"33", "12222"}, {"442", "244"}, {"44", "46"},
    {"45", "2222"}, {"47", "332"},  {"55", "254"},   {"614", "333"}, {"61", "144"},
    {"86", "344"},  {"91", "55"},   {"34", "333"},   {"48", "333"},  {"32", "3222"},
    {"41", "2322"}, {"351", "333"}, {"852", "44"},   {"65", "44"},   {"353", "234"},
};

std::string_view groups_of(std::string_view digits, std::size_t national) {
  for (const Grouping& row : groupings) {
    if (digits.substr(0, row.prefix.size()) != row.prefix) continue;
    std::size_t sum = 0;
    for (const char size : row.groups) sum += static_cast<std::size_t>(size - '0');
    if (sum == national) return row.groups;
  }
  return {};
}

/// "+" and the country code of `e164`, then the rest in groups; `show` gives the text of a digit.
template <class Show>
std::string grouped(std::string_view e164, std::string_view groups, Show show) {
  const std::size_t code = country_code_length(e164.substr(1));
  std::string out(e164.substr(0, code + 1));
  std::string_view rest = e164.substr(code + 1);
  while (!rest.empty()) {
    std::size_t size = rest.size() <= 4 ? rest.size() : 3;  // no group of one at the end
    if (!groups.empty()) {
      size = std::min<std::size_t>(rest.size(), static_cast<std::size_t>(groups[0] - '0'));
      groups.remove_prefix(1);
    }
    out += ' ';
    for (std::size_t i = 0; i < size; ++i) out += show(rest[i], rest.size() - i);
    rest.remove_prefix(size);
  }
  return out;
}

}  // namespace

std::string mask_number(std::string_view e164) {
  if (e164.empty()) return {};
  if (!is_e164(e164)) return "•••";
  return grouped(e164, {}, [](char digit, std::size_t left) {
    return left <= 2 ? std::string(1, digit) : std::string("•");
  });
}

bool is_masked(std::string_view number) { return number.find("•") != std::string_view::npos; }

std::string group_number(std::string_view e164) {
  if (!is_e164(e164)) return std::string(e164);
  const std::string_view digits = e164.substr(1);
  const auto groups = groups_of(digits, digits.size() - country_code_length(digits));
  return grouped(e164, groups, [](char digit, std::size_t) { return digit; });
}

}  // namespace voxdial
