#include "shared/e164.h"

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

}  // namespace

std::string mask_number(std::string_view e164) {
  if (e164.empty()) return {};
  if (!is_e164(e164)) return "•••";
  const std::size_t code = country_code_length(e164.substr(1));
  std::string out(e164.substr(0, code + 1));
  std::size_t left = e164.size() - out.size();
  while (left > 0) {
    const std::size_t group = left <= 4 ? left : 3;  // none of one at the end
    out += ' ';
    for (const std::size_t end = left - group; left > end; --left) {
      if (left <= 2)
        out += e164[e164.size() - left];
      else
        out += "•";
    }
  }
  return out;
}

bool is_masked(std::string_view number) { return number.find("•") != std::string_view::npos; }

}  // namespace voxdial
