// A web call: this browser's microphone and speaker, joined to an Ultravox agent.
//
// The JavaScript half (web/web-call.js) wraps the Ultravox SDK, loaded on first use only, and keeps
// the rules the SDK does not. One call at a time. How a call goes:
//
//   1. prepare_microphone()  in the click. -> MicrophoneChecked. Only when `ok` create the call
//   (POST);
//                            the microphone stays open until 2, release_microphone() or 30 s.
//   2. start_call(join_url)  -> CallStatus..., TranscriptChanged..., ToolInvoked..., CallProblem...
//   3. CallEnded             exactly once per start_call, whatever happened; the microphone is off
//   by
//                            then. Events of a call never come after it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace voxdial::platform {

// ---- Before the call --------------------------------------------------------------------------

enum class MicrophoneState : std::uint8_t {
  ok,
  denied,            ///< this site is not allowed to, by the user or a policy
  dismissed,         ///< the question was closed without an answer
  system,            ///< the operating system keeps it from the browser
  missing,           ///< there is none
  busy,              ///< the system did not give it: another program has it
  insecure_context,  ///< plain http from another host: browsers have no microphone there
  cancelled,         ///< release_microphone() while the question was open
  failed,            ///< anything else; see `detail`
};

struct MicrophoneChecked {
  MicrophoneState state = MicrophoneState::failed;
  std::string detail;  ///< the browser's words, for the small print
  friend bool operator==(const MicrophoneChecked&, const MicrophoneChecked&) = default;
};

/// Asks for the microphone (`device` empty: the default) and loads the SDK meanwhile. In a gesture.
void prepare_microphone(const std::string& device = {});
/// Lets go of what prepare_microphone got, also when its question is answered only later.
void release_microphone();

struct Device {
  std::string id;
  std::string name;  ///< empty before the first permission
  friend bool operator==(const Device&, const Device&) = default;
};
/// After list_devices() and whenever something is plugged in or out.
struct DevicesListed {
  std::vector<Device> microphones;
  std::vector<Device> speakers;  ///< empty where the browser offers no choice
  friend bool operator==(const DevicesListed&, const DevicesListed&) = default;
};
void list_devices();

// ---- The call ---------------------------------------------------------------------------------

enum class Medium : std::uint8_t { voice, text };

struct CallOptions {
  bool mic_muted = false;
  bool speaker_muted = false;
  std::string microphone;  ///< device id; empty: the default
  std::string speaker;
  std::vector<std::string> tools;  ///< names the program answers; others are told "undefined"
  bool debug_messages = false;     ///< ask the agent for its debug messages
  std::uint32_t join_timeout_ms = 20'000;  ///< from start_call to the agent's first sign of life
};

/// Joins. Ids start at 1. A second call while one runs ends at once with `already_in_call`.
std::uint32_t start_call(const std::string& join_url, const CallOptions& options);
/// Leaves; CallEnded follows, by `us`. Without a call nothing happens.
void leave_call();

void mute_microphone(bool muted);
void mute_speaker(bool muted);
void use_microphone(const std::string& device);  ///< CallProblem when it fails; the old one stays
void use_speaker(const std::string& device);
/// Says something in writing; `defer` leaves the agent silent. A CallProblem when not connected.
void send_text(const std::string& text, bool defer = false);
void set_output_medium(Medium medium);
/// The meters are told about 15 times a second while this is on, the tab is seen and a call runs.
void want_levels(bool wanted);

// What the agent is told about a tool it invoked. Every ToolInvoked must be answered once; after 20
// s without an answer the agent is told that the tool failed.
enum class ToolError : std::uint8_t { none, undefined, implementation_error };
struct ToolAnswer {
  std::string invocation_id;
  std::string result;          ///< when there is no error
  std::string response_type;   ///< empty: "tool-response"
  std::string agent_reaction;  ///< empty: the default; "speaks", "listens", "speaks-once"
  ToolError error = ToolError::none;
  std::string error_message;  ///< not seen by the model
  friend bool operator==(const ToolAnswer&, const ToolAnswer&) = default;
};
void answer_tool(const ToolAnswer& answer);

