// Text fields, selects, sliders and logs (widgets.h): what stands around a native element.
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "wasm-ui/kit/widgets.h"

namespace voxdial::ui {
namespace {

constexpr float field_pad = 12;
constexpr float slider_thumb = 16;  // the native one's width (web/voxdial.css)
constexpr float guessed_line = 48;  // of a log, before the browser has measured it

/// As ImGui::SetNextItemWidth said, or the width that is left; to be asked before any item is made.
float width_of_next() {
  const bool told =
      (ImGui::GetCurrentContext()->NextItemData.HasFlags & ImGuiNextItemDataFlags_HasWidth) != 0;
  return told ? ImGui::CalcItemWidth() : ImGui::GetContentRegionAvail().x;
}

void label_of(Ui& ui, const Field& field, float width) {
  if (!field.hide_label) paint(ui, field.label, label_text, width);
}

void message_of(Ui& ui, const char* id, const Field& field) {
  const std::string_view words = field.fault.empty() ? field.hint : field.fault;
  if (words.empty()) return;
  ImGui::PushID(id);
  text(ui, words,
       {type::small, Face::regular, field.fault.empty() ? Token::text_quiet : Token::bad},
       field.fault.empty() ? Role::text : Role::alert, "message");
  ImGui::PopID();
}

void frame_of(Ui& ui, const Field& field, ImVec2 from, ImVec2 to, bool focused) {
  const float fade = field.disabled ? 0.5F : 1;
  ImGui::RenderFrame(from, to, ui.ink(Token::bg, fade), false, radius::control);
  ImGui::GetWindowDrawList()->AddRect(from, to,
                                      ui.ink(!field.fault.empty() ? Token::bad
                                             : focused            ? Token::focus
                                                                  : Token::line,
                                             fade),
                                      radius::control, 0, focused ? 2.0F : 1.0F);
}

/// The frame as an item of ImGui's, and the native element's node on it.
MirrorNode& framed(Ui& ui, const char* id, Role role, const Field& field, ImVec2 size) {
  const ImGuiID item = ImGui::GetID(id);
  const ImVec2 from = ImGui::GetCursorScreenPos(), to(from.x + size.x, from.y + size.y);
  ImGui::ItemSize(size, 0);
  if (ImGui::ItemAdd({from, to}, item)) frame_of(ui, field, from, to, ui.focused(item));
  MirrorNode& node = ui.item(role, field.label);
  node.key = node_key(id);
  node.description = std::string(field.fault.empty() ? field.hint : field.fault);
  node.value = std::string(field.value);
  node.placeholder = std::string(field.placeholder);
  node.input = field.input;
  node.disabled = field.disabled;
  node.invalid = !field.fault.empty();
  node.font_size = field.text_size;
  node.tabular = field.tabular;
  node.pad_left = node.pad_right = field_pad;
  return node;
}

/// Words inside the frame made last.
void in_frame(Ui& ui, std::string_view words, const TextStyle& style, float left, float right) {
  const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
  const float y = from.y + std::floor((to.y - from.y - line_of(style.size)) / 2);
  const Styled styled(ui, style);
  words = ui.shaped(words, to.x - right - from.x - left);
  ImGui::RenderTextEllipsis(ImGui::GetWindowDrawList(), {from.x + left, y},
                            {to.x - right, y + line_of(style.size)}, to.x - right, words.data(),
                            words.data() + words.size(), nullptr);
}

FieldResult result_of(const Ui& ui, ImGuiID id) {
  FieldResult result;
  if (const std::string* words = ui.changed(id)) result.changed = *words;
  result.submitted = ui.happened(id, MirrorEvent::Kind::submit);
  result.left = ui.happened(id, MirrorEvent::Kind::blur);
  return result;
}

}  // namespace

FieldResult textbox(Ui& ui, const char* id, const Field& field) {
  const float w = width_of_next();
  ImGui::BeginGroup();
  label_of(ui, field, w);
  MirrorNode& node = framed(ui, id, Role::textbox, field, {w, std::max(ui.control, field.height)});
  if (*field.icon != '\0') {
    node.pad_left += 24;
    in_frame(ui, field.icon, quiet_text, field_pad, 0);
  }
  message_of(ui, id, field);
  ImGui::EndGroup();
  return result_of(ui, ImGui::GetID(id));
}

FieldResult textarea(Ui& ui, const char* id, const Field& field) {
  const float w = width_of_next();
  ImGui::BeginGroup();
  label_of(ui, field, w);
  const float h =
      field.height > 0 ? field.height : field.rows * line_of(field.text_size) + 2 * space::s;
  framed(ui, id, Role::textarea, field, {w, h}).pad_y = space::s;
  message_of(ui, id, field);
  ImGui::EndGroup();
  return result_of(ui, ImGui::GetID(id));
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
  const float w = width_of_next();
  ImGui::BeginGroup();
  label_of(ui, field, w);
  std::string_view shown = field.placeholder;
  bool known = false;
  for (const Option& option : options.list) {
    if (option.value == field.value) {
      shown = option.label;
      known = true;
    }
  }
  if (!field.face.empty()) shown = field.face;
  MirrorNode& node = framed(ui, id, Role::select, field, {w, std::max(ui.control, field.height)});
  const Face face = field.tabular ? Face::tabular : Face::regular;
  in_frame(ui, shown,
           {field.text_size, face, known && !field.disabled ? Token::text : Token::text_quiet},
           field_pad, 32);
  in_frame(ui, icon::chevron_down, {type::small, Face::regular, Token::text_quiet},
           ImGui::GetItemRectSize().x - 28, 0);
  node.options = std::move(options.list);
  message_of(ui, id, field);
  ImGui::EndGroup();
  const std::string* chosen = ui.changed(ImGui::GetID(id));
  if (chosen != nullptr && *chosen != field.value) return *chosen;
  return std::nullopt;
}

std::string flag(const Ui& ui, std::string_view region) {
  const bool letters = region.size() == 2 && std::all_of(region.begin(), region.end(), [](char c) {
                         return c >= 'A' && c <= 'Z';
                       });
  if (!letters || !ui.services.has_flags) return std::string(region);
  std::string out;
  for (const char c : region) {  // U+1F1E6 stands for A
    out += "\xF0\x9F\x87";
    out += static_cast<char>(0xA6 + (c - 'A'));
  }
  return out;
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
  chosen_ = ui.changed(item);
  done_ = chosen_ != nullptr || ui.happened(item, MirrorEvent::Kind::closed);
}

bool Chooser::option(Option option) {
  const bool is_chosen = chosen_ != nullptr && *chosen_ == option.value;
  ui_.mirror[node_].options.push_back(std::move(option));
  return is_chosen;
}

std::optional<Chooser> choice_field(Ui& ui, const char* id, const Field& field,
                                    std::string_view nothing) {
  const float w = width_of_next(), h = std::max(ui.control, field.height);
  ImGui::BeginGroup();
  label_of(ui, field, w);
  const ImVec2 from = ImGui::GetCursorScreenPos();
  ImGui::BeginDisabled(field.disabled);
  const bool pressed = ImGui::InvisibleButton(id, {w, h}, ImGuiButtonFlags_EnableNav);
  ImGui::EndDisabled();
  const ImGuiID item = ImGui::GetItemID();
  bool& open = *ImGui::GetStateStorage()->GetBoolRef(item);
  if (pressed) open = true;
  frame_of(ui, field, from, {from.x + w, from.y + h}, open || ui.focused(item));
  in_frame(ui, field.face, {field.text_size, Face::regular, Token::text}, field_pad, 32);
  in_frame(ui, icon::chevron_down, {type::small, Face::regular, Token::text_quiet}, w - 28, 0);
  MirrorNode& node = ui.item(Role::button, field.label);
  node.key = node_key(id);
  node.description = std::string(field.placeholder);
  node.expandable = true;
  node.expanded = open;
  message_of(ui, id, field);
  ImGui::EndGroup();
  if (!open) return std::nullopt;
  // Below the field, or wherever there is room for it.
  const ImVec2 page = ImGui::GetIO().DisplaySize;
  Box box{from.x, from.y + h + space::xs, std::min(page.x - 2 * space::s, 360.0F), 0};
  box.x = std::clamp(box.x, space::s, std::max(space::s, page.x - box.w - space::s));
  box.h = std::min(page.y - 2 * space::s, 420.0F);
  box.y = std::clamp(box.y, space::s, std::max(space::s, page.y - box.h - space::s));
  std::optional<Chooser> list(std::in_place, ui, (std::string(id) + ":list").c_str(),
                              Chooser::Look{field.label, nothing, field.value}, box);
  if (list->done()) open = false;
  return list;
}

std::optional<float> slider(Ui& ui, const char* id, const Slide& slide) {
  const TextStyle style{type::small, Face::tabular, Token::text};
  const float w = ImGui::GetContentRegionAvail().x, words_w = text_width(ui, style, slide.words);
  paint(ui, slide.label, label_text, w - words_w - space::s);
  ImGui::SameLine(w - words_w);
  paint(ui, slide.words, style);
  const ImGuiID item = ImGui::GetID(id);
  const ImVec2 from = ImGui::GetCursorScreenPos();
  ImGui::ItemSize({w, ui.control}, 0);
  ImGui::ItemAdd({from, {from.x + w, from.y + ui.control}}, item);
  const float share = std::clamp((slide.value - slide.min) / (slide.max - slide.min), 0.0F, 1.0F);
  const float x = from.x + slider_thumb / 2 + (w - slider_thumb) * share,
              y = from.y + ui.control / 2;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({from.x, y - 2}, {from.x + w, y + 2}, ui.ink(Token::line, 0.5F), 2);
  list.AddRectFilled({from.x, y - 2}, {x, y + 2}, ui.ink(Token::accent), 2);
  list.AddCircleFilled({x, y}, slider_thumb / 2, ui.ink(Token::accent));
  MirrorNode& node = ui.item(Role::slider, slide.label);
  node.number = slide.value;
  node.min = slide.min;
  node.max = slide.max;
  node.step = slide.step;
  node.value = std::string(slide.words);
  const std::string* words = ui.changed(item);
  if (words == nullptr) return std::nullopt;
  char* end = nullptr;
  const float moved = std::strtof(words->c_str(), &end);
  if (end == words->c_str()) return std::nullopt;
  return std::clamp(moved, slide.min, slide.max);
}

void audio(Ui& ui, const char* id, std::string_view name, std::string_view url,
           std::string_view fault) {
  constexpr float height = 40;
  const ImGuiID item = ImGui::GetID(id);
  bool& failed = *ImGui::GetStateStorage()->GetBoolRef(item);
  failed = failed || ui.happened(item, MirrorEvent::Kind::closed);
  if (failed) {
    ImGui::PushID(id);
    remark(ui, "fault", icon::warning, Token::bad, fault, Role::alert);
    failed = !button(ui, "again", {.label = ui.tr(Word::try_again), .icon = icon::retry});
    ImGui::PopID();
    return;
  }
  ImGui::Dummy({ImGui::GetContentRegionAvail().x, height});
  ui.node(item, Role::audio, name, box_of(ImGui::GetItemRectMin(), ImGui::GetItemRectMax())).value =
      std::string(url);
}

float log_height(Ui& ui, const char* id, std::size_t lines) {
  const float told = ui.measured(ImGui::GetID(id));
  return told > 0 ? told : guessed_line * static_cast<float>(lines);
}

void log(Ui& ui, const char* id, Log log, float height) {
  const ImGuiID item = ImGui::GetID(id);
  ImGui::Dummy({ImGui::GetContentRegionAvail().x, height});
  MirrorNode& node =
      ui.node(item, Role::log, log.name, box_of(ImGui::GetItemRectMin(), ImGui::GetItemRectMax()));
  node.lines = std::move(log.lines);
  node.follow = log.follow;
  node.placeholder = ui.tr(Word::newest);
}

}  // namespace voxdial::ui
