#include "shared/call_state.h"

#include "shared/wire_words.h"

namespace voxdial {

std::string_view wire_name(CallStatus status) {
  return call_status_words[static_cast<std::size_t>(status)];
}

std::optional<CallStatus> call_status(std::string_view wire_name) {
  return from_word<CallStatus>(call_status_words, wire_name);
}

bool is_terminal(CallStatus status) { return status >= CallStatus::completed; }

int rank(CallStatus status) {
  return is_terminal(status) ? static_cast<int>(CallStatus::completed) : static_cast<int>(status);
}

CallStatus advance(CallStatus now, CallStatus news) {
  if (now == CallStatus::unknown && news != CallStatus::requested) return news;
  return rank(news) > rank(now) ? news : now;
}

}  // namespace voxdial
