// Settings: what this browser remembers.
#include <array>

#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

Options device_options(const std::vector<Device>& devices, const std::string& chosen) {
  Options options;
  options.add("", "The browser's default");
  int n = 0;
  for (const Device& device : devices) {
    ++n;
    if (device.id.empty()) continue;
    options.add(device.id, device.name.empty() ? "Device " + std::to_string(n) : device.name);
  }
  if (!options.has(chosen)) options.add(chosen, "A device that is not connected");
  return options;
}

void section(Ui& ui, const char* title) {
  heading(ui, title, 2, lead_text, title);
  gap(space::s);
}

void draw_sound_choices(Ui& ui, const Model& model) {
  section(ui, "Sound");
  const Card card(ui, "sound");
  draw_devices(ui, model);
  gap(space::m);
  const bool on = model.settings.end_sound;
  if (toggle(ui, "end-sound", "Signal the end of a call",
             "Two quiet notes when a call ends while this tab is in the background.", on)) {
    ui.act(EndSoundSet{!on});
  }
}

void draw_background(Ui& ui, const Settings& s) {
  section(ui, "Outside of this page");
  const Card card(ui, "outside");
  if (s.consent != Consent::missing) {
    const bool on = notifies(s);
    const bool denied = s.consent == Consent::denied;
    if (toggle(ui, "notify", "Notify me of my calls",
               denied ? "The browser blocks this site's notifications. Allow them at the left of "
                        "the address bar, then reload the page."
                      : "When a call is answered or ends while you look at something else.",
               on, denied)) {
      ui.act(NotifySet{!on});
    }
    gap(space::m);
  }
  if (!s.phone_links) return;
  if (button(ui, "phone-links", {.label = "Open phone links here"})) ui.act(PhoneLinksPressed{});
  gap(space::s);
  text(ui, "A phone link of another page then fills the form. It never dials by itself.",
       small_text, Role::text, "phone-links-hint");
}

void draw_push_to_talk(Ui& ui, const Settings& s) {
  section(ui, "Push to talk");
  const Card card(ui, "talk");
  if (toggle(ui, "ptt", "Speak only while a key is held",
             "The microphone of a web call is muted until you hold the key.", s.push_to_talk)) {
    ui.act(PushToTalkSet{!s.push_to_talk});
  }
  gap(space::s);
  const std::string label = s.choosing_key ? "Press the new key" : "Key: " + s.talk_key;
  if (button(ui, "talk-key", {.label = label, .disabled = !s.push_to_talk, .on = s.choosing_key})) {
    ui.act(TalkKeyAsked{});
  }
}

void draw_during(Ui& ui, const Settings& s) {
  section(ui, "During a call");
  const Card card(ui, "during");
  if (toggle(ui, "user-words", "Show the words of the person", "Off: only the agent's.",
             s.user_transcripts)) {
    ui.act(UserTranscriptsSet{!s.user_transcripts});
  }
  gap(space::s);
  if (toggle(ui, "debug", "Show debug messages",
             "What the agent's service tells about itself, under the transcript of a web call.",
             s.debug_messages)) {
    ui.act(DebugSet{!s.debug_messages});
  }
}

void draw_you(Ui& ui, const Model& model, const ServerConfig& config) {
  section(ui, "You");
  const Card card(ui, "you");
  text(ui, "Logged in as " + config.user + (config.role.empty() ? "." : ", " + config.role + "."),
       body_text, Role::text, "user");
  gap(space::m);
  if (button(ui, "log-out", {.label = "Log out", .busy = model.logging_out.busy()})) {
    ui.act(LogOutPressed{});
  }
  if (const Error* error = model.logging_out.failure()) error_note(ui, "log-out-failed", *error);
}

}  // namespace

void draw_devices(Ui& ui, const Model& model) {
  const Settings& s = model.settings;
  if (auto chosen = select(ui, "microphone", {.label = "Microphone", .value = s.microphone},
                           device_options(s.microphones, s.microphone))) {
    ui.act(MicrophoneChosen{*chosen});
  }
  if (s.speakers.empty()) return;  // the browser offers no choice
  gap(space::m);
  if (auto chosen = select(ui, "speaker", {.label = "Speaker", .value = s.speaker},
                           device_options(s.speakers, s.speaker))) {
    ui.act(SpeakerChosen{*chosen});
  }
}

void draw_settings(Ui& ui, const Model& model) {
  gap(is_narrow(model) ? space::l : space::xxl);
  const Column column("settings", measure, is_narrow(model) ? space::l : space::xl);
  const Settings& s = model.settings;
  screen_title(ui, "Settings", "Kept in this browser only.");
  section(ui, "Looks");
  {
    const Card card(ui, "looks");
    constexpr std::array<Choice, 3> themes{Choice{"System"}, Choice{"Light"}, Choice{"Dark"}};
    if (auto chosen = segmented(ui, "theme", "Theme", themes, static_cast<int>(s.theme))) {
      ui.act(ThemeChosen{static_cast<Theme>(*chosen)});
    }
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
    text(ui, "voxdial " + config->version, small_text, Role::text, "version");
  }
  gap(space::xxl);
}

}  // namespace voxdial::ui
