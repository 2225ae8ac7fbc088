// Things to press (widgets.h).
#include <algorithm>
#include <cmath>

#include "wasm-ui/views/widgets.h"

namespace voxdial::ui {
namespace {

constexpr float icon_size = 18;
constexpr double spinner_after_ms = 300;

struct Paint {
  Token back = Token::raised;
  float back_opacity = 1;
  Token ink = Token::text;
  bool edge = false;
};

Paint paint_of(const Button& spec, const Ui::Press& press) {
  const bool live = press.hovered && !spec.busy;
  const float shade = press.held ? 0.78F : live ? 0.9F : 1.0F;
  switch (spec.look) {
    case Look::primary:
      return {Token::accent, shade, Token::on_accent, false};
    case Look::danger:
      return {Token::bad, shade, Token::bg, false};
    case Look::secondary:
      if (spec.on) return {Token::text, shade, Token::bg, false};
      return {Token::raised, press.held ? 0.6F : live ? 0.8F : 1.0F, Token::text, true};
    case Look::quiet:
      return {Token::raised, press.held ? 1.0F : live ? 0.7F : 0.0F, Token::text, false};
  }
  return {};
}

/// An arc that goes round; a still one with reduced motion is drawn by the caller's next frames
/// anyway.
void spinner(Ui& ui, float x, float y, Token ink) {
  const float turn = static_cast<float>(std::fmod(ui.time_ms, 900.0) / 900.0) * 6.2832F;
  ui.list().PathArcTo({x, y}, 7, turn, turn + 4.4F, 20);
  ui.list().PathStroke(ui.ink(ink), 0, 2);
  ui.want_frame_in(40);
}

}  // namespace

float button_width(const Ui& ui, const Button& spec) {
  if (spec.icon_only) return ui.control;
  const TextStyle style{type::body, Face::semibold, Token::text};
  const float icon = spec.icon == Icon::none ? 0 : icon_size + space::s;
  return std::ceil(text_width(ui, style, spec.label)) + icon + 2 * space::l;
}

bool button(Ui& ui, const Box& box, std::uint32_t id, const Button& spec) {
  const Ui::Press press = ui.press(id, box, spec.disabled || spec.busy);
  const Paint paint = paint_of(spec, press);
  const float before = ui.alpha;
  if (spec.disabled) ui.alpha *= 0.5F;
  if (paint.back_opacity > 0) fill(ui, box, paint.back, radius::control, paint.back_opacity);
  if (paint.edge) outline(ui, box, Token::line, radius::control, 0.55F);

  const double busy_ms = ui.held_for(id, spec.busy, spinner_after_ms);
  const TextStyle style{type::body, Face::semibold, paint.ink};
  const bool spinning = busy_ms >= spinner_after_ms;
  const bool has_icon = spec.icon != Icon::none || spinning;
  const float middle = box.y + box.h / 2;
  if (spec.icon_only) {
    if (spinning) {
      spinner(ui, box.x + box.w / 2, middle, paint.ink);
    } else {
      draw_icon(ui.list(), spec.icon, box.x + box.w / 2, middle, 20, ui.ink(paint.ink));
    }
    if (press.hovered) ui.tooltip(spec.label, box);
  } else {
    const float icon = has_icon ? icon_size + space::s : 0;
    const std::string text = elided(ui, style, spec.label, box.w - icon - 2 * space::m);
    const float w = text_width(ui, style, text);
    float x = box.x + (box.w - w - icon) / 2;
    if (spinning) {
      spinner(ui, x + icon_size / 2, middle, paint.ink);
    } else if (has_icon) {
      draw_icon(ui.list(), spec.icon, x + icon_size / 2, middle, icon_size, ui.ink(paint.ink));
    }
    x += icon;
    glyphs(ui, x, box.y + std::floor((box.h - line_of(style.size)) / 2), style, text);
  }
  ui.alpha = before;
  if (press.focused) focus_ring(ui, box, radius::control);
  MirrorNode& node = ui.node(id, Role::button, spec.label, box);
  node.description = std::string(spec.description);
  node.disabled = spec.disabled || spec.busy;
  node.busy = spec.busy;
  node.expandable = spec.expanded.has_value();
  node.expanded = spec.expanded.value_or(false);
  return press.pressed;
}

bool button(Ui& ui, Area& area, std::uint32_t id, const Button& spec) {
  const float w = std::min(button_width(ui, spec), area.w);
  const Box row = area.take(ui.control);
  return button(ui, Box{row.x, row.y, w, row.h}, id, spec);
}

bool quiet_button(Ui& ui, Area& area, std::uint32_t id, Button spec) {
  spec.look = Look::quiet;
  const Box row = area.take(ui.control);
  const float w = std::min(button_width(ui, spec), area.w);
  return button(ui, Box{row.x - space::m, row.y, w, row.h}, id, spec);
}

std::optional<int> segmented(Ui& ui, const Box& box, std::uint32_t id, std::string_view name,
                             std::span<const Choice> choices, int chosen, bool disabled) {
  std::optional<int> pressed;
  const int count = static_cast<int>(choices.size());
  const float cell = box.w / static_cast<float>(count);
  fill(ui, box, Token::raised, radius::control);
  const float at = ui.follow(id, static_cast<float>(chosen));
  const Box thumb{box.x + cell * at + 3, box.y + 3, cell - 6, box.h - 6};
  fill(ui, thumb, Token::surface, radius::control - 2);
  outline(ui, thumb, Token::line, radius::control - 2);
  ui.begin_group(id, Role::radiogroup, name);
  for (int i = 0; i < count; ++i) {
    const Choice& choice = choices[static_cast<std::size_t>(i)];
    const Box part{box.x + cell * static_cast<float>(i), box.y, cell, box.h};
    const std::uint32_t part_id = node_id(choice.label, id);
    const Ui::Press press = ui.press(part_id, part, disabled);
    if (press.pressed && i != chosen) pressed = i;
    const TextStyle style{type::body, Face::semibold,
                          i == chosen || press.hovered ? Token::text : Token::text_quiet};
    const float icon = choice.icon == Icon::none ? 0 : icon_size + space::s;
    const std::string text = elided(ui, style, choice.label, cell - icon - 2 * space::s);
    const float w = text_width(ui, style, text) + icon;
    const float x = part.x + (part.w - w) / 2;
    if (icon > 0) {
      draw_icon(ui.list(), choice.icon, x + icon_size / 2, part.y + part.h / 2, icon_size,
                ui.ink(style.colour));
    }
    glyphs(ui, x + icon, part.y + std::floor((part.h - line_of(type::body)) / 2), style, text);
    if (press.focused)
      focus_ring(ui, {part.x + 3, part.y + 3, part.w - 6, part.h - 6}, radius::control - 2);
    MirrorNode& node = ui.node(part_id, Role::radio, choice.label, part);
    node.checked = i == chosen;
    node.disabled = disabled;
  }
  ui.end_group(box);
  return pressed;
}

bool toggle(Ui& ui, Area& area, std::uint32_t id, std::string_view label, std::string_view hint,
            bool on, bool disabled) {
  constexpr float track_w = 40, track_h = 24;
  const float words_w = area.w - track_w - space::l;
  const float label_h = wrapped_height(ui, body_text, label, words_w);
  const float hint_h = hint.empty() ? 0 : wrapped_height(ui, small_text, hint, words_w) + 2;
  const float h = std::max(ui.control, label_h + hint_h + space::s);
  const Box row = area.take(h);
  const Ui::Press press = ui.press(id, row, disabled);
  const float before = ui.alpha;
  if (disabled) ui.alpha *= 0.5F;
  float y = row.y + (row.h - label_h - hint_h) / 2;
  for (const std::string_view text : wrapped(ui, body_text, label, words_w)) {
    glyphs(ui, row.x, y, body_text, text);
    y += line_of(type::body);
  }
  if (!hint.empty()) {
    y += 2;
    for (const std::string_view text : wrapped(ui, small_text, hint, words_w)) {
      glyphs(ui, row.x, y, small_text, text);
      y += line_of(type::small);
    }
  }
  const Box track{row.x + row.w - track_w, row.y + (row.h - track_h) / 2, track_w, track_h};
  const float at = ui.follow(id, on ? 1.0F : 0.0F);
  fill(ui, track, Token::raised, track_h / 2);
  if (at > 0) fill(ui, track, Token::accent, track_h / 2, at);
  outline(ui, track, on ? Token::accent : Token::line, track_h / 2);
  const float knob = track.x + 12 + (track_w - 24) * at;
  ui.list().AddCircleFilled({knob, track.y + 12}, 8, ui.ink(on ? Token::on_accent : Token::line));
  ui.alpha = before;
  if (press.focused) focus_ring(ui, track, track_h / 2);
  MirrorNode& node = ui.node(id, Role::toggle, label, row);
  node.description = std::string(hint);
  node.checked = on;
  node.disabled = disabled;
  return press.pressed;
}

bool checkbox(Ui& ui, Area& area, std::uint32_t id, std::string_view label, bool checked,
              bool disabled) {
  const Box row = area.take(ui.touch() ? 44 : 32);
  const Ui::Press press = ui.press(id, row, disabled);
  const Box mark{row.x, row.y + (row.h - 20) / 2, 20, 20};
  const float before = ui.alpha;
  if (disabled) ui.alpha *= 0.5F;
  if (checked) {
    fill(ui, mark, Token::accent, 5);
    draw_icon(ui.list(), Icon::check, mark.x + 10, mark.y + 10, 15, ui.ink(Token::on_accent));
  } else {
    outline(ui, mark, Token::line, 5, 1, 1.5F);
  }
  glyphs(ui, row.x + 20 + space::m, row.y + (row.h - line_of(type::body)) / 2, body_text,
         elided(ui, body_text, label, row.w - 20 - space::m));
  ui.alpha = before;
  if (press.focused) focus_ring(ui, mark, 5);
  MirrorNode& node = ui.node(id, Role::checkbox, label, row);
  node.checked = checked;
  node.disabled = disabled;
  return press.pressed;
}

}  // namespace voxdial::ui
