// From JSON text to a JsonValue. nlohmann's parser would do, but is 8 KB of the page's download: it
// words every error through printf. The tests hold this one to its verdicts.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "shared/codec.h"
#include "shared/e164.h"
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

/// RFC 8259's grammar over text that is UTF-8. It nests as deep as the tree lets it, so the stack
/// is safe.
class Grammar {
 public:
  Grammar(std::string_view text, TreeBuilder& tree) : text_(text), tree_(tree) {}

  bool all() { return value() && (next() == '\0' || wrong()); }

 private:
  /// The character the parser is at; '\0', which the text has none of, at its end.
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  /// The same, behind white space.
  char next() {
    while (here() == ' ' || here() == '\t' || here() == '\n' || here() == '\r') ++at_;
    return here();
  }
  bool take(char wanted) {
    if (here() != wanted || wanted == '\0') return false;
    ++at_;
    return true;
  }
  bool take_next(char wanted) { return next() == wanted && take(wanted); }
  bool wrong() { return tree_.not_json(at_ + 1); }

  bool value() {
    switch (next()) {
      case '{':
        ++at_;
        return tree_.open(Kind::object) && members('}');
      case '[':
        ++at_;
        return tree_.open(Kind::array) && members(']');
      case '"': {
        std::string text;
        return string(text) && tree_.string(text);
      }
      case 't':
        return word("true") && tree_.boolean(true);
      case 'f':
        return word("false") && tree_.boolean(false);
      case 'n':
        return word("null") && tree_.null();
      default:
        return number();
    }
  }
  /// Of an object or an array, behind its opening bracket.
  bool members(char end) {
    if (take_next(end)) return tree_.close();
    do {
      if (end == '}') {
        std::string key;
        if (next() != '"') return wrong();
        if (!string(key) || !tree_.key(key)) return false;
        if (!take_next(':')) return wrong();
      }
      if (!value()) return false;
    } while (take_next(','));
    return take_next(end) ? tree_.close() : wrong();
  }
  bool word(std::string_view expected) {
    for (const char c : expected) {
      if (!take(c)) return wrong();
    }
    return true;
  }

  bool digits() {
    if (!is_digit(here())) return wrong();
    while (is_digit(here())) ++at_;
    return true;
  }
  bool number() {
    const std::size_t begin = at_;
    take('-');
    if (!take('0') && !digits()) return false;
    const std::size_t whole_end = at_;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    const std::string text(text_.substr(begin, at_ - begin));
    std::int64_t whole = 0;
    if (at_ == whole_end &&
        std::from_chars(text.data(), text.data() + text.size(), whole).ec == std::errc()) {
      return tree_.number_integer(whole);
    }
    // strtod knows no other decimal point here: nothing sets a locale.
    const double real = std::strtod(text.c_str(), nullptr);
    return std::isfinite(real) ? tree_.number_float(real, text) : wrong();
  }

