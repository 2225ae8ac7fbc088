// JSON text as a tree, for codecs that also run in the page. The tree is ours because the page pays
// for every byte of it: with nlohmann's own, reading and writing alone cost some 5 KB (brotli)
// more.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/result.h"

namespace voxdial {

struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, integer, real, text, array, object };
  Kind kind = Kind::null;
  bool truth = false;            ///< boolean
  bool read = false;             ///< a reader has understood this member
  std::int64_t integer = 0;      ///< integer, when it fits; larger ones are `real`
  double real = 0;               ///< real
  std::string text;              ///< text; or a number's own characters
  std::string key;               ///< the name of this member, within an object
  std::vector<JsonValue> items;  ///< of an array, or the members of an object, in order
};

/// What is refused before a tree grows: a stranger's text must not cost much to turn away.
struct JsonLimits {
  std::size_t bytes;
  int depth;   ///< of arrays and objects
  int values;  ///< members and elements, all levels together
};

/// What a Json member (shared/api.h) may be at most.
inline constexpr std::size_t max_json_member_bytes = 16 * 1024;
inline constexpr int max_json_member_depth = 16;

/// Strict RFC 8259 (natively; the page's own server is read by the browser): no byte order mark,
/// comment, trailing comma, NaN, infinity (1e999), lone surrogate or invalid UTF-8; also no NUL in
/// any text and no name twice in one object. Errors: invalid_json (with the byte where it goes
/// wrong), payload_too_large, and invalid_field with the path for what is well-formed but refused.
Result<JsonValue> parse_json(std::string_view text, const JsonLimits& limits);

/// The value again: no white space, members in their order, numbers as they were written.
std::string to_text(const JsonValue& value);

/// A finite number as the shortest text that reads back as the same.
std::string number_text(double value);

/// How many levels of arrays and objects there are; 0 for a plain value.
int depth_of(const JsonValue& value);

/// `name` as a step of a field's path: at most 64 bytes of it, never half a character.
std::string path_step(std::string_view name);

}  // namespace voxdial