// ---- What the call tells ----------------------------------------------------------------------

enum class CallPhase : std::uint8_t {
  connecting,
  idle,  ///< the agent is gone; the end follows soon
  listening,
  thinking,
  speaking,
  reconnecting,  ///< the line broke; WebRTC is trying. The phase before comes back by itself
  disconnecting,
};
struct CallStatus {
  std::uint32_t id = 0;
  CallPhase phase = CallPhase::connecting;
  friend bool operator==(const CallStatus&, const CallStatus&) = default;
};

/// One utterance as it now is; replaces the one with the same ordinal.
struct TranscriptChanged {
  std::uint32_t id = 0;
  std::uint32_t ordinal = 0;
  bool from_agent = false;
  Medium medium = Medium::voice;
  bool final = false;
  std::string text;
  friend bool operator==(const TranscriptChanged&, const TranscriptChanged&) = default;
};

struct ToolInvoked {
  std::uint32_t id = 0;
  std::string name;
  std::string invocation_id;
  std::string parameters;  ///< JSON text
  friend bool operator==(const ToolInvoked&, const ToolInvoked&) = default;
};

struct DebugMessage {
  std::uint32_t id = 0;
  std::string text;
  friend bool operator==(const DebugMessage&, const DebugMessage&) = default;
};

/// Loudness 0..1 (0 is -60 dBFS and below, 1 is full scale), from the audio itself.
struct Levels {
  std::uint32_t id = 0;
  float microphone = 0;
  float agent = 0;
  friend bool operator==(const Levels&, const Levels&) = default;
};

/// From WebRTC's statistics, every 2 s; negative: not known yet.
struct Quality {
  std::uint32_t id = 0;
  float round_trip_ms = -1;
  float jitter_ms = -1;
  float loss = -1;  ///< 0..1, the worse of both directions over the last interval
  friend bool operator==(const Quality&, const Quality&) = default;
};

/// From the end of the user's speech to the first sound of the agent's answer. Measured by ear on
/// both ends of the audio, so not while muted, typed to, or in a hidden tab.
struct AgentLatency {
  std::uint32_t id = 0;
  float ms = 0;
  friend bool operator==(const AgentLatency&, const AgentLatency&) = default;
};

enum class Problem : std::uint8_t {
  mic_lost,        ///< unplugged, or its permission taken away
  mic_silenced,    ///< muted from outside: a phone call, a headset's key, the system
  mic_heard,       ///< and no more
  mic_replaced,    ///< the chosen one is gone: the default is used
  mic_chosen,      ///< another one was chosen, and it works
  speaker_gone,    ///< the chosen one is gone: the default plays
  speaker_chosen,  ///< another one was chosen, and it works
  no_meter,        ///< the sound cannot be measured here
  audio_blocked,   ///< the browser plays no sound before a click; the next one anywhere unblocks it
  audio_heard,     ///< and it was clicked
  not_connected,   ///< send_text or set_output_medium too early or too late
  device_failed,   ///< use_microphone, use_speaker
  sdk,             ///< anything else the SDK threw; the call goes on
};
struct CallProblem {
  std::uint32_t id = 0;
  Problem problem = Problem::sdk;
  std::string detail;
  friend bool operator==(const CallProblem&, const CallProblem&) = default;
};

enum class EndedBy : std::uint8_t {
  us,            ///< leave_call
  far_end,       ///< the agent or the service hung up
  network,       ///< the line broke and did not come back
  join_refused,  ///< the service did not let us in, or cannot be reached
  join_timeout,  ///< in, but no sign of an agent in time
  microphone,    ///< it could not be opened when joining
  page,          ///< the page went away
  already_in_call,
  sdk_failed,  ///< the SDK could not be loaded or started
};
struct CallEnded {
  std::uint32_t id = 0;
  EndedBy by = EndedBy::network;
  std::string detail;  ///< for the small print
  friend bool operator==(const CallEnded&, const CallEnded&) = default;
};

}  // namespace voxdial::platform
