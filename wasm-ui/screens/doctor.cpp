// The doctor: each check with what was found and the one thing to do.
#include <algorithm>

#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

using State = DoctorCheck::State;

struct StateLook {
  const char* icon;
  Token colour;
  Word word;
};
StateLook look_of(State state) {
  switch (state) {
    case State::ok:
      return {icon::check, Token::good, Word::check_ok};
    case State::warning:
      return {icon::warning, Token::warn, Word::check_warning};
    case State::failed:
      return {icon::close, Token::bad, Word::check_failed};
    case State::unknown:
      return {icon::info, Token::text_quiet, Word::check_unknown};
  }
  return {icon::info, Token::text_quiet, Word::check_unknown};
}

void draw_check(Ui& ui, const DoctorCheck& check) {
  ImGui::PushID(check.id.c_str());
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  const StateLook look = look_of(check.state);
  const std::string &title = check.title, &detail = check.detail, &remedy = check.remedy;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddCircleFilled({at.x + 14, at.y + 14}, 14,
                                              ui.ink(look.colour, 0.16F));
  ImGui::SetCursorPos({ImGui::GetCursorPosX() + 5, ImGui::GetCursorPosY() + 4});
  paint(ui, look.icon, {type::body, Face::regular, look.colour});
  ImGui::TableNextColumn();
  ImGui::BeginGroup();
  gap(space::s);
  const TextStyle state_text{type::small, Face::semibold, look.colour};
  const float room = ImGui::GetContentRegionAvail().x;
  const float title_w = room - text_width(ui, state_text, ui.tr(look.word)) - space::m;
  const float from = ImGui::GetCursorPosX();
  paint(ui, title, strong_text, title_w);
  ImGui::SameLine();
  ImGui::SetCursorPosX(from + title_w + space::m);
  paint(ui, ui.tr(look.word), state_text, -1);
  if (!detail.empty()) paint_wrapped(ui, detail, quiet_text);
  if (!remedy.empty()) paint_wrapped(ui, remedy, body_text);
  gap(space::m);
  ImGui::EndGroup();
  ui.item(Role::listitem, ui.tr({Word::check_said, "title state found"}, title, ui.tr(look.word),
                                remedy.empty() ? detail : detail + ' ' + remedy));
  ImGui::PopID();
}

/// What is to be done stands first.
void draw_checks(Ui& ui, const char* id, Word name, const std::vector<DoctorCheck>& checks) {
  const Group list(ui, Role::list, ui.tr(name));
  if (!ImGui::BeginTable(id, 2)) return;
  ImGui::TableSetupColumn("sign", ImGuiTableColumnFlags_WidthFixed, 28);
  ImGui::TableSetupColumn("check", ImGuiTableColumnFlags_WidthStretch);
  for (const State state : {State::failed, State::warning, State::unknown, State::ok}) {
    for (const DoctorCheck& check : checks) {
      if (check.state == state) draw_check(ui, check);
    }
  }
  ImGui::EndTable();
}

std::string summary(Ui& ui, const std::vector<DoctorCheck>& checks) {
  int failed = 0, open = 0;
  for (const DoctorCheck& check : checks) {
    failed += check.state == State::failed ? 1 : 0;
    open += check.state == State::unknown || check.state == State::warning ? 1 : 0;
  }
  if (failed > 0) return ui.tr(Word::checks_failed, failed);
  return std::string(ui.tr(open > 0 ? Word::checks_open : Word::checks_good));
}

void draw_region(Ui& ui, const Model& model) {
  Options options;
  options.add("", ui.tr(Word::caller_country));
  for (const CountryName& one : model.countries) options.add(one.region, one.name);
  ImGui::SetNextItemWidth(std::min(ImGui::GetContentRegionAvail().x, 320.0F));
  if (auto region = select(ui, "destination",
                           {.label = ui.tr(Word::calls_to),
                            .value = model.doctor.region,
                            .disabled = model.doctor.report.busy()},
                           std::move(options))) {
    ui.act(DoctorRegionChosen{*region});
  }
  gap(space::l);
}

void draw_report(Ui& ui, const Model& model) {
  const Request<DoctorReport>& report = model.doctor.report;
  if (const Error* error = report.failure()) {
    if (failed_panel(ui, "doctor-failed", *error)) ui.act(DoctorPressed{});
    return;
  }
  const DoctorReport* loaded = report.value();
  if (loaded == nullptr) {
    skeleton(ui, "doctor-loading", 8);
    return;
  }
  text(ui,
       summary(ui, loaded->checks) + ' ' +
           ui.tr({Word::checked_at, "time"}, ui.time(loaded->at, Format::clock_seconds)),
       quiet_text, Role::status, "summary");
  gap(space::l);
  if (loaded->checks.empty()) {
    empty_state(ui, icon::doctor, ui.tr(Word::no_checks), ui.tr(Word::no_checks_hint));
  } else {
    draw_checks(ui, "server", Word::server_checks, server_checks(model));
  }
}

}  // namespace

void draw_doctor(Ui& ui, const Model& model) {
  gap(is_narrow(model) ? space::l : space::xxl);
  const Column column("doctor", measure, is_narrow(model) ? space::l : space::xl);
  screen_title(ui, ui.tr(Word::nav_doctor), ui.tr(Word::doctor_about));
  const Request<DoctorReport>& report = model.doctor.report;
  if (button(ui, "check-again",
             {.label = ui.tr(Word::check_again), .icon = icon::retry, .busy = report.busy()}))
    ui.act(DoctorPressed{});
  ImGui::SameLine();
  if (button(ui, "try-mic",
             {.label = ui.tr(Word::try_microphone),
              .icon = icon::mic,
              .disabled = model.web.active() || !model.page.secure,
              .busy = model.doctor.microphone.busy()})) {
    ui.act(TryMicrophonePressed{});
  }
  gap(space::xl);
  heading(ui, ui.tr(Word::this_server), 2, lead_text, "server-title");
  gap(space::m);
  const ServerConfig* config = model.config.value();
  if (config != nullptr && config->phone) draw_region(ui, model);
  draw_report(ui, model);
  gap(space::l);
  heading(ui, ui.tr(Word::this_browser), 2, lead_text, "browser-title");
  gap(space::m);
  draw_checks(ui, "browser", Word::browser_checks, browser_checks(model));
  gap(space::xxl);
}

}  // namespace voxdial::ui
