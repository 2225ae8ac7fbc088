// The words that stand for enumerators, in the order of the enumerators: in JSON, and in the
// store's rows. Others use the wire_name() functions of the public headers.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

#include "shared/api.h"

namespace voxdial {

inline constexpr std::string_view call_status_words[] = {
    "requested", "queued",    "ringing",  "talking", "completed",
    "busy",      "no-answer", "canceled", "failed",  "unknown"};
static_assert(std::size(call_status_words) == std::size_t(CallStatus::unknown) + 1);

inline constexpr std::string_view ended_by_words[] = {
    "nobody-yet", "person", "agent", "callee", "caller", "limit", "carrier", "provider", "server"};
static_assert(std::size(ended_by_words) == std::size_t(EndedBy::server) + 1);

inline constexpr std::string_view medium_words[] = {"web", "twilio"};
inline constexpr std::string_view voicemail_words[] = {"hang-up", "leave-message", "carry-on"};
inline constexpr std::string_view role_words[] = {"agent", "user", "tool-call", "tool-result"};
inline constexpr std::string_view say_words[] = {"text", "say", "wrap-up", "goodbye"};
inline constexpr std::string_view hang_up_words[] = {"pressed", "line_lost", "agent_left",
                                                     "tab_closed"};
inline constexpr std::string_view check_words[] = {"ok", "warning", "failed", "unknown"};

/// The position of `word`, or -1.
template <std::size_t N>
constexpr int word_index(const std::string_view (&words)[N], std::string_view word) {
  for (std::size_t i = 0; i < N; ++i) {
    if (words[i] == word) return static_cast<int>(i);
  }
  return -1;
}

/// The enumerator `word` stands for, or nothing.
template <class E, std::size_t N>
constexpr std::optional<E> from_word(const std::string_view (&words)[N], std::string_view word) {
  const int i = word_index(words, word);
  if (i < 0) return std::nullopt;
  return static_cast<E>(i);
}

}  // namespace voxdial
