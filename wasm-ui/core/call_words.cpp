#include "wasm-ui/core/call_words.h"

namespace voxdial::ui {

Word state_word(CallStatus status, MediumType medium) {
  switch (status) {
    case CallStatus::requested:
      return Word::state_starting;
    case CallStatus::queued:
      return medium == MediumType::web ? Word::state_connecting : Word::state_queued;
    case CallStatus::ringing:
      return Word::state_ringing;
    case CallStatus::talking:
      return Word::state_talking;
    case CallStatus::completed:
      return Word::state_ended;
    case CallStatus::busy:
      return Word::state_busy;
    case CallStatus::no_answer:
      return Word::state_no_answer;
    case CallStatus::canceled:
      return Word::state_canceled;
    case CallStatus::failed:
      return Word::state_failed;
    case CallStatus::unknown:
      return Word::state_unknown;
  }
  return Word::state_unknown;
}

std::optional<Word> phase_word(WebPhase phase) {
  switch (phase) {
    case WebPhase::none:
      return std::nullopt;
    case WebPhase::connecting:
      return Word::state_connecting;
    case WebPhase::idle:
      return Word::state_idle;
    case WebPhase::listening:
      return Word::state_listening;
    case WebPhase::thinking:
      return Word::state_thinking;
    case WebPhase::speaking:
      return Word::state_speaking;
    case WebPhase::reconnecting:
      return Word::state_reconnecting;
    case WebPhase::disconnecting:
      return Word::state_ending;
  }
  return std::nullopt;
}

namespace {

/// What the page says in its own words: who pressed End is the reader or not, and lengths of time
/// are written as the language does.
std::string own_words(const Words& words, const Call& call, bool mine, Formatter format) {
  const std::string& code = call.end.code;
  if (code == "ended_here")
    return std::string(tr(words, mine ? Word::you_ended : Word::was_ended_here));
  if (code == "canceled" && call.end.by == EndedBy::person)
    return std::string(tr(words, mine ? Word::you_canceled : Word::is_canceled));
  if (code == "no_answer") {
    const Millis rang_s = rang_ms(call, call.ended_at) / 1000;
    if (rang_s == 0 || format == nullptr) return std::string(tr(words, Word::is_no_answer));
    return tr(words, {Word::is_no_answer_after, "time"},
              format(Format::duration, static_cast<double>(rang_s), {}));
  }
  if (code == "time_limit" && (call.max_duration_s == 0 || format == nullptr))
    return std::string(tr(words, Word::is_time_limit));
  if (code == "time_limit")
    return tr(words, {Word::is_time_limit_of, "time"},
              format(Format::duration, call.max_duration_s, {}));
  return {};
}

Word meaning_of(const Call& call) {
  const bool web = call.medium == MediumType::web;
  switch (call.status) {
    case CallStatus::requested:
      return Word::is_starting;
    case CallStatus::queued:
      return web ? Word::is_joining : Word::is_queued;
    case CallStatus::ringing:
      return Word::is_ringing;
    case CallStatus::talking:
      if (call.answered_by.starts_with("machine")) return Word::is_machine;
      return web ? Word::is_talking_web : Word::is_answered;
    case CallStatus::completed:
      return Word::is_over;
    case CallStatus::busy:
      return Word::is_busy;
    case CallStatus::no_answer:
      return Word::is_no_answer;
    case CallStatus::canceled:
      return Word::is_canceled;
    case CallStatus::failed:
      return Word::is_failed;
    case CallStatus::unknown:
      return Word::is_unknown;
  }
  return Word::is_unknown;
}

}  // namespace

std::string state_meaning(const Words& words, const Call& call, bool mine, Formatter format) {
  if (is_terminal(call.status) && !call.end.sentence.empty()) {
    std::string own = own_words(words, call, mine, format);
    return own.empty() ? said(words, call.end.sentence) : own;
  }
  return std::string(tr(words, call.ending ? Word::is_ending : meaning_of(call)));
}

namespace {
std::string two_digits(long long n) { return (n < 10 ? "0" : "") + std::to_string(n); }
}  // namespace

Millis rang_ms(const Call& call, Millis now) {
  if (call.ringing_at == 0) return 0;
  const Millis until = call.answered_at ? call.answered_at : call.ended_at ? call.ended_at : now;
  return until - call.ringing_at < 1000 ? 0 : until - call.ringing_at;
}

std::string clock_text(Millis ms) {
  const long long s = ms < 0 ? 0 : ms / 1000;
  if (s < 3600) return std::to_string(s / 60) + ':' + two_digits(s % 60);
  return std::to_string(s / 3600) + ':' + two_digits(s / 60 % 60) + ':' + two_digits(s % 60);
}

std::optional<Word> ended_by_word(EndedBy by, bool mine) {
  switch (by) {
    case EndedBy::nobody_yet:
      return std::nullopt;
    case EndedBy::person:
      return mine ? Word::by_you : Word::by_user;
    case EndedBy::agent:
      return Word::by_agent;
    case EndedBy::callee:
      return Word::by_callee;
    case EndedBy::caller:
      return Word::by_caller;
    case EndedBy::limit:
      return Word::by_limit;
    case EndedBy::carrier:
      return Word::by_carrier;
    case EndedBy::provider:
      return Word::by_provider;
    case EndedBy::server:
      return Word::by_server;
  }
  return std::nullopt;
}

std::optional<Word> answered_by_word(std::string_view answered_by) {
  if (answered_by.empty()) return std::nullopt;
  if (answered_by == "human") return Word::answered_human;
  if (answered_by == "fax") return Word::answered_fax;
  if (answered_by.starts_with("machine")) return Word::answered_machine;
  return Word::answered_unknown;
}

std::string call_party(const Words& words, const Call& call) {
  if (call.medium == MediumType::web) return std::string(tr(words, Word::web_call));
  return call.to_international.empty() ? call.to : call.to_international;
}

std::string timeline_word(const Words& words, std::string_view what) {
  std::string text(what);
  for (char& c : text) {
    if (c == '_') c = ' ';
  }
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return said(words, text);
}

}  // namespace voxdial::ui
