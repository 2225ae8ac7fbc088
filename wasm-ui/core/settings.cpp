#include "wasm-ui/core/settings.h"

#include "wasm-ui/core/model.h"

namespace voxdial::ui {
namespace {

void remember(Effects& effects, const char* key, std::string value) {
  effects.push_back(StoreSetting{key, std::move(value)});
}
std::string flag(bool on) { return on ? "on" : "off"; }

void claim_talk_key(const Settings& settings, Effects& effects) {
  ClaimKeys claim;
  if (settings.push_to_talk) claim.codes.push_back(settings.talk_key);
  effects.push_back(std::move(claim));
}

void on(Model& model, const ThemeChosen& a, Effects& effects) {
  model.settings.theme = a.theme;
  const char* names[] = {"", "light", "dark"};
  remember(effects, "theme", names[static_cast<int>(a.theme)]);
}
void use_language(const Settings& settings, Effects& effects) {
  effects.push_back(UseLanguage{settings.language});
}
void on(Model& model, const LanguageChosen& a, Effects& effects) {
  model.settings.language = a.language;
  model.settings.language_failed = false;
  remember(effects, "language", a.language);
  use_language(model.settings, effects);
}
void on(Model& model, const LanguageLoaded& a, Effects&) {
  model.words = a.words;
  model.settings.language_failed = false;
}
void on(Model& model, const CountriesNamed& a, Effects&) { model.countries = a.countries; }
void on(Model& model, const LanguageFailed&, Effects&) { model.settings.language_failed = true; }
void on(Model& model, const MicrophoneChosen& a, Effects& effects) {
  model.settings.microphone = a.device;
  remember(effects, "microphone", a.device);
  if (model.web.active()) effects.push_back(UseMicrophone{a.device});
}
void on(Model& model, const SpeakerChosen& a, Effects& effects) {
  model.settings.speaker = a.device;
  remember(effects, "speaker", a.device);
  if (model.web.active()) effects.push_back(UseSpeaker{a.device});
}
void on(Model& model, const DevicesListed& a, Effects&) {
  model.settings.microphones = a.microphones;
  model.settings.speakers = a.speakers;
}
void on(Model& model, const PushToTalkSet& a, Effects& effects) {
  const bool was_silent = microphone_silent(model);
  model.settings.push_to_talk = a.on;
  model.web.talk_held = false;
  remember(effects, "push_to_talk", flag(a.on));
  claim_talk_key(model.settings, effects);
  apply_microphone(model, was_silent, effects);
}
void on(Model& model, const TalkKeyAsked&, Effects&) {
  model.settings.choosing_key = !model.settings.choosing_key;
}
void on(Model& model, const EndSoundSet& a, Effects& effects) {
  model.settings.end_sound = a.on;
  remember(effects, "end_sound", flag(a.on));
}
void on(Model& model, const NotifySet& a, Effects& effects) {
  model.settings.notify = a.on;
  remember(effects, "notify", flag(a.on));
  ask_to_notify(model.settings, effects);
}
void on(Model& model, const NotifyAnswered& a, Effects& effects) {
  model.settings.consent = a.consent;
  // Put off without an answer: it is not asked at each call anew.
  if (a.consent == Consent::unasked) on(model, NotifySet{false}, effects);
}
void on(Model&, const PhoneLinksPressed&, Effects& effects) { effects.push_back(TakePhoneLinks{}); }
void on(Model& model, const ShortcutsSet& a, Effects& effects) {
  model.settings.shortcuts = a.on;
  remember(effects, "shortcuts", flag(a.on));
}
void on(Model& model, const DebugSet& a, Effects& effects) {
  model.settings.debug_messages = a.on;
  remember(effects, "debug", flag(a.on));
}
void on(Model& model, const UserTranscriptsSet& a, Effects& effects) {
  model.settings.user_transcripts = a.on;
  remember(effects, "user_transcripts", flag(a.on));
}

/// The template's parameters say "true"; "false" is ours, for symmetry.
void take_parameter(bool& setting, std::string_view value) {
  if (value == "true") setting = true;
  if (value == "false") setting = false;
}

}  // namespace

void update(Model& model, const SettingsAction& action, Effects& effects) {
  std::visit([&](const auto& a) { on(model, a, effects); }, action);
}

void launch_settings(Model& model, const Launched& launched, Effects& effects) {
  Settings& s = model.settings;
  for (const auto& [key, value] : launched.stored) {
    if (value.empty()) continue;
    const bool is_on = value == "on";
    if (key == "theme") s.theme = value == "dark" ? Theme::dark : Theme::light;
    if (key == "language") s.language = value;
    if (key == "microphone") s.microphone = value;
    if (key == "speaker") s.speaker = value;
    if (key == "push_to_talk") s.push_to_talk = is_on;
    if (key == "talk_key") s.talk_key = value;
    if (key == "end_sound") s.end_sound = is_on;
    if (key == "notify") s.notify = is_on;
    if (key == "shortcuts") s.shortcuts = is_on;
    if (key == "debug") s.debug_messages = is_on;
    if (key == "user_transcripts") s.user_transcripts = is_on;
  }
  s.consent = launched.consent;
  s.phone_links = launched.phone_links;
  take_parameter(s.speaker_mute, launched.query_speaker_mute);
  take_parameter(s.debug_messages, launched.query_debug);
  take_parameter(s.user_transcripts, launched.query_user_transcripts);
  if (s.push_to_talk) claim_talk_key(s, effects);
  use_language(s, effects);
}

CountryName country_of(const Model& model, std::string_view region) {
  for (const CountryName& one : model.countries) {
    if (one.region == region) return one;
  }
  return {.region = std::string(region), .name = std::string(region), .calling_code = {}};
}

bool notifies(const Settings& settings) {
  return settings.notify && settings.consent == Consent::granted;
}

void ask_to_notify(const Settings& settings, Effects& effects) {
  if (settings.notify && settings.consent == Consent::unasked) effects.push_back(AskToNotify{});
}

bool choose_key(Model& model, std::string_view code, Effects& effects) {
  Settings& s = model.settings;
  if (!s.choosing_key) return false;
  s.choosing_key = false;
  if (model.web.talk_held) update(model, WebAction{TalkHeld{false}}, effects);  // the old key's
  // Tab and Enter move and press: a page that eats them cannot be used by keyboard.
  if (code != "Escape" && code != "Tab" && code != "Enter") {
    s.talk_key = std::string(code);
    remember(effects, "talk_key", s.talk_key);
    claim_talk_key(s, effects);
  }
  return true;
}

}  // namespace voxdial::ui
