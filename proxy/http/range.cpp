#include "proxy/http/range.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace voxdial::http {

RangeKind parse_range(std::string_view header, std::size_t size, Range& range) {
  if (header.substr(0, 6) != "bytes=") return RangeKind::none;
  header.remove_prefix(6);
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return RangeKind::none;
  const auto number = [](std::string_view digits) -> std::optional<std::size_t> {
    std::size_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stopped, failure] = std::from_chars(digits.data(), end, value);
    if (failure != std::errc() || stopped != end) return std::nullopt;
    return value;
  };
  const std::string_view from = header.substr(0, dash);
  const std::string_view to = header.substr(dash + 1);
  if (from.empty()) {
    const auto length = number(to);
    if (!length) return RangeKind::none;
    if (*length == 0 || size == 0) return RangeKind::unsatisfiable;
    range = {size - std::min(size, *length), size - 1};
    return RangeKind::one;
  }
  const auto first = number(from);
  const auto last = to.empty() ? std::optional(size == 0 ? 0 : size - 1) : number(to);
  if (!first || !last || (!to.empty() && *last < *first)) return RangeKind::none;
  if (*first >= size) return RangeKind::unsatisfiable;
  range = {*first, std::min(*last, size - 1)};
  return RangeKind::one;
}

Response unsatisfiable_range(std::size_t size) {
  Response response = error(make_error(ErrorCode::range_not_satisfiable));
  response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
  return response;
}

std::string content_range(const Range& range, std::size_t size) {
  return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/" +
         std::to_string(size);
}

Response part_of(Response whole, std::string_view range_header) {
  whole.headers.emplace_back("Accept-Ranges", "bytes");
  Range range;
  const std::size_t size = whole.body.size();
  switch (parse_range(range_header, size, range)) {
    case RangeKind::none:
      return whole;
    case RangeKind::unsatisfiable:
      return unsatisfiable_range(size);
    case RangeKind::one:
      break;
  }
  whole.status = 206;
  whole.headers.emplace_back("Content-Range", content_range(range, size));
  whole.body.erase(range.last + 1);
  whole.body.erase(0, range.first);
  return whole;
}

}  // namespace voxdial::http
