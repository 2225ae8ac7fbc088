// Text fields, selects and sliders (widgets.h): frame, label and messages round a native element.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "wasm-ui/views/widgets.h"

namespace voxdial::ui {
namespace {

constexpr float field_pad = 12;
constexpr float slider_thumb = 16;  // the native one's width (platform/mirror_dom.h)

void label_of(Ui& ui, Area& area, const Field& field) {
  if (field.hide_label) return;
  glyphs(ui, area.x, area.y, label_text, elided(ui, label_text, field.label, area.w));
  area.skip(line_of(type::small) + space::xs);
}

void message_of(Ui& ui, Area& area, std::uint32_t id, const Field& field) {
  const std::string_view text = field.fault.empty() ? field.hint : field.fault;
  if (text.empty()) return;
  area.skip(space::xs);
  const Token colour = field.fault.empty() ? Token::text_quiet : Token::bad;
  paragraph(ui, area, node_id("message", id), {type::small, Face::regular, colour}, text,
            field.fault.empty() ? Role::text : Role::alert);
}

void frame(Ui& ui, const Box& box, std::uint32_t id, const Field& field) {
  fill(ui, box, Token::bg, radius::control, field.disabled ? 0.5F : 1);
  const bool focused = ui.focused(id);
  outline(ui, box,
          !field.fault.empty() ? Token::bad
          : focused            ? Token::focus
                               : Token::line,
          radius::control, field.disabled ? 0.5F : 1, focused ? 2.0F : 1.0F);
}

MirrorNode& field_node(Ui& ui, std::uint32_t id, Role role, const Field& field, const Box& box) {
  MirrorNode& node = ui.node(id, role, field.label, box);
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

FieldResult result_of(Ui& ui, std::uint32_t id) {
  FieldResult result;
  if (const std::string* text = ui.changed(id)) result.changed = *text;
  result.submitted = ui.happened(id, MirrorEvent::Kind::submit);
  result.left = ui.happened(id, MirrorEvent::Kind::blur);
  return result;
}

/// What the native element would show, while something lies over it.
void covered_text(Ui& ui, const Box& box, const Field& field, float pad_left) {
  if (!ui.covered) return;
  const bool empty = field.value.empty();
  const TextStyle style{field.text_size, field.tabular ? Face::tabular : Face::regular,
                        empty ? Token::text_quiet : Token::text};
  glyphs(ui, box.x + pad_left, box.y + std::floor((box.h - line_of(style.size)) / 2), style,
         elided(ui, style, empty ? field.placeholder : field.value, box.w - pad_left - field_pad));
}

}  // namespace

FieldResult textbox(Ui& ui, Area& area, std::uint32_t id, const Field& field) {
  label_of(ui, area, field);
  const float h = field.text_size > type::body ? std::max(ui.control, 44.0F) : ui.control;
  const Box box = area.take(h);
  frame(ui, box, id, field);
  float pad_left = field_pad;
  if (field.icon != Icon::none) {
    draw_icon(ui.list(), field.icon, box.x + field_pad + 8, box.y + h / 2, 16,
              ui.ink(Token::text_quiet));
    pad_left += 16 + space::s;
  }
  covered_text(ui, box, field, pad_left);
  field_node(ui, id, Role::textbox, field, box).pad_left = pad_left;
  message_of(ui, area, id, field);
  return result_of(ui, id);
}

FieldResult textarea(Ui& ui, Area& area, std::uint32_t id, const Field& field) {
  label_of(ui, area, field);
  const Box box = area.take(std::round(field.rows * line_of(field.text_size)) + 2 * space::s);
  frame(ui, box, id, field);
  if (ui.covered) {
    float y = box.y + space::s;
    for (const std::string_view text :
         wrapped(ui, {field.text_size}, field.value.empty() ? field.placeholder : field.value,
                 box.w - 2 * field_pad)) {
      if (y + line_of(field.text_size) > box.y + box.h) break;
      glyphs(ui, box.x + field_pad, y, {field.text_size}, text);
      y += line_of(field.text_size);
    }
  }
  field_node(ui, id, Role::textarea, field, box).pad_y = space::s;
  message_of(ui, area, id, field);
  return result_of(ui, id);
}

Options& Options::add(std::string_view value, std::string_view label) {
  list.emplace_back();
  list.back().value = value;
  list.back().label = label;
  return *this;
}

bool Options::has(std::string_view value) const {
  return std::any_of(list.begin(), list.end(),
                     [value](const Option& option) { return option.value == value; });
}

std::optional<std::string> select(Ui& ui, Area& area, std::uint32_t id, const Field& field,
                                  Options options) {
  label_of(ui, area, field);
  const Box box = area.take(ui.control);
  frame(ui, box, id, field);
  std::string_view shown = field.placeholder;
  bool known = false;
  for (const Option& option : options.list) {
    if (option.value == field.value) {
      shown = option.label;
      known = true;
    }
  }
  if (!field.face.empty()) shown = field.face;
  const TextStyle style{field.text_size, field.tabular ? Face::tabular : Face::regular,
                        known && !field.disabled ? Token::text : Token::text_quiet};
  const float text_w = box.w - field_pad - 32;
  glyphs(ui, box.x + field_pad, box.y + std::floor((box.h - line_of(style.size)) / 2), style,
         elided(ui, style, shown, text_w));
  draw_icon(ui.list(), Icon::chevron_down, box.x + box.w - 18, box.y + box.h / 2, 14,
            ui.ink(Token::text_quiet, field.disabled ? 0.5F : 1));
  MirrorNode& node = field_node(ui, id, Role::select, field, box);
  node.options = std::move(options.list);
  message_of(ui, area, id, field);
  if (const std::string* chosen = ui.changed(id); chosen && *chosen != field.value) return *chosen;
  return std::nullopt;
}

std::optional<float> slider(Ui& ui, Area& area, std::uint32_t id, const Slide& slide) {
  const Box row = area.take(line_of(type::small));
  glyphs(ui, row.x, row.y, label_text, slide.label);
  const TextStyle style{type::small, Face::tabular, Token::text};
  glyphs(ui, row.x + row.w - text_width(ui, style, slide.words), row.y, style, slide.words);
  const Box box = area.take(ui.control);
  const float share = std::clamp((slide.value - slide.min) / (slide.max - slide.min), 0.0F, 1.0F);
  const float x = box.x + slider_thumb / 2 + (box.w - slider_thumb) * share;
  const float y = box.y + box.h / 2;
  fill(ui, {box.x, y - 2, box.w, 4}, Token::line, 2, 0.5F);
  fill(ui, {box.x, y - 2, x - box.x, 4}, Token::accent, 2);
  ui.list().AddCircleFilled({x, y}, slider_thumb / 2, ui.ink(Token::accent));
  if (ui.focus_visible(id)) focus_ring(ui, {x - 8, y - 8, 16, 16}, 8);
  MirrorNode& node = ui.node(id, Role::slider, slide.label, box);
  node.number = slide.value;
  node.min = slide.min;
  node.max = slide.max;
  node.step = slide.step;
  node.value = std::string(slide.words);
  const std::string* text = ui.changed(id);
  if (text == nullptr) return std::nullopt;
  // std::from_chars for floating point and std::stod (it throws) are not to be had in the browser
  // build.
  char* end = nullptr;
  const float moved = std::strtof(text->c_str(), &end);
  if (end == text->c_str()) return std::nullopt;
  return std::clamp(moved, slide.min, slide.max);
}

}  // namespace voxdial::ui
