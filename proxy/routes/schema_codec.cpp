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

// JSON Schema counts characters and the reader bytes: what the reader takes fits the schema.
void SchemaWriter::text(const char* name, const std::string&, const TextRule& rule) {
  text(name, std::optional<std::string>(), rule);
  if (rule.required) require(name);
}
void SchemaWriter::text(const char* name, const std::optional<std::string>&, const TextRule& rule) {
  JsonValue schema = {{"type", "string"}};
  if (rule.min > 0) schema["minLength"] = 1;
  if (rule.max < SIZE_MAX) schema["maxLength"] = rule.max;
  if (rule.one_line) schema["pattern"] = "^[^\\u0000-\\u001f\\u007f]*$";
  add(name, std::move(schema));
}
void SchemaWriter::code(const char* name, ErrorCode) {
  always(name);
  JsonValue codes = JsonValue::array();
  for (const ErrorCode code : all_error_codes) {
    if (http_status(code) != 0) codes.push_back(wire_name(code));
  }
  add(name, {{"type", "string"}, {"enum", std::move(codes)}});
}
void SchemaWriter::flag(const char* name, bool) {
  always(name);
  add(name, {{"type", "boolean"}});
}
void SchemaWriter::flag(const char* name, const std::optional<bool>&) {
  add(name, {{"type", "boolean"}});
}
void SchemaWriter::whole_number(const char* name, std::int64_t min, std::int64_t max) {
  JsonValue schema = {{"type", "integer"}, {"minimum", min}};
  if (max < INT32_MAX) schema["maximum"] = max;
  add(name, std::move(schema));
}
void SchemaWriter::number(const char* name, const std::optional<double>&, double min, double max) {
  add(name, {{"type", "number"}, {"minimum", min}, {"maximum", max}});
}
void SchemaWriter::seconds(const char* name, int, int min, int max) {
  seconds(name, std::optional<int>(), min, max);
}
void SchemaWriter::seconds(const char* name, const std::optional<int>&, int min, int max) {
  std::string range = "Whole seconds such as \"600s\"";
  if (max < INT32_MAX) range += ", from " + std::to_string(min) + " to " + std::to_string(max);
  add(name, {{"type", "string"}, {"pattern", "^[0-9]+(\\.0+)?s$"}, {"description", range + '.'}});
}
void SchemaWriter::moment(const char* name, Millis) {
  add(name, {{"type", "string"}, {"format", "date-time"}});
}
void SchemaWriter::json(const char* name, const Json&) {
  require(name);
  json(name, std::optional<Json>());
}
void SchemaWriter::json(const char* name, const std::optional<Json>&) {
  add(name, {{"type", "object"}, {"description", "Any JSON, at most 16 KiB and 16 levels deep."}});
}
void SchemaWriter::constant(const char* name, const char* word) { add(name, {{"const", word}}); }
void SchemaWriter::empty_object(const char* name) {
  require(name);
  add(name, {{"type", "object"}, {"maxProperties", 0}});
}
void SchemaWriter::texts(const char* name, const std::vector<std::string>&) {
  always(name);
  add_list(name, {{"type", "string"}}, SIZE_MAX);
}
void SchemaWriter::add_list(const char* name, JsonValue items, std::size_t max) {
  JsonValue schema = {{"type", "array"}, {"items", std::move(items)}};
  if (max < SIZE_MAX) schema["maxItems"] = max;
  add(name, std::move(schema));
}
JsonValue SchemaWriter::one_of(const std::string_view* words, std::size_t count) {
  JsonValue schema = {{"type", "string"}, {"enum", JsonValue::array()}};
  for (std::size_t i = 0; i < count; ++i) schema["enum"].push_back(words[i]);
  return schema;
}

}  // namespace voxdial
