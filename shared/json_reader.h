// Reads one struct from JSON: the other half of JsonWriter, with the same methods. The first thing
// that is wrong is kept, with its path; reading goes on harmlessly after it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
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

/// A member to read into: made where it is an optional.
template <class T>
T& made(T& member) {
  return member;
}
template <class T>
T& made(std::optional<T>& member) {
  return member.emplace();
}

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
  template <class Out>
  void flag(const char* name, Out& out) {
    if (const JsonValue* value = typed(name, Type::boolean)) out = value->get<bool>();
  }
  template <class Out>
  void integer(const char* name, Out& out, std::int64_t min = 0,
               std::int64_t max = sizeof(Out) < 8 ? INT32_MAX : INT64_MAX) {
    using Int = std::remove_reference_t<decltype(made(out))>;
    if (const auto value = whole_number(name, min, max)) out = static_cast<Int>(*value);
  }
  void number(const char* name, std::optional<double>& out, double min, double max);
  template <class Out>
  void seconds(const char* name, Out& out, int min, int max) {
    if (const auto value = whole_seconds(name, min, max)) out = *value;
  }
  void moment(const char* name, Millis& out);
  template <class Out>
  void json(const char* name, Out& out) {
    if (auto value = any_object(name)) {
      out = std::move(*value);
    } else if (!is_optional<Out>) {
      missing(name);
    }
  }
  void constant(const char* name, const char* word);  ///< may be absent, but not different
  void empty_object(const char* name);                ///< required
  void texts(const char* name, std::vector<std::string>& out);

  template <class Out, std::size_t N>
  void word(const char* name, Out& out, const std::string_view (&words)[N]) {
    using E = std::remove_reference_t<decltype(made(out))>;
    const int i = one_of(find(name), {place_, name}, words, N);
    if (i >= 0) out = static_cast<E>(i);
  }
  template <class E, std::size_t N>
  void words(const char* name, std::vector<E>& out, const std::string_view (&words)[N]) {
    JsonValue* array = short_list(name, N);
    if (array == nullptr) return;
    const JsonPlace place{place_, name};
    for (std::size_t i = 0; i < array->size(); ++i) {
      const int found = one_of(&(*array)[i], {&place, nullptr, i}, words, N);
      if (found >= 0) out.push_back(static_cast<E>(found));
    }
  }

  template <class Out>
  void object(const char* name, Out& out) {
    if (JsonValue* value = typed(name, Type::object)) {
      read_object(*value, {place_, name}, made(out));
    }
  }
  template <class Out>
  void list(const char* name, Out& out, std::size_t max = SIZE_MAX) {
    JsonValue* array = short_list(name, max);
    if (array == nullptr) return;
    const JsonPlace place{place_, name};
    auto& items = made(out);
    items = std::remove_reference_t<decltype(items)>(array->size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      const JsonPlace here{&place, nullptr, i};
      JsonValue* item = typed(&(*array)[i], here, Type::object);
      if (item != nullptr) read_object(*item, here, items[i]);
    }
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
  JsonValue* short_list(const char* name, std::size_t max);
  std::string* good_text(const char* name, const TextRule& rule);
  int one_of(JsonValue* value, const JsonPlace& place, const std::string_view* words,
             std::size_t count);
  std::optional<std::int64_t> whole_number(const char* name, std::int64_t min, std::int64_t max);
  std::optional<int> whole_seconds(const char* name, int min, int max);
  std::optional<Json> any_object(const char* name);

  template <class T>
  void read_object(JsonValue& value, const JsonPlace& place, T& out) {
    JsonReader child(value, &place, state_);
    fields(child, out);
    child.done();
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
