#include "shared/json_reader.h"

#include <algorithm>

#include "shared/ascii.h"
#include "shared/codec.h"
#include "shared/time_text.h"
#include "shared/utf8.h"

namespace voxdial {
namespace {

using Type = JsonValue::value_t;

const char* needed(Type type) {
  switch (type) {
    case Type::boolean:
      return "true or false";
    case Type::string:
      return "text";
    case Type::array:
      return "a list";
    default:
      return "an object";
  }
}

std::string path_of(const JsonPlace* place) {
  if (place == nullptr) return {};
  std::string path = path_of(place->up);
  if (place->name == nullptr) return path + '[' + std::to_string(place->index) + ']';
  if (!path.empty()) path += '.';
  return path + place->name;
}

std::string joined(std::string path, std::string_view name) {
  if (!path.empty() && !name.empty()) path += '.';
  return path.append(name);
}

std::string range(const char* what, std::int64_t min, std::int64_t max) {
  std::string text = std::string("must be ") + what;
  if (max < INT32_MAX) text += " from " + std::to_string(min) + " to " + std::to_string(max);
  return text;
}

/// "600s" or "600.000s", as Ultravox writes durations, as whole seconds.
std::optional<std::int64_t> seconds_in(std::string_view text) {
  if (!text.ends_with('s')) return std::nullopt;
  text.remove_suffix(1);
  const auto dot = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, dot), fraction = text.substr(dot);
  if (fraction.size() == 1 || fraction.size() > 10 || (whole.size() > 1 && whole[0] == '0') ||
      fraction.find_first_not_of('0', 1) != fraction.npos) {
    return std::nullopt;
  }
  return voxdial::whole_number(whole);
}

}  // namespace

void JsonReader::wrong(ErrorCode code, std::string path, std::string message) {
  if (state_.error) return;
  if (!state_.request) {
    code = ErrorCode::bad_reply;
    message.clear();
  }
  state_.error = make_error(code, std::move(message), std::move(path));
}

void JsonReader::wrong(const JsonPlace& place, std::string_view what) {
  std::string path = path_of(&place);
  std::string message = path + ' ';
  message.append(what) += '.';
  wrong(ErrorCode::invalid_field, std::move(path), std::move(message));
}

void JsonReader::missing(const char* name) {
  std::string path = joined(path_of(place_), name);
  std::string message = path + " is missing.";
  wrong(ErrorCode::missing_field, std::move(path), std::move(message));
}

void JsonReader::rule(bool kept, std::string_view name, std::string_view message, ErrorCode code) {
  if (!kept) wrong(code, joined(path_of(place_), name), std::string(message));
}

void JsonReader::done() {
  if (!state_.request) return;
  std::size_t i = 0;
  for (const auto& [name, value] : object_.get_ref<const JsonValue::object_t&>()) {
    if (asked_for_[i++]) continue;
    std::string path = joined(path_of(place_), path_step(name));
    std::string message = path + " is not a field that is known here.";
    wrong(ErrorCode::unknown_field, std::move(path), std::move(message));
  }
}

JsonValue* JsonReader::find(const char* name) {
  const auto member = object_.find(name);
  if (member == object_.end()) return nullptr;
  asked_for_[static_cast<std::size_t>(std::distance(object_.begin(), member))] = true;
  return &*member;
}

JsonValue* JsonReader::typed(JsonValue* value, const JsonPlace& place, Type type) {
  if (value == nullptr || value->type() == type) return value;
  wrong(place, std::string("must be ") + needed(type));
  return nullptr;
}
JsonValue* JsonReader::typed(const char* name, Type type) {
  return typed(find(name), {place_, name}, type);
}

std::string* JsonReader::good_text(const char* name, const TextRule& rule) {
  JsonValue* value = typed(name, Type::string);
  if (value == nullptr) {
    if (rule.required) missing(name);
    return nullptr;
  }
  auto& text = value->get_ref<std::string&>();
  const bool broken = rule.one_line && std::any_of(text.begin(), text.end(), [](char c) {
                        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
                      });
  const JsonPlace place{place_, name};
  if (text.size() < rule.min) {
    wrong(place, "must not be empty");
  } else if (text.size() > rule.max && characters(text) > rule.max) {
    wrong(place, "must be at most " + std::to_string(rule.max) + " characters");
  } else if (broken) {
    wrong(place, "must not contain line breaks or control characters");
  } else {
    return &text;
  }
  return nullptr;
}

void JsonReader::text(const char* name, std::string& out, const TextRule& rule) {
  if (std::string* text = good_text(name, rule)) out = std::move(*text);
}
void JsonReader::text(const char* name, std::optional<std::string>& out, const TextRule& rule) {
  if (std::string* text = good_text(name, rule)) out = std::move(*text);
}

void JsonReader::code(const char* name, ErrorCode& out) {
  std::string word;
  text(name, word, required_text);
  out = error_code(word).value_or(ErrorCode::internal);
}