  /// The text from one quotation mark to the next.
  bool string(std::string& out) {
    for (++at_; !take('"'); ++at_) {
      const char c = here();
      if (static_cast<unsigned char>(c) < 0x20) return wrong();  // the end of the text, too
      if (c != '\\') {
        out += c;
        continue;
      }
      ++at_;
      constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
      const std::size_t name = names.find(here());
      if (name != std::string_view::npos) {
        out += meanings[name];
      } else if (here() != 'u' || !unicode(out)) {
        return wrong();
      }
    }
    return true;
  }
  /// At the u of \uXXXX; afterwards at the last of the digits.
  bool unicode(std::string& out) {
    unsigned code = 0;
    if (!hex(code)) return false;
    if (code >= 0xD800 && code <= 0xDFFF) {  // half a character: the other half must follow
      unsigned low = 0;
      ++at_;
      if (code > 0xDBFF || !take('\\') || here() != 'u' || !hex(low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    const auto byte = [&out](unsigned bits) { out += static_cast<char>(bits); };
    if (code < 0x80) {
      byte(code);
    } else if (code < 0x800) {
      byte(0xC0 | code >> 6);
      byte(0x80 | (code & 0x3F));
    } else {
      if (code < 0x10000) {
        byte(0xE0 | code >> 12);
      } else {
        byte(0xF0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3F));
      }
      byte(0x80 | (code >> 6 & 0x3F));
      byte(0x80 | (code & 0x3F));
    }
    return true;
  }
  bool hex(unsigned& code) {
    for (int i = 0; i < 4; ++i) {
      ++at_;
      const int digit = hex_digit(here());
      if (digit < 0) return false;
      code = code * 16 + static_cast<unsigned>(digit);
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
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
  // RFC 8259 8.1 forbids sending a byte order mark.
  if (text.substr(0, 1) == "\xEF") {
    return fail(ErrorCode::invalid_json, "The JSON begins with a byte order mark.");
  }
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::invalid_json, "The JSON contains a NUL character.");
  }
  if (!is_utf8(text)) return fail(ErrorCode::invalid_json, "The JSON is not in UTF-8.");
  TreeBuilder tree(limits);
  Grammar(text, tree).all();
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

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned first = byte(i);
    std::size_t length = 1;
    unsigned low = 0x80, high = 0xBF;  // what the second byte may be
    if (first >= 0x80) {
      if (first < 0xC2 || first > 0xF4) return false;
      length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
      if (first == 0xE0) low = 0xA0;   // shorter forms exist
      if (first == 0xED) high = 0x9F;  // surrogates
      if (first == 0xF0) low = 0x90;
      if (first == 0xF4) high = 0x8F;  // past U+10FFFF
    }
    if (i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k, low = 0x80, high = 0xBF) {
      if (byte(i + k) < low || byte(i + k) > high) return false;
    }
    i += length;
  }
  return true;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

namespace {

/// The digits of a whole number with the last `decimals` of them behind a point.
std::string with_point(std::string digits, std::size_t decimals) {
  digits.insert(0, decimals - std::min(decimals, digits.size()), '0');
  while (decimals > 0 && digits.back() == '0') {
    digits.pop_back();
    --decimals;
  }
  if (decimals > 0) digits.insert(digits.size() - decimals, 1, '.');
  digits.erase(0, digits.find_first_not_of('0'));
  return digits.empty() || digits.front() == '.' ? '0' + digits : digits;
}

/// mantissa * 2^exponent, all its digits.
std::string exact_text(std::uint64_t mantissa, int exponent) {
  std::string digits = std::to_string(mantissa);
  std::size_t decimals = 0;
  for (; exponent < 0; ++exponent, ++decimals) {  // half of it is 5 tenths of it
    digits += '0';
    int rest = 0;
    for (char& digit : digits) {
      const int value = rest * 10 + (digit - '0');
      digit = static_cast<char>('0' + value / 2);
      rest = value % 2;
    }
  }
  for (; exponent > 0; --exponent) {
    digits.insert(0, 1, '0');
    int carry = 0;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
      const int value = (*digit - '0') * 2 + carry;
      *digit = static_cast<char>('0' + value % 10);
      carry = value / 10;
    }
  }
  return with_point(std::move(digits), decimals);
}

}  // namespace

std::string number_text(double value) {
  const std::string sign = value < 0 ? "-" : "";
  value = std::abs(value);
  // A number of few digits is the quotient of two whole ones that a double holds exactly, and
  // dividing rounds as reading does.
  double scale = 1;
  for (std::size_t decimals = 0; decimals <= 15; ++decimals, scale *= 10) {
    const double whole = std::nearbyint(value * scale);
    if (whole < 1e15 && whole / scale == value) {
      return sign + with_point(std::to_string(static_cast<std::int64_t>(whole)), decimals);
    }
  }
  int exponent = 0;
  const double mantissa = std::ldexp(std::frexp(value, &exponent), 53);
  return sign + exact_text(static_cast<std::uint64_t>(mantissa), exponent - 53);
}

}  // namespace voxdial
