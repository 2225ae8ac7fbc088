#include "proxy/log.h"

#include "shared/time_text.h"

namespace voxdial {
namespace {

constexpr std::size_t longest_value = 300;

std::string quoted(std::string_view value) {
  bool plain = !value.empty();
  for (const char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) plain = false;
  }
  const bool cut = value.size() > longest_value;
  value = value.substr(0, longest_value);
  if (plain) return std::string(value) + (cut ? "..." : "");
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      text += "\\x";
      text += hex[byte >> 4];
      text += hex[byte & 15];
    } else {
      text += c;
    }
  }
  return text + (cut ? "...\"" : "\"");
}

}  // namespace

std::string format_log_line(const LogLine& line, Millis now) {
  constexpr std::string_view levels[] = {"info", "warning", "error"};
  std::string text = to_rfc3339(now);
  text += ' ';
  text += levels[static_cast<int>(line.level)];
  text += ' ';
  text += line.event;
  for (const auto& [key, value] : line.fields) text += ' ' + key + '=' + quoted(value);
  return text;
}

}  // namespace voxdial
