// Surfaces and what stands on them without being pressed (widgets.h).
#include <algorithm>
#include <cmath>

#include "wasm-ui/views/widgets.h"

namespace voxdial::ui {
namespace {

constexpr double skeleton_after_ms = 300;

std::uint32_t sub(std::uint32_t id, std::string_view part) { return node_id(part, id); }

}  // namespace

void fill(Ui& ui, const Box& box, Token token, float rounding, float opacity) {
  ui.list().AddRectFilled({box.x, box.y}, {box.x + box.w, box.y + box.h}, ui.ink(token, opacity),
                          rounding);
}

void outline(Ui& ui, const Box& box, Token token, float rounding, float opacity, float thickness) {
  ui.list().AddRect({box.x, box.y}, {box.x + box.w, box.y + box.h}, ui.ink(token, opacity),
                    rounding, 0, thickness);
}

void divider(Ui& ui, float x, float y, float w) {
  ui.list().AddRectFilled({x, y}, {x + w, y + 1}, ui.ink(Token::line, 0.22F));
}

void focus_ring(Ui& ui, const Box& box, float rounding) {
  outline(ui, {box.x - 3, box.y - 3, box.w + 6, box.h + 6}, Token::focus, rounding + 3, 1, 2);
}

Card begin_card(Ui& ui, Area& area, Area& inner, float padding, Token token) {
  ImDrawListSplitter& splitter = ui.splitter();
  splitter.Split(&ui.list(), 2);
  splitter.SetCurrentChannel(&ui.list(), 1);
  inner = {area.x + padding, area.y + padding, area.w - 2 * padding};
  return {{area.x, area.y, area.w, 0}, padding, token};
}

void end_card(Ui& ui, Area& area, const Area& inner, const Card& card) {
  const float bottom = inner.y + card.padding;
  ImDrawListSplitter& splitter = ui.pop_splitter();
  splitter.SetCurrentChannel(&ui.list(), 0);
  const Box box{card.start.x, card.start.y, card.start.w, bottom - card.start.y};
  fill(ui, box, card.token, radius::card);
  if (card.token == Token::surface) outline(ui, box, Token::line, radius::card, 0.18F);
  splitter.Merge(&ui.list());
  area.y = bottom;
}

void skeleton(Ui& ui, Area& area, std::uint32_t id, int lines) {
  const bool shown = ui.held_for(id, true, skeleton_after_ms) >= skeleton_after_ms;
  const float widths[] = {0.62F, 0.9F, 0.78F, 0.5F, 0.84F};
  const Box all{area.x, area.y, area.w, static_cast<float>(lines) * 28};
  MirrorNode& node = ui.node(id, Role::status, "Loading", all);
  node.busy = true;
  for (int i = 0; i < lines; ++i) {
    const Box row = area.take(28);
    if (shown) fill(ui, {row.x, row.y + 6, row.w * widths[i % 5], 14}, Token::raised, 4);
  }
}

void empty_state(Ui& ui, Area& area, std::uint32_t id, Icon icon, std::string_view title,
                 std::string_view sentence) {
  area.skip(space::xl);
  const float centre = area.x + area.w / 2;
  const Box disc = area.take(56);
  ui.list().AddCircleFilled({centre, disc.y + 28}, 28, ui.ink(Token::raised));
  draw_icon(ui.list(), icon, centre, disc.y + 28, 24, ui.ink(Token::text_quiet));
  area.skip(space::m);
  const float w = std::min(area.w, 360.0F);
  line(ui, {centre - w / 2, area.y, w, line_of(type::lead)}, sub(id, "title"), lead_text, title,
       0.5F);
  area.skip(line_of(type::lead) + space::xs);
  const std::vector<std::string_view> lines = wrapped(ui, quiet_text, sentence, w);
  const float top = area.y;
  for (const std::string_view text : lines) {
    const float width = text_width(ui, quiet_text, text);
    glyphs(ui, centre - width / 2, area.take(line_of(type::body)).y, quiet_text, text);
  }
  ui.node(sub(id, "sentence"), Role::text, sentence, {centre - w / 2, top, w, area.y - top});
  area.skip(space::xl);
}

void remark(Ui& ui, Area& area, std::uint32_t id, Icon icon, Token colour, std::string_view text,
            Role role) {
  draw_icon(ui.list(), icon, area.x + 8, area.y + line_of(type::body) / 2, 16, ui.ink(colour));
  Area words{area.x + 24, area.y, area.w - 24};
  paragraph(
      ui, words, id,
      {type::body, Face::regular, colour == Token::text_quiet ? Token::text_quiet : Token::text},
      text, role);
  area.y = words.y;
}

void error_note(Ui& ui, Area& area, std::uint32_t id, const Error& error) {
  const float shown = ui.appeared(id);
  const float before = ui.alpha;
  ui.alpha *= shown;
  draw_icon(ui.list(), Icon::warning, area.x + 8, area.y + line_of(type::body) / 2, 16,
            ui.ink(Token::bad));
  Area words{area.x + 24, area.y, area.w - 24};
  paragraph(ui, words, id, body_text, error.message, Role::alert);
  std::string code(wire_name(error.code));
  if (error.provider) {
    std::string name = error.provider->name;
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
      name[0] = static_cast<char>(name[0] - 32);
    code += " \xC2\xB7 " + name;
    if (error.provider->code != 0) code += ' ' + std::to_string(error.provider->code);
  }
  paragraph(ui, words, sub(id, "code"), {type::small, Face::mono, Token::text_quiet}, code);
  area.y = words.y;
  ui.alpha = before;
}

void draw_tooltip(Ui& ui, std::string_view text, const Box& at, const Box& page) {
  const float max_w = std::min(360.0F, page.w - 2 * space::l);
  const std::vector<std::string_view> lines = wrapped(ui, body_text, text, max_w);
  float w = 0;
  for (const std::string_view one : lines) w = std::max(w, text_width(ui, body_text, one));
  const float h = static_cast<float>(lines.size()) * line_of(type::body);
  Box box{at.x, at.y + at.h + 4, w + 2 * space::m, h + 2 * space::s};
  box.x = std::clamp(box.x, space::s, std::max(space::s, page.w - box.w - space::s));
  if (box.y + box.h > page.h - space::s) box.y = at.y - box.h - 4;
  fill(ui, box, Token::raised, radius::control);
  outline(ui, box, Token::line, radius::control, 0.5F);
  float y = box.y + space::s;
  for (const std::string_view one : lines) {
    glyphs(ui, box.x + space::m, y, body_text, one);
    y += line_of(type::body);
  }
}

void meter(Ui& ui, const Box& box, std::uint32_t id, std::string_view name, float value_now,
           Token colour, Role role) {
  const float share = std::clamp(value_now, 0.0F, 1.0F);
  fill(ui, box, Token::raised, box.h / 2);
  if (share > 0.01F)
    fill(ui, {box.x, box.y, std::max(box.h, box.w * share), box.h}, colour, box.h / 2);
  MirrorNode& node = ui.node(id, role, name, box);
  node.min = 0;
  node.max = 1;
  // Steps of a twentieth: the DOM need not follow every tremble.
  node.number = std::round(share * 20) / 20;
}

float chip(Ui& ui, float x, float y, std::uint32_t id, Token colour, std::string_view text) {
  const TextStyle style{type::small, Face::semibold, colour};
  const float w = text_width(ui, style, text) + 2 * space::s;
  const Box box{x, y, w, 22};
  fill(ui, box, colour, 11, 0.14F);
  glyphs(ui, x + space::s, y + (22 - line_of(type::small)) / 2, style, text);
  ui.node(id, Role::text, text, box).font_size = type::small;
  return w;
}

}  // namespace voxdial::ui
