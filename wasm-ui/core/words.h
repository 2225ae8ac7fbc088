// Words for what the model knows: states, lengths of time. Pure; English.
#pragma once

#include <string>
#include <string_view>

#include "shared/api.h"
#include "wasm-ui/core/web_call.h"

namespace voxdial::ui {

/// The large word of a card: "Ringing", "Talking", "Busy".
std::string_view state_word(CallStatus status, MediumType medium);
/// Of the browser's own call: "Listening", "Thinking", "Speaking".
std::string_view phase_word(WebPhase phase);
/// What the state means, in a sentence; the end reason once there is one.
std::string state_meaning(const Call& call);
/// "0:32", "12:05", "1:02:09"; negative counts as 0.
std::string clock_text(Millis ms);
/// "45 s", "10 min", "1 h 30 min"
std::string span_text(int seconds);
std::string_view ended_by_word(EndedBy by);
/// Who the call is with: the number grouped for reading, or "Web call".
std::string call_party(const Call& call);
/// "requested by a person" and the like: a timeline entry's title.
std::string timeline_word(std::string_view what);

}  // namespace voxdial::ui
