#include "proxy/vendors/common/json_codec.h"

#include <algorithm>
#include <charconv>
#include <climits>

#include "shared/ascii.h"
#include "shared/utf8.h"

namespace voxdial::vendor {
namespace {

/// The UTF-16 unit of the "\\uXXXX" that `text` begins with, or -1.
int escaped_unit(std::string_view text) {
  if (text.size() < 6 || !text.starts_with("\\u")) return -1;
  int unit = 0;
  const char* const digits = text.data() + 2;
  const auto [end, error] = std::from_chars(digits, digits + 4, unit, 16);
  return error == std::errc() && end == digits + 4 ? unit : -1;
}

/// `body` with a replacement character for each half of a character: a text that was cut through an
/// emoji must not cost the page it stands on.
std::string with_whole_characters(std::string_view body) {
  std::string out;
  while (!body.empty()) {
    std::size_t length = body.front() == '\\' ? 2 : 1;
    const int unit = escaped_unit(body);
    if (unit >= 0xD800 && unit < 0xE000) {
      const int second = unit < 0xDC00 ? escaped_unit(body.substr(6)) : -1;
      const bool whole = second >= 0xDC00 && second < 0xE000;
      length = whole ? 12 : 6;
      out += whole ? body.substr(0, length) : "\\ufffd";
    } else {
      out += body.substr(0, length);
    }
    body.remove_prefix(std::min(length, body.size()));
  }
  return out;
}

const json* member(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

std::optional<json> parse_object(std::string_view body) {
  const auto shallow = [](int depth, json::parse_event_t, const json&) { return depth <= 64; };
  json value = json::parse(body, shallow, /*allow_exceptions=*/false);
  if (value.is_discarded()) {
    value = json::parse(with_whole_characters(body), shallow, /*allow_exceptions=*/false);
  }
  return value.is_object() ? std::optional<json>(std::in_place, std::move(value)) : std::nullopt;
}

std::string text(const json& object, const char* name, std::size_t max_bytes) {
  const json* value = member(object, name);
  if (value == nullptr || !value->is_string()) return {};
  std::string out = value->get<std::string>();
  out.erase(std::remove(out.begin(), out.end(), '\0'), out.end());
  out.resize(cut(out, max_bytes).size());
  return out;
}

std::optional<int> whole_number(const json& object, const char* name) {
  const json* value = member(object, name);
  std::optional<std::int64_t> number;
  if (value != nullptr && value->is_number_integer()) number = value->get<std::int64_t>();
  if (value != nullptr && value->is_string()) {
    number = voxdial::whole_number(value->get_ref<const std::string&>());
  }
  // An unsigned value past INT64_MAX has become negative.
  if (!number || *number < 0 || *number > INT_MAX) return std::nullopt;
  return static_cast<int>(*number);
}

bool flag(const json& object, const char* name) {
  const json* value = member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

const json* array(const json& object, const char* name) {
  const json* value = member(object, name);
  return value != nullptr && value->is_array() ? value : nullptr;
}

const json& object(const json& parent, const char* name) {
  static const json empty = json::object();
  const json* value = member(parent, name);
  return value != nullptr && value->is_object() ? *value : empty;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || c == '-' || c == '_';
  });
}

Error error_of(std::span<const StatusRow> rows, int status) {
  const auto row = std::find_if(rows.begin(), rows.end(), [status](const StatusRow& one) {
    return one.status == status || (one.status == 500 && status > 500) || one.status == 0;
  });
  return make_error(row->code, row->sentence);
}

}  // namespace voxdial::vendor
