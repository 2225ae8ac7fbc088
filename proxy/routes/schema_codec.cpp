#include "proxy/routes/schema_codec.h"

#include <algorithm>

namespace voxdial {

JsonValue SchemaWriter::take() {
  JsonValue schema = {{"type", "object"}, {"properties", std::move(properties_)}};
  std::sort(required_.begin(), required_.end());
  required_.erase(std::unique(required_.begin(), required_.end()), required_.end());
  if (!required_.empty()) schema["required"] = required_;
  if (kind_ == SchemaOf::request) schema["additionalProperties"] = false;
  return schema;
}

JsonValue SchemaWriter::text_schema(const TextRule& rule) {
  JsonValue schema = {{"type", "string"}};
  if (rule.min > 0) schema["minLength"] = 1;
  if (rule.max < SIZE_MAX) schema["maxLength"] = rule.max;
  if (rule.one_line) schema["pattern"] = "^[^\\u0000-\\u001f\\u007f]*$";
  return schema;
}
void SchemaWriter::code(const char* name, ErrorCode v) {
  JsonValue codes = JsonValue::array();
  for (const ErrorCode code : all_error_codes) {
    if (http_status(code) != 0) codes.push_back(wire_name(code));
  }
  describe(name, v, {{"type", "string"}, {"enum", std::move(codes)}});
}
JsonValue SchemaWriter::integer_schema(std::int64_t min, std::int64_t max) {
  JsonValue schema = {{"type", "integer"}, {"minimum", min}};
  if (max < INT32_MAX) schema["maximum"] = max;
  return schema;
}
void SchemaWriter::number(const char* name, const std::optional<double>&, double min, double max) {
  add(name, {{"type", "number"}, {"minimum", min}, {"maximum", max}});
}
JsonValue SchemaWriter::seconds_schema(int min, int max) {
  std::string range = "Whole seconds such as \"600s\"";
  if (max < INT32_MAX) range += ", from " + std::to_string(min) + " to " + std::to_string(max);
  return {{"type", "string"}, {"pattern", "^[0-9]+(\\.0+)?s$"}, {"description", range + '.'}};
}
void SchemaWriter::moment(const char* name, Millis) {
  add(name, {{"type", "string"}, {"format", "date-time"}});
}
JsonValue SchemaWriter::any_object() {
  return {{"type", "object"}, {"description", "Any JSON, at most 16 KiB and 16 levels deep."}};
}
void SchemaWriter::empty_object(const char* name) {
  require(name);
  add(name, {{"type", "object"}, {"maxProperties", 0}});
}
JsonValue SchemaWriter::list_schema(JsonValue items, std::size_t max) {
  JsonValue schema = {{"type", "array"}, {"items", std::move(items)}};
  if (max < SIZE_MAX) schema["maxItems"] = max;
  return schema;
}
JsonValue SchemaWriter::one_of(std::span<const std::string_view> words) {
  return {{"type", "string"}, {"enum", words}};
}

}  // namespace voxdial
