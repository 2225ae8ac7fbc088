#include "wasm-ui/platform/web_call.h"

#include <emscripten.h>

#include "wasm-ui/platform/bridge.h"

extern "C" {
void js_call_prepare(const char* device);
void js_call_release();
void js_call_list_devices();
void js_call_start(std::uint32_t id, const char* join_url, int flags, const char* microphone,
                   const char* speaker, const char* tools, std::uint32_t join_timeout_ms);
void js_call_leave();
void js_call_mute(int speaker, int muted);
void js_call_use(int speaker, const char* device);
void js_call_say(const char* text, int defer);
void js_call_output(int text);
void js_call_levels(int wanted);
void js_call_answer(const char* invocation, const char* result, const char* type,
                    const char* reaction, int error, const char* message);
}

namespace voxdial::platform {
namespace {

// Separates the parts of a list that crosses the border as one text.
constexpr char unit_separator = '\x1f';
constexpr char record_separator = '\x1e';

std::vector<Device> devices_from(const std::string& text) {
  std::vector<Device> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t unit = text.find(unit_separator, at);
    const std::size_t end = text.find(record_separator, at);
    if (unit == std::string::npos || end == std::string::npos) break;
    out.push_back({text.substr(at, unit - at), text.substr(unit + 1, end - unit - 1)});
    at = end + 1;
  }
  return out;
}

}  // namespace

void prepare_microphone(const std::string& device) { js_call_prepare(device.c_str()); }
void release_microphone() { js_call_release(); }
void list_devices() { js_call_list_devices(); }

std::uint32_t start_call(const std::string& join_url, const CallOptions& options) {
  static std::uint32_t last_id = 0;
  std::string tools;
  for (const std::string& tool : options.tools) tools += tool + record_separator;
  const int flags = (options.mic_muted ? 1 : 0) | (options.speaker_muted ? 2 : 0) |
                    (options.debug_messages ? 4 : 0);
  js_call_start(++last_id, join_url.c_str(), flags, options.microphone.c_str(),
                options.speaker.c_str(), tools.c_str(), options.join_timeout_ms);
  return last_id;
}

void leave_call() { js_call_leave(); }
void mute_microphone(bool muted) { js_call_mute(0, muted ? 1 : 0); }
void mute_speaker(bool muted) { js_call_mute(1, muted ? 1 : 0); }
void use_microphone(const std::string& device) { js_call_use(0, device.c_str()); }
void use_speaker(const std::string& device) { js_call_use(1, device.c_str()); }
void send_text(const std::string& text, bool defer) { js_call_say(text.c_str(), defer ? 1 : 0); }
void set_output_medium(Medium medium) { js_call_output(medium == Medium::text ? 1 : 0); }
void want_levels(bool wanted) { js_call_levels(wanted ? 1 : 0); }
void answer_tool(const ToolAnswer& answer) {
  js_call_answer(answer.invocation_id.c_str(), answer.result.c_str(), answer.response_type.c_str(),
                 answer.agent_reaction.c_str(), static_cast<int>(answer.error),
                 answer.error_message.c_str());
}

// Enumerations arrive as the place in the lists of web_call.js, which keep the order of web_call.h.
extern "C" {

EMSCRIPTEN_KEEPALIVE void on_call_microphone(int state, Text detail) {
  post(MicrophoneChecked{static_cast<MicrophoneState>(state), taken(detail)});
}
EMSCRIPTEN_KEEPALIVE void on_call_devices(Text microphones, Text speakers) {
  post(DevicesListed{devices_from(taken(microphones)), devices_from(taken(speakers))});
}
EMSCRIPTEN_KEEPALIVE void on_call_status(std::uint32_t id, int phase) {
  post(CallStatus{id, static_cast<CallPhase>(phase)});
}
EMSCRIPTEN_KEEPALIVE void on_call_transcript(std::uint32_t id, std::uint32_t ordinal,
                                             int from_agent, int medium, int final, Text text) {
  post(TranscriptChanged{id, ordinal, from_agent != 0, static_cast<Medium>(medium), final != 0,
                         taken(text)});
}
EMSCRIPTEN_KEEPALIVE void on_call_tool(std::uint32_t id, Text name, Text invocation,
                                       Text parameters) {
  post(ToolInvoked{id, taken(name), taken(invocation), taken(parameters)});
}
EMSCRIPTEN_KEEPALIVE void on_call_debug(std::uint32_t id, Text text) {
  post(DebugMessage{id, taken(text)});
}
EMSCRIPTEN_KEEPALIVE void on_call_levels(std::uint32_t id, float microphone, float agent) {
  post(Levels{id, microphone, agent}, Settle::none);
}
EMSCRIPTEN_KEEPALIVE void on_call_quality(std::uint32_t id, float round_trip_ms, float jitter_ms,
                                          float loss) {
  post(Quality{id, round_trip_ms, jitter_ms, loss}, Settle::none);
}
EMSCRIPTEN_KEEPALIVE void on_call_latency(std::uint32_t id, float ms) {
  post(AgentLatency{id, ms}, Settle::none);
}
EMSCRIPTEN_KEEPALIVE void on_call_problem(std::uint32_t id, int problem, Text detail) {
  post(CallProblem{id, static_cast<Problem>(problem), taken(detail)});
}
EMSCRIPTEN_KEEPALIVE void on_call_ended(std::uint32_t id, int by, Text detail) {
  post(CallEnded{id, static_cast<EndedBy>(by), taken(detail)});
}

}  // extern "C"

}  // namespace voxdial::platform
