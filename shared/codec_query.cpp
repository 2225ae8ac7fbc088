// The query string of GET /api/calls (application/x-www-form-urlencoded, as URLSearchParams writes
// and reads it).
#include <algorithm>

#include "shared/ascii.h"
#include "shared/codec.h"
#include "shared/percent.h"
#include "shared/time_text.h"
#include "shared/utf8.h"
#include "shared/wire_words.h"

namespace voxdial {
namespace {

constexpr std::size_t longest_value = 200;

void append(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query.append(name).append("=").append(percent_encode(value));
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
    const auto limit = whole_number(value).value_or(0);
    query.limit = static_cast<int>(limit);
    return limit >= 1 && limit <= 500;
  }
  if (name == "q") value = std::string(trimmed(value));  // keyboards put a blank behind a word
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
    auto value = form_decoded(pair.substr(std::min(pair.size(), name.size() + 1)));
    if (!value || value->size() > longest_value || !is_plain_text(*value) ||
        !set(query, name, std::move(*value))) {
      return fail(ErrorCode::invalid_field, std::string(name) + " has a value that is not allowed.",
                  std::string(name));
    }
  }
  return query;
}

}  // namespace voxdial
