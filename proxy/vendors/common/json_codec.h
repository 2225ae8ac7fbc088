// Reading a vendor's JSON without trusting it. For the codecs of proxy/ultravox and proxy/twilio
// only.
//
// What is absent, null or of another type reads as empty: whether a field is needed is the caller's
// rule. Texts lose their NULs and are cut to a length, so that nothing downstream has to care.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/json.h"

namespace voxdial::vendor {

using json = JsonValue;

/// The JSON object in `body`, without what is nested deeper than any vendor nests; nothing for
/// anything else.
std::optional<json> parse_object(std::string_view body);

/// Cut at `max_bytes`, never within a UTF-8 character.
std::string text(const json& object, const char* name, std::size_t max_bytes = 500);
/// Also a number written as text ("12"), as Twilio does. Nothing outside 0..2^31-1.
std::optional<int> whole_number(const json& object, const char* name);
bool flag(const json& object, const char* name);
/// A member that is an array; an empty one otherwise.
const json& array(const json& object, const char* name);
/// A member that is an object; an empty one otherwise.
const json& object(const json& parent, const char* name);

/// Whether `text` can be an id in a URL path of theirs: 1..128 letters, digits, - and _.
bool is_id(std::string_view text);

}  // namespace voxdial::vendor
