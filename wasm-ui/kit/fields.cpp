// Fields (widgets.h): the place, label and message of an element that the browser draws.
#include <imgui_internal.h>

#include <algorithm>

#include "wasm-ui/kit/widgets.h"

namespace voxdial::ui {
namespace {

/// As ImGui::SetNextItemWidth said, or the width that is left; to be asked before any item is made.
float width_of_next() {
  const bool told =
      (ImGui::GetCurrentContext()->NextItemData.HasFlags & ImGuiNextItemDataFlags_HasWidth) != 0;
  return told ? ImGui::CalcItemWidth() : ImGui::GetContentRegionAvail().x;
}

FieldResult native_field(Ui& ui, const char* id, Role role, const Field& field, float height,
                         std::vector<Option> options = {}) {
  const FieldLines lines(ui, id, field);
  const ImGuiID item = ImGui::GetID(id);
  MirrorNode& node = native(ui, id, role, field.label, {lines.width, height});
  node.description = std::string(field.fault.empty() ? field.hint : field.fault);
  node.value = std::string(field.value);
  node.placeholder = std::string(field.placeholder);
  node.options = std::move(options);
  node.input = field.input;
  node.disabled = field.disabled;
  node.invalid = !field.fault.empty();
  // Phones zoom into a field whose letters are smaller.
  node.font_size = ui.touch() ? std::max(field.text_size, type::lead) : field.text_size;
  FieldResult result;
  if (const std::string* words = ui.told(item, MirrorEvent::Kind::change)) result.changed = *words;
  result.submitted = ui.told(item, MirrorEvent::Kind::submit) != nullptr;
  result.left = ui.told(item, MirrorEvent::Kind::blur) != nullptr;
  return result;
}

}  // namespace

MirrorNode& native(Ui& ui, const char* id, Role role, std::string_view name, ImVec2 size) {
  ImGui::Dummy(size);
  MirrorNode& node = ui.node(ImGui::GetID(id), role, name,
                             box_of(ImGui::GetItemRectMin(), ImGui::GetItemRectMax()));
  node.key = node_key(id);
  return node;
}

FieldLines::FieldLines(Ui& given, const char* of, const Field& around)
    : width(width_of_next()), ui(given), id(of), field(around) {
  ImGui::BeginGroup();
  if (!field.hide_label) paint(ui, field.label, label_text, width);
}
FieldLines::~FieldLines() {
  const bool bad = !field.fault.empty();
  if (const std::string_view words = bad ? field.fault : field.hint; !words.empty()) {
    ImGui::PushID(id);
    text(ui, words, {type::small, Face::regular, bad ? Token::bad : Token::text_quiet},
         bad ? Role::alert : Role::text, "message");
    ImGui::PopID();
  }
  ImGui::EndGroup();
}

FieldResult textbox(Ui& ui, const char* id, const Field& field) {
  return native_field(ui, id, Role::textbox, field, std::max(ui.control, field.height));
}

FieldResult textarea(Ui& ui, const char* id, const Field& field) {
  const float four_lines = 4 * line_of(field.text_size) + 2 * space::s;
  return native_field(ui, id, Role::textarea, field, std::max(four_lines, field.height));
}

Options& Options::add(std::string_view value, std::string_view label) {
  list.push_back({std::string(value), std::string(label)});
  return *this;
}

bool Options::has(std::string_view value) const {
  return std::any_of(list.begin(), list.end(),
                     [value](const Option& option) { return option.value == value; });
}

std::optional<std::string> select(Ui& ui, const char* id, const Field& field, Options options) {
  FieldResult result =
      native_field(ui, id, Role::select, field, ui.control, std::move(options.list));
  if (result.changed == field.value) result.changed.reset();
  return result.changed;
}

Chooser::Chooser(Ui& ui, const char* id, const Look& look, const Box& box) : ui_(ui) {
  const ImGuiID item = ImGui::GetID(id);
  MirrorNode& node = ui.node(item, Role::chooser, look.name, box);
  node.parent = 0;
  node.clip = {};
  node.placeholder = node.name;
  node.description = std::string(look.nothing);
  node.value = std::string(look.chosen);
  node_ = ui.mirror.size() - 1;
  chosen_ = ui.told(item, MirrorEvent::Kind::change);
  done_ = chosen_ != nullptr || ui.told(item, MirrorEvent::Kind::closed) != nullptr;
}

bool Chooser::option(Option option) {
  const bool is_chosen = chosen_ != nullptr && *chosen_ == option.value;
  ui_.mirror[node_].options.push_back(std::move(option));
  return is_chosen;
}

}  // namespace voxdial::ui
