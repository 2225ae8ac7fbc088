#include "proxy/policy/phone.h"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <algorithm>
#include <list>
#include <optional>

#include "proxy/policy/hours.h"
#include "proxy/policy/number.h"
#include "proxy/policy/zones.h"
#include "shared/ascii.h"

namespace voxdial {
namespace {

using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

constexpr std::size_t most_digits = 15;  // ITU-T E.164
constexpr const char* number_field = "medium.phoneNumber";

const ShortNumberInfo& short_numbers() {
  static const ShortNumberInfo info;
  return info;
}

Error refusal(ErrorCode code, std::string message = {}) {
  return make_error(code, std::move(message), number_field);
}
std::optional<Error> invalid(std::string message) {
  return refusal(ErrorCode::invalid_number, std::move(message));
}
std::optional<Error> not_allowed(std::string message) {
  return refusal(ErrorCode::number_not_allowed, std::move(message));
}

/// Whether any reading of the digits calls for help. Asked only about what is no valid number: in
/// full numbers the same digits are harmless. `whole`: the length is a full number's, so that only
/// an exact match counts; fewer digits also call for help with more behind them.
///
/// The library knows these numbers by what is dialled inside a country, so the country code and a
/// leading 0 or 1 come off first.
bool is_emergency(const std::string& digits, const std::string& national, int country_code,
                  const std::string& region_hint, bool whole) {
  std::vector<std::string> readings = {digits, national};
  for (const std::string& text : {digits, national}) {
    const auto start = text.find_first_not_of('0');
    if (start != std::string::npos && start > 0) readings.push_back(text.substr(start));
    if (text.size() > 1 && text[0] == '1') readings.push_back(text.substr(1));
  }
  std::list<std::string> regions =
      country_code == 0 ? std::list<std::string>() : regions_of_code(country_code);
  if (!region_hint.empty()) regions.push_back(region_hint);
  for (const std::string& reading : readings) {
    // Known far beyond their countries: networks everywhere connect them.
    for (const char* everywhere : {"911", "112", "999", "000"}) {
      if (reading == everywhere) return true;
    }
    for (const std::string& region : regions) {
      if (whole ? short_numbers().IsEmergencyNumber(reading, region)
                : short_numbers().ConnectsToEmergencyNumber(reading, region)) {
        return true;
      }
    }
  }
  return country_code == 1 && national.starts_with("911");
}

struct Kind {
  PhoneNumberUtil::PhoneNumberType type;
  const char* word;
};
constexpr Kind kinds[] = {
    {PhoneNumberUtil::FIXED_LINE, "fixed line"},
    {PhoneNumberUtil::MOBILE, "mobile"},
    {PhoneNumberUtil::FIXED_LINE_OR_MOBILE, "fixed line or mobile"},
    {PhoneNumberUtil::TOLL_FREE, "toll-free"},
    {PhoneNumberUtil::PREMIUM_RATE, "premium"},
    {PhoneNumberUtil::SHARED_COST, "shared cost"},
    {PhoneNumberUtil::VOIP, "VoIP"},
    {PhoneNumberUtil::PERSONAL_NUMBER, "personal"},
    {PhoneNumberUtil::PAGER, "pager"},
    {PhoneNumberUtil::UAN, "company-wide"},
    {PhoneNumberUtil::VOICEMAIL, "voicemail"},
};

std::string type_word(PhoneNumberUtil::PhoneNumberType type) {
  for (const Kind& kind : kinds) {
    if (kind.type == type) return kind.word;
  }
  return "unknown";
}

/// Ranges that the library's types do not show for what they are.
struct Range {
  std::string_view prefix;  ///< of the E.164 number
  const char* type;
};
constexpr Range ranges[] = {
    {"+870", "satellite"},        // Inmarsat
    {"+881", "satellite"},        // Iridium, Globalstar
    {"+882", "satellite"},        // international networks, Thuraya among them
    {"+883", "satellite"},        // international networks
    {"+6114", "satellite"},       // Australia: 0145, 0147
    {"+1600", "satellite"},       // Canada: non-geographic, mostly satellite
    {"+1700", "non-geographic"},  // whatever the carrier makes of it
    {"+1710", "non-geographic"},  // the US government's own
    {"+1900", "premium"},        {"+979", "premium"},        {"+808", "shared cost"},
    {"+878", "personal"},        {"+888", "non-geographic"},
};

/// North American numbers are NXX NXX XXXX, neither N11: those are service codes wherever they
/// stand.
bool breaks_nanp_rules(std::string_view national) {
  if (national.size() != 10) return true;
  const auto bad = [](std::string_view code) {
    return code[0] < '2' || (code[1] == '1' && code[2] == '1');
  };
  return bad(national.substr(0, 3)) || bad(national.substr(3, 3));
}

/// The special kind of a number by our own knowledge, or null.
const char* special_type(std::string_view e164) {
  for (const Range& range : ranges) {
    if (e164.starts_with(range.prefix)) return range.type;
  }
  // 976 is the premium exchange of every North American area.
  if (e164.size() == 12 && e164.starts_with("+1") && e164.substr(5, 3) == "976") return "premium";
  return nullptr;
}

/// What a number is as far as the rules ask.
struct Nature {
  std::string type;
  std::vector<std::string> regions;  ///< all must be allowed; one but for unlisted numbers
};

/// A number of the plan, as far as the table knows it, that begins with `prefix`; `filler` are the
/// digits behind.
std::optional<PhoneNumber> listed(int country_code, const std::string& prefix,
                                  const std::string& filler) {
  PhoneNumber number;
  const std::string text = '+' + std::to_string(country_code) + prefix + filler;
  const bool is_one = library().Parse(text, "ZZ", &number) == PhoneNumberUtil::NO_PARSING_ERROR &&
                      e164_of(number) == text && library().IsValidNumber(number);
  return is_one ? std::optional(number) : std::nullopt;
}

/// An unlisted number is judged by its nearest listed neighbours, those that share most leading
/// digits, whatever their length: where they are premium it will be too, and their regions must all
/// be allowed. A switch that has heard a premium number connects it, whatever is dialled behind.
Nature neighbours(const PhoneNumber& number) {
  const std::string national = national_digits(number);
  const int code = number.country_code();
  const std::size_t longest = most_digits - std::to_string(code).size();
  Nature out{.type = "unknown", .regions = {}};
  const auto add = [&](const std::optional<PhoneNumber>& neighbour) {
    if (!neighbour) return;
    const auto type = library().GetNumberType(*neighbour);
    if (type != PhoneNumberUtil::FIXED_LINE && type != PhoneNumberUtil::MOBILE &&
        type != PhoneNumberUtil::FIXED_LINE_OR_MOBILE) {
      out.type = type_word(type);
    }
    std::string region = region_of(*neighbour);
    if (std::find(out.regions.begin(), out.regions.end(), region) == out.regions.end()) {
      out.regions.push_back(std::move(region));
    }
  };
  for (std::size_t kept = std::min(national.size(), longest); kept > 0 && out.regions.empty();
       --kept) {
    const std::string prefix = national.substr(0, kept);
    add(listed(code, prefix, {}));
    for (std::size_t more = 1; kept + more <= longest; ++more) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        add(listed(code, prefix, std::string(more, digit)));
      }
    }
  }
  return out;
}

