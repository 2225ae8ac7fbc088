// The composition: the platform's events become actions, update() makes the next model, its effects
// go back to the platform, the views draw. Nothing else knows both sides.
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "wasm-ui/core/update.h"
#include "wasm-ui/platform/audio.h"
#include "wasm-ui/platform/browser.h"
#include "wasm-ui/platform/canvas.h"
#include "wasm-ui/platform/canvas_font.h"
#include "wasm-ui/platform/inbox.h"
#include "wasm-ui/platform/mirror_dom.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

constexpr int max_passes =
    10;  // a frame settles in two to five; more would be a loop in the screens
constexpr std::uint32_t max_import_bytes = 256 * 1024;
constexpr const char* remembered_keys[] = {
    "theme",  "microphone", "speaker", "push_to_talk",     "talk_key", "end_sound", "debug",
    "medium", "region",     "agent",   "user_transcripts", "cards",    "number"};

/// What the program holds besides its model: handles of things under way.
struct App {
  Model model;
  Ui ui;
  struct Fetch {
    std::uint32_t platform_id;
    RequestId id;
  };
  std::vector<Fetch> fetches;
  struct Alarm {
    Timer timer;
    double due_ms;
  };
  std::vector<Alarm> alarms;
  Tokens theme{};
};

// ------------------------------------------------------------------------------ platform -> core

Page page_now() {
  const platform::Page& p = platform::page();
  return {p.width,        p.height,     p.pixel_ratio, p.inset_top,      p.inset_right,
          p.inset_bottom, p.inset_left, p.dark,        p.reduced_motion, p.more_contrast,
          p.touch,        p.hidden,     p.online,      p.secure};
}

std::string local_time(Millis at, TimeStyle style) {
  constexpr platform::TimeStyle styles[] = {
      platform::TimeStyle::clock, platform::TimeStyle::clock_sec, platform::TimeStyle::date_time,
      platform::TimeStyle::date};
  return platform::local_time(static_cast<double>(at), styles[static_cast<int>(style)]);
}

std::optional<Error> refusal_of(const platform::MicrophoneChecked& e) {
  using State = platform::MicrophoneState;
  switch (e.state) {
    case State::ok:
      return std::nullopt;
    case State::denied:
      return make_error(
          ErrorCode::mic_denied,
          "This site may not use the microphone. Allow it at the left of the address bar, then try "
          "again.");
    case State::dismissed:
      return make_error(
          ErrorCode::mic_denied,
          "The question for the microphone was closed. Press again, and answer with Allow.");
    case State::system:
      return make_error(
          ErrorCode::mic_denied,
          "The system keeps the microphone from this browser. Allow it in the system's privacy "
          "settings, under Microphone, then try again.");
    case State::missing:
      return make_error(ErrorCode::mic_missing);
    case State::busy:
      return make_error(ErrorCode::mic_busy);
    case State::insecure_context:
      return make_error(ErrorCode::insecure_context);
    case State::cancelled:
      return make_error(ErrorCode::mic_denied, "The question for the microphone was withdrawn.");
    case State::failed:
      break;
  }
  return make_error(ErrorCode::mic_busy, "The microphone could not be opened. " + e.detail);
}

WebPhase phase_of(platform::CallPhase phase) {
  constexpr WebPhase phases[] = {WebPhase::connecting,   WebPhase::idle,     WebPhase::listening,
                                 WebPhase::thinking,     WebPhase::speaking, WebPhase::reconnecting,
                                 WebPhase::disconnecting};
  return phases[static_cast<int>(phase)];
}

/// What a problem means, where it is told and what it takes back.
Action told(const platform::CallProblem& e) {
  using Problem = platform::Problem;
  const auto note = [](std::string_view about, std::string_view sentence) {
    return Action(std::in_place_type<WebAction>,
                  RemarkSet{std::string(about), std::string(sentence)});
  };
  const auto once = [](std::string sentence) {
    return Action(std::in_place_type<WebAction>, ProblemMet{std::move(sentence)});
  };
  switch (e.problem) {
    case Problem::mic_lost:
      return note("microphone", "The microphone was unplugged. Choose another in the settings.");
    case Problem::mic_silenced:
      return note("microphone",
                  "The microphone is silent: the system or another program muted it. The agent "
                  "cannot hear you.");
    case Problem::mic_heard:
    case Problem::mic_chosen:
      return note("microphone", "");
    case Problem::mic_replaced:
      return note("microphone",
                  "The microphone chosen in the settings is not here. The default one is used.");
    case Problem::speaker_gone:
      return note("speaker",
                  "The speaker chosen in the settings is not here. The default one plays.");
    case Problem::speaker_chosen:
      return note("speaker", "");
    case Problem::no_meter:
      return note("meter",
                  "This browser cannot measure the sound here. You are heard all the same.");
    case Problem::audio_blocked:
      return note("sound", "The browser holds the sound back. Click anywhere to hear the agent.");
    case Problem::audio_heard:
      return note("sound", "");
    case Problem::not_connected:
      return once("The message was not sent: the call is not connected yet.");
    case Problem::device_failed:
      return once("That device could not be used. The one before stays.");
    case Problem::sdk:
      break;
  }
  return once("Something in the call went wrong; it goes on. " + e.detail);
}

