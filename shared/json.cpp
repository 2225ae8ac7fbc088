#include "shared/json.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "shared/utf8.h"

namespace voxdial {
namespace {

/// Hears what nlohmann reads and builds the value; every function answers whether to go on. It is
/// not nlohmann's own builder, because that reads a whole text before anybody can refuse it.
class Builder {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  bool null() { return add(nullptr) != nullptr; }
  bool boolean(bool truth) { return add(truth) != nullptr; }
  bool number_integer(std::int64_t number) { return add(number) != nullptr; }
  bool number_unsigned(std::uint64_t number) { return add(number) != nullptr; }
  bool number_float(double number, const std::string&) { return add(number) != nullptr; }
  bool string(std::string& text) { return no_nul(text) && add(std::move(text)) != nullptr; }
  bool binary(JsonValue::binary_t&) { return false; }  // no such thing in a text
  bool start_object(std::size_t) { return open(JsonValue::object()); }
  bool start_array(std::size_t) { return open(JsonValue::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    if (!no_nul(name)) return false;
    // The number of values is limited, so looking through them all stays cheap.
    if (open_.back()->contains(name)) return refuse(path_to(name), " is given twice.");
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
    return stop(ErrorCode::invalid_json,
                "This is not valid JSON; it goes wrong at byte " + std::to_string(position) + '.');
  }

  Result<JsonValue> result() && {
    if (error_) return fail(std::move(*error_));
    return std::move(root_);
  }

 private:
  JsonValue* add(JsonValue value) {
    if (++count_ > limits_.values) {
      stop(ErrorCode::payload_too_large,
           "The JSON has more than " + std::to_string(limits_.values) + " values.");
      return nullptr;
    }
    if (open_.empty()) return &(root_ = std::move(value));
    JsonValue& parent = *open_.back();
    if (parent.is_array()) return &parent.emplace_back(std::move(value));
    return &(parent[std::exchange(key_, {})] = std::move(value));
  }
  bool open(JsonValue container) {
    if (static_cast<int>(open_.size()) >= limits_.depth) {
      return stop(ErrorCode::invalid_json,
                  "The JSON is nested deeper than " + std::to_string(limits_.depth) + " levels.");
    }
    JsonValue* added = add(std::move(container));
    if (added != nullptr) open_.push_back(added);
    return added != nullptr;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool no_nul(const std::string& text) {
    return text.find('\0') == std::string::npos ||
           refuse(path_to(key_), " contains a NUL character.");
  }

  /// The path of the value being read: its containers, then `last` when it is a member's name.
  std::string path_to(std::string_view last) const {
    std::string path;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const JsonValue& container = *open_[i];
      const bool innermost = i + 1 == open_.size();
      if (container.is_array()) {
        path += '[' + std::to_string(container.size() - (innermost ? 0 : 1)) + ']';
        continue;
      }
      const std::string step = path_step(
          innermost ? last : container.get_ref<const JsonValue::object_t&>().back().first);
      if (!path.empty() && !step.empty()) path += '.';
      path += step;
    }
    return path;
  }
  bool refuse(std::string path, std::string_view why) {
    std::string message = (path.empty() ? "The text" : path).append(why);
    return stop(ErrorCode::invalid_field, std::move(message), std::move(path));
  }
  bool stop(ErrorCode code, std::string message, std::string path = {}) {
    if (!error_) error_ = make_error(code, std::move(message), std::move(path));
    return false;
  }

  const JsonLimits& limits_;
  JsonValue root_;
  std::vector<JsonValue*> open_;  ///< a parent gets no sibling while a child is open, so these stay
  std::string key_;               ///< of the member whose value comes next
  int count_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<JsonValue> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return fail(ErrorCode::payload_too_large,
                "The JSON is larger than " + std::to_string(limits.bytes) + " bytes.");
  }
  // nlohmann skips a byte order mark (RFC 8259 8.1 forbids sending one) and takes NUL for the end.
  if (text.substr(0, 1) == "\xEF") {
    return fail(ErrorCode::invalid_json, "The JSON begins with a byte order mark.");
  }
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::invalid_json, "The JSON contains a NUL character.");
  }
  Builder builder(limits);
  JsonValue::sax_parse(text, &builder);
  return std::move(builder).result();
}

std::string to_text(const JsonValue& value) {
  return value.dump(-1, ' ', false, JsonValue::error_handler_t::replace);
}

int depth_of(const JsonValue& value) {
  if (!value.is_structured()) return 0;
  int deepest = 0;
  for (const JsonValue& item : value) deepest = std::max(deepest, depth_of(item));
  return deepest + 1;
}

std::string path_step(std::string_view name) {
  constexpr std::size_t longest = 64;
  return std::string(cut(name, longest)) + (name.size() > longest ? "..." : "");
}

}  // namespace voxdial
