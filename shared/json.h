// JSON text in and out, on nlohmann/json. For the codecs only: nothing else in the house sees JSON.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "shared/result.h"

namespace voxdial {

using JsonValue = nlohmann::ordered_json;  ///< members stay in their order

/// What is refused before a value grows: a stranger's text must not cost much to turn away.
struct JsonLimits {
  std::size_t bytes;
  int depth;   ///< of arrays and objects
  int values;  ///< members and elements, all levels together
};

/// Strict RFC 8259: no byte order mark, comment, trailing comma, NaN, infinity (1e999), lone
/// surrogate or invalid UTF-8; also no NUL in any text and no name twice in one object. Errors:
/// invalid_json (with the byte where it goes wrong), payload_too_large, and invalid_field with the
/// path for what is well-formed but refused.
Result<JsonValue> parse_json(std::string_view text, const JsonLimits& limits);

/// The value again, without white space.
std::string to_text(const JsonValue& value);

/// How many levels of arrays and objects there are; 0 for a plain value.
int depth_of(const JsonValue& value);

/// `name` as a step of a field's path: at most 64 bytes of it, never half a character.
std::string path_step(std::string_view name);

}  // namespace voxdial
