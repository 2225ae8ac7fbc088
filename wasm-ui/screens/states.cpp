// What a screen says while it waits, has nothing to show or has failed, and how things stand.
#include <algorithm>
#include <cmath>

#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {

void skeleton(Ui& ui, const char* id, int lines) {
  const ImGuiID item = ImGui::GetID(id);
  const bool shown = ui.held_for(item, true, busy_after_ms) >= busy_after_ms;
  const float widths[] = {0.62F, 0.9F, 0.78F, 0.5F, 0.84F};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float w = ImGui::GetContentRegionAvail().x;
  constexpr float step = 28, bar = 14;
  for (int i = 0; i < lines && shown; ++i) {
    const float y = at.y + step * static_cast<float>(i) + (step - bar) / 2;
    ImGui::GetWindowDrawList()->AddRectFilled({at.x, y}, {at.x + w * widths[i % 5], y + bar},
                                              ui.ink(Token::raised), 4);
  }
  ImGui::Dummy({w, step * static_cast<float>(lines)});
  MirrorNode& node = ui.node(item, Role::status, ui.tr(Word::loading),
                             box_of(ImGui::GetItemRectMin(), ImGui::GetItemRectMax()));
  node.busy = true;
}

bool empty_state(Ui& ui, const char* icon, std::string_view title, std::string_view sentence,
                 const Button& action) {
  const float left = ImGui::GetCursorPosX(), room = ImGui::GetContentRegionAvail().x;
  constexpr float lines_h = 160;  // so much it is high, about: it stands above the middle
  gap(std::max(space::xl, (ImGui::GetContentRegionAvail().y - lines_h) * 0.35F));
  const auto centred = [&](std::string_view words, const TextStyle& style) {
    paint_centred(ui, words, style, ImGui::GetCursorScreenPos(), room);
    ImGui::Dummy({room, line_of(style.size)});
  };
  centred(icon, {type::display, Face::regular, Token::text_quiet});
  gap(space::m);
  centred(title, lead_text);
  words_node(ui, title, Role::text, lead_text.size);
  // A long sentence is a block in the middle.
  const float w = std::min({room, 360.0F, text_width(ui, quiet_text, sentence) + 1});
  ImGui::SetCursorPosX(left + std::floor((room - w) / 2));
  ImGui::BeginChild("sentence", {w, 0},
                    ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysAutoResize);
  text(ui, sentence, quiet_text);
  ImGui::EndChild();
  gap(space::l);
  if (action.label.empty()) return false;
  ImGui::SetCursorPosX(left + std::max(0.0F, std::floor((room - button_width(ui, action)) / 2)));
  return button(ui, "empty-action", action);
}

void remark(Ui& ui, const char* id, const char* icon, Token colour, std::string_view words,
            Role role) {
  paint(ui, icon, {type::body, Face::regular, colour});
  ImGui::SameLine();
  text(ui, words, colour == Token::text_quiet ? quiet_text : body_text, role, id);
}

void chip(Ui& ui, Token colour, std::string_view words, Role role) {
  const TextStyle style{type::small, Face::semibold, colour};
  const float w = text_width(ui, style, words) + 2 * space::s, h = 24;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + w, at.y + h}, ui.ink(colour, 0.14F), h / 2);
  paint_centred(ui, words, style, {at.x, at.y + std::floor((h - line_of(style.size)) / 2)}, w);
  ImGui::Dummy({w, h});
  words_node(ui, words, role, style.size);
}

void error_note(Ui& ui, const char* id, const Error& error) {
  ImGui::PushID(id);
  ImGui::PushStyleVar(ImGuiStyleVar_Alpha, ui.appeared(ImGui::GetID("note")));
  remark(ui, "sentence", icon::warning, Token::bad, ui.said(error), Role::alert);
  if (error.retry_after_s)
    text(ui, ui.tr({Word::try_again_in, "time"}, ui.duration(*error.retry_after_s)), quiet_text);
  std::string code(wire_name(error.code));
  if (error.provider) {
    std::string name = error.provider->name;
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
      name[0] = static_cast<char>(name[0] - 32);
    code += dot + name;
    if (error.provider->code != 0) code += ' ' + std::to_string(error.provider->code);
  }
  text(ui, code, {type::small, Face::mono, Token::text_quiet}, Role::text, "code");
  ImGui::PopStyleVar();
  ImGui::PopID();
}

bool failed_panel(Ui& ui, const char* id, const Error& error) {
  const Card card(ui, id);
  error_note(ui, "error", error);
  gap(space::m);
  return button(ui, "again", {.label = ui.tr(Word::try_again), .icon = icon::retry});
}

}  // namespace voxdial::ui