std::optional<Error> failure_of(const platform::CallEnded& e) {
  using By = platform::EndedBy;
  switch (e.by) {
    case By::us:
    case By::far_end:
    case By::page:
      return std::nullopt;
    case By::network:
      return make_error(ErrorCode::join_failed,
                        "The line to the agent broke and did not come back. Place the call again.");
    case By::join_refused:
      return make_error(ErrorCode::join_failed);
    case By::join_timeout:
      return make_error(ErrorCode::join_timeout);
    case By::microphone:
      return make_error(ErrorCode::mic_busy,
                        "The microphone could not be opened when joining. Try again.");
    case By::already_in_call:
      return make_error(ErrorCode::conflict, "This page is in a call already.");
    case By::sdk_failed:
      break;
  }
  return make_error(ErrorCode::sdk_unavailable);
}

/// What the server is told about the end of the browser's call.
HangUpWhy why_of(platform::EndedBy by) {
  using By = platform::EndedBy;
  switch (by) {
    case By::us:
      return HangUpWhy::pressed;
    case By::far_end:
      return HangUpWhy::agent_left;
    case By::page:
      return HangUpWhy::tab_closed;
    case By::network:
    case By::join_refused:
    case By::join_timeout:
    case By::microphone:
    case By::already_in_call:
    case By::sdk_failed:
      break;
  }
  return HangUpWhy::line_lost;
}

std::vector<Device> devices_of(const std::vector<platform::Device>& devices) {
  std::vector<Device> out;
  out.reserve(devices.size());
  for (const platform::Device& device : devices) out.push_back({device.id, device.name});
  return out;
}

/// Turns events into actions; the mirror's go to the views, which know what they mean.
struct Translate {
  App& app;
  std::vector<Action>& actions;
  std::vector<MirrorEvent>& mirror_events;

  template <class A>
  void act(A a) {
    append(actions, std::move(a));
  }

  void operator()(const platform::PageChanged&) { act(PageChanged{page_now()}); }
  void operator()(const platform::PageLeaving&) { act(PageLeft{}); }
  void operator()(platform::RouteChanged& e) { act(RouteChanged{std::move(e.route)}); }
  void operator()(const platform::Copied& e) { act(Copied{e.ok}); }
  void operator()(platform::FilePicked& e) {
    if (e.failure == "cancelled") return;
    std::string failure;
    if (e.failure == "too_large") failure = "The file is too large to be an agent.";
    if (e.failure == "unreadable") failure = "The file cannot be read.";
    act(FilePicked{std::move(e.text), std::move(failure)});
  }
  void operator()(const platform::KeyEvent& e) {
    if (!e.repeat) act(KeyPressed{e.code, e.down, e.in_field});
  }
  void operator()(const platform::KeysReleased&) { act(KeysReleased{}); }
  void operator()(MirrorEvent& e) { mirror_events.push_back(std::move(e)); }
  void operator()(platform::FetchReply& e) {
    const auto at = std::find_if(app.fetches.begin(), app.fetches.end(),
                                 [&](const App::Fetch& f) { return f.platform_id == e.id; });
    if (at == app.fetches.end()) return;
    HttpReplied reply{at->id,
                      HttpReplied::Failure::none,
                      e.status,
                      std::move(e.body),
                      static_cast<Millis>(e.sent_at),
                      static_cast<Millis>(e.heard_at),
                      static_cast<Millis>(e.server_time)};
    app.fetches.erase(at);
    if (e.failure == platform::FetchFailure::timeout)
      reply.failure = HttpReplied::Failure::timeout;
    else if (e.failure != platform::FetchFailure::none)
      reply.failure = HttpReplied::Failure::network;
    act(std::move(reply));
  }
  void operator()(const platform::StreamChanged& e) {
    constexpr Line::State states[] = {Line::State::connecting, Line::State::live, Line::State::held,
                                      Line::State::reconnecting, Line::State::refused};
    act(StreamChanged{states[static_cast<int>(e.state)], e.status == 401});
  }
  void operator()(platform::StreamMessage& e) {
    act(EventArrived{std::move(e.event), std::move(e.data)});
  }
  void operator()(const platform::AudioChanged& e) {
    constexpr AudioState states[] = {AudioState::playing, AudioState::stopped, AudioState::failed};
    act(AudioChanged{states[static_cast<int>(e.state)]});
  }
  void operator()(const platform::MicrophoneChecked& e) { act(MicrophoneChecked{refusal_of(e)}); }
  void operator()(const platform::DevicesListed& e) {
    act(DevicesListed{devices_of(e.microphones), devices_of(e.speakers)});
  }
  void operator()(const platform::CallStatus& e) { act(PhaseChanged{phase_of(e.phase)}); }
  void operator()(platform::TranscriptChanged& e) {
    act(Heard{static_cast<int>(e.ordinal), e.from_agent, e.final, std::move(e.text)});
  }
  void operator()(platform::ToolInvoked& e) {
    act(ToolInvoked{std::move(e.name), std::move(e.invocation_id), std::move(e.parameters)});
  }
  void operator()(platform::DebugMessage& e) { act(DebugHeard{std::move(e.text)}); }
  void operator()(const platform::Levels& e) { act(LevelsMeasured{e.microphone, e.agent}); }
  void operator()(const platform::Quality& e) {
    act(QualityMeasured{e.round_trip_ms, e.jitter_ms, e.loss});
  }
  void operator()(const platform::AgentLatency& e) { act(LatencyMeasured{e.ms}); }
  void operator()(const platform::CallProblem& e) { actions.push_back(told(e)); }
  void operator()(const platform::CallEnded& e) { act(WebCallEnded{failure_of(e), why_of(e.by)}); }
};

