#include "wasm-ui/core/web_call.h"

#include "wasm-ui/core/model.h"
#include "wasm-ui/core/tools/registry.h"

namespace voxdial::ui {
namespace {

constexpr std::size_t debug_lines_kept = 500;

LiveCall* own_card(Model& model) { return find_live(model, model.web.call_id); }

void on(Model& model, const MicrophoneChecked& a, Effects& effects) {
  // One question at a time: asked again for a call, the doctor's has the same answer.
  const bool for_call = model.form.asking_microphone;
  if (for_call) microphone_answered(model, a.refusal, effects);
  microphone_tried(model, a.refusal, !for_call, effects);
}

void on(Model& model, const PhaseChanged& a, Effects&) {
  WebCall& web = model.web;
  if (!web.active()) return;
  web.phase = a.phase;
  if (!web.joined()) return;
  web.ever_joined = true;
  web.problem.reset();
  if (LiveCall* live = own_card(model)) {
    live->call.status = advance(live->call.status, CallStatus::talking);
    if (live->call.answered_at == 0) live->call.answered_at = server_now(model);
  }
}

void on(Model& model, const Heard& a, Effects&) {
  LiveCall* live = own_card(model);
  if (live == nullptr) return;
  model.web.ever_joined = true;
  TranscriptEntry entry;
  entry.index = a.ordinal;
  entry.role = a.from_agent ? TranscriptEntry::Role::agent : TranscriptEntry::Role::user;
  entry.text = a.text;
  entry.final = a.final;
  merge(live->transcript, entry);
}

void on(Model& model, const ToolInvoked& a, Effects& effects) {
  const ClientToolSpec* tool = find_tool(a.name);
  AnswerTool answer{.invocation_id = a.invocation_id};
  if (tool == nullptr) {
    answer.known = false;
    answer.error = "This page has no tool of that name.";
  } else {
    // A tool works on a copy: one that fails half way leaves nothing half done.
    Panels panels = model.web.panels;
    Result<std::string> result = tool->run(panels, a.parameters);
    if (result) {
      answer.result = std::move(*result);
      model.web.panels = std::move(panels);
    } else {
      answer.error = result.error().message;
    }
  }
  if (LiveCall* live = own_card(model)) {
    TranscriptEntry entry;
    entry.index = live->transcript.empty() ? -1 : live->transcript.back().index;
    entry.role = TranscriptEntry::Role::tool_call;
    entry.tool_name = a.name;
    entry.invocation_id = a.invocation_id;
    entry.text = answer.error;
    live->tools.push_back(std::move(entry));
  }
  effects.push_back(std::move(answer));
}

void on(Model& model, const DebugHeard& a, Effects&) {
  auto& lines = model.web.debug;
  lines.push_back(a.text);
  if (lines.size() > debug_lines_kept) lines.erase(lines.begin());
}
void on(Model& model, const LevelsMeasured& a, Effects&) {
  model.web.mic_level = a.microphone;
  model.web.agent_level = a.agent;
}
void on(Model& model, const QualityMeasured& a, Effects&) {
  model.web.round_trip_ms = a.round_trip_ms;
  model.web.jitter_ms = a.jitter_ms;
  model.web.loss = a.loss;
}
void on(Model& model, const LatencyMeasured& a, Effects&) { model.web.latency_ms = a.ms; }
void on(Model& model, const ProblemMet& a, Effects&) { model.web.problem = a.word; }
void on(Model& model, const RemarkSet& a, Effects&) {
  std::erase_if(model.web.remarks, [&](const Remark& remark) { return remark.about == a.about; });
  if (a.word) model.web.remarks.push_back({a.about, *a.word});
}

void on(Model& model, const WebCallEnded& a, Effects& effects) {
  WebCall& web = model.web;
  if (!web.active()) return;
  web.phase = WebPhase::none;
  web.mic_level = web.agent_level = 0;
  web.talk_held = false;
  web.remarks.clear();
  web.end = a.failure;
  if (model.page.hidden && model.settings.end_sound) effects.push_back(PlayEndTone{});
  LiveCall* live = own_card(model);
  if (live == nullptr || is_terminal(live->call.status)) return;
  // The browser is out of the call, so the call is over: the server is told, whoever ended it, and
  // why. Hanging up a call that is over already is no error there.
  if (live->hang_up.idle()) hang_up(model, *live, a.why, effects);
}

void on(Model& model, const MicMuteSet& a, Effects& effects) {
  const bool was_silent = microphone_silent(model);
  model.web.mic_muted = a.muted;
  apply_microphone(model, was_silent, effects);
}
void on(Model& model, const SpeakerMuteSet& a, Effects& effects) {
  model.web.speaker_muted = a.muted;
  if (model.web.active()) effects.push_back(MuteSpeaker{a.muted});
}
void on(Model& model, const TalkHeld& a, Effects& effects) {
  const bool was_silent = microphone_silent(model);
  model.web.talk_held = a.held;
  apply_microphone(model, was_silent, effects);
}
void on(Model& model, const OutputSet& a, Effects& effects) {
  model.web.text_output = a.text;
  if (model.web.active()) effects.push_back(SetOutput{a.text});
}

}  // namespace

void update(Model& model, const WebAction& action, Effects& effects) {
  std::visit([&](const auto& a) { on(model, a, effects); }, action);
}

void start_web_call(Model& model, const CallPlaced& placed, Effects& effects) {
  WebCall fresh;
  fresh.call_id = placed.id;
  fresh.phase = WebPhase::connecting;
  fresh.mic_muted = model.web.mic_muted;  // chosen before connecting
  fresh.speaker_muted = model.web.speaker_muted;
  model.web = std::move(fresh);
  StartWebCall start;
  start.join_url = placed.ultravox.join_url;
  start.microphone = model.settings.microphone;
  start.speaker = model.settings.speaker;
  start.mic_muted = microphone_silent(model);
  start.speaker_muted = model.web.speaker_muted;
  start.debug_messages = model.settings.debug_messages;
  for (const ClientToolSpec& tool : client_tools()) start.tools.emplace_back(tool.name);
  effects.push_back(std::move(start));
  effects.push_back(WantLevels{!model.page.reduced_motion});  // nothing would move by them
}

void leave_web_call(Model& model, Effects& effects) {
  if (!model.web.active()) return;
  model.web.leaving = true;
  effects.push_back(LeaveWebCall{});
}

bool microphone_silent(const Model& model) {
  return model.web.mic_muted || (model.settings.push_to_talk && !model.web.talk_held);
}

void apply_microphone(const Model& model, bool was_silent, Effects& effects) {
  const bool silent = microphone_silent(model);
  if (silent != was_silent && model.web.active()) effects.push_back(MuteMicrophone{silent});
}

}  // namespace voxdial::ui
