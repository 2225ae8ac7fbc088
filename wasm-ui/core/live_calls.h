// The calls that are going on, and those that just ended and are still on the screen.
//
// Owns one card per call: its newest copy, its transcript, what is being said into it. The truth
// comes from the server (events, replies); of two copies the higher version wins, so repetition and
// reordering never show. Several calls live side by side.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "shared/api.h"
#include "wasm-ui/core/effect.h"

namespace voxdial::ui {

struct Model;
struct HttpReplied;
struct Launched;

struct LiveCall {
  Call call;
  std::vector<TranscriptEntry> transcript;  ///< by index
  std::vector<TranscriptEntry> tools;  ///< invoked in our own web call; index: the line they follow
  Request<Transcript> catching_up;     ///< the transcript so far, asked for once
  Request<Done> hang_up;
  HangUpWhy why_end = HangUpWhy::pressed;  ///< of the last hang-up
  std::string say;                         ///< what is being typed
  SayRequest::Kind say_kind = SayRequest::Kind::text;
  Request<Done> said;
  friend bool operator==(const LiveCall&, const LiveCall&) = default;
};

struct LiveCalls {
  std::vector<LiveCall> cards;  ///< newest first
  std::string selected;         ///< the card that is open; empty: the first
  Request<CallPage> list;       ///< the calls that live on, at the start and after missed events
  friend bool operator==(const LiveCalls&, const LiveCalls&) = default;
};

const LiveCall* find_live(const Model& model, std::string_view id);
LiveCall* find_live(Model& model, std::string_view id);
/// The card that is open, or nothing.
const LiveCall* selected_live(const Model& model);
/// The newest card whose call is not over, or nothing.
const LiveCall* newest_live(const Model& model);
int live_count(const Model& model);  ///< cards whose call is not over

struct LiveSelected {
  std::string id;
};
struct LiveDismissed {  ///< an ended card is put away
  std::string id;
};
struct HangUpPressed {
  std::string id;
};
struct SayTyped {
  std::string id, text;
};
struct SayKindChosen {
  std::string id;
  SayRequest::Kind kind = SayRequest::Kind::text;
};
struct SayPressed {
  std::string id;
};

using LiveAction =
    std::variant<LiveSelected, LiveDismissed, HangUpPressed, SayTyped, SayKindChosen, SayPressed>;
void update(Model& model, const LiveAction& action, Effects& effects);
bool take_live_reply(Model& model, const HttpReplied& reply, Effects& effects);

/// Asks the server to end a call; asked again it tries again.
void hang_up(Model& model, LiveCall& live, HangUpWhy why, Effects& effects);
/// The line is back: the hang-ups that were lost with it go again.
void end_what_was_to_end(Model& model, Effects& effects);

/// The cards that a log-in was not to lose.
void fetch_kept_cards(Model& model, const Launched& launched, Effects& effects);
/// Asks for the live calls and their words; what is still being asked for is not asked again.
void poll_live(Model& model, Effects& effects);
/// Asks which calls live on.
void fetch_live(Model& model, Effects& effects);
/// News of a call, from an event or a reply.
void hear_call(Model& model, const Call& call, Effects& effects);
/// New or corrected lines of a transcript.
void hear_transcript(Model& model, const Transcript& news);
void merge(std::vector<TranscriptEntry>& lines, const TranscriptEntry& news);
/// The server agreed to a call placed here: its card, and for a web call the way in.
void call_placed(Model& model, const CallPlaced& placed, Effects& effects);

/// Whether there is nothing to say without words: wrap-up and goodbye have their own.
bool needs_words(SayRequest::Kind kind);

}  // namespace voxdial::ui
