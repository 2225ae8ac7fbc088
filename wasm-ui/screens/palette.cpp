// The list of commands: everything a person may want from wherever they are, found by typing.
#include <algorithm>

#include "wasm-ui/core/call_words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

constexpr std::size_t recent_shown = 8;

Box box_of_palette() {
  const ImVec2 page = ImGui::GetIO().DisplaySize;
  const float w = std::min(page.x - 2 * space::s, 560.0F), top = std::max(space::s, page.y * 0.1F);
  return {(page.x - w) / 2, top, w, std::min(page.y - top - space::s, 480.0F)};
}

}  // namespace

void draw_palette(Ui& ui, const Model& model) {
  if (model.palette == Palette::closed) return;
  const bool keys_only = model.palette == Palette::shortcuts;
  if (!keys_only && model.history.first_page.idle()) ui.act(RecentCallsWanted{});
  Chooser list(ui, keys_only ? "shortcuts" : "commands",
               {ui.tr(keys_only ? Word::keyboard_shortcuts : Word::commands),
                ui.tr(Word::no_matching_commands)},
               box_of_palette());
  if (list.done()) ui.act(PaletteOpened{Palette::closed});  // first: a command may open another

  const auto keyed = [&](std::string value, Word label, std::string_view key) {
    return list.option({std::move(value), std::string(ui.tr(label)), {}, std::string(key)});
  };
  const auto command = [&](std::string value, std::string_view label, std::string hint = {}) {
    return !keys_only && list.option({std::move(value), std::string(label), {}, std::move(hint)});
  };
  const auto about = [&](Word what, std::string_view whom) {
    return ui.tr({Word::fact, "what value"}, ui.tr(what), whom);
  };

  for (const LiveCall& live : model.live.cards) {
    const Call& call = live.call;
    if (!is_terminal(call.status) &&
        command("end:" + call.id, about(Word::end_call, call_party(ui.words(), call)))) {
      ui.act(HangUpPressed{call.id});
    }
  }
  if (const bool muted = model.web.mic_muted;
      model.web.active() &&
      keyed("microphone", muted ? Word::unmute_microphone : Word::mute_microphone,
            microphone_key)) {
    ui.act(MicMuteSet{!muted});
  }
  for (const NavItem& nav : nav_items) {
    const ScreenFacts& one = facts_of(nav.screen);
    if (keys_only && one.key.empty()) continue;
    if (keyed("go:" + std::string(one.name), one.word, one.key)) ui.act(ScreenWanted{nav.screen});
  }
  if (!model.web.active() && command("web", ui.tr(Word::start_web_call))) {
    ui.act(ScreenWanted{Screen::call});
    ui.act(MediumChosen{MediumType::web});
    ui.act(PlacePressed{});
  }
  if (command("phone", ui.tr(Word::call_a_number))) {
    ui.act(MediumChosen{MediumType::twilio});
    ui.act(ScreenWanted{Screen::call, "number"});
  }
  if (model.settings.shortcuts && keyed("shortcuts", Word::keyboard_shortcuts, shortcuts_key))
    ui.act(PaletteOpened{Palette::shortcuts});
  if (keys_only) {
    if (keyed("down", Word::next_call, down_key)) ui.act(RowWanted{1});
    if (keyed("up", Word::previous_call, up_key)) ui.act(RowWanted{-1});
  }
  for (const auto& [theme, name] : {std::pair{Theme::system, Word::theme_system},
                                    {Theme::light, Word::theme_light},
                                    {Theme::dark, Word::theme_dark}}) {
    if (model.settings.theme != theme && command("theme:" + std::to_string(static_cast<int>(theme)),
                                                 about(Word::theme, ui.tr(name)))) {
      ui.act(ThemeChosen{theme});
    }
  }
  const auto& rows = model.history.rows;
  for (std::size_t i = 0; i < rows.size() && i < recent_shown; ++i) {
    if (command("again:" + rows[i].id, about(Word::call_again, call_party(ui.words(), rows[i])),
                ui.time(rows[i].created_at, Format::date_time))) {
      ui.act(CallAgainPressed{rows[i]});
    }
  }
}

}  // namespace voxdial::ui
