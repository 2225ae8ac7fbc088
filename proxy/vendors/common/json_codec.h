// Reading a vendor's JSON without trusting it; for the vendors' codecs only.
//
// What is absent, null or of another type reads as empty: whether a field is needed is the caller's
// rule. Texts lose their NULs and are cut to a length, so that nothing downstream has to care.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proxy/vendors/common/ask.h"
#include "proxy/world.h"
#include "shared/json.h"
#include "shared/result.h"

namespace voxdial::vendor {

using json = JsonValue;

/// The JSON object in `body`, without what is nested deeper than any vendor nests; nothing for
/// anything else.
std::optional<json> parse_object(std::string_view body);

/// Cut at `max_bytes`, never within a UTF-8 character.
std::string text(const json& object, const char* name, std::size_t max_bytes = 500);
/// Also a number written as text ("12"), as Twilio does. Nothing outside 0..2^31-1.
std::optional<int> whole_number(const json& object, const char* name);
bool flag(const json& object, const char* name);
/// A member that is an array; nullptr otherwise.
const json* array(const json& object, const char* name);
/// A member that is an object; an empty one otherwise.
const json& object(const json& parent, const char* name);

/// Whether `text` can be an id in a URL path of theirs: 1..128 letters, digits, - and _.
bool is_id(std::string_view text);

/// What a refusal with this HTTP status is. 500 stands for every status from there on that has no
/// row, 0 for all others.
struct StatusRow {
  int status;
  ErrorCode code;
  const char* sentence;
};
/// REQUIRES: rows for 500 and 0, last
Error error_of(std::span<const StatusRow> rows, int status);

/// What `read` makes of the JSON object in a reply that is a success. Else the vendor's `refusal`;
/// and bad_vendor_reply when there is no object, or `read` gives nothing: something needed is
/// missing.
template <class Read>
auto read_reply(Vendor vendor, const VendorReply& reply, Millis now,
                Error (*refusal)(const VendorReply&, Millis), Read read)
    -> Result<typename decltype(read(json()))::value_type> {
  if (!succeeded(reply)) return fail(refusal(reply, now));
  if (const auto body = parse_object(reply.body)) {
    if (auto value = read(*body)) return std::move(*value);
  }
  return fail(bad_vendor_reply(vendor, reply));
}

}  // namespace voxdial::vendor
