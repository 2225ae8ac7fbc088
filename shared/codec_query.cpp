// The query string of GET /api/calls (application/x-www-form-urlencoded, as URLSearchParams writes
// and reads it).
#include <algorithm>

#include "shared/ascii.h"
#include "shared/codec.h"
#include "shared/time_text.h"
#include "shared/wire_words.h"

namespace voxdial {
namespace {

constexpr std::size_t longest_value = 200;

void append(std::string& query, std::string_view name, std::string_view value) {
  constexpr char hex[] = "0123456789ABCDEF";
  if (!query.empty()) query += '&';
  query.append(name) += '=';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      query += c;
    } else {
      query += '%';
      query += hex[byte >> 4];
      query += hex[byte & 15];
    }
  }
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return {};
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return {};
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

/// Well-formed as RFC 3629 has it: no surrogates, no longer form where a shorter one exists.
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

/// UTF-8 without control characters.
bool is_plain_text(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

/// Puts one parameter in its place. False when `value` is nothing it can be.
bool set(CallQuery& query, std::string_view name, std::string value) {
  if (name == "medium") {
    query.medium = from_word<MediumType>(medium_words, value);
    return query.medium.has_value();
  }
  if (name == "status") {
    query.status = call_status(value);
    return query.status.has_value();
  }
  if (name == "live") {
    query.live_only = value == "true";
    return query.live_only || value == "false";
  }
  if (name == "from" || name == "to") {
    const auto at = from_rfc3339(value);
    (name == "from" ? query.from : query.to) = at.value_or(0);
    return at.has_value();
  }
  if (name == "limit") {
    if (value.empty() || value.size() > 3) return false;
    int limit = 0;
    for (const char c : value) {
      if (c < '0' || c > '9') return false;
      limit = limit * 10 + (c - '0');
    }
    query.limit = limit;
    return limit >= 1 && limit <= 500;
  }
  (name == "agent" ? query.agent : name == "q" ? query.q : query.cursor) = std::move(value);
  return true;
}

}  // namespace

std::string encode_query(const CallQuery& v) {
  std::string query;
  if (v.medium) append(query, "medium", medium_words[static_cast<std::size_t>(*v.medium)]);
  if (v.status) append(query, "status", wire_name(*v.status));
  if (v.live_only) append(query, "live", "true");
  if (!v.agent.empty()) append(query, "agent", v.agent);
  if (v.from != 0) append(query, "from", to_rfc3339(v.from));
  if (v.to != 0) append(query, "to", to_rfc3339(v.to));
  if (!v.q.empty()) append(query, "q", v.q);
  if (v.limit != CallQuery{}.limit) append(query, "limit", std::to_string(v.limit));
  if (!v.cursor.empty()) append(query, "cursor", v.cursor);
  return query;
}

Result<CallQuery> decode_call_query(std::string_view text) {
  constexpr std::string_view names[] = {"medium", "status", "live",  "agent", "from",
                                        "to",     "q",      "limit", "cursor"};
  CallQuery query;
  bool seen[std::size(names)] = {};
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    const int index = word_index(names, name);
    if (index < 0) {
      // The name comes from outside and has not been looked at: it is not repeated.
      return fail(ErrorCode::unknown_field,
                  "The address has a parameter that is not known here. Known are medium, status, "
                  "live, agent, from, to, q, limit and cursor.");
    }
    if (seen[index]) {
      return fail(ErrorCode::invalid_field, std::string(name) + " is given twice.",
                  std::string(name));
    }
    seen[index] = true;
    auto value = percent_decoded(pair.substr(std::min(pair.size(), name.size() + 1)));
    if (!value || value->size() > longest_value || !is_plain_text(*value) ||
        !set(query, name, std::move(*value))) {
      return fail(ErrorCode::invalid_field, std::string(name) + " has a value that is not allowed.",
                  std::string(name));
    }
  }
  return query;
}

}  // namespace voxdial