std::optional<Error> check_type(const std::string& type, const PhonePolicy& policy) {
  if (type == "premium") return not_allowed("Premium numbers are not called.");
  if (type == "shared cost") return not_allowed("Shared-cost numbers are not called.");
  if (type == "satellite") return not_allowed("Satellite and network numbers are not called.");
  if (type == "non-geographic") {
    return not_allowed("Numbers that belong to no place are not called.");
  }
  if (type == "personal" && !policy.allow_personal_numbers) {
    return not_allowed(
        "Personal numbers, which forward at a price, are not called. The operator can allow them "
        "in ALLOW_PERSONAL_NUMBERS.");
  }
  if (type == "pager" || type == "company-wide" || type == "voicemail") {
    return not_allowed("Pager, voicemail and company-wide numbers are not called.");
  }
  return std::nullopt;
}

bool is_allowed(const std::string& region, const PhonePolicy& policy) {
  const auto& allowed = policy.allowed_regions;
  if (allowed.empty()) return region == policy.own_region && !region.empty();
  return std::find(allowed.begin(), allowed.end(), region) != allowed.end();
}

std::optional<Error> check_lists(const std::string& e164, const std::vector<std::string>& regions,
                                 const PhonePolicy& policy) {
  if (std::binary_search(policy.do_not_call.begin(), policy.do_not_call.end(), e164)) {
    return refusal(ErrorCode::do_not_call);
  }
  for (const std::string& prefix : policy.denied_prefixes) {
    if (!prefix.empty() && e164.starts_with(prefix)) {
      return not_allowed("The operator does not allow calls to numbers that begin with " + prefix +
                         ".");
    }
  }
  for (const std::string& region : regions) {
    if (!is_allowed(region, policy)) return refusal(ErrorCode::region_not_allowed);
  }
  return std::nullopt;
}

