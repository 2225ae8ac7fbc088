// The web call this browser itself is in: microphone, speaker, what the SDK tells.
//
// Owns the state of the one browser call; its card (state as the server sees it, transcript) is a
// LiveCall like any other. The join address goes from the server's reply into one effect and is
// never part of the model. What an agent's tools show (core/tools/) stays until the next call.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "shared/api.h"
#include "wasm-ui/core/effect.h"
#include "wasm-ui/core/tools/panels.h"
#include "wasm-ui/core/words/words.h"

namespace voxdial::ui {

struct Model;

enum class WebPhase : std::uint8_t {
  none,  ///< in no call
  connecting,
  idle,
  listening,
  thinking,
  speaking,
  reconnecting,
  disconnecting,
};

/// About one thing ("microphone") there is one remark at a time.
struct Remark {
  std::string about;
  Word word{};
  friend bool operator==(const Remark&, const Remark&) = default;
};

struct WebCall {
  std::string call_id;  ///< the call's card; stays when the call is over
  WebPhase phase = WebPhase::none;
  bool ever_joined = false;  ///< the SDK has told words of this call
  bool leaving = false;      ///< End was pressed here
  bool mic_muted = false;    ///< also before connecting
  bool speaker_muted = false;
  bool talk_held = false;                               ///< push-to-talk is held down
  bool text_output = false;                             ///< the agent writes instead of speaking
  float mic_level = 0, agent_level = 0;                 ///< 0..1
  float round_trip_ms = -1, jitter_ms = -1, loss = -1;  ///< negative: not known
  float latency_ms = -1;                                ///< of the agent's last answer
  std::optional<Word> problem;                          ///< something that did not end the call
  std::vector<Remark> remarks;  ///< what stays as it is until it is taken back
  std::optional<Error> end;     ///< why it broke, when it broke
  std::vector<std::string> debug;
  Panels panels;

  bool active() const { return phase != WebPhase::none; }
  bool joined() const {
    return phase == WebPhase::listening || phase == WebPhase::thinking ||
           phase == WebPhase::speaking || phase == WebPhase::idle;
  }
  friend bool operator==(const WebCall&, const WebCall&) = default;
};

// ---- what the browser tells

struct MicrophoneChecked {
  std::optional<Error> refusal;  ///< nothing: it may be used
};
struct PhaseChanged {
  WebPhase phase = WebPhase::connecting;
};
struct Heard {  ///< one utterance as it now is
  int ordinal = 0;
  bool from_agent = false;
  bool final = false;
  std::string text;
};
struct ToolInvoked {
  std::string name, invocation_id, parameters;
};
struct DebugHeard {
  std::string text;
};
struct LevelsMeasured {
  float microphone = 0, agent = 0;
};
struct QualityMeasured {
  float round_trip_ms = -1, jitter_ms = -1, loss = -1;
};
struct LatencyMeasured {
  float ms = 0;
};
struct ProblemMet {
  Word word{};
};
struct RemarkSet {
  std::string about;
  std::optional<Word> word;  ///< nothing: it is no longer so
};
struct WebCallEnded {
  std::optional<Error> failure;  ///< nothing: somebody hung up
  HangUpWhy why = HangUpWhy::pressed;
};

// ---- what a person does

struct MicMuteSet {
  bool muted = false;
};
struct SpeakerMuteSet {
  bool muted = false;
};
struct TalkHeld {
  bool held = false;
};
struct OutputSet {
  bool text = false;
};

using WebAction =
    std::variant<MicrophoneChecked, PhaseChanged, Heard, ToolInvoked, DebugHeard, LevelsMeasured,
                 QualityMeasured, LatencyMeasured, ProblemMet, RemarkSet, WebCallEnded, MicMuteSet,
                 SpeakerMuteSet, TalkHeld, OutputSet>;
void update(Model& model, const WebAction& action, Effects& effects);

void start_web_call(Model& model, const CallPlaced& placed, Effects& effects);
void leave_web_call(Model& model, Effects& effects);
/// Whether the microphone must send nothing: muted, or push-to-talk and the key is up.
bool microphone_silent(const Model& model);
/// Orders the change, if there is one.
void apply_microphone(const Model& model, bool was_silent, Effects& effects);

}  // namespace voxdial::ui
