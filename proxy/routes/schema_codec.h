// A type's list of fields, written down as a JSON Schema (2020-12): it goes through the list as a
// reader does, and notes what it is asked for.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "proxy/routes/openapi_codec.h"
#include "shared/fields_settings.h"
#include "shared/json.h"

namespace voxdial {

class SchemaWriter {
 public:
  static constexpr bool reading = true;
  template <class T>
  using Of = T;

  explicit SchemaWriter(SchemaOf kind) : kind_(kind) {}

  JsonValue take();

  void require(const char* name) { required_.push_back(name); }
  template <class T>
  void text(const char* name, const T&, const TextRule& rule = any_text) {
    if (rule.required) require(name);
    add(name, text_schema(rule));
  }
  void code(const char* name, ErrorCode);
  template <class T>
  void flag(const char* name, const T& v) {
    describe(name, v, {{"type", "boolean"}});
  }
  template <class T>
  void integer(const char* name, const T& v, std::int64_t min = 0, std::int64_t max = INT64_MAX) {
    describe(name, v, integer_schema(min, max));
  }
  void number(const char* name, const std::optional<double>&, double min, double max);
  template <class T>
  void seconds(const char* name, const T&, int min, int max) {
    add(name, seconds_schema(min, max));
  }
  void moment(const char* name, Millis);
  template <class T>
  void json(const char* name, const T&) {
    if (!is_optional<T>) require(name);
    add(name, any_object());
  }
  void constant(const char* name, const char* word) { add(name, {{"const", word}}); }
  void empty_object(const char* name);
  void texts(const char* name, const std::vector<std::string>& v) {
    describe(name, v, list_schema({{"type", "string"}}, SIZE_MAX));
  }

  template <class T, std::size_t N>
  void word(const char* name, const T& v, const std::string_view (&words)[N]) {
    describe(name, v, one_of(words));
  }
  template <class E, std::size_t N>
  void words(const char* name, const std::vector<E>& v, const std::string_view (&words)[N]) {
    describe(name, v, list_schema(one_of(words), N));
  }
  template <class T>
  void object(const char* name, const T& v) {
    describe(name, v, schema<std::remove_cvref_t<decltype(*given(v))>>(kind_));
  }
  template <class T>
  void list(const char* name, const T& v, std::size_t max = SIZE_MAX) {
    using Item = typename std::remove_cvref_t<decltype(*given(v))>::value_type;
    describe(name, v, list_schema(schema<Item>(kind_), max));
  }

  // Rules over several fields, and over how a text must look, are the reader's: its errors say
  // them.
  void rule(bool, std::string_view, std::string_view, ErrorCode = ErrorCode::invalid_field) {}
  void missing(const char*) {}

  template <class T>
  static JsonValue schema(SchemaOf kind) {
    SchemaWriter writer(kind);
    T value{};
    fields(writer, value);
    return writer.take();
  }

 private:
  void add(const char* name, JsonValue schema) { properties_[name] = std::move(schema); }
  /// A reply always has what is no optional; a request need not.
  template <class T>
  void describe(const char* name, const T&, JsonValue schema) {
    if (!is_optional<T> && kind_ == SchemaOf::reply) require(name);
    add(name, std::move(schema));
  }
  static JsonValue text_schema(const TextRule& rule);
  static JsonValue integer_schema(std::int64_t min, std::int64_t max);
  static JsonValue seconds_schema(int min, int max);
  static JsonValue any_object();
  static JsonValue list_schema(JsonValue items, std::size_t max);
  static JsonValue one_of(std::span<const std::string_view> words);

  SchemaOf kind_;
  JsonValue properties_ = JsonValue::object();
  std::vector<std::string> required_;
};

template <class T>
std::string schema_text(SchemaOf kind) {
  return to_text(SchemaWriter::schema<T>(kind));
}

}  // namespace voxdial
