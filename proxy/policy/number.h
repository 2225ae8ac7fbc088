// Reads a telephone number as people write and paste it. The one reading there is: what is checked,
// placed, listed and configured goes through here. No policy.
//
// Google's libphonenumber knows every country's plan, but it guesses where it could ask: letters
// become digits, a second number is cut off, prefixes of another country are swallowed. It is
// therefore given nothing but digits, and where those can mean two existing numbers, neither is
// taken.
#pragma once

#include <list>
#include <string>
#include <string_view>

#include "shared/result.h"

namespace i18n::phonenumbers {
class PhoneNumber;
class PhoneNumberUtil;
}  // namespace i18n::phonenumbers

namespace voxdial {

using i18n::phonenumbers::PhoneNumber;

/// `text` as a person typed or pasted it; without "+" it is as dialled in `region` ("US"), and an
/// empty or unknown region means that "+" is required. What cannot be seen and what people put
/// between digits is dropped, by its Unicode class; "tel:" and international and national prefixes
/// are understood. Letters, extensions, other scripts' digits and several numbers are refused
/// (invalid_number), and so is what can be read in two ways. The number need not exist.
Result<PhoneNumber> read_number(std::string_view text, std::string_view region = {});

/// A number in E.164, the same however it was written ("+52 1 55 ..." and "+52 55 ..." are one
/// number), or empty when it cannot be read. What a do-not-call list holds and is asked for.
std::string canonical_number(std::string_view text, std::string_view region = {});

const i18n::phonenumbers::PhoneNumberUtil& library();

std::string e164_of(const PhoneNumber& number);
std::string international_writing(const PhoneNumber& number);
std::string international_writing(std::string_view e164);
/// The digits after the country code, those zeros included that belong to the number.
std::string national_digits(const PhoneNumber& number);

/// The region of a number ("US"; "001" for non-geographic), or empty.
std::string region_of(const PhoneNumber& number);
std::string region_of(std::string_view e164);
std::list<std::string> regions_of_code(int country_code);

/// A region as ISO 3166-1 writes it and the library knows it, else empty.
std::string known_region(std::string_view region);

}  // namespace voxdial
