// Settings: what this browser remembers.
#include <array>

#include "wasm-ui/views/screens.h"

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

Card begin_section(Ui& ui, Area& area, Area& inner, std::string_view title) {
  heading(ui, area, ui.id(title), lead_text, title, 2);
  area.skip(space::s);
  return begin_card(ui, area, inner);
}

}  // namespace

void draw_devices(Ui& ui, Area& area, const Model& model) {
  const Settings& s = model.settings;
  if (auto chosen =
          select(ui, area, ui.id("microphone"), {.label = "Microphone", .value = s.microphone},
                 device_options(s.microphones, s.microphone))) {
    ui.act(MicrophoneChosen{*chosen});
  }
  if (s.speakers.empty()) return;  // the browser offers no choice
  area.skip(space::m);
  if (auto chosen = select(ui, area, ui.id("speaker"), {.label = "Speaker", .value = s.speaker},
                           device_options(s.speakers, s.speaker))) {
    ui.act(SpeakerChosen{*chosen});
  }
}

void draw_settings(Ui& ui, Area& area, const Model& model) {
  const Settings& s = model.settings;
  screen_title(ui, area, "Settings", "Kept in this browser only.");
  Area inner;

  Card card = begin_section(ui, area, inner, "Looks");
  constexpr std::array<Choice, 3> themes{Choice{"System"}, Choice{"Light"}, Choice{"Dark"}};
  if (auto chosen = segmented(ui, inner.take(ui.control), ui.id("theme"), "Theme", themes,
                              static_cast<int>(s.theme))) {
    ui.act(ThemeChosen{static_cast<Theme>(*chosen)});
  }
  end_card(ui, area, inner, card);
  area.skip(space::xl);

  card = begin_section(ui, area, inner, "Sound");
  draw_devices(ui, inner, model);
  inner.skip(space::m);
  if (toggle(ui, inner, ui.id("end-sound"), "Signal the end of a call",
             "Two quiet notes when a call ends while this tab is in the background.",
             s.end_sound)) {
    ui.act(EndSoundSet{!s.end_sound});
  }
  end_card(ui, area, inner, card);
  area.skip(space::xl);

  card = begin_section(ui, area, inner, "Push to talk");
  if (toggle(ui, inner, ui.id("ptt"), "Speak only while a key is held",
             "The microphone of a web call is muted until you hold the key.", s.push_to_talk)) {
    ui.act(PushToTalkSet{!s.push_to_talk});
  }
  inner.skip(space::s);
  const std::string label = s.choosing_key ? "Press the new key" : "Key: " + s.talk_key;
  if (button(ui, inner, ui.id("talk-key"),
             {.label = label, .disabled = !s.push_to_talk, .on = s.choosing_key})) {
    ui.act(TalkKeyAsked{});
  }
  end_card(ui, area, inner, card);
  area.skip(space::xl);

  card = begin_section(ui, area, inner, "During a call");
  if (toggle(ui, inner, ui.id("user-words"), "Show the words of the person",
             "Off: only the agent's.", s.user_transcripts)) {
    ui.act(UserTranscriptsSet{!s.user_transcripts});
  }
  inner.skip(space::xs);
  if (toggle(ui, inner, ui.id("debug"), "Show debug messages",
             "What the agent's service tells about itself, under the transcript of a web call.",
             s.debug_messages)) {
    ui.act(DebugSet{!s.debug_messages});
  }
  end_card(ui, area, inner, card);
  if (const ServerConfig* config = model.config.value()) {
    area.skip(space::xl);
    if (config->login) {
      card = begin_section(ui, area, inner, "You");
      paragraph(ui, inner, ui.id("user"), body_text,
                "Logged in as " + config->user +
                    (config->role.empty() ? "." : ", " + config->role + "."));
      inner.skip(space::m);
      if (button(ui, inner, ui.id("log-out"),
                 {.label = "Log out", .busy = model.logging_out.busy()})) {
        ui.act(LogOutPressed{});
      }
      if (const Error* error = model.logging_out.failure()) {
        inner.skip(space::s);
        error_note(ui, inner, ui.id("log-out-failed"), *error);
      }
      end_card(ui, area, inner, card);
      area.skip(space::xl);
    }
    paragraph(ui, area, ui.id("version"), small_text, "voxdial " + config->version);
  }
}

}  // namespace voxdial::ui
