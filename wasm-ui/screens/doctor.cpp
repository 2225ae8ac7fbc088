// The doctor: each check with what was found and the one thing to do.
#include <algorithm>

#include "shared/countries.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

using State = DoctorCheck::State;

struct StateLook {
  const char* icon;
  Token colour;
  std::string_view word;
};
StateLook look_of(State state) {
  switch (state) {
    case State::ok:
      return {icon::check, Token::good, "Good"};
    case State::warning:
      return {icon::warning, Token::warn, "Take note"};
    case State::failed:
      return {icon::close, Token::bad, "Failed"};
    case State::unknown:
      return {icon::info, Token::text_quiet, "Not known"};
  }
  return {};
}

void draw_check(Ui& ui, const DoctorCheck& check) {
  ImGui::PushID(check.id.c_str());
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  const StateLook look = look_of(check.state);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddCircleFilled({at.x + 14, at.y + 14}, 14,
                                              ui.ink(look.colour, 0.16F));
  ImGui::SetCursorPos({ImGui::GetCursorPosX() + 5, ImGui::GetCursorPosY() + 4});
  paint(ui, look.icon, {type::body, Face::regular, look.colour});
  ImGui::TableNextColumn();
  ImGui::BeginGroup();
  gap(space::s);
  paint(ui, check.title, strong_text);
  const auto sentence = [&](const std::string& words, const TextStyle& style) {
    if (words.empty()) return;
    const Styled styled(ui, style);
    ImGui::PushTextWrapPos(0);
    ImGui::TextUnformatted(words.data(), words.data() + words.size());
    ImGui::PopTextWrapPos();
  };
  sentence(check.detail, quiet_text);
  sentence(check.remedy, body_text);
  gap(space::m);
  ImGui::EndGroup();
  ui.item(Role::listitem, check.title + ": " + std::string(look.word) + ". " + check.detail +
                              (check.remedy.empty() ? "" : " " + check.remedy));
  ImGui::TableNextColumn();
  gap(space::s);
  paint(ui, look.word, {type::small, Face::semibold, look.colour}, -1);
  ImGui::PopID();
}

void draw_checks(Ui& ui, const char* name, const std::vector<DoctorCheck>& checks) {
  const Group list(ui, Role::list, name);
  if (!ImGui::BeginTable(name, 3)) return;
  ImGui::TableSetupColumn("sign", ImGuiTableColumnFlags_WidthFixed, 28);
  ImGui::TableSetupColumn("check", ImGuiTableColumnFlags_WidthStretch);
  ImGui::TableSetupColumn("state", ImGuiTableColumnFlags_WidthFixed);
  for (const DoctorCheck& check : checks) draw_check(ui, check);
  ImGui::EndTable();
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

void draw_region(Ui& ui, const Model& model) {
  Options options;
  options.add("", "The caller number's country");
  for (const Country& one : countries()) options.add(one.region, one.name);
  ImGui::SetNextItemWidth(std::min(ImGui::GetContentRegionAvail().x, 320.0F));
  if (auto region = select(ui, "destination",
                           {.label = "Calls to",
                            .value = model.doctor.region,
                            .disabled = model.doctor.report.busy()},
                           std::move(options))) {
    ui.act(DoctorRegionChosen{*region});
  }
  gap(space::l);
}

void draw_report(Ui& ui, const Request<DoctorReport>& report) {
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
       summary(loaded->checks) + " Checked at " +
           ui.services.local_time(loaded->at, TimeStyle::clock_seconds) + ".",
       quiet_text, Role::status, "summary");
  gap(space::l);
  if (loaded->checks.empty()) {
    empty_state(ui, icon::doctor, "Nothing was checked", "The server made no checks.");
  } else {
    draw_checks(ui, "Checks of the server", loaded->checks);
  }
}

}  // namespace

void draw_doctor(Ui& ui, const Model& model) {
  gap(is_narrow(model) ? space::l : space::xxl);
  const Column column("doctor", measure, is_narrow(model) ? space::l : space::xl);
  screen_title(ui, "Doctor", "What could stop a real call, checked now.");
  const Request<DoctorReport>& report = model.doctor.report;
  if (button(ui, "check-again",
             {.label = "Check again", .icon = icon::retry, .busy = report.busy()}))
    ui.act(DoctorPressed{});
  ImGui::SameLine();
  if (button(ui, "try-mic",
             {.label = "Try the microphone",
              .icon = icon::mic,
              .disabled = model.web.active() || !model.page.secure,
              .busy = model.doctor.microphone.busy()})) {
    ui.act(TryMicrophonePressed{});
  }
  gap(space::xl);
  heading(ui, "This server", 2, lead_text, "server-title");
  gap(space::m);
  const ServerConfig* config = model.config.value();
  if (config != nullptr && config->phone) draw_region(ui, model);
  draw_report(ui, report);
  gap(space::l);
  heading(ui, "This browser", 2, lead_text, "browser-title");
  gap(space::m);
  draw_checks(ui, "Checks of the browser", browser_checks(model));
  gap(space::xxl);
}

}  // namespace voxdial::ui
