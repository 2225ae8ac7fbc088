// Text (widgets.h).
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "wasm-ui/kit/widgets.h"

namespace voxdial::ui {
namespace {

/// One line cut to a width; true when something is missing.
bool cut_line(Ui& ui, std::string_view words, const TextStyle& style, float width) {
  const Styled styled(ui, style);
  std::string_view drawn = ui.shaped(words);
  ImVec2 size = ImGui::CalcTextSize(drawn.data(), end_of(drawn));
  const float given = width < 0 ? size.x : width > 0 ? width : ImGui::GetContentRegionAvail().x;
  const float room = std::max(1.0F, given);
  const bool cut = size.x > room;
  if (cut && drawn != words) {
    drawn = ui.shaped(words, room);
    size = ImGui::CalcTextSize(drawn.data(), end_of(drawn));
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float w = std::min(size.x, room);
  ImGui::ItemSize({w, ImGui::GetFontSize()});
  const ImVec2 from = at, to(at.x + w, at.y + ImGui::GetFontSize());
  if (ImGui::ItemAdd({from, to}, 0)) {
    ImGui::RenderTextEllipsis(ImGui::GetWindowDrawList(), from, to, to.x, drawn.data(),
                              end_of(drawn), &size);
  }
  return cut;
}

}  // namespace

Styled::Styled(Ui& ui, const TextStyle& style) {
  ImGui::PushFont(ui.font(style.face), line_of(style.size));
  ImGui::PushStyleColor(ImGuiCol_Text, ui.ink(style.colour));
}
Styled::~Styled() {
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

float text_width(Ui& ui, const TextStyle& style, std::string_view words) {
  const Styled styled(ui, style);
  const std::string_view drawn = ui.shaped(words);
  return ImGui::CalcTextSize(drawn.data(), end_of(drawn)).x;
}

MirrorNode& words_node(Ui& ui, std::string_view words, Role role, float size, const char* id) {
  const ImRect& at = ImGui::GetCurrentContext()->LastItemData.Rect;
  MirrorNode& node = ui.node(id == nullptr ? ui.words_id(words) : ImGui::GetID(id), role, words,
                             box_of(at.Min, at.Max));
  if (id != nullptr) node.key = node_key(id);
  node.font_size = size;
  return node;
}

void paint_wrapped(Ui& ui, std::string_view words, const TextStyle& style, float width) {
  const Styled styled(ui, style);
  const float room = width > 0 ? width : ImGui::GetContentRegionAvail().x;
  const std::string_view drawn = ui.shaped(words, room, true);
  ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + room);
  ImGui::TextUnformatted(drawn.data(), end_of(drawn));
  ImGui::PopTextWrapPos();
}

void paint_centred(Ui& ui, std::string_view words, const TextStyle& style, ImVec2 at, float width) {
  const Styled styled(ui, style);
  const std::string_view drawn = ui.shaped(words, width);
  const ImVec2 size = ImGui::CalcTextSize(drawn.data(), end_of(drawn));
  const ImVec2 from(at.x + std::max(0.0F, std::floor((width - size.x) / 2)), at.y),
      to(at.x + width, at.y + line_of(style.size));
  ImGui::RenderTextEllipsis(ImGui::GetWindowDrawList(), from, to, to.x, drawn.data(), end_of(drawn),
                            &size);
}

void text(Ui& ui, std::string_view words, const TextStyle& style, Role role, const char* id) {
  paint_wrapped(ui, words, style);
  words_node(ui, words, role, style.size, id);
}

void line(Ui& ui, std::string_view words, const TextStyle& style, const char* id, Role role,
          float width) {
  const bool cut = cut_line(ui, words, style, width);
  words_node(ui, words, role, style.size, id);
  if (cut) tooltip(ui, words);
}

void paint(Ui& ui, std::string_view words, const TextStyle& style, float width) {
  cut_line(ui, words, style, width);
}

void heading(Ui& ui, std::string_view words, int level, const TextStyle& style, const char* id) {
  text(ui, words, style, Role::heading, id);
  ui.mirror.back().level = static_cast<std::uint8_t>(level);
}

void gap(float px) { ImGui::Dummy({0, px - 2 * ImGui::GetStyle().ItemSpacing.y}); }

void tooltip(Ui& ui, std::string_view words) {
  if (!ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip | ImGuiHoveredFlags_AllowWhenDisabled))
    return;
  const ImRect& at = ImGui::GetCurrentContext()->LastItemData.Rect;
  const ImVec2 page = ImGui::GetIO().DisplaySize;
  const float widest = std::min(360.0F, page.x - 2 * space::l);
  const std::string_view drawn = ui.shaped(words, widest, true);
  const ImVec2 size = ImGui::CalcTextSize(drawn.data(), end_of(drawn), false, widest);
  // A little room more: the browser breaks the lines itself.
  Box box{at.Min.x, at.Max.y + space::xs, size.x + 2 * space::m + 4, size.y + 2 * space::s};
  box.x = std::clamp(box.x, space::s, std::max(space::s, page.x - box.w - space::s));
  if (box.y + box.h > page.y - space::s) box.y = at.Min.y - box.h - space::xs;
  MirrorNode& node = ui.node(ui.words_id("tooltip"), Role::tooltip, words, box);
  node.clip = {0, 0, page.x, page.y};
}

}  // namespace voxdial::ui
