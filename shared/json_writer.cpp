#include "shared/json_writer.h"

#include <cassert>

#include "shared/time_text.h"

namespace voxdial {

JsonValue& JsonWriter::add(const char* name, JsonValue value) {
  return object_[name] = std::move(value);
}

void JsonWriter::text(const char* name, const std::string& value, const TextRule& rule) {
  if (!value.empty() || rule.required) add(name, value);
}
void JsonWriter::text(const char* name, const std::optional<std::string>& value, const TextRule&) {
  if (value) add(name, *value);
}

void JsonWriter::code(const char* name, ErrorCode value) { add(name, wire_name(value)); }

void JsonWriter::moment(const char* name, Millis value) {
  if (value != 0) add(name, to_rfc3339(value));
}

JsonValue JsonWriter::parsed(const Json& value) {
  constexpr JsonLimits whatever_was_read{1 << 20, 64, 100'000};
  auto object = parse_json(value.text, whatever_was_read);
  assert(object && object->is_object());
  return object ? std::move(*object) : JsonValue::object();
}

}  // namespace voxdial
