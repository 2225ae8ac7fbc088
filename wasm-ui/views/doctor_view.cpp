// The doctor: each check with what was found and the one thing to do.
#include <algorithm>

#include "shared/countries.h"
#include "wasm-ui/views/screens.h"

namespace voxdial::ui {
namespace {

using State = DoctorCheck::State;

struct StateLook {
  Icon icon;
  Token colour;
  std::string_view word;
};
StateLook look_of(State state) {
  switch (state) {
    case State::ok:
      return {Icon::check, Token::good, "Good"};
    case State::warning:
      return {Icon::warning, Token::warn, "Take note"};
    case State::failed:
      return {Icon::close, Token::bad, "Failed"};
    case State::unknown:
      return {Icon::info, Token::text_quiet, "Not known"};
  }
  return {};
}

void draw_check(Ui& ui, Area& area, const DoctorCheck& check) {
  ui.push_scope("check:" + check.id);
  const StateLook look = look_of(check.state);
  const float top = area.y;
  ui.begin_group(ui.id("check"), Role::listitem,
                 check.title + ": " + std::string(look.word) + ". " + check.detail +
                     (check.remedy.empty() ? "" : " " + check.remedy));
  ui.list().AddCircleFilled({area.x + 14, area.y + 14}, 14, ui.ink(look.colour, 0.16F));
  draw_icon(ui.list(), look.icon, area.x + 14, area.y + 14, 16, ui.ink(look.colour));
  Area words{area.x + 28 + space::m, area.y + 4, area.w - 28 - space::m};
  const TextStyle state{type::small, Face::semibold, look.colour};
  const float state_w = text_width(ui, state, look.word);
  glyphs(ui, words.x + words.w - state_w, words.y + 1, state, look.word);
  line(ui, {words.x, words.y, words.w - state_w - space::m, line_of(type::body)}, ui.id("title"),
       strong_text, check.title);
  words.skip(line_of(type::body) + 2);
  if (!check.detail.empty()) paragraph(ui, words, ui.id("detail"), quiet_text, check.detail);
  if (!check.remedy.empty()) {
    words.skip(2);
    paragraph(ui, words, ui.id("remedy"), body_text, check.remedy);
  }
  area.y = words.y;
  ui.end_group({area.x, top, area.w, area.y - top});
  area.skip(space::l);
  ui.pop_scope();
}

std::string summary(const std::vector<DoctorCheck>& checks) {
  int failed = 0, open = 0;
  for (const DoctorCheck& check : checks) {
    failed += check.state == State::failed ? 1 : 0;
    open += check.state == State::unknown || check.state == State::warning ? 1 : 0;
  }
  if (failed == 1) return "1 check failed. It stands below with its remedy.";
  if (failed > 1)
    return std::to_string(failed) + " checks failed. Each stands below with its remedy.";
  if (open > 0) return "Nothing failed, but not everything is certain.";
  return "Everything that was checked is good.";
}

}  // namespace

void draw_doctor(Ui& ui, Area& area, const Model& model) {
  screen_title(ui, area, "Doctor", "What could stop a real call, checked now.");
  const Request<DoctorReport>& report = model.doctor.report;
  const Button again{.label = "Check again", .icon = Icon::retry, .busy = report.busy()};
  const Button mic{.label = "Try the microphone",
                   .icon = Icon::mic,
                   .disabled = model.web.active() || !model.page.secure,
                   .busy = model.doctor.microphone.busy()};
  const float again_w = button_width(ui, again);
  const Box row = area.take(ui.control);
  if (button(ui, Box{row.x, row.y, again_w, row.h}, ui.id("check-again"), again))
    ui.act(DoctorPressed{});
  if (button(ui,
             Box{row.x + again_w + space::s, row.y,
                 std::min(button_width(ui, mic), row.w - again_w - space::s), row.h},
             ui.id("try-mic"), mic)) {
    ui.act(TryMicrophonePressed{});
  }
  area.skip(space::xl);

  heading(ui, area, ui.id("server-title"), lead_text, "This server", 2);
  area.skip(space::m);
  const ServerConfig* config = model.config.value();
  if (config != nullptr && config->phone) {
    Options options;
    options.add("", "The caller number's country");
    for (const Country& one : countries()) options.add(one.region, one.name);
    Area field{area.x, area.y, std::min(area.w, 320.0F)};
    if (auto region =
            select(ui, field, ui.id("destination"),
                   {.label = "Calls to", .value = model.doctor.region, .disabled = report.busy()},
                   std::move(options))) {
      ui.act(DoctorRegionChosen{*region});
    }
    area.y = field.y;
    area.skip(space::l);
  }
  if (const Error* error = report.failure()) {
    if (failed_panel(ui, area, ui.id("doctor-failed"), *error)) ui.act(DoctorPressed{});
  } else if (const DoctorReport* loaded = report.value()) {
    paragraph(ui, area, ui.id("summary"), quiet_text,
              summary(loaded->checks) + " Checked at " +
                  ui.services.local_time(loaded->at, TimeStyle::clock_seconds) + ".",
              Role::status);
    area.skip(space::l);
    for (const DoctorCheck& check : loaded->checks) draw_check(ui, area, check);
    if (loaded->checks.empty()) {
      empty_state(ui, area, ui.id("no-checks"), Icon::doctor, "Nothing was checked",
                  "The server made no checks.");
    }
  } else {
    skeleton(ui, area, ui.id("doctor-loading"), 8);
  }
  area.skip(space::l);
  heading(ui, area, ui.id("browser-title"), lead_text, "This browser", 2);
  area.skip(space::m);
  for (const DoctorCheck& check : browser_checks(model)) draw_check(ui, area, check);
}

}  // namespace voxdial::ui
