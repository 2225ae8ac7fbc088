// What a person prefers here: remembered in this browser, never sent anywhere.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wasm-ui/core/effect.h"
#include "wasm-ui/core/words/words.h"

namespace voxdial::ui {

struct Model;
struct Launched;

enum class Theme : std::uint8_t { system, light, dark };

/// What the browser says about notifications.
enum class Consent : std::uint8_t { missing, unasked, granted, denied };  ///< missing: it has none

struct Device {
  std::string id;
  std::string name;  ///< empty before the first permission
  friend bool operator==(const Device&, const Device&) = default;
};

struct CountryName {
  std::string region;  ///< "US"
  std::string name;
  std::string calling_code;  ///< "1"
  friend bool operator==(const CountryName&, const CountryName&) = default;
};

struct Settings {
  Theme theme = Theme::system;
  std::string language;          ///< of `languages`; empty: the browser's
  bool language_failed = false;  ///< what was chosen last could not be fetched
  std::string microphone;        ///< device id; empty: the default
  std::string speaker;
  bool push_to_talk = false;
  std::string talk_key = "Space";  ///< a place on the keyboard, whatever the layout
  bool choosing_key = false;       ///< the next key pressed becomes the talk key
  bool end_sound = true;
  bool notify = true;  ///< of a call in the background, where the browser consents
  Consent consent = Consent::missing;
  bool phone_links = false;  ///< the browser can open phone links here
  bool shortcuts = true;     ///< letters as keys of the page
  bool debug_messages = false;
  bool user_transcripts = true;
  bool speaker_mute = true;
  // What the machine has; empty until asked.
  std::vector<Device> microphones;
  std::vector<Device> speakers;
  friend bool operator==(const Settings&, const Settings&) = default;
};

struct ThemeChosen {
  Theme theme = Theme::system;
};
struct LanguageChosen {
  std::string language;
};
struct LanguageLoaded {
  Words words;
};
struct LanguageFailed {};
/// The countries as the language calls and sorts them.
struct CountriesNamed {
  std::vector<CountryName> countries;
};
struct MicrophoneChosen {
  std::string device;
};
struct SpeakerChosen {
  std::string device;
};
struct DevicesListed {
  std::vector<Device> microphones, speakers;
};
struct PushToTalkSet {
  bool on = false;
};
struct TalkKeyAsked {};  ///< "press the key you want"; a second time: keep the old one
struct EndSoundSet {
  bool on = false;
};
struct NotifySet {
  bool on = false;
};
struct NotifyAnswered {
  Consent consent = Consent::unasked;
};
struct PhoneLinksPressed {};
struct ShortcutsSet {
  bool on = false;
};
struct DebugSet {
  bool on = false;
};
struct UserTranscriptsSet {
  bool on = false;
};

using SettingsAction =
    std::variant<ThemeChosen, LanguageChosen, LanguageLoaded, LanguageFailed, CountriesNamed,
                 MicrophoneChosen, SpeakerChosen, DevicesListed, PushToTalkSet, TalkKeyAsked,
                 EndSoundSet, NotifySet, NotifyAnswered, PhoneLinksPressed, ShortcutsSet, DebugSet,
                 UserTranscriptsSet>;
void update(Model& model, const SettingsAction& action, Effects& effects);

/// Takes up what was remembered and what the address asks for.
void launch_settings(Model& model, const Launched& launched, Effects& effects);
/// Whether somebody who looks at something else is told of a call.
bool notifies(const Settings& settings);
/// Asks the browser, where that is still open. Only inside a press.
void ask_to_notify(const Settings& settings, Effects& effects);
/// A key went down while one is being chosen: true when it was taken. Escape keeps the old one.
bool choose_key(Model& model, std::string_view code, Effects& effects);

}  // namespace voxdial::ui
