#include "shared/json_writer.h"

#include <cassert>

#include "shared/time_text.h"

namespace voxdial {

void JsonWriter::text(const char* name, const std::string& value, const TextRule& rule) {
  if (!value.empty() || rule.required) add(name, value);
}
void JsonWriter::text(const char* name, const std::optional<std::string>& value, const TextRule&) {
  if (value) add(name, *value);
}
void JsonWriter::code(const char* name, ErrorCode value) { add(name, wire_name(value)); }
void JsonWriter::flag(const char* name, bool value) { add(name, value); }
void JsonWriter::flag(const char* name, const std::optional<bool>& value) {
  if (value) add(name, *value);
}
void JsonWriter::integer(const char* name, const std::optional<int>& value, int, int) {
  if (value) add(name, *value);
}
void JsonWriter::number(const char* name, const std::optional<double>& value, double, double) {
  if (value) add(name, *value);
}
void JsonWriter::seconds(const char* name, int value, int, int) {
  if (value != 0) add(name, std::to_string(value) + "s");
}
void JsonWriter::seconds(const char* name, const std::optional<int>& value, int, int) {
  if (value) add(name, std::to_string(*value) + "s");
}
void JsonWriter::moment(const char* name, Millis value) {
  if (value != 0) add(name, to_rfc3339(value));
}
void JsonWriter::json(const char* name, const Json& value) {
  constexpr JsonLimits whatever_was_read{1 << 20, 64, 100'000};
  auto parsed = parse_json(value.text, whatever_was_read);
  assert(parsed && parsed->is_object());
  add(name, parsed ? std::move(*parsed) : JsonValue::object());
}
void JsonWriter::json(const char* name, const std::optional<Json>& value) {
  if (value) json(name, *value);
}
void JsonWriter::constant(const char* name, const char* word) { add(name, word); }
void JsonWriter::empty_object(const char* name) { add(name, JsonValue::object()); }
void JsonWriter::texts(const char* name, const std::vector<std::string>& values) {
  add(name, values);
}

}  // namespace voxdial
