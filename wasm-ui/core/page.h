// The page and the line to the server: what the browser tells, where in the program we are.
//
// Owns the facts of the window, the route, the server's configuration, the stream of events and the
// clock of the model. Whatever arrives from outside a feature enters the model here.
#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "shared/api.h"
#include "wasm-ui/core/effect.h"
#include "wasm-ui/core/settings.h"

namespace voxdial::ui {

struct Model;

/// What the browser tells about its window; CSS px.
struct Page {
  float width = 1280, height = 800;
  float pixel_ratio = 1;
  float inset_top = 0, inset_right = 0, inset_bottom = 0, inset_left = 0;
  bool dark = false;
  bool reduced_motion = false;
  bool more_contrast = false;  ///< asked of the system, as are fixed colours
  bool touch = false;          ///< the main pointer is a finger
  bool hidden = false;         ///< the tab is in the background
  bool online = true;
  bool secure = true;  ///< a secure context: without it there is no microphone
  friend bool operator==(const Page&, const Page&) = default;
};

enum class Screen : std::uint8_t {
  call,
  history,
  agents,
  doctor,
  settings,
  live,  ///< the live calls alone, where the window has no room for a card beside the work
};
struct ScreenFacts {
  std::string_view name;  ///< in the address
  Word word;              ///< as the reader knows it
  std::string_view key;   ///< leads there, outside of text fields; empty: none
};
/// In the same order.
constexpr ScreenFacts screens[] = {
    {"call", Word::nav_call, "c"},         {"history", Word::nav_history, "h"},
    {"agents", Word::nav_agents, "a"},     {"doctor", Word::nav_doctor, "d"},
    {"settings", Word::nav_settings, "s"}, {"live", Word::live_calls, ""},
};
static_assert(std::size(screens) == std::size_t(Screen::live) + 1);
constexpr const ScreenFacts& facts_of(Screen screen) { return screens[std::size_t(screen)]; }
struct Route {
  Screen screen = Screen::call;
  std::string id{};     ///< history: a call; agents: an agent; call: a phone link. Empty: the list
  std::string query{};  ///< history: the filters, behind a "?" in the address
  friend bool operator==(const Route&, const Route&) = default;
};
std::string route_text(const Route& route);
/// What is not known leads to the call screen.
Route parse_route(std::string_view text);

/// The stream of events, as far as a person needs to know.
struct Line {
  enum class State : std::uint8_t {
    connecting,
    live,
    held,  ///< open, and something in between holds the news back; or this hidden tab has let go
    reconnecting,
    refused
  } state = State::connecting;
  bool polling = false;  ///< the page asks every few seconds instead
  bool to_open = true;   ///< as soon as the live calls are known: it goes on from there
  friend bool operator==(const Line&, const Line&) = default;
};

constexpr int poll_ms = 3000;  ///< between questions while the news does not come by itself

// ---- actions

/// The first action: what was remembered and what the address says.
struct Launched {
  Page page;
  Millis now = 0;
  std::string route;
  std::vector<std::pair<std::string, std::string>> stored;  ///< settings by key
  Consent consent = Consent::missing;
  bool phone_links = false;
  // The parameters of Ultravox's demo template (?model=, ?showSpeakerMute=, ...); empty when
  // absent.
  std::string query_model, query_speaker_mute, query_debug, query_user_transcripts;
};
struct Ticked {
  Millis now = 0;
};
struct PageChanged {
  Page page;
};
struct PageLeft {};
struct RouteChanged {  ///< by the browser's back and forward, or an edited address
  std::string route;
};
struct Navigated {  ///< by a press on the page
  Route route;
};
struct StreamChanged {
  Line::State state = Line::State::connecting;
  bool unauthenticated = false;  ///< refused: because nobody is logged in
};
struct EventArrived {
  std::string event;
  std::string data;
};
struct TimerFired {
  Timer timer = Timer::phone_check;
};
struct CopyPressed {
  std::string text;
};
struct Copied {
  bool ok = false;
};
struct LogOutPressed {};
struct LogInPressed {};
struct RetryPressed {};  ///< ask again for the configuration and the agents
struct KeyPressed {
  std::string code;  ///< the place on the keyboard: "Space"
  bool down = false;
  bool in_field = false;
  std::string key{};     ///< what it types: "?"; empty with Ctrl, Alt or Cmd
  bool palette = false;  ///< Ctrl+K, on a Mac Cmd+K
};
/// The list of commands, all of them or those that have a key.
enum class Palette : std::uint8_t { closed, commands, shortcuts };
struct PaletteOpened {
  Palette what = Palette::commands;  ///< `closed` closes it
};
/// By a key or a command: the keyboard goes along.
struct ScreenWanted {
  Screen screen = Screen::call;
  std::string field = "title";
};
/// Further keys; those that lead to a screen are among its facts.
constexpr std::string_view microphone_key = "m", shortcuts_key = "?";
constexpr std::string_view down_key = "j", up_key = "k";  // of a list of calls
struct KeysReleased {};                                   ///< all keys count as let go
enum class AudioState : std::uint8_t { loading, playing, stopped, failed };
struct AudioChanged {
  AudioState state = AudioState::stopped;
};

using PageAction =
    std::variant<Launched, Ticked, PageChanged, PageLeft, RouteChanged, Navigated, StreamChanged,
                 EventArrived, TimerFired, CopyPressed, Copied, LogOutPressed, LogInPressed,
                 RetryPressed, KeyPressed, PaletteOpened, ScreenWanted, KeysReleased, AudioChanged>;
void update(Model& model, const PageAction& action, Effects& effects);
bool take_page_reply(Model& model, const struct HttpReplied& reply, Effects& effects);

/// Goes to a place and tells the browser, unless already there.
void navigate(Model& model, const Route& route, Effects& effects);

/// The title of the browser's tab: the most urgent call's state, or the screen.
std::string window_title(const Model& model);

}  // namespace voxdial::ui
