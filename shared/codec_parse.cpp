// From JSON text to a JsonValue: nlohmann's lexer, our grammar and tree. Its own grammar words
// every error through printf, words nobody would see: 5 KB of the page's download.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "shared/codec.h"
#include "shared/json_value.h"
#include "shared/json_writer.h"

namespace voxdial {
namespace {

using Kind = JsonValue::Kind;

/// What the text says, one thing after the other. Every function answers whether to go on.
class TreeBuilder {
 public:
  explicit TreeBuilder(const JsonLimits& limits) : limits_(limits) {}

  Result<JsonValue> result() && {
    if (error_) return fail(std::move(*error_));
    return std::move(root_);
  }

  bool null() { return add(Kind::null) != nullptr; }
  bool boolean(bool truth) {
    JsonValue* value = add(Kind::boolean);
    if (value != nullptr) value->truth = truth;
    return value != nullptr;
  }
  bool number_integer(std::int64_t number) {
    JsonValue* value = add(Kind::integer);
    if (value == nullptr) return false;
    value->integer = number;
    value->text = std::to_string(number);
    return true;
  }
  bool number_unsigned(std::uint64_t number) {
    if (number <= std::uint64_t(INT64_MAX))
      return number_integer(static_cast<std::int64_t>(number));
    return number_float(static_cast<double>(number), std::to_string(number));
  }
  bool number_float(double number, const std::string& characters) {
    JsonValue* value = add(Kind::real);
    if (value == nullptr) return false;
    value->real = number;
    value->text = characters;
    return true;
  }
  bool string(std::string& text) {
    JsonValue* value = add(Kind::text);
    if (value == nullptr) return false;
    value->text = std::move(text);
    return no_nul(value->text);
  }
  // A pointer into a parent's items stays good: the parent gets no sibling while a child is open.
  bool open(Kind kind) {
    if (static_cast<int>(open_.size()) >= limits_.depth) {
      return stop(ErrorCode::invalid_json,
                  "The JSON is nested deeper than " + std::to_string(limits_.depth) + " levels.");
    }
    JsonValue* value = add(kind);
    if (value != nullptr) open_.push_back(value);
    return value != nullptr;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  bool key(std::string& name) {
    if (!no_nul(name)) return false;
    key_ = std::move(name);
    // The number of values is limited, so looking through them all stays cheap.
    for (const JsonValue& member : open_.back()->items) {
      if (member.key == key_) return refuse(path_to(key_), " is given twice.");
    }
    return true;
  }

  bool not_json(std::size_t position) {
    return stop(ErrorCode::invalid_json,
                "This is not valid JSON; it goes wrong at byte " + std::to_string(position) + ".");
  }

 private:
  JsonValue* add(Kind kind) {
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

  bool no_nul(const std::string& text) {
    if (text.find('\0') == std::string::npos) return true;
    return refuse(path_to(key_), " contains a NUL character.");
  }

  /// The path of the value being read: its containers, then `last` when it is a member's name.
  std::string path_to(std::string_view last) const {
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
  std::vector<JsonValue*> open_;
  std::string key_;
  int count_ = 0;
  std::optional<Error> error_;
};

/// RFC 8259's grammar. It nests as deep as the tree lets it, so the stack is safe.
class Grammar {
 public:
  Grammar(std::string_view text, TreeBuilder& tree)
      : lexer_(nlohmann::detail::input_adapter(text.data(), text.data() + text.size())),
        tree_(tree) {}

  bool text() { return value(lexer_.scan()) && (lexer_.scan() == Token::end_of_input || wrong()); }

 private:
  using Lexer = nlohmann::detail::lexer<nlohmann::json, decltype(nlohmann::detail::input_adapter(
                                                            static_cast<const char*>(nullptr),
                                                            static_cast<const char*>(nullptr)))>;
  using Token = Lexer::token_type;

  bool value(Token first) {
    switch (first) {
      case Token::begin_object:
        return tree_.open(Kind::object) && members(Token::end_object);
      case Token::begin_array:
        return tree_.open(Kind::array) && members(Token::end_array);
      case Token::value_string:
        return tree_.string(lexer_.get_string());
      case Token::value_unsigned:
        return tree_.number_unsigned(lexer_.get_number_unsigned());
      case Token::value_integer:
        return tree_.number_integer(lexer_.get_number_integer());
      case Token::value_float:
        return std::isfinite(lexer_.get_number_float())
                   ? tree_.number_float(lexer_.get_number_float(), lexer_.get_string())
                   : wrong();
      case Token::literal_true:
      case Token::literal_false:
        return tree_.boolean(first == Token::literal_true);
      case Token::literal_null:
        return tree_.null();
      default:
        return wrong();
    }
  }
  /// Of an object or an array, until `end`.
  bool members(Token end) {
    Token token = lexer_.scan();
    if (token == end) return tree_.close();
    for (;; token = lexer_.scan()) {
      if (end == Token::end_object) {
        if (token != Token::value_string) return wrong();
        if (!tree_.key(lexer_.get_string())) return false;
        if (lexer_.scan() != Token::name_separator) return wrong();
        token = lexer_.scan();
      }
      if (!value(token)) return false;
      token = lexer_.scan();
      if (token == end) return tree_.close();
      if (token != Token::value_separator) return wrong();
    }
  }
  bool wrong() { return tree_.not_json(lexer_.get_position()); }

  Lexer lexer_;
  TreeBuilder& tree_;
};

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
  TreeBuilder tree(limits);
  Grammar(text, tree).text();
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

bool is_json_object(std::string_view text) {
  const auto value =
      parse_json(text, {max_json_member_bytes, max_json_member_depth, max_json_fields});
  return value && value->kind == Kind::object;
}

std::string path_step(std::string_view name) {
  constexpr std::size_t longest = 64;
  if (name.size() <= longest) return std::string(name);
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return std::string(name.substr(0, end)) + "...";
}

std::string number_text(double value) {
  char digits[64];
  std::string text(digits, nlohmann::detail::to_chars(digits, digits + sizeof digits, value));
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

}  // namespace voxdial
