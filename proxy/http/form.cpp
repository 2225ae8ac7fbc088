#include "proxy/http/form.h"

#include <algorithm>
#include <optional>

#include "shared/ascii.h"

namespace voxdial::http {
namespace {

std::optional<std::string> strictly_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (text[i] == '%') {
      if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0) {
        return std::nullopt;
      }
      c = static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  // The lenient decoder leaves valid text as it is and nothing else.
  if (replace_invalid_utf8(out) != out) return std::nullopt;
  return out;
}

}  // namespace

Result<Form> parse_form(std::string_view body) {
  if (body.size() > max_form_bytes) return fail(ErrorCode::payload_too_large);
  Form form;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (form.size() == max_form_fields) {
      return fail(ErrorCode::payload_too_large, "The form has too many fields.");
    }
    const auto equals = pair.find('=');
    auto name = strictly_decoded(pair.substr(0, equals));
    auto value = strictly_decoded(equals == std::string_view::npos ? std::string_view()
                                                                   : pair.substr(equals + 1));
    if (!name || !value) {
      return fail(ErrorCode::invalid_field, "The form is not encoded as it should be.");
    }
    form.emplace_back(std::move(*name), std::move(*value));
  }
  return form;
}

std::string_view field(const Form& form, std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key == name) return value;
  }
  return {};
}

std::string replace_invalid_utf8(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead < 0x80) {
      length = 1;
    } else if (lead >= 0xC2 && lead <= 0xDF) {
      length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      length = 3;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    }
    std::size_t have = length == 0 ? 0 : 1;
    while (have > 0 && have < length && i + have < bytes.size()) {
      const auto next = static_cast<unsigned char>(bytes[i + have]);
      if (next < low || next > high) break;
      low = 0x80;
      high = 0xBF;
      ++have;
    }
    if (have > 0 && have == length) {
      out += bytes.substr(i, length);
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      i += std::max<std::size_t>(have, 1);
    }
  }
  return out;
}

}  // namespace voxdial::http
