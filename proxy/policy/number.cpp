#include "proxy/policy/number.h"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "shared/ascii.h"

namespace voxdial {
namespace {

using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t most_bytes = 256;
constexpr UChar32 minus_sign = 0x2212;  // a mathematical symbol that is pasted as a dash

Unexpected<Error> refuse(std::string why) {
  return fail(ErrorCode::invalid_number, std::move(why), "medium.phoneNumber");
}
Unexpected<Error> refuse_extension() {
  return refuse("Extensions and codes cannot be dialled. Enter the number alone.");
}

/// `text` in ASCII: without what cannot be seen, each blank, dash and line end in its plain form.
Result<std::string> in_ascii(std::string_view text) {
  std::string out;
  // Bytes that are no UTF-8 become a replacement character, which is no digit.
  const auto characters = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  for (std::int32_t at = 0; at < characters.length(); at = characters.moveIndex32(at, 1)) {
    const UChar32 c = characters.char32At(at);
    const auto kind = u_charType(c);
    if (kind == U_FORMAT_CHAR) continue;  // bidi marks, soft hyphens, joiners, a BOM
    if (kind == U_SPACE_SEPARATOR || c == '\t') {
      out += ' ';
    } else if (kind == U_DASH_PUNCTUATION || c == minus_sign) {
      out += '-';
    } else if (kind == U_LINE_SEPARATOR || kind == U_PARAGRAPH_SEPARATOR || c == '\r') {
      out += '\n';
    } else if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      return refuse(
          "The number has a character that is not a plain digit. Type it in digits 0 to 9.");
    }
  }
  const auto begin = out.find_first_not_of(" \n");
  if (begin == std::string::npos) return refuse("Enter a phone number.");
  return out.substr(begin, out.find_last_not_of(" \n") + 1 - begin);
}

/// A link may write each character as % and two hex digits (RFC 3986 2.1). What then is none of a
/// number's stays as it is, and is refused.
std::string without_percents(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    int code = 0;
    const char* const hex = text.data() + at + 1;
    if (text[at] == '%' && at + 2 < text.size() &&
        std::from_chars(hex, hex + 2, code, 16).ptr == hex + 2 && code >= ' ' && code < 0x7f) {
      out += static_cast<char>(code);
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

/// A link's "tel:" comes off (RFC 3966). Of its parameters one can be read: which country's numbers
/// a local one belongs to.
Result<std::string> without_scheme(std::string text) {
  if (!lower(text).starts_with("tel:")) return text;
  text = without_percents(text.substr(4));
  const auto end = text.find(';');
  if (end == std::string::npos) return text;
  constexpr std::string_view context = ";phone-context=+";
  if (lower(std::string_view(text).substr(end)).rfind(context, 0) != 0 ||
      text.find(';', end + 1) != std::string::npos) {
    return refuse_extension();
  }
  const std::string local = text.substr(0, end);
  return local.starts_with('+') ? local : '+' + text.substr(end + context.size()) + local;
}

/// The digits of `text`, behind a "+" if it has one.
Result<std::string> plain_number(std::string_view text) {
  if (text.size() > most_bytes) return refuse("This is too long for a phone number.");
  auto ascii = in_ascii(text);
  if (ascii) ascii = without_scheme(std::move(*ascii));
  if (!ascii) return fail(std::move(ascii).error());
  std::string out;
  std::size_t since_slash = std::string::npos;
  for (const char c : *ascii) {
    if (is_digit(c) || (c == '+' && out.empty())) {
      out += c;
      if (since_slash != std::string::npos) ++since_slash;
    } else if (c == '+') {
      return refuse("A + can only stand at the beginning of a phone number.");
    } else if (c == 'x' || c == 'X' || c == '#' || c == ';' || c == ',' || c == '*') {
      return refuse_extension();
    } else if (lower(c) >= 'a' && lower(c) <= 'z') {
      return refuse("Letters cannot be dialled. Enter the number in digits.");
    } else if (c == '\n') {
      return refuse("There is more than one line. Enter one number alone.");
    } else if (c == '/') {
      since_slash = 0;
    } else if (std::string_view(" -.()").find(c) == std::string_view::npos) {
      return refuse("A phone number has digits, spaces, hyphens, dots and round brackets only.");
    }
  }
  if (out.empty() || out == "+") return refuse("Enter the digits of the phone number.");
  // "0421 12345/46" are two numbers, "0421/12345" is one.
  if (since_slash < 4) {
    return refuse("The / stands before the end of a second number. Enter one number alone.");
  }
  return out;
}

Result<PhoneNumber> parse(const std::string& plain, const std::string& region) {
  PhoneNumber number;
  switch (library().Parse(plain, region.empty() ? "ZZ" : region, &number)) {
    case PhoneNumberUtil::NO_PARSING_ERROR:
      return number;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return refuse("There is no such country code.");
    case PhoneNumberUtil::TOO_LONG_NSN:
      return refuse("The number is too long: with its country code it has at most 15 digits.");
    case PhoneNumberUtil::TOO_SHORT_NSN:
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
      return refuse("The number is too short.");
    case PhoneNumberUtil::NOT_A_NUMBER:
      break;
  }
  return refuse("This is not a phone number.");
}

bool exists(const Result<PhoneNumber>& read) { return read && library().IsValidNumber(*read); }

}  // namespace

Result<PhoneNumber> read_number(std::string_view text, std::string_view region_hint) {
  const auto plain = plain_number(text);
  if (!plain) return fail(plain.error());
  if (plain->starts_with('+')) return parse(*plain, {});
  const std::string region = known_region(region_hint);
  if (region.empty()) {
    return refuse("Begin with + and the country code, for example +1 415 555 0123.");
  }
  auto read = parse(*plain, region);
  // Digits may also be meant from abroad: behind the 00 that most of the world dials, wherever the
  // chosen country dials another prefix, or behind a country code that lost its "+".
  const bool abroad = plain->starts_with("00");
  const std::string code = std::to_string(library().GetCountryCodeForRegion(region));
  if (!abroad && !plain->starts_with(code)) return read;
  auto other = parse('+' + plain->substr(abroad ? 2 : 0), {});
  if (!other) return read;
  if (!exists(read)) return exists(other) || abroad ? std::move(other) : std::move(read);
  if (exists(other) && e164_of(*other) != e164_of(*read)) {
    return refuse("This can be read as " + international_writing(*read) + " or as " +
                  international_writing(*other) + ". Begin with + and the country code.");
  }
  return read;
}

std::string canonical_number(std::string_view text, std::string_view region) {
  const auto number = read_number(text, region);
  return number ? e164_of(*number) : std::string();
}

const PhoneNumberUtil& library() { return *PhoneNumberUtil::GetInstance(); }

std::string e164_of(const PhoneNumber& number) {
  std::string e164;
  library().Format(number, PhoneNumberUtil::E164, &e164);
  return e164;
}

std::string international_writing(const PhoneNumber& number) {
  std::string written;
  library().Format(number, PhoneNumberUtil::INTERNATIONAL, &written);
  return written;
}

std::string international_writing(std::string_view e164) {
  const auto number = read_number(e164);
  return number ? international_writing(*number) : std::string();
}

std::string national_digits(const PhoneNumber& number) {
  std::string digits;
  library().GetNationalSignificantNumber(number, &digits);
  return digits;
}

std::string region_of(const PhoneNumber& number) {
  std::string region;
  library().GetRegionCodeForNumber(number, &region);
  return region == "ZZ" ? std::string() : region;
}

std::string region_of(std::string_view e164) {
  const auto number = read_number(e164);
  return number ? region_of(*number) : std::string();
}

std::list<std::string> regions_of_code(int country_code) {
  std::list<std::string> regions;
  library().GetRegionCodesForCountryCallingCode(country_code, &regions);
  return regions;
}

std::string known_region(std::string_view region) {
  std::string out(region);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out.size() == 2 && library().GetCountryCodeForRegion(out) != 0 ? out : std::string();
}

}  // namespace voxdial
