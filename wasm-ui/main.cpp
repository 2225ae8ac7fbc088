// The composition: the platform's events become actions, update() makes the next model, its effects
// go back to the platform, the screens draw. Nothing else knows both sides.
#include <imgui.h>

#include <algorithm>

#include "wasm-ui/core/update.h"
#include "wasm-ui/core/wire_codec.h"
#include "wasm-ui/platform/browser.h"
#include "wasm-ui/platform/canvas.h"
#include "wasm-ui/platform/canvas_font.h"
#include "wasm-ui/platform/mirror_dom.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

constexpr int max_passes =
    10;  // a frame settles in two to five; more would be a loop in the screens

/// What the program holds besides its model. Lives as long as the page: the frames go on, and
/// nobody takes it down.
struct App {
  Model model;
  Ui ui;
  Tokens theme{};
};
App* the_app = nullptr;

std::string format(Format as, double value, const std::string& of) {
  return platform::format(format_names[static_cast<std::size_t>(as)], value, of);
}

/// Events as actions, behind those there are.
void take_events(std::vector<Action>& actions) {
  for (const std::string& event : platform::take_events()) {
    if (auto action = decode_event(event)) actions.push_back(std::move(*action));
  }
}

/// Applies actions in order; what their effects answer at once comes behind them.
void apply(App& app, std::vector<Action> actions) {
  for (std::size_t i = 0; i < actions.size(); ++i) {
    for (const Effect& effect : update(app.model, actions[i])) {
      if (const auto* focus = std::get_if<FocusField>(&effect)) {
        platform::focus(node_key(focus->field));
      } else {
        platform::send(encode(effect));
      }
    }
    take_events(actions);
  }
}

bool leaves(const Action& action) {
  const auto* about_page = std::get_if<PageAction>(&action);
  return about_page != nullptr && std::holds_alternative<PageLeft>(*about_page);
}

// -------------------------------------------------------------------------------------- a frame

double frame(App& app) {
  std::vector<Action> actions;
  actions.push_back(Ticked{static_cast<Millis>(platform::wall_ms())});
  take_events(actions);
  const bool leaving = std::any_of(actions.begin(), actions.end(), leaves);
  apply(app, std::move(actions));
  // Browsers give a page that goes half a second for its last orders: no picture takes of that.
  if (leaving) return -1;

  std::vector<MirrorEvent> mirror_events = platform::take_mirror_events();
  const double now = platform::monotonic_ms();
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
  return app.ui.next_frame_ms;
}

void launch() {
  ImGui::CreateContext();
  ImGui::GetStyle().FontSizeBase = line_of(type::body);
  if (!platform::open_canvas()) return;  // the page says so already
  const Faces faces = platform::add_canvas_faces(*ImGui::GetIO().Fonts);
  the_app = new App{
      {}, Ui({faces, format, platform::shaped, platform::has_flags()}, platform::monotonic_ms())};
  std::vector<Action> first;
  platform::open_door();
  take_events(first);
  apply(*the_app, std::move(first));
  platform::start([] { return frame(*the_app); });
}

}  // namespace
}  // namespace voxdial::ui

int main() { voxdial::platform::enter(voxdial::ui::launch); }
