// Parts of a resource (RFC 9110 14), for what is played or fetched piece by piece. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proxy/http/message.h"

namespace voxdial::http {

struct Range {
  std::size_t first = 0, last = 0;  ///< both included
};
enum class RangeKind : std::uint8_t { none, one, unsatisfiable };

/// "bytes=0-99", "bytes=100-", "bytes=-50". Anything else, several ranges too, is as if it were not
/// there (RFC 9110 14.2 lets a server ignore any Range).
RangeKind parse_range(std::string_view header, std::size_t size, Range& range);

/// 416 with the size.
Response unsatisfiable_range(std::size_t size);
/// "bytes 0-99/1000"
std::string content_range(const Range& range, std::size_t size);

/// `whole` (a 200 with a body), or the part of it that was asked for: 206 or 416. Adds
/// Accept-Ranges.
Response part_of(Response whole, std::string_view range_header);

}  // namespace voxdial::http
