// Settings: what this browser remembers.
#include <array>

#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

Options device_options(Ui& ui, const std::vector<Device>& devices, const std::string& chosen) {
  Options options;
  options.add("", ui.tr(Word::device_default));
  int n = 0;
  for (const Device& device : devices) {
    ++n;
    if (device.id.empty()) continue;
    const std::string number = ui.tr({Word::device_number, "n"}, std::to_string(n));
    options.add(device.id, device.name.empty() ? number : device.name);
  }
  if (!options.has(chosen)) options.add(chosen, ui.tr(Word::device_gone));
  return options;
}

void section(Ui& ui, Word title) {
  heading(ui, ui.tr(title), 2, lead_text);
  gap(space::s);
}

void draw_sound_choices(Ui& ui, const Model& model) {
  section(ui, Word::sound);
  const Card card(ui, "sound");
  draw_devices(ui, model);
  gap(space::m);
  const bool on = model.settings.end_sound;
  if (toggle(ui, "end-sound", ui.tr(Word::end_tone), ui.tr(Word::end_tone_hint), on)) {
    ui.act(EndSoundSet{!on});
  }
}

void draw_background(Ui& ui, const Settings& s) {
  section(ui, Word::outside);
  const Card card(ui, "outside");
  if (s.consent != Consent::missing) {
    const bool on = notifies(s);
    const bool denied = s.consent == Consent::denied;
    if (toggle(ui, "notify", ui.tr(Word::notify),
               ui.tr(denied ? Word::notify_denied : Word::notify_hint), on, denied)) {
      ui.act(NotifySet{!on});
    }
    gap(space::m);
  }
  if (!s.phone_links) return;
  if (button(ui, "phone-links", {.label = ui.tr(Word::phone_links)})) ui.act(PhoneLinksPressed{});
  gap(space::s);
  text(ui, ui.tr(Word::phone_links_hint), small_text, Role::text, "phone-links-hint");
}

void draw_language(Ui& ui, const Settings& s) {
  Options options;
  options.add("", ui.tr(Word::language_of_browser));
  for (const Language& one : languages) options.add(one.code, one.name);
  if (auto chosen = select(ui, "page-language",
                           {.label = ui.tr(Word::language),
                            .value = s.language,
                            .fault = s.language_failed ? ui.tr(Word::language_failed) : ""},
                           std::move(options))) {
    ui.act(LanguageChosen{*chosen});
  }
}

void draw_push_to_talk(Ui& ui, const Settings& s) {
  section(ui, Word::push_to_talk);
  const Card card(ui, "talk");
  if (toggle(ui, "ptt", ui.tr(Word::push_to_talk_on), ui.tr(Word::push_to_talk_hint),
             s.push_to_talk)) {
    ui.act(PushToTalkSet{!s.push_to_talk});
  }
  gap(space::s);
  const std::string label = s.choosing_key ? std::string(ui.tr(Word::press_new_key))
                                           : ui.tr({Word::talk_key, "key"}, s.talk_key);
  if (button(ui, "talk-key", {.label = label, .disabled = !s.push_to_talk, .on = s.choosing_key})) {
    ui.act(TalkKeyAsked{});
  }
}

void draw_during(Ui& ui, const Settings& s) {
  section(ui, Word::during_a_call);
  const Card card(ui, "during");
  if (toggle(ui, "user-words", ui.tr(Word::show_person), ui.tr(Word::show_person_hint),
             s.user_transcripts)) {
    ui.act(UserTranscriptsSet{!s.user_transcripts});
  }
  gap(space::s);
  if (toggle(ui, "shortcuts", ui.tr(Word::keyboard_shortcuts), ui.tr(Word::shortcuts_hint),
             s.shortcuts)) {
    ui.act(ShortcutsSet{!s.shortcuts});
  }
  gap(space::s);
  if (toggle(ui, "debug", ui.tr(Word::show_debug), ui.tr(Word::show_debug_hint),
             s.debug_messages)) {
    ui.act(DebugSet{!s.debug_messages});
  }
}

void draw_you(Ui& ui, const Model& model, const ServerConfig& config) {
  section(ui, Word::account);
  const Card card(ui, "you");
  text(ui,
       config.role.empty()
           ? ui.tr({Word::logged_in_as, "name"}, config.user)
           : ui.tr({Word::logged_in_as_role, "name role"}, config.user, ui.said(config.role)),
       body_text, Role::text, "user");
  gap(space::m);
  if (button(ui, "log-out", {.label = ui.tr(Word::log_out), .busy = model.logging_out.busy()})) {
    ui.act(LogOutPressed{});
  }
  if (const Error* error = model.logging_out.failure()) error_note(ui, "log-out-failed", *error);
}

}  // namespace

void draw_devices(Ui& ui, const Model& model) {
  const Settings& s = model.settings;
  if (auto chosen =
          select(ui, "microphone", {.label = ui.tr(Word::microphone), .value = s.microphone},
                 device_options(ui, s.microphones, s.microphone))) {
    ui.act(MicrophoneChosen{*chosen});
  }
  gap(space::m);
  if (auto chosen = select(ui, "speaker",
                           {.label = ui.tr(Word::speaker),
                            .value = s.speaker,
                            .disabled = s.speakers.empty()},  // no choice, or not yet
                           device_options(ui, s.speakers, s.speaker))) {
    ui.act(SpeakerChosen{*chosen});
  }
}

void draw_settings(Ui& ui, const Model& model) {
  gap(is_narrow(model) ? space::l : space::xxl);
  const Column column("settings", measure, is_narrow(model) ? space::l : space::xl);
  const Settings& s = model.settings;
  screen_title(ui, ui.tr(Word::nav_settings), ui.tr(Word::settings_about));
  section(ui, Word::appearance);
  {
    const Card card(ui, "looks");
    const std::array<Choice, 3> themes{Choice{ui.tr(Word::theme_system)},
                                       Choice{ui.tr(Word::theme_light)},
                                       Choice{ui.tr(Word::theme_dark)}};
    if (auto chosen =
            segmented(ui, "theme", ui.tr(Word::theme), themes, static_cast<int>(s.theme))) {
      ui.act(ThemeChosen{static_cast<Theme>(*chosen)});
    }
    gap(space::m);
    draw_language(ui, s);
  }
  gap(space::xl);
  draw_sound_choices(ui, model);
  gap(space::xl);
  draw_push_to_talk(ui, s);
  gap(space::xl);
  if (s.consent != Consent::missing || s.phone_links) {
    draw_background(ui, s);
    gap(space::xl);
  }
  draw_during(ui, s);
  if (const ServerConfig* config = model.config.value()) {
    gap(space::xl);
    if (config->login) {
      draw_you(ui, model, *config);
      gap(space::xl);
    }
    text(ui, ui.tr({Word::version, "version"}, config->version), small_text, Role::text, "version");
  }
  gap(space::xxl);
}

}  // namespace voxdial::ui
