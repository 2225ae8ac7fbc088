#include "wasm-ui/core/web_words.h"

namespace voxdial::ui {
namespace {

std::optional<Error> failure_of(std::string_view by) {
  if (by == "us" || by == "far_end" || by == "page") return std::nullopt;
  if (by == "network")
    return make_error(ErrorCode::join_failed,
                      "The line to the agent broke and did not come back. Place the call again.");
  if (by == "join_refused") return make_error(ErrorCode::join_failed);
  if (by == "join_timeout") return make_error(ErrorCode::join_timeout);
  if (by == "microphone")
    return make_error(ErrorCode::mic_busy,
                      "The microphone could not be opened when joining. Try again.");
  if (by == "already_in_call")
    return make_error(ErrorCode::conflict, "This page is in a call already.");
  return make_error(ErrorCode::sdk_unavailable);
}

HangUpWhy why_of(std::string_view by) {
  if (by == "us") return HangUpWhy::pressed;
  if (by == "far_end") return HangUpWhy::agent_left;
  if (by == "page") return HangUpWhy::tab_closed;
  return HangUpWhy::line_lost;
}

}  // namespace

std::optional<Error> microphone_refusal(std::string_view state, const std::string& detail) {
  if (state == "ok") return std::nullopt;
  if (state == "denied")
    return make_error(
        ErrorCode::mic_denied,
        "This site may not use the microphone. Allow it at the left of the address bar, then try "
        "again.");
  if (state == "dismissed")
    return make_error(
        ErrorCode::mic_denied,
        "The question for the microphone was closed. Press again, and answer with Allow.");
  if (state == "system")
    return make_error(
        ErrorCode::mic_denied,
        "The system keeps the microphone from this browser. Allow it in the system's privacy "
        "settings, under Microphone, then try again.");
  if (state == "missing") return make_error(ErrorCode::mic_missing);
  if (state == "busy") return make_error(ErrorCode::mic_busy);
  if (state == "insecure_context") return make_error(ErrorCode::insecure_context);
  if (state == "cancelled")
    return make_error(ErrorCode::mic_denied, "The question for the microphone was withdrawn.");
  return make_error(ErrorCode::mic_busy, "The microphone could not be opened. " + detail);
}

WebAction problem_met(std::string_view problem, const std::string& detail) {
  const auto note = [](std::string_view about, std::string_view sentence) {
    return WebAction(RemarkSet{std::string(about), std::string(sentence)});
  };
  const auto once = [](std::string sentence) { return WebAction(ProblemMet{std::move(sentence)}); };
  if (problem == "mic_lost")
    return note("microphone", "The microphone was unplugged. Choose another in the settings.");
  if (problem == "mic_silenced")
    return note("microphone",
                "The microphone is silent: the system or another program muted it. The agent "
                "cannot hear you.");
  if (problem == "mic_heard" || problem == "mic_chosen") return note("microphone", "");
  if (problem == "mic_replaced")
    return note("microphone",
                "The microphone chosen in the settings is not here. The default one is used.");
  if (problem == "speaker_gone")
    return note("speaker",
                "The speaker chosen in the settings is not here. The default one plays.");
  if (problem == "speaker_chosen") return note("speaker", "");
  if (problem == "no_meter")
    return note("meter", "This browser cannot measure the sound here. You are heard all the same.");
  if (problem == "audio_blocked")
    return note("sound", "The browser holds the sound back. Click anywhere to hear the agent.");
  if (problem == "audio_heard") return note("sound", "");
  if (problem == "not_connected")
    return once("The message was not sent: the call is not connected yet.");
  if (problem == "device_failed")
    return once("That device could not be used. The one before stays.");
  return once("Something in the call went wrong; it goes on. " + detail);
}

WebCallEnded call_ended(std::string_view by) { return {failure_of(by), why_of(by)}; }

}  // namespace voxdial::ui
