// Surfaces and things to press (widgets.h).
#include "wasm-ui/kit/widgets.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

namespace voxdial::ui {
// -------------------------------------------------------------------------------------- surfaces

Card::Card(Ui& ui, const char* id, float height) {
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.ink(Token::surface));
  ImGui::BeginChild(
      id, {0, height},
      ImGuiChildFlags_Borders |
          (height > 0 ? 0 : ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysAutoResize));
  ImGui::PopStyleColor();
}
Card::~Card() { ImGui::EndChild(); }

Column::Column(const char* id, float widest, float side) {
  // A scroll bar lies in the margin: what stands here keeps its width when one comes.
  const float bar =
      ImGui::GetCurrentTable() == nullptr ? ImGui::GetCurrentWindow()->ScrollbarSizes.x : 0;
  const float room = ImGui::GetContentRegionAvail().x + bar;
  const float w = std::min(room - 2 * side, widest);
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::floor((room - w) / 2));
  ImGui::BeginChild(id, {w, 0}, ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysAutoResize);
}
Column::~Column() { ImGui::EndChild(); }

// -------------------------------------------------------------------------------- things to press

namespace {

/// A quiet button's face is not seen: its words stand nearly in line with what is above.
float pad_of(const Button& spec) {
  return spec.icon_only ? 0 : spec.look == Look::quiet ? space::s : space::l;
}

/// A look's colours, and how much of the back's shows at rest, under the pointer and pressed.
struct Paint {
  Token back, ink;
  float rest, hovered, active;
  bool edge = false;
};
constexpr Paint paints[] = {
    // by Look
    {Token::accent, Token::on_accent, 1, 0.9F, 0.78F},
    {Token::raised, Token::text, 1, 0.8F, 0.6F, true},
    {Token::raised, Token::text, 0, 0.7F, 1},
    {Token::bad, Token::bg, 1, 0.9F, 0.78F},
};

/// Colours of a look for one button.
void push_look(Ui& ui, const Button& spec) {
  Paint paint = paints[static_cast<std::size_t>(spec.look)];
  if (spec.disabled && spec.look != Look::quiet) {  // whatever it is for, it is not for now
    paint = paints[static_cast<std::size_t>(Look::secondary)];
    paint.ink = Token::text_quiet;
  } else if (spec.on) {
    paint = {Token::text, Token::bg, 1, 0.8F, 0.6F};
  }
  ImGui::PushStyleColor(ImGuiCol_Button, ui.ink(paint.back, paint.rest));
  ImGui::PushStyleColor(ImGuiCol_ButtonHovered,
                        ui.ink(paint.back, spec.busy ? paint.rest : paint.hovered));
  ImGui::PushStyleColor(ImGuiCol_ButtonActive, ui.ink(paint.back, paint.active));
  ImGui::PushStyleColor(ImGuiCol_Border, ui.ink(Token::line, ui.high_contrast ? 1 : 0.55F));
  ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize,
                      paint.edge || (ui.high_contrast && spec.look != Look::quiet) ? 1 : 0);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {pad_of(spec), ImGui::GetStyle().FramePadding.y});
  if (spec.busy && !spec.disabled) ImGui::PushStyleVar(ImGuiStyleVar_DisabledAlpha, 1);
  ImGui::PushStyleColor(ImGuiCol_Text, ui.ink(paint.ink));
}
void pop_look(const Button& spec) {
  ImGui::PopStyleColor(5);
  ImGui::PopStyleVar(spec.busy && !spec.disabled ? 3 : 2);
}

/// What stands on a button, as ImGui has to be given it in the current font.
std::string button_words(const Ui& ui, const Button& spec) {
  if (spec.icon_only) return spec.icon;
  const std::string label(ui.shaped(spec.label));
  return *spec.icon == '\0' ? label : spec.icon + (' ' + label);
}

/// An arc that goes round where the icon was; one that stands still with reduced motion.
void spinner(Ui& ui, Token ink) {
  const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
  const float r = 7;
  const ImVec2 at(from.x + space::m + r, (from.y + to.y) / 2);
  const float turn =
      ui.reduced_motion() ? 0 : static_cast<float>(std::fmod(ui.time_ms, 900.0) / 900.0) * 6.2832F;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.PathArcTo(at, r, turn, turn + 4.4F, 20);
  list.PathStroke(ui.ink(ink), 0, 2);
  if (!ui.reduced_motion()) ui.want_frame_in(40);
}

}  // namespace

float button_width(Ui& ui, const Button& spec) {
  if (spec.icon_only) return ui.control;
  const Styled styled(ui, strong_text);
  return std::ceil(ImGui::CalcTextSize(button_words(ui, spec).c_str()).x) + 2 * pad_of(spec);
}

