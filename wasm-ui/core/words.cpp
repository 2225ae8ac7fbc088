#include "wasm-ui/core/words.h"

#include "shared/e164.h"

namespace voxdial::ui {

std::string_view state_word(CallStatus status, MediumType medium) {
  switch (status) {
    case CallStatus::requested:
      return "Starting";
    case CallStatus::queued:
      return medium == MediumType::web ? "Connecting" : "Queued";
    case CallStatus::ringing:
      return "Ringing";
    case CallStatus::talking:
      return "Talking";
    case CallStatus::completed:
      return "Ended";
    case CallStatus::busy:
      return "Busy";
    case CallStatus::no_answer:
      return "No answer";
    case CallStatus::canceled:
      return "Cancelled";
    case CallStatus::failed:
      return "Failed";
    case CallStatus::unknown:
      return "Unknown";
  }
  return "";
}

std::string_view phase_word(WebPhase phase) {
  switch (phase) {
    case WebPhase::none:
      return "";
    case WebPhase::connecting:
      return "Connecting";
    case WebPhase::idle:
      return "Idle";
    case WebPhase::listening:
      return "Listening";
    case WebPhase::thinking:
      return "Thinking";
    case WebPhase::speaking:
      return "Speaking";
    case WebPhase::reconnecting:
      return "Reconnecting";
    case WebPhase::disconnecting:
      return "Ending";
  }
  return "";
}

std::string state_meaning(const Call& call) {
  if (is_terminal(call.status) && !call.end.sentence.empty()) return call.end.sentence;
  if (call.ending) return "The call is being ended.";
  switch (call.status) {
    case CallStatus::requested:
      return "The providers are being asked.";
    case CallStatus::queued:
      return call.medium == MediumType::web ? "Joining the agent."
                                            : "Twilio has taken the call and dials soon.";
    case CallStatus::ringing:
      return "Their phone rings.";
    case CallStatus::talking:
      if (call.answered_by.rfind("machine", 0) == 0) return "A machine answered.";
      return call.medium == MediumType::web ? "You are talking with the agent."
                                            : "The call was answered.";
    case CallStatus::completed:
      return "The call is over.";
    case CallStatus::busy:
      return "The line is busy.";
    case CallStatus::no_answer:
      return "Nobody answered.";
    case CallStatus::canceled:
      return "Ended before it was answered.";
    case CallStatus::failed:
      return "The call could not be carried.";
    case CallStatus::unknown:
      return "The provider's answer was lost, and the call was never found.";
  }
  return {};
}

namespace {
std::string two_digits(long long n) { return (n < 10 ? "0" : "") + std::to_string(n); }
}  // namespace

std::string clock_text(Millis ms) {
  const long long s = ms < 0 ? 0 : ms / 1000;
  if (s < 3600) return std::to_string(s / 60) + ':' + two_digits(s % 60);
  return std::to_string(s / 3600) + ':' + two_digits(s / 60 % 60) + ':' + two_digits(s % 60);
}

std::string span_text(int seconds) {
  if (seconds < 60) return std::to_string(seconds) + " s";
  const int hours = seconds / 3600, minutes = seconds / 60 % 60, rest = seconds % 60;
  std::string text;
  if (hours > 0) text = std::to_string(hours) + " h";
  if (minutes > 0) text += (text.empty() ? "" : " ") + std::to_string(minutes) + " min";
  if (rest > 0 && hours == 0) text += ' ' + std::to_string(rest) + " s";
  return text;
}

std::string_view ended_by_word(EndedBy by) {
  switch (by) {
    case EndedBy::nobody_yet:
      return "";
    case EndedBy::person:
      return "Ended here";
    case EndedBy::agent:
      return "Ended by the agent";
    case EndedBy::callee:
      return "Ended by the other side";
    case EndedBy::caller:
      return "Ended by the browser";
    case EndedBy::limit:
      return "Ended by the length limit";
    case EndedBy::carrier:
      return "Ended by the phone network";
    case EndedBy::provider:
      return "Ended by the provider";
    case EndedBy::server:
      return "Ended by the server";
  }
  return "";
}

std::string call_party(const Call& call) {
  if (call.medium == MediumType::web) return "Web call";
  // Grouping is for whole numbers; a masked one is shown as the server masks it.
  return is_masked(call.to) ? call.to : group_number(call.to);
}

std::string timeline_word(std::string_view what) {
  std::string text(what);
  for (char& c : text) {
    if (c == '_') c = ' ';
  }
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

}  // namespace voxdial::ui
