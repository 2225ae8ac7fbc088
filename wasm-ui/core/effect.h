// Effects: what update() orders from the world, as plain data that a test can compare.
//
// Owns nothing. web/host.js carries each out; what comes of it returns as an action. A web call's
// join address passes through here once, on its way to the SDK, and is kept nowhere.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "wasm-ui/core/request.h"

namespace voxdial::ui {

struct Header {
  std::string name;
  std::string value;
  friend bool operator==(const Header&, const Header&) = default;
};

/// Answered by exactly one HttpReplied with the same id.
struct HttpCall {
  RequestId id = 0;
  std::string method = "GET";
  std::string url{};
  std::vector<Header> headers{};
  std::string body{};
  std::uint32_t timeout_ms = 15'000;
  bool outlives_page = false;  ///< sent although the page is going away
  friend bool operator==(const HttpCall&, const HttpCall&) = default;
};

/// Opens the stream of events; StreamChanged and EventArrived follow.
struct OpenEvents {
  std::string after{};  ///< the event after which it goes on
  friend bool operator==(const OpenEvents&, const OpenEvents&) = default;
};

/// Answered at once by KeyMade with a fresh random id.
struct MakeKey {
  friend bool operator==(const MakeKey&, const MakeKey&) = default;
};

// ---- the web call (web/web-call.js has the rules)

/// Asks for the microphone inside the press. Answered by MicrophoneChecked.
struct PrepareMicrophone {
  std::string device;   ///< empty: the default
  bool beside = false;  ///< also where another tab is in a web call; else that is the answer
  friend bool operator==(const PrepareMicrophone&, const PrepareMicrophone&) = default;
};
struct ReleaseMicrophone {
  friend bool operator==(const ReleaseMicrophone&, const ReleaseMicrophone&) = default;
};
struct StartWebCall {
  std::string join_url;
  std::string microphone;
  std::string speaker;
  bool mic_muted = false;
  bool speaker_muted = false;
  std::vector<std::string> tools;  ///< names this page answers
  bool debug_messages = false;
  friend bool operator==(const StartWebCall&, const StartWebCall&) = default;
};
struct LeaveWebCall {
  friend bool operator==(const LeaveWebCall&, const LeaveWebCall&) = default;
};
struct MuteMicrophone {
  bool muted = false;
  friend bool operator==(const MuteMicrophone&, const MuteMicrophone&) = default;
};
struct MuteSpeaker {
  bool muted = false;
  friend bool operator==(const MuteSpeaker&, const MuteSpeaker&) = default;
};
struct UseMicrophone {
  std::string device;
  friend bool operator==(const UseMicrophone&, const UseMicrophone&) = default;
};
struct UseSpeaker {
  std::string device;
  friend bool operator==(const UseSpeaker&, const UseSpeaker&) = default;
};
struct ListDevices {
  friend bool operator==(const ListDevices&, const ListDevices&) = default;
};
struct SendText {
  std::string text;
  friend bool operator==(const SendText&, const SendText&) = default;
};
struct SetOutput {
  bool text = false;  ///< the agent writes instead of speaking
  friend bool operator==(const SetOutput&, const SetOutput&) = default;
};
struct WantLevels {
  bool wanted = false;
  friend bool operator==(const WantLevels&, const WantLevels&) = default;
};
/// What the agent is told about a tool it invoked; once per invocation.
struct AnswerTool {
  std::string invocation_id;
  std::string result{};
  bool known = true;    ///< false: there is no such tool here
  std::string error{};  ///< not empty: the tool failed, and why
  friend bool operator==(const AnswerTool&, const AnswerTool&) = default;
};

// ---- time, page, small services

enum class Timer : std::uint8_t { phone_check, history_search, copied, poll };

/// TimerFired{timer} after `ms`; set again it starts anew.
struct SetTimer {
  Timer timer = Timer::phone_check;
  int ms = 0;
  friend bool operator==(const SetTimer&, const SetTimer&) = default;
};
struct CopyText {
  std::string text;
  friend bool operator==(const CopyText&, const CopyText&) = default;
};
/// Answered by NumberGrouped, once the browser's half has what it takes.
struct GroupNumber {
  std::string text;
  std::string region;  ///< of a number without "+"
  friend bool operator==(const GroupNumber&, const GroupNumber&) = default;
};
struct Download {
  std::string file;
  std::string mime;
  std::string text;
  friend bool operator==(const Download&, const Download&) = default;
};
struct PickFile {
  friend bool operator==(const PickFile&, const PickFile&) = default;
};
/// Plays the audio at one of our own addresses; replaces what plays. AudioChanged follows.
struct PlayAudio {
  std::string url{};
  friend bool operator==(const PlayAudio&, const PlayAudio&) = default;
};
struct StopAudio {
  friend bool operator==(const StopAudio&, const StopAudio&) = default;
};
struct PushRoute {
  std::string route;
  bool replace = false;  ///< the same entry in the tab's history
  friend bool operator==(const PushRoute&, const PushRoute&) = default;
};
struct StoreSetting {
  std::string key;
  std::string value;      ///< empty: forget it
  bool this_tab = false;  ///< outlives a reload only
  friend bool operator==(const StoreSetting&, const StoreSetting&) = default;
};
/// Shows the page in a language: fetches its words, unless they are here, and has the browser write
/// numbers, times and names in it. Answered by LanguageLoaded or LanguageFailed, at once where
/// nothing has to be fetched, and by CountriesNamed later.
struct UseLanguage {
  std::string language;  ///< empty: the browser's
  friend bool operator==(const UseLanguage&, const UseLanguage&) = default;
};
struct SetTitle {
  std::string title;
  friend bool operator==(const SetTitle&, const SetTitle&) = default;
};
/// Asks for leave to notify, inside the press. Answered by NotifyAnswered.
struct AskToNotify {
  friend bool operator==(const AskToNotify&, const AskToNotify&) = default;
};
/// Tells somebody who looks at something else. A press on it brings this tab back, as LiveSelected.
struct Notify {
  std::string call;  ///< a later one of the same call takes the place of the first
  std::string title;
  std::string body;
  friend bool operator==(const Notify&, const Notify&) = default;
};
/// Offers the browser that phone links (tel:) of other pages are opened here; it asks the person.
struct TakePhoneLinks {
  friend bool operator==(const TakePhoneLinks&, const TakePhoneLinks&) = default;
};
struct PlayEndTone {
  friend bool operator==(const PlayEndTone&, const PlayEndTone&) = default;
};
/// These keys do nothing else while held outside of text fields.
struct ClaimKeys {
  std::vector<std::string> codes;
  friend bool operator==(const ClaimKeys&, const ClaimKeys&) = default;
};
/// Moves the keyboard to a node, by the name its view gives it (kit/ui.h, node_key).
struct FocusField {
  std::string field;
  friend bool operator==(const FocusField&, const FocusField&) = default;
};
/// Leaves for another page of this server: its log-in form.
struct GoTo {
  std::string path;
  bool new_tab = false;
  friend bool operator==(const GoTo&, const GoTo&) = default;
};
/// Whether the browser asks before it closes or reloads the page.
struct AskBeforeLeaving {
  bool ask = false;
  friend bool operator==(const AskBeforeLeaving&, const AskBeforeLeaving&) = default;
};
using Effect =
    std::variant<HttpCall, OpenEvents, MakeKey, PrepareMicrophone, ReleaseMicrophone, StartWebCall,
                 LeaveWebCall, MuteMicrophone, MuteSpeaker, UseMicrophone, UseSpeaker, ListDevices,
                 SendText, SetOutput, WantLevels, AnswerTool, SetTimer, CopyText, GroupNumber,
                 Download, PickFile, PlayAudio, StopAudio, PushRoute, StoreSetting, UseLanguage,
                 SetTitle, AskToNotify, Notify, TakePhoneLinks, PlayEndTone, ClaimKeys, FocusField,
                 GoTo, AskBeforeLeaving>;
using Effects = std::vector<Effect>;

}  // namespace voxdial::ui
