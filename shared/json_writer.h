// Writes one struct as JSON: the other half of JsonReader, with the same methods, so that one list
// of fields per struct (the `fields` functions of the codecs) serves both directions.
//
// What an absent value looks like is decided here once: empty text, absent optionals and moments
// that have not come are left out; numbers, switches and lists are always written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/api.h"
#include "shared/json.h"

namespace voxdial {

/// What a text member may hold. The default is any text, and absent means empty.
struct TextRule {
  std::size_t max = SIZE_MAX;  ///< characters
  std::size_t min = 0;         ///< characters, when it is there
  bool required = false;       ///< an error when it is not there
  bool one_line = false;       ///< no control characters, line breaks included
};
inline constexpr TextRule any_text{};
inline constexpr TextRule required_text{.min = 1, .required = true};

/// `value` as the object its `fields` describe.
template <class T>
JsonValue to_json_value(const T& value);

/// A member's value; null where it is an optional without one.
template <class T>
const T* given(const T& member) {
  return &member;
}
template <class T>
const T* given(const std::optional<T>& member) {
  return member ? &*member : nullptr;
}
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

class JsonWriter {
 public:
  static constexpr bool reading = false;
  template <class T>
  using Of = const T;

  /// Adds members to `object`.
  explicit JsonWriter(JsonValue& object) : object_(object) {}

  void require(const char*) {}  ///< see JsonReader

  void text(const char* name, const std::string& value, const TextRule& rule = any_text);
  void text(const char* name, const std::optional<std::string>& value, const TextRule& = any_text);
  void code(const char* name, ErrorCode value);
  template <class T>
  void flag(const char* name, const T& v) {
    if (const auto* value = given(v)) add(name, *value);
  }
  template <class T>
  void integer(const char* name, const T& v, std::int64_t = 0, std::int64_t = INT64_MAX) {
    if (const auto* value = given(v)) add(name, *value);
  }
  void number(const char* name, const std::optional<double>& value, double, double) {
    if (value) add(name, *value);
  }
  template <class T>
  void seconds(const char* name, const T& v, int, int) {
    const int* value = given(v);
    if (value && (*value != 0 || is_optional<T>)) add(name, std::to_string(*value) + "s");
  }
  void moment(const char* name, Millis value);
  template <class T>
  void json(const char* name, const T& v) {
    if (const Json* value = given(v)) add(name, parsed(*value));
  }
  void constant(const char* name, const char* word) { add(name, word); }  ///< always this word
  void empty_object(const char* name) { add(name, JsonValue::object()); }
  void texts(const char* name, const std::vector<std::string>& values) { add(name, values); }

  template <class T, std::size_t N>
  void word(const char* name, const T& v, const std::string_view (&words)[N]) {
    if (const auto* value = given(v)) add(name, words[static_cast<std::size_t>(*value)]);
  }
  template <class E, std::size_t N>
  void words(const char* name, const std::vector<E>& values, const std::string_view (&words)[N]) {
    JsonValue& array = add(name, JsonValue::array());
    for (E value : values) array.push_back(words[static_cast<std::size_t>(value)]);
  }

  template <class T>
  void object(const char* name, const T& v) {
    if (const auto* value = given(v)) add(name, to_json_value(*value));
  }
  template <class T>
  void list(const char* name, const T& v, std::size_t = SIZE_MAX) {
    const auto* values = given(v);
    if (!values) return;
    JsonValue& array = add(name, JsonValue::array());
    for (const auto& value : *values) array.push_back(to_json_value(value));
  }

 private:
  JsonValue& add(const char* name, JsonValue value);
  static JsonValue parsed(const Json& value);

  JsonValue& object_;
};

template <class T>
JsonValue to_json_value(const T& value) {
  JsonValue object = JsonValue::object();
  JsonWriter writer(object);
  fields(writer, value);
  return object;
}
template <class T>
std::string to_json(const T& value) {
  return to_text(to_json_value(value));
}

}  // namespace voxdial
