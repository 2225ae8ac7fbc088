// Reads one struct from JSON: the other half of JsonWriter, with the same methods. The first thing
// that is wrong is kept, with its path; reading goes on harmlessly after it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/api.h"
#include "shared/json.h"
#include "shared/json_writer.h"
#include "shared/result.h"

namespace voxdial {

/// One reading of one text, whichever struct it is at.
struct Reading {
  /// A request is a stranger's: unknown fields are refused and errors say what to mend. A reply may
  /// be a newer proxy's: unknown fields are skipped and every error is bad_reply.
  bool request;
  std::optional<Error> error;
};

/// Where a value stands: a chain that becomes text only when something is wrong.
struct JsonPlace {
  const JsonPlace* up = nullptr;
  const char* name = nullptr;  ///< of a member, or null for
  std::size_t index = 0;       ///< an element
};

class JsonReader {
 public:
  static constexpr bool reading = true;
  template <class T>
  using Of = T;

  JsonReader(JsonValue& object, const JsonPlace* place, Reading& state)
      : object_(object), place_(place), state_(state), asked_for_(object.size()) {}

  /// The member `name` must be there: without it this would be a different kind of answer.
  void require(const char* name) {
    if (find(name) == nullptr) missing(name);
  }

  void text(const char* name, std::string& out, const TextRule& rule = any_text);
  void text(const char* name, std::optional<std::string>& out, const TextRule& rule = any_text);
  /// An error's; one that is not known here reads as `internal`: its sentence still holds.
  void code(const char* name, ErrorCode& out);
  void flag(const char* name, bool& out);
  void flag(const char* name, std::optional<bool>& out);
  template <class Int>
  void integer(const char* name, Int& out, std::int64_t min = 0,
               std::int64_t max = sizeof(Int) < 8 ? INT32_MAX : INT64_MAX) {
    if (const auto value = whole_number(name, min, max)) out = static_cast<Int>(*value);
  }
  void integer(const char* name, std::optional<int>& out, int min, int max);
  void number(const char* name, std::optional<double>& out, double min, double max);
  void seconds(const char* name, int& out, int min, int max);
  void seconds(const char* name, std::optional<int>& out, int min, int max);
  void moment(const char* name, Millis& out);
  void json(const char* name, Json& out);  ///< required
  void json(const char* name, std::optional<Json>& out);
  void constant(const char* name, const char* word);  ///< may be absent, but not different
  void empty_object(const char* name);                ///< required
  void texts(const char* name, std::vector<std::string>& out);

  template <class E, std::size_t N>
  void word(const char* name, E& out, const std::string_view (&words)[N]) {
    const int i = one_of(find(name), {place_, name}, words, N);
    if (i >= 0) out = static_cast<E>(i);
  }
  template <class E, std::size_t N>
  void word(const char* name, std::optional<E>& out, const std::string_view (&words)[N]) {
    const int i = one_of(find(name), {place_, name}, words, N);
    if (i >= 0) out = static_cast<E>(i);
  }
  template <class E, std::size_t N>
  void words(const char* name, std::vector<E>& out, const std::string_view (&words)[N]) {
    JsonValue* array = typed(name, Type::array);
    if (array == nullptr || !fits(name, *array, N)) return;
    const JsonPlace place{place_, name};
    for (std::size_t i = 0; i < array->size(); ++i) {
      const int found = one_of(&(*array)[i], {&place, nullptr, i}, words, N);
      if (found >= 0) out.push_back(static_cast<E>(found));
    }
  }

  template <class T>
  void object(const char* name, T& out) {
    if (JsonValue* value = typed(name, Type::object)) {
      const JsonPlace place{place_, name};
      read_object(*value, place, out);
    }
  }
  template <class T>
  void object(const char* name, std::optional<T>& out) {
    if (JsonValue* value = typed(name, Type::object)) {
      const JsonPlace place{place_, name};
      read_object(*value, place, out.emplace());
    }
  }
  template <class T>
  void list(const char* name, std::vector<T>& out, std::size_t max = SIZE_MAX) {
    JsonValue* array = typed(name, Type::array);
    if (array != nullptr) read_list(name, *array, out, max);
  }
  template <class T>
  void list(const char* name, std::optional<std::vector<T>>& out, std::size_t max = SIZE_MAX) {
    JsonValue* array = typed(name, Type::array);
    if (array != nullptr) read_list(name, *array, out.emplace(), max);
  }

  /// A rule over what was read: when it is broken, `message` about the member `name` (a path below
  /// this object; empty for the object itself).
  void rule(bool kept, std::string_view name, std::string_view message,
            ErrorCode code = ErrorCode::invalid_field);
  /// A member that must be there was not.
  void missing(const char* name);
  /// To be called when all members were asked for: refuses those of a request nobody asked for.
  void done();

 private:
  using Type = JsonValue::value_t;

  JsonValue* find(const char* name);
  JsonValue* typed(const char* name, Type type);
  JsonValue* typed(JsonValue* value, const JsonPlace& place, Type type);
  bool good_text(const char* name, const std::string& text, const TextRule& rule);
  bool fits(const char* name, const JsonValue& array, std::size_t max);
  int one_of(JsonValue* value, const JsonPlace& place, const std::string_view* words,
             std::size_t count);
  std::optional<std::int64_t> whole_number(const char* name, std::int64_t min, std::int64_t max);

  template <class T>
  void read_object(JsonValue& value, const JsonPlace& place, T& out) {
    JsonReader child(value, &place, state_);
    fields(child, out);
    child.done();
  }
  template <class T>
  void read_list(const char* name, JsonValue& array, std::vector<T>& out, std::size_t max) {
    if (!fits(name, array, max)) return;
    const JsonPlace place{place_, name};
    out = std::vector<T>(array.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const JsonPlace here{&place, nullptr, i};
      if (typed(&array[i], here, Type::object) != nullptr) {
        read_object(array[i], here, out[i]);
      }
    }
  }

  void wrong(ErrorCode code, std::string path, std::string message);
  void wrong(const JsonPlace& place, std::string_view what);

  JsonValue& object_;
  const JsonPlace* place_;
  Reading& state_;
  std::vector<bool> asked_for_;  ///< of the object's members, in their order
};

/// The object in `text`, or the reason there is none (also left in `state`).
std::optional<JsonValue> parse_object(std::string_view text, Reading& state);

template <class T>
Result<T> from_json(std::string_view text, Reading state) {
  T out;
  if (auto root = parse_object(text, state)) {
    JsonReader reader(*root, nullptr, state);
    fields(reader, out);
    reader.done();
  }
  if (state.error) return fail(std::move(*state.error));
  return out;
}
template <class T>
Result<T> from_request(std::string_view text) {
  return from_json<T>(text, {.request = true, .error = std::nullopt});
}
template <class T>
Result<T> from_reply(std::string_view text) {
  return from_json<T>(text, {.request = false, .error = std::nullopt});
}

}  // namespace voxdial
