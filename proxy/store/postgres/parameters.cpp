#include "proxy/store/postgres/parameters.h"

#include <cstdint>
#include <variant>

#include "proxy/store/plain_text.h"

namespace voxdial::postgres {
namespace {

// Types of the protocol (pg_type.dat): what a value is, whatever the statement makes of it.
constexpr Oid int8_type = 20;
constexpr Oid text_type = 25;

std::string network_order(std::int64_t number) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i) {
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(number & 0xff);
    number >>= 8;
  }
  return bytes;
}

}  // namespace

std::string numbered(std::string_view sql) {
  std::string out;
  out.reserve(sql.size() + 16);
  int n = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'') quoted = !quoted;
    if (sql[i] != '?' || quoted) {
      out += sql[i];
      continue;
    }
    out += '$';
    const bool named = i + 1 < sql.size() && sql[i + 1] >= '0' && sql[i + 1] <= '9';
    if (!named) out += std::to_string(++n);
  }
  return out;
}

Parameters::Parameters(std::span<const db::Value> values) {
  own_.reserve(values.size());
  for (const db::Value& value : values) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      add(int8_type, own_.emplace_back(network_order(*number)));
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      add(text_type, is_plain_text(*text) ? *text : own_.emplace_back(plain_text(*text)));
    } else {
      add(bytea_type, std::get<db::Blob>(value).bytes);
    }
  }
}

void Parameters::add(Oid type, std::string_view bytes) {
  types_.push_back(type);
  bytes_.push_back(bytes.data() == nullptr ? "" : bytes.data());
  lengths_.push_back(static_cast<int>(bytes.size()));
  formats_.push_back(1);  // as bytes
}

}  // namespace voxdial::postgres
