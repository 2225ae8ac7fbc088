#include "proxy/events/sse.h"

#include <charconv>

#include "shared/ascii.h"

namespace voxdial::events {
namespace {

bool is_kind_char(char c) { return is_alnum(c) || c == '-' || c == '_'; }

}  // namespace

std::string encode_event(std::uint64_t id, std::string_view kind, std::string_view data) {
  std::string out;
  out.reserve(data.size() + kind.size() + 48);
  if (id != 0) out += "id: " + std::to_string(id) + '\n';
  out += "event: ";
  for (const char c : kind) {
    if (is_kind_char(c)) out += c;
  }
  out += "\ndata: ";
  for (;;) {
    const std::size_t line_end = data.find_first_of("\r\n");
    out += data.substr(0, line_end);
    if (line_end == std::string_view::npos) break;
    const bool both = data.substr(line_end, 2) == "\r\n";
    data.remove_prefix(line_end + (both ? 2 : 1));
    out += "\ndata: ";
  }
  out += "\n\n";
  return out;
}

std::uint64_t parse_event_id(std::string_view last_event_id) {
  if (last_event_id.empty()) return 0;
  std::uint64_t id = 0;
  const char* end = last_event_id.data() + last_event_id.size();
  const auto [stopped, failure] = std::from_chars(last_event_id.data(), end, id);
  return failure == std::errc() && stopped == end ? id : unknown_event_id;
}

}  // namespace voxdial::events
