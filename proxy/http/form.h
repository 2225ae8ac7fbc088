// A form as a browser or a vendor posts it, as values. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/result.h"

namespace voxdial::http {

/// Decoded name and value pairs in order of arrival; a name may occur more than once.
using Form = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t max_form_bytes = 64 * 1024;
constexpr std::size_t max_form_fields = 200;

/// application/x-www-form-urlencoded, strictly: every % is followed by two hex digits, the text is
/// UTF-8 without NUL, within the limits. Errors: invalid_field, payload_too_large.
Result<Form> parse_form(std::string_view body);

/// The first value of `name`, or empty.
std::string_view field(const Form& form, std::string_view name);

}  // namespace voxdial::http