std::optional<std::int64_t> JsonReader::whole_number(const char* name, std::int64_t min,
                                                     std::int64_t max) {
  const JsonValue* value = find(name);
  if (value == nullptr) return std::nullopt;
  // One past INT64_MAX reads as negative; nothing here may be.
  if (value->is_number_integer()) {
    const auto number = value->get<std::int64_t>();
    if (number >= min && number <= max) return number;
  }
  wrong({place_, name}, range("a whole number", min, max));
  return std::nullopt;
}

void JsonReader::number(const char* name, std::optional<double>& out, double min, double max) {
  const JsonValue* value = find(name);
  if (value == nullptr) return;
  if (value->is_number()) {
    const auto number = value->get<double>();
    if (number >= min && number <= max) {
      out = number;
      return;
    }
  }
  wrong({place_, name},
        range("a number", static_cast<std::int64_t>(min), static_cast<std::int64_t>(max)));
}

std::optional<int> JsonReader::whole_seconds(const char* name, int min, int max) {
  const JsonValue* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->get_ptr<const std::string*>();
  const auto seconds = text != nullptr ? seconds_in(*text) : std::nullopt;
  if (seconds && *seconds >= min && *seconds <= max) return static_cast<int>(*seconds);
  wrong({place_, name}, range("whole seconds such as \"600s\",", min, max));
  return std::nullopt;
}

void JsonReader::moment(const char* name, Millis& out) {
  const JsonValue* value = find(name);
  if (value == nullptr) return;
  const auto* text = value->get_ptr<const std::string*>();
  const auto at = text != nullptr ? from_rfc3339(*text) : std::nullopt;
  if (at) {
    out = *at;
  } else {
    wrong({place_, name}, "must be a moment such as \"2026-11-22T10:57:24.123Z\"");
  }
}

std::optional<Json> JsonReader::any_object(const char* name) {
  const JsonValue* value = typed(name, Type::object);
  if (value == nullptr) return std::nullopt;
  std::string text = to_text(*value);
  constexpr std::size_t most_bytes = 16 * 1024;
  constexpr int most_levels = 16;
  if (depth_of(*value) <= most_levels && text.size() <= most_bytes) return Json{std::move(text)};
  wrong({place_, name}, "must be at most 16 KiB of JSON and 16 levels deep");
  return std::nullopt;
}

void JsonReader::constant(const char* name, const char* word) {
  const std::string_view only = word;
  one_of(find(name), {place_, name}, &only, 1);
}
void JsonReader::empty_object(const char* name) {
  const JsonValue* value = typed(name, Type::object);
  if (value == nullptr) {
    missing(name);
  } else if (!value->empty()) {
    wrong({place_, name}, "must be empty: {}");
  }
}

void JsonReader::texts(const char* name, std::vector<std::string>& out) {
  JsonValue* array = typed(name, Type::array);
  if (array == nullptr) return;
  const JsonPlace place{place_, name};
  for (std::size_t i = 0; i < array->size(); ++i) {
    JsonValue* item = typed(&(*array)[i], {&place, nullptr, i}, Type::string);
    if (item != nullptr) out.push_back(std::move(item->get_ref<std::string&>()));
  }
}

JsonValue* JsonReader::short_list(const char* name, std::size_t max) {
  JsonValue* array = typed(name, Type::array);
  if (array == nullptr || array->size() <= max) return array;
  wrong({place_, name}, "must have at most " + std::to_string(max) + " entries");
  return nullptr;
}

int JsonReader::one_of(JsonValue* value, const JsonPlace& place, const std::string_view* words,
                       std::size_t count) {
  if (value == nullptr) return -1;
  const auto* text = value->get_ptr<const std::string*>();
  for (std::size_t i = 0; text != nullptr && i < count; ++i) {
    if (words[i] == *text) return static_cast<int>(i);
  }
  std::string known = count == 1 ? "must be" : "must be one of";
  for (std::size_t i = 0; i < count; ++i) {
    known += i == 0 ? " \"" : ", \"";
    known.append(words[i]) += '"';
  }
  wrong(place, known);
  return -1;
}

std::optional<JsonValue> parse_object(std::string_view text, Reading& state) {
  // A page of 500 calls or a long transcript is larger than anything a stranger may send, and an
  // agent's tools stand deeper in a list of agents than in a request.
  constexpr JsonLimits request_limits{max_request_bytes, max_json_depth, max_json_fields};
  constexpr JsonLimits reply_limits{8 * 1024 * 1024, max_json_depth + 8, 500'000};
  auto parsed = parse_json(text, state.request ? request_limits : reply_limits);
  if (!parsed) {
    state.error = state.request ? std::move(parsed).error()
                                : make_error(ErrorCode::bad_reply, {}, parsed.error().field);
  } else if (!parsed->is_object()) {
    state.error = state.request
                      ? make_error(ErrorCode::invalid_json, "The JSON must be an object: {...}.")
                      : make_error(ErrorCode::bad_reply);
  } else {
    return std::move(*parsed);
  }
  return std::nullopt;
}

}  // namespace voxdial