// ------------------------------------------------------------------------------ core -> platform

/// Carries out one effect. What comes of it at once is appended to `actions`.
struct Carry {
  App& app;
  std::vector<Action>& actions;

  void operator()(const HttpCall& e) {
    platform::FetchRequest request;
    request.method = e.method;
    request.url = e.url;
    for (const Header& header : e.headers) request.headers.push_back({header.name, header.value});
    if (!e.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    request.body = e.body;
    request.timeout_ms = e.timeout_ms;
    request.outlives_page = e.outlives_page;
    app.fetches.push_back({platform::fetch(request), e.id});
  }
  void operator()(const OpenEvents&) { platform::open_stream(); }
  void operator()(const MakeKey&) { append(actions, KeyMade{platform::random_id()}); }
  void operator()(const PrepareMicrophone& e) { platform::prepare_microphone(e.device); }
  void operator()(const ReleaseMicrophone&) { platform::release_microphone(); }
  void operator()(const StartWebCall& e) {
    platform::CallOptions options;
    options.mic_muted = e.mic_muted;
    options.speaker_muted = e.speaker_muted;
    options.microphone = e.microphone;
    options.speaker = e.speaker;
    options.tools = e.tools;
    options.debug_messages = e.debug_messages;
    platform::start_call(e.join_url, options);
  }
  void operator()(const LeaveWebCall&) { platform::leave_call(); }
  void operator()(const MuteMicrophone& e) { platform::mute_microphone(e.muted); }
  void operator()(const MuteSpeaker& e) { platform::mute_speaker(e.muted); }
  void operator()(const UseMicrophone& e) { platform::use_microphone(e.device); }
  void operator()(const UseSpeaker& e) { platform::use_speaker(e.device); }
  void operator()(const ListDevices&) { platform::list_devices(); }
  void operator()(const SendText& e) { platform::send_text(e.text); }
  void operator()(const SetOutput& e) {
    platform::set_output_medium(e.text ? platform::Medium::text : platform::Medium::voice);
  }
  void operator()(const WantLevels& e) { platform::want_levels(e.wanted); }
  void operator()(const AnswerTool& e) {
    platform::ToolAnswer answer;
    answer.invocation_id = e.invocation_id;
    answer.result = e.result;
    if (!e.error.empty()) {
      answer.error =
          e.known ? platform::ToolError::implementation_error : platform::ToolError::undefined;
    }
    answer.error_message = e.error;
    platform::answer_tool(answer);
  }
  void operator()(const SetTimer& e) {
    std::erase_if(app.alarms, [&](const App::Alarm& alarm) { return alarm.timer == e.timer; });
    app.alarms.push_back({e.timer, platform::monotonic_ms() + e.ms});
  }
  void operator()(const CopyText& e) { platform::copy_text(e.text); }
  void operator()(const Download& e) { platform::download(e.file, e.mime, e.text); }
  void operator()(const PickFile&) {
    platform::pick_text_file(".json,application/json", max_import_bytes);
  }
  void operator()(const PlayAudio& e) { platform::play_audio(e.url); }
  void operator()(const StopAudio&) { platform::stop_audio(); }
  void operator()(const PushRoute& e) {
    if (e.replace)
      platform::replace_route(e.route);
    else
      platform::push_route(e.route);
  }
  void operator()(const StoreSetting& e) { platform::store(e.key, e.value, e.this_tab); }
  void operator()(const SetTitle& e) { platform::set_title(e.title); }
  void operator()(const PlayEndTone&) { platform::play_end_tone(); }
  void operator()(const ClaimKeys& e) { platform::claim_keys(e.codes); }
  void operator()(const FocusField& e) { platform::focus(node_key(e.field)); }
  void operator()(const GoTo& e) { platform::go_to(e.path, e.new_tab); }
  void operator()(const LogLine& e) { platform::log(e.line); }
};

/// Applies actions in order; what their effects answer at once comes behind them.
void apply(App& app, std::vector<Action> actions) {
  for (std::size_t i = 0; i < actions.size(); ++i) {
    Step step = update(std::move(app.model), actions[i]);
    app.model = std::move(step.model);
    for (const Effect& effect : step.effects) std::visit(Carry{app, actions}, effect);
  }
}

// -------------------------------------------------------------------------------------- a frame

double frame(App& app) {
  std::vector<Action> actions;
  std::vector<MirrorEvent> mirror_events;
  append(actions, Ticked{static_cast<Millis>(platform::wall_ms())});
  Translate translate{app, actions, mirror_events};
  for (platform::Event& event : platform::take_events()) std::visit(translate, event);
  const double now = platform::monotonic_ms();
  std::erase_if(app.alarms, [&](const App::Alarm& alarm) {
    if (alarm.due_ms > now) return false;
    append(actions, TimerFired{alarm.timer});
    return true;
  });
  apply(app, std::move(actions));

  for (int pass = 0; pass < max_passes; ++pass) {
    platform::begin_frame();
    app.ui.begin_pass(app.model, std::move(mirror_events), now);
    mirror_events.clear();
    draw_page(app.ui, app.model);
    app.ui.end_pass();
    if (app.ui.actions.empty() && !app.ui.again()) break;
    apply(app, std::move(app.ui.actions));
    app.ui.actions.clear();
  }
  platform::show(app.ui.mirror);
  platform::draw(*ImGui::GetDrawData(), value(app.ui.colours, Token::bg));
  if (app.theme != app.ui.colours) {
    app.theme = app.ui.colours;
    for (std::size_t i = 0; i < app.theme.size(); ++i) {
      platform::set_token(token_names[i], app.theme[i]);
    }
    platform::set_theme_color(value(app.theme, Token::bg));
  }
  double next = app.ui.next_frame_ms;
  for (const App::Alarm& alarm : app.alarms) {
    const double ms = std::max(1.0, alarm.due_ms - platform::monotonic_ms());
    if (next < 0 || ms < next) next = ms;
  }
  return next;
}

Launched launch() {
  Launched launched;
  launched.page = page_now();
  launched.now = static_cast<Millis>(platform::wall_ms());
  launched.route = platform::route();
  for (const char* key : remembered_keys) launched.stored.emplace_back(key, platform::stored(key));
  launched.query_model = platform::query("model");
  launched.query_speaker_mute = platform::query("showSpeakerMute");
  launched.query_debug = platform::query("showDebugMessages");
  launched.query_user_transcripts = platform::query("showUserTranscripts");
  return launched;
}

}  // namespace
}  // namespace voxdial::ui

int main() {
  using namespace voxdial;
  ImGui::CreateContext();
  ImGui::GetStyle().FontSizeBase = ui::line_of(ui::type::body);
  if (!platform::open_canvas()) return 0;  // the page says so already
  const platform::Faces faces = platform::add_canvas_faces(*ImGui::GetIO().Fonts);
  const ui::Fonts fonts{faces.regular, faces.semibold, faces.tabular, faces.tabular_semibold,
                        faces.mono};
  // Lives as long as the page: main() returns, the frames go on.
  static ui::App app{
      {},
      ui::Ui({fonts, ui::local_time, platform::language_name}, platform::monotonic_ms()),
      {},
      {}};
  std::vector<ui::Action> first;
  ui::append(first, ui::launch());
  ui::apply(app, std::move(first));
  platform::start([] { return ui::frame(app); });
  return 0;
}
