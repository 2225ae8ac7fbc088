// Any kind and data as an event: a browser that reads it by the book gets one event, with that id,
// that kind less its odd characters and that data with its line breaks made one kind.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/events/sse.h"

namespace {

struct Dispatched {
  std::string id, kind, data;
};

/// WHATWG HTML 9.2.6, "Interpreting an event stream".
std::vector<Dispatched> interpret(std::string_view stream) {
  std::vector<Dispatched> out;
  Dispatched event;
  bool has_data = false;
  while (!stream.empty()) {
    const std::size_t end = stream.find_first_of("\r\n");
    if (end == std::string_view::npos) break;  // an unfinished line is dropped
    const std::string_view line = stream.substr(0, end);
    stream.remove_prefix(end + (stream.substr(end, 2) == "\r\n" ? 2 : 1));
    if (line.empty()) {
      if (has_data) {
        event.data.pop_back();
        out.push_back(event);
      }
      event.kind.clear();
      event.data.clear();
      has_data = false;
      continue;
    }
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value;
    if (colon != std::string_view::npos) value = line.substr(colon + 1);
    if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (field == "id") event.id = value;
    if (field == "event") event.kind = value;
    if (field == "data") {
      event.data += value;
      event.data += '\n';
      has_data = true;
    }
  }
  return out;
}

std::string with_one_kind_of_line_break(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace voxdial::events;
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const std::string_view kind = input.substr(0, input.find('|'));
  const std::string_view data = input.substr(std::min(size, kind.size() + 1));
  std::string plain_kind;
  for (const char c : kind) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    if (plain) plain_kind += c;
  }
  const std::uint64_t id = event_id(static_cast<std::uint32_t>(size), 7);
  const std::vector<Dispatched> events = interpret(encode_event(id, kind, data));
  if (events.size() != 1) std::abort();
  if (events[0].id != std::to_string(id) || parse_event_id(events[0].id) != id) std::abort();
  if (events[0].kind != plain_kind) std::abort();
  if (events[0].data != with_one_kind_of_line_break(data)) std::abort();
  if (parse_event_id(input) == 0 && !input.empty() && input.find_first_not_of('0') != input.npos) {
    std::abort();
  }
  return 0;
}
