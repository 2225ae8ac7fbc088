// Words for what the model knows of a call: its states, its ends, whom it is with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/api.h"
#include "wasm-ui/core/web_call.h"
#include "wasm-ui/core/words/format.h"
#include "wasm-ui/core/words/words.h"

namespace voxdial::ui {

/// The large word of a card: "Ringing", "Talking", "Busy".
Word state_word(CallStatus status, MediumType medium);
/// Of the browser's own call: "Listening", "Thinking", "Speaking". Nothing while there is none.
std::optional<Word> phase_word(WebPhase phase);
/// What the state means, in a sentence; why it ended once it has. `mine`: the reader placed it.
/// Without a formatter it tells no length of time.
std::string state_meaning(const Words& words, const Call& call, bool mine, Formatter format);
/// How long their phone rang, `now` while it does; 0 for less than a second: a busy line never
/// rang.
Millis rang_ms(const Call& call, Millis now);
/// "0:32", "12:05", "1:02:09"; negative counts as 0.
std::string clock_text(Millis ms);
/// Who ended it; nothing while it is live.
std::optional<Word> ended_by_word(EndedBy by, bool mine);
/// Who answered a phone call, from Twilio's AnsweredBy; nothing when that is not known.
std::optional<Word> answered_by_word(std::string_view answered_by);
/// Who the call is with: the number grouped for reading, or "Web call".
std::string call_party(const Words& words, const Call& call);
/// A timeline entry's title: "requested" as "Requested", or as the language's table has that.
std::string timeline_word(const Words& words, std::string_view what);

}  // namespace voxdial::ui