bool button(Ui& ui, const char* id, const Button& spec, float width, float height) {
  const float wanted = button_width(ui, spec);
  const bool beside = ImGui::GetCurrentWindow()->DC.IsSameLine && !spec.icon_only && width == 0;
  if (beside && ImGui::GetContentRegionAvail().x + 1 < wanted) ImGui::NewLine();
  const float room = ImGui::GetContentRegionAvail().x;
  const float w = width > 0 ? width : width < 0 ? room : std::min(wanted, room);
  ImGui::PushFont(ui.font(Face::semibold), line_of(spec.icon_only ? type::lead : type::body));
  const std::string label = button_words(ui, spec) + "###" + id;
  push_look(ui, spec);
  ImGui::BeginDisabled(spec.disabled || spec.busy);
  const bool pressed = ImGui::Button(label.c_str(), {w, height > 0 ? height : ui.control});
  ImGui::EndDisabled();
  pop_look(spec);
  ImGui::PopFont();
  const ImGuiID item = ImGui::GetItemID();
  MirrorNode& node = ui.item(Role::button, spec.label);
  node.key = node_key(id);
  node.description = std::string(spec.description);
  node.busy = spec.busy;
  node.expandable = spec.expanded.has_value();
  node.expanded = spec.expanded.value_or(false);
  if (ui.held_for(item, spec.busy, busy_after_ms) >= busy_after_ms) {
    spinner(ui, spec.look == Look::primary ? Token::on_accent : Token::text);
  }
  if (spec.icon_only) tooltip(ui, spec.label);
  return pressed;
}

std::optional<int> segmented(Ui& ui, const char* id, std::string_view name,
                             std::span<const Choice> choices, int chosen, bool disabled) {
  std::optional<int> pressed;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float h = ui.control, cell = std::floor(ImGui::GetContentRegionAvail().x /
                                                static_cast<float>(choices.size()));
  const float w = cell * static_cast<float>(choices.size());
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, {at.x + w, at.y + h}, ui.ink(Token::raised), radius::control);
  const float x = at.x + cell * ui.follow(ImGui::GetID(id), static_cast<float>(chosen));
  list.AddRectFilled({x + 3, at.y + 3}, {x + cell - 3, at.y + h - 3}, ui.ink(Token::surface),
                     radius::control - 2);
  list.AddRect({x + 3, at.y + 3}, {x + cell - 3, at.y + h - 3}, ui.ink(Token::line),
               radius::control - 2);
  const Group group(ui, Role::radiogroup, name);
  ImGui::PushID(id);
  ImGui::BeginDisabled(disabled);
  ImGui::PushStyleColor(ImGuiCol_Button, 0);
  ImGui::PushStyleColor(ImGuiCol_ButtonHovered, 0);
  ImGui::PushStyleColor(ImGuiCol_ButtonActive, 0);
  for (int i = 0; i < static_cast<int>(choices.size()); ++i) {
    const Choice& choice = choices[static_cast<std::size_t>(i)];
    const Styled styled(
        ui, {type::body, Face::semibold, i == chosen ? Token::text : Token::text_quiet});
    const std::string label = button_words(ui, {.label = choice.label, .icon = choice.icon});
    if (i > 0) ImGui::SameLine(0, 0);
    if (ImGui::Button(label.c_str(), {cell, h}) && i != chosen) pressed = i;
    ui.item(Role::radio, choice.label).checked = i == chosen;
  }
  ImGui::PopStyleColor(3);
  ImGui::EndDisabled();
  ImGui::PopID();
  return pressed;
}

bool toggle(Ui& ui, const char* id, std::string_view label, std::string_view hint, bool on,
            bool disabled) {
  constexpr float mark_w = 40, r = 12, words_gap = space::m;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float w = ImGui::GetContentRegionAvail().x, words_w = w - mark_w - words_gap;
  const float pad = hint.empty() ? std::floor((ui.control - line_of(type::body)) / 2) : space::xs;
  ImGui::BeginDisabled(disabled);
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + pad);
  paint_wrapped(ui, label, body_text, words_w);
  if (!hint.empty()) paint_wrapped(ui, hint, small_text, words_w);
  const float h = std::max(ui.control, ImGui::GetItemRectMax().y + pad - at.y);
  ImGui::SetCursorScreenPos(at);
  const bool pressed = ImGui::InvisibleButton(id, {w, h}, ImGuiButtonFlags_EnableNav);
  const float moved = ui.follow(ImGui::GetItemID(), on ? 1.0F : 0.0F);
  const ImVec2 from(at.x + w - mark_w, at.y + std::floor(h / 2) - r), to(at.x + w, from.y + 2 * r);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(from, to, ui.ink(Token::raised), r);
  list.AddRectFilled(from, to, ui.ink(Token::accent, moved), r);
  list.AddRect(from, to, ui.ink(on ? Token::accent : Token::line), r);
  list.AddCircleFilled({from.x + r + (mark_w - 2 * r) * moved, from.y + r}, 8,
                       ui.ink(on ? Token::on_accent : Token::line));
  ImGui::EndDisabled();
  MirrorNode& node = ui.item(Role::toggle, label);
  node.description = std::string(hint);
  node.checked = on;
  return pressed;
}

bool row(Ui& ui, const char* id, std::string_view name, float height, bool chosen, Role role) {
  const std::string label = std::string("##") + id;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool pressed = ImGui::Selectable(label.c_str(), chosen, ImGuiSelectableFlags_SpanAllColumns,
                                         {0, height - ImGui::GetStyle().ItemSpacing.y});
  ui.item(role, name).checked = chosen;
  ImGui::SetCursorScreenPos(at);
  return pressed;
}

void into_row(float row_h, float words_h) {
  const float spacing = ImGui::GetStyle().ItemSpacing.y;  // the row reaches into it above and below
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + std::floor((row_h - spacing - words_h) / 2));
}

}  // namespace voxdial::ui
