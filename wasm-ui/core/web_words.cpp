#include "wasm-ui/core/web_words.h"

namespace voxdial::ui {
namespace {

std::optional<Error> failure_of(std::string_view by) {
  if (by == "us" || by == "far_end" || by == "page") return std::nullopt;
  if (by == "network") return make_error(ErrorCode::line_lost);
  if (by == "join_refused") return make_error(ErrorCode::join_failed);
  if (by == "join_timeout") return make_error(ErrorCode::join_timeout);
  if (by == "microphone") return make_error(ErrorCode::mic_busy);
  if (by == "already_in_call") return make_error(ErrorCode::in_call);
  return make_error(ErrorCode::sdk_unavailable);
}

HangUpWhy why_of(std::string_view by) {
  if (by == "us") return HangUpWhy::pressed;
  if (by == "far_end") return HangUpWhy::agent_left;
  if (by == "page") return HangUpWhy::tab_closed;
  return HangUpWhy::line_lost;
}

}  // namespace

std::optional<Error> microphone_refusal(std::string_view state) {
  if (state == "ok") return std::nullopt;
  if (state == "denied") return make_error(ErrorCode::mic_denied);
  if (state == "dismissed") return make_error(ErrorCode::mic_dismissed);
  if (state == "system") return make_error(ErrorCode::mic_system);
  if (state == "missing") return make_error(ErrorCode::mic_missing);
  if (state == "insecure_context") return make_error(ErrorCode::insecure_context);
  if (state == "elsewhere") return make_error(ErrorCode::call_elsewhere);
  if (state == "cancelled") return make_error(ErrorCode::mic_withdrawn);
  return make_error(ErrorCode::mic_busy);
}

WebAction problem_met(std::string_view problem) {
  const auto note = [](std::string_view about, std::optional<Word> word) {
    return WebAction(RemarkSet{std::string(about), word});
  };
  if (problem == "mic_lost") return note("microphone", Word::remark_mic_lost);
  if (problem == "mic_silenced") return note("microphone", Word::remark_mic_silenced);
  if (problem == "mic_replaced") return note("microphone", Word::remark_mic_replaced);
  if (problem == "mic_heard" || problem == "mic_chosen") return note("microphone", std::nullopt);
  if (problem == "speaker_gone") return note("speaker", Word::remark_speaker_gone);
  if (problem == "speaker_chosen") return note("speaker", std::nullopt);
  if (problem == "no_meter") return note("meter", Word::remark_no_meter);
  if (problem == "audio_blocked") return note("sound", Word::remark_audio_blocked);
  if (problem == "audio_heard") return note("sound", std::nullopt);
  if (problem == "not_connected") return ProblemMet{Word::problem_not_connected};
  if (problem == "device_failed") return ProblemMet{Word::problem_device_failed};
  return ProblemMet{Word::problem_other};
}

WebCallEnded call_ended(std::string_view by) { return {failure_of(by), why_of(by)}; }

}  // namespace voxdial::ui
