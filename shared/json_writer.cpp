#include "shared/json_writer.h"

#include "shared/json_value.h"
#include "shared/time_text.h"

namespace voxdial {

void append_quoted(std::string& out, std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += hex[c >> 4];
          out += hex[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void JsonWriter::comma() {
  if (!out_.empty() && out_.back() != '{' && out_.back() != '[' && out_.back() != ':') out_ += ',';
}
void JsonWriter::key(const char* name) {
  comma();
  append_quoted(out_, name);
  out_ += ':';
}
void JsonWriter::begin(char bracket) {
  comma();
  out_ += bracket;
}
void JsonWriter::end(char bracket) { out_ += bracket; }
void JsonWriter::element(std::string_view text) {
  comma();
  append_quoted(out_, text);
}
void JsonWriter::bare_text(const char* name, std::string_view text) {
  key(name);
  append_quoted(out_, text);
}

void JsonWriter::text(const char* name, const std::string& value, const TextRule& rule) {
  if (!value.empty() || rule.required) bare_text(name, value);
}
void JsonWriter::text(const char* name, const std::optional<std::string>& value, const TextRule&) {
  if (value) bare_text(name, *value);
}
void JsonWriter::flag(const char* name, bool value) {
  key(name);
  out_ += value ? "true" : "false";
}
void JsonWriter::flag(const char* name, const std::optional<bool>& value) {
  if (value) flag(name, *value);
}
void JsonWriter::whole_number(const char* name, std::int64_t value) {
  key(name);
  out_ += std::to_string(value);
}
void JsonWriter::integer(const char* name, const std::optional<int>& value, int, int) {
  if (value) whole_number(name, *value);
}
void JsonWriter::number(const char* name, const std::optional<double>& value, double, double) {
  if (!value) return;
  key(name);
  out_ += number_text(*value);
}
void JsonWriter::seconds(const char* name, int value, int, int) {
  if (value != 0) bare_text(name, std::to_string(value) + "s");
}
void JsonWriter::seconds(const char* name, const std::optional<int>& value, int, int) {
  if (value) bare_text(name, std::to_string(*value) + "s");
}
void JsonWriter::moment(const char* name, Millis value) {
  if (value != 0) bare_text(name, to_rfc3339(value));
}
void JsonWriter::json(const char* name, const Json& value) {
  key(name);
  out_ += value.text;
}
void JsonWriter::json(const char* name, const std::optional<Json>& value) {
  if (value) json(name, *value);
}
void JsonWriter::constant(const char* name, const char* word) { bare_text(name, word); }
void JsonWriter::empty_object(const char* name) {
  key(name);
  out_ += "{}";
}
void JsonWriter::texts(const char* name, const std::vector<std::string>& values) {
  key(name);
  begin('[');
  for (const std::string& value : values) element(value);
  end(']');
}

}  // namespace voxdial
