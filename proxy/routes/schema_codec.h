// A type's list of fields, written down as a JSON Schema (2020-12): it goes through the list as a
// reader does, and notes what it is asked for.
#pragma once

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
  void text(const char* name, const std::string&, const TextRule& rule = any_text);
  void text(const char* name, const std::optional<std::string>&, const TextRule& rule = any_text);
  void code(const char* name, ErrorCode);
  void flag(const char* name, bool);
  void flag(const char* name, const std::optional<bool>&);
  template <class Int>
  void integer(const char* name, Int, std::int64_t min = 0,
               std::int64_t max = sizeof(Int) < 8 ? INT32_MAX : INT64_MAX) {
    always(name);
    whole_number(name, min, max);
  }
  void integer(const char* name, const std::optional<int>&, int min, int max) {
    whole_number(name, min, max);
  }
  void number(const char* name, const std::optional<double>&, double min, double max);
  void seconds(const char* name, int, int min, int max);
  void seconds(const char* name, const std::optional<int>&, int min, int max);
  void moment(const char* name, Millis);
  void json(const char* name, const Json&);
  void json(const char* name, const std::optional<Json>&);
  void constant(const char* name, const char* word);
  void empty_object(const char* name);
  void texts(const char* name, const std::vector<std::string>&);

  template <class E, std::size_t N>
  void word(const char* name, E, const std::string_view (&words)[N]) {
    always(name);
    add(name, one_of(words, N));
  }
  template <class E, std::size_t N>
  void word(const char* name, const std::optional<E>&, const std::string_view (&words)[N]) {
    add(name, one_of(words, N));
  }
  template <class E, std::size_t N>
  void words(const char* name, const std::vector<E>&, const std::string_view (&words)[N]) {
    always(name);
    add(name, {{"type", "array"}, {"items", one_of(words, N)}, {"maxItems", N}});
  }

  template <class T>
  void object(const char* name, const T&) {
    always(name);
    add(name, schema<T>(kind_));
  }
  template <class T>
  void object(const char* name, const std::optional<T>&) {
    add(name, schema<T>(kind_));
  }
  template <class T>
  void list(const char* name, const std::vector<T>&, std::size_t max = SIZE_MAX) {
    always(name);
    add_list(name, schema<T>(kind_), max);
  }
  template <class T>
  void list(const char* name, const std::optional<std::vector<T>>&, std::size_t max = SIZE_MAX) {
    add_list(name, schema<T>(kind_), max);
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
  /// A reply always has it; a request need not.
  void always(const char* name) {
    if (kind_ == SchemaOf::reply) require(name);
  }
  void add(const char* name, JsonValue schema) { properties_[name] = std::move(schema); }
  void add_list(const char* name, JsonValue items, std::size_t max);
  void whole_number(const char* name, std::int64_t min, std::int64_t max);
  static JsonValue one_of(const std::string_view* words, std::size_t count);

  SchemaOf kind_;
  JsonValue properties_ = JsonValue::object();
  std::vector<std::string> required_;
};

template <class T>
std::string schema_text(SchemaOf kind) {
  return to_text(SchemaWriter::schema<T>(kind));
}

}  // namespace voxdial
