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
  std::size_t max = SIZE_MAX;  ///< bytes
  std::size_t min = 0;         ///< bytes, when it is there
  bool required = false;       ///< an error when it is not there
  bool one_line = false;       ///< no control characters, line breaks included
};
inline constexpr TextRule any_text{};
inline constexpr TextRule required_text{.min = 1, .required = true};

/// `value` as the object its `fields` describe.
template <class T>
JsonValue to_json_value(const T& value);

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
  void flag(const char* name, bool value);
  void flag(const char* name, const std::optional<bool>& value);
  template <class Int>
  void integer(const char* name, Int value, std::int64_t = 0, std::int64_t = INT64_MAX) {
    add(name, value);
  }
  void integer(const char* name, const std::optional<int>& value, int min, int max);
  void number(const char* name, const std::optional<double>& value, double min, double max);
  void seconds(const char* name, int value, int min, int max);  ///< 0 is left out
  void seconds(const char* name, const std::optional<int>& value, int min, int max);
  void moment(const char* name, Millis value);
  void json(const char* name, const Json& value);
  void json(const char* name, const std::optional<Json>& value);
  void constant(const char* name, const char* word);  ///< always this word
  void empty_object(const char* name);                ///< always {}
  void texts(const char* name, const std::vector<std::string>& values);

  template <class E, std::size_t N>
  void word(const char* name, E value, const std::string_view (&words)[N]) {
    add(name, words[static_cast<std::size_t>(value)]);
  }
  template <class E, std::size_t N>
  void word(const char* name, const std::optional<E>& value, const std::string_view (&words)[N]) {
    if (value) word(name, *value, words);
  }
  template <class E, std::size_t N>
  void words(const char* name, const std::vector<E>& values, const std::string_view (&words)[N]) {
    JsonValue& array = add(name, JsonValue::array());
    for (E value : values) array.push_back(words[static_cast<std::size_t>(value)]);
  }

  template <class T>
  void object(const char* name, const T& value) {
    JsonWriter child(add(name, JsonValue::object()));
    fields(child, value);
  }
  template <class T>
  void object(const char* name, const std::optional<T>& value) {
    if (value) object(name, *value);
  }
  template <class T>
  void list(const char* name, const std::vector<T>& values, std::size_t = SIZE_MAX) {
    JsonValue& array = add(name, JsonValue::array());
    for (const T& value : values) array.push_back(to_json_value(value));
  }
  template <class T>
  void list(const char* name, const std::optional<std::vector<T>>& values, std::size_t = SIZE_MAX) {
    if (values) list(name, *values);
  }

 private:
  JsonValue& add(const char* name, JsonValue value) { return object_[name] = std::move(value); }

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