/// Why a number of this length cannot be one. A plan may have got longer numbers since the table
/// was made, and an operator may trust in that; a number that is too short is one that is still
/// typed.
std::optional<Error> check_length(const PhoneNumber& number, bool longer_ones_too) {
  switch (library().IsPossibleNumberWithReason(number)) {
    case PhoneNumberUtil::IS_POSSIBLE:
      return std::nullopt;
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
      return invalid("The area code is missing.");
    case PhoneNumberUtil::TOO_SHORT:
      return invalid("The number is too short for its country.");
    case PhoneNumberUtil::TOO_LONG:
      if (longer_ones_too) return std::nullopt;
      return invalid("The number is too long for its country.");
    case PhoneNumberUtil::INVALID_LENGTH:
      if (longer_ones_too) return std::nullopt;
      break;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE:
      break;
  }
  return invalid("The number does not have the right length for its country.");
}

/// Why `number`, which could be read, may not be called at any hour; fills what is known of it.
std::optional<Error> check_number(const PhoneNumber& number, const std::string& digits,
                                  const std::string& region_hint, const PhonePolicy& policy,
                                  PhoneCheck& check, Nature& nature) {
  const std::string national = national_digits(number);
  const std::string e164 = e164_of(number);
  const bool valid = library().IsValidNumber(number);
  const bool north_american = number.country_code() == 1;
  const bool whole = library().IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE;
  if (!valid) {
    if (is_emergency(digits, national, number.country_code(), region_hint, whole)) {
      return not_allowed("Emergency numbers are never called.");
    }
    if (short_numbers().IsPossibleShortNumber(number) &&
        short_numbers().IsValidShortNumber(number)) {
      return not_allowed("Short service numbers are not called.");
    }
  }
  if (north_american && national.size() == 10 && breaks_nanp_rules(national)) {
    return invalid("There is no such number: area and exchange codes do not look like that.");
  }
  const char* special = special_type(e164);
  if (!valid && special == nullptr) {
    // North American numbers have ten digits for good.
    const bool longer_ones_too = policy.allow_unlisted_numbers && !north_american;
    if (auto error = check_length(number, longer_ones_too)) return error;
  }
  // With zeros in front a number can be read in two ways; what is dialled must have one.
  if (canonical_number(e164) != e164) return invalid("This is not a phone number.");
  if (e164.size() > most_digits + 1) {
    return invalid("The number is too long: with its country code it has at most 15 digits.");
  }

  check.e164 = e164;
  check.international = international_writing(number);
  nature = valid ? Nature{.type = type_word(library().GetNumberType(number)),
                          .regions = {region_of(number)}}
                 : neighbours(number);
  if (nature.regions.empty() && !whole) {  // nothing alike in a longer plan: any of its countries
    const auto regions = regions_of_code(number.country_code());
    nature.regions.assign(regions.begin(), regions.end());
  }
  if (special != nullptr) nature.type = special;
  check.type = valid || special != nullptr ? nature.type : "unknown";
  if (nature.regions.size() == 1) check.region = nature.regions[0];

  if (auto error = check_type(nature.type, policy)) return error;
  if (!valid && !policy.allow_unlisted_numbers) {
    return invalid(
        "This number is not in the numbering data of this server. It is probably mistyped; if it "
        "is newer than the data, the operator can allow such numbers in ALLOW_UNLISTED_NUMBERS.");
  }
  if (nature.regions.empty()) {
    return invalid("There is no such number: nothing like it is in use in its country.");
  }
  return check_lists(e164, nature.regions, policy);
}

/// The numbers of Twilio's test credentials, which dial nothing: +1 500 555 0000 to 0009
/// (https://www.twilio.com/docs/iam/test-credentials).
bool is_magic(std::string_view e164) {
  return e164.size() == 12 && e164.starts_with("+1500555000");
}

}  // namespace

PhoneCheck check_phone(std::string_view text, std::string_view region_hint,
                       const PhonePolicy& policy, Millis now) {
  PhoneCheck check;
  const std::string region = known_region(region_hint);
  const std::string digits = digits_of(text);
  const auto number = read_number(text, region);
  if (!number) {
    check.reason = !digits.empty() && is_emergency(digits, digits, 0, region, false)
                       ? not_allowed("Emergency numbers are never called.")
                       : number.error();
    return check;
  }
  if (policy.test_credentials && is_magic(e164_of(*number))) {
    check.allowed = true;
    check.e164 = e164_of(*number);
    check.international = international_writing(*number);
    check.region = "US";
    check.type = "Twilio test number";
    return check;
  }
  Nature nature;
  check.reason = check_number(*number, digits, region, policy, check, nature);
  if (check.e164.empty()) return check;

  const auto zones = zones_of(*number);
  check.local_time = local_time(zones, now);
  // A toll-free number is a business's and has no place of its own.
  if (!check.reason && nature.type != "toll-free") {
    check.reason = check_hour(zones, now, policy);
    check.quiet_hours = check.reason.has_value();
  }
  check.allowed = !check.reason.has_value();
  return check;
}

bool allowed_but_for_the_hour(const PhoneCheck& check) {
  return check.allowed || (check.reason && check.reason->code == ErrorCode::quiet_hours);
}

}  // namespace voxdial
