// JsonValue: how it comes to be, and its text again.
#include "shared/json_tree.h"

#include <algorithm>
#include <utility>

#include "shared/codec.h"
#include "shared/json_writer.h"
#include "shared/utf8.h"

namespace voxdial {

using Kind = JsonValue::Kind;

Result<JsonValue> JsonTree::result() && {
  if (error_) return fail(std::move(*error_));
  return std::move(root_);
}

bool JsonTree::boolean(bool truth) {
  JsonValue* value = add(Kind::boolean);
  if (value != nullptr) value->truth = truth;
  return value != nullptr;
}
bool JsonTree::integer(std::int64_t number) {
  JsonValue* value = add(Kind::integer);
  if (value == nullptr) return false;
  value->integer = number;
  value->text = std::to_string(number);
  return true;
}
bool JsonTree::real(double number, std::string text) {
  JsonValue* value = add(Kind::real);
  if (value == nullptr) return false;
  value->real = number;
  value->text = std::move(text);
  return true;
}
bool JsonTree::string(std::string text) {
  JsonValue* value = add(Kind::text);
  if (value == nullptr) return false;
  value->text = std::move(text);
  return no_nul(value->text);
}
bool JsonTree::open(Kind kind) {
  if (static_cast<int>(open_.size()) >= limits_.depth) {
    return stop(ErrorCode::invalid_json,
                "The JSON is nested deeper than " + std::to_string(limits_.depth) + " levels.");
  }
  JsonValue* value = add(kind);
  if (value != nullptr) open_.push_back(value);
  return value != nullptr;
}
bool JsonTree::close() {
  open_.pop_back();
  return true;
}

bool JsonTree::key(std::string name) {
  if (!no_nul(name)) return false;
  key_ = std::move(name);
  // The number of values is limited, so looking through them all stays cheap.
  for (const JsonValue& member : open_.back()->items) {
    if (member.key == key_) return refuse(path_to(key_), " is given twice.");
  }
  return true;
}

bool JsonTree::not_json(std::size_t position) {
  std::string where;
  if (position != 0) where = "; it goes wrong at byte " + std::to_string(position);
  return stop(ErrorCode::invalid_json, "This is not valid JSON" + where + '.');
}

JsonValue* JsonTree::add(Kind kind) {
  if (++count_ > limits_.values) {
    stop(ErrorCode::payload_too_large,
         "The JSON has more than " + std::to_string(limits_.values) + " values.");
    return nullptr;
  }
  JsonValue* value = open_.empty() ? &root_ : &open_.back()->items.emplace_back();
  value->kind = kind;
  value->key = std::move(key_);
  key_.clear();
  return value;
}

bool JsonTree::no_nul(const std::string& text) {
  if (text.find('\0') == std::string::npos) return true;
  return refuse(path_to(key_), " contains a NUL character.");
}

/// The path of the value being read: its containers, then `last` when it is a member's name.
std::string JsonTree::path_to(std::string_view last) const {
  std::string path;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    const JsonValue& container = *open_[i];
    const bool innermost = i + 1 == open_.size();
    if (container.kind == Kind::array) {
      path += '[' + std::to_string(container.items.size() - 1) + ']';
      continue;
    }
    const std::string_view name =
        !innermost || last.empty()
            ? (container.items.empty() ? std::string_view() : container.items.back().key)
            : last;
    if (!path.empty()) path += '.';
    path += path_step(name);
  }
  return path;
}

bool JsonTree::refuse(std::string path, std::string_view why) {
  std::string message = (path.empty() ? "The text" : path).append(why);
  return stop(ErrorCode::invalid_field, std::move(message), std::move(path));
}
bool JsonTree::stop(ErrorCode code, std::string message, std::string path) {
  if (!error_) error_ = make_error(code, std::move(message), std::move(path));
  return false;
}

namespace {

void write(std::string& out, const JsonValue& value) {
  switch (value.kind) {
    case Kind::null:
      out += "null";
      break;
    case Kind::boolean:
      out += value.truth ? "true" : "false";
      break;
    case Kind::integer:
    case Kind::real:
      out += value.text;
      break;
    case Kind::text:
      append_quoted(out, value.text);
      break;
    case Kind::array:
    case Kind::object: {
      const bool object = value.kind == Kind::object;
      out += object ? '{' : '[';
      bool first = true;
      for (const JsonValue& item : value.items) {
        if (!first) out += ',';
        first = false;
        if (object) {
          append_quoted(out, item.key);
          out += ':';
        }
        write(out, item);
      }
      out += object ? '}' : ']';
      break;
    }
  }
}

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
  JsonTree tree(limits);
  read_json(text, tree);
  return std::move(tree).result();
}

std::string to_text(const JsonValue& value) {
  std::string out;
  write(out, value);
  return out;
}

int depth_of(const JsonValue& value) {
  if (value.kind != Kind::array && value.kind != Kind::object) return 0;
  int deepest = 0;
  for (const JsonValue& item : value.items) deepest = std::max(deepest, depth_of(item));
  return deepest + 1;
}

std::string path_step(std::string_view name) {
  constexpr std::size_t longest = 64;
  return std::string(cut(name, longest)) + (name.size() > longest ? "..." : "");
}

}  // namespace voxdial
