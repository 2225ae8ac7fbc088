// Text: measuring, eliding, wrapping, drawing (widgets.h).
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "wasm-ui/views/widgets.h"

namespace voxdial::ui {
namespace {

ImFont* face_of(const Ui& ui, Face face) {
  const Fonts& fonts = ui.services.fonts;
  switch (face) {
    case Face::regular:
      return fonts.regular;
    case Face::semibold:
      return fonts.semibold;
    case Face::tabular:
      return fonts.tabular;
    case Face::tabular_semibold:
      return fonts.tabular_semibold;
    case Face::mono:
      return fonts.mono;
  }
  return fonts.regular;
}

/// ImGui also ends lines after a full stop or a comma, even one within "0.5%" or an address. Such a
/// line ends before the word instead, unless the word is all there is of it.
const char* before_word(const char* at, const char* stop, const char* end) {
  constexpr std::string_view marks = ".,;!?\"";
  if (stop == end || *stop == ' ' || stop == at || marks.find(stop[-1]) == marks.npos) return stop;
  const std::size_t space = std::string_view(at, static_cast<std::size_t>(stop - at)).rfind(' ');
  return space == std::string_view::npos || space == 0 ? stop : at + space;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

float text_width(const Ui& ui, const TextStyle& style, std::string_view text) {
  if (text.empty()) return 0;
  return face_of(ui, style.face)
      ->CalcTextSizeA(style.size, FLT_MAX, 0, text.data(), text.data() + text.size())
      .x;
}

std::string elided(const Ui& ui, const TextStyle& style, std::string_view text, float width,
                   Elide what) {
  if (text_width(ui, style, text) <= width) return std::string(text);
  constexpr std::string_view dots = "\xE2\x80\xA6";
  // Byte counts kept, found by halving; where the middle goes, both ends grow alike.
  std::size_t low = 0, high = text.size();
  const auto shortened = [&](std::size_t kept) {
    const std::size_t behind = what == Elide::end ? 0 : kept / 2;
    std::size_t head = kept - behind;
    std::size_t tail = text.size() - behind;
    while (head > 0 && head < text.size() && continues_character(text[head])) --head;
    while (tail < text.size() && continues_character(text[tail])) ++tail;
    while (what == Elide::end && head > 0 && text[head - 1] == ' ') --head;
    std::string out(text.substr(0, head));
    out += dots;
    out += text.substr(tail);
    return out;
  };
  while (low + 1 < high) {
    const std::size_t middle = (low + high) / 2;
    (text_width(ui, style, shortened(middle)) <= width ? low : high) = middle;
  }
  return shortened(low);
}

std::vector<std::string_view> wrapped(const Ui& ui, const TextStyle& style, std::string_view text,
                                      float width) {
  std::vector<std::string_view> lines;
  ImFont* font = face_of(ui, style.face);
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    const char* newline = std::find(at, end, '\n');
    const char* stop = font->CalcWordWrapPosition(style.size, at, newline, std::max(width, 8.0F));
    stop = before_word(at, stop, newline);
    if (stop == at && at < newline) {  // not even one character fits
      do ++stop;
      while (stop < newline && continues_character(*stop));
    }
    lines.emplace_back(at, static_cast<std::size_t>(stop - at));
    at = stop;
    while (at < newline && *at == ' ') ++at;
    if (at == newline && at < end) ++at;
  }
  if (lines.empty()) lines.emplace_back();
  return lines;
}

float wrapped_height(const Ui& ui, const TextStyle& style, std::string_view text, float width) {
  return static_cast<float>(wrapped(ui, style, text, width).size()) * line_of(style.size);
}

void glyphs(Ui& ui, float x, float y, const TextStyle& style, std::string_view text) {
  if (text.empty()) return;
  const float top = y + std::floor((line_of(style.size) - style.size) / 2);
  ui.list().AddText(face_of(ui, style.face), style.size, {std::round(x), std::round(top)},
                    ui.ink(style.colour), text.data(), text.data() + text.size());
}

void line(Ui& ui, const Box& box, std::uint32_t id, const TextStyle& style, std::string_view text,
          float align, Role role, Elide what) {
  const float full = text_width(ui, style, text);
  const float y = box.y + std::floor((box.h - line_of(style.size)) / 2);
  MirrorNode& node = ui.node(id, role, text, box);
  node.font_size = style.size;
  if (full <= box.w) {
    glyphs(ui, box.x + (box.w - full) * align, y, style, text);
    return;
  }
  glyphs(ui, box.x, y, style, elided(ui, style, text, box.w, what));
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const Box clip = ui.clip();
  const auto in = [mouse](const Box& b) {
    return mouse.x >= b.x && mouse.x < b.x + b.w && mouse.y >= b.y && mouse.y < b.y + b.h;
  };
  if (in(box) && in(clip) && !ui.covered) ui.tooltip(text, box);
}

void paragraph(Ui& ui, Area& area, std::uint32_t id, const TextStyle& style, std::string_view text,
               Role role) {
  const std::vector<std::string_view> lines = wrapped(ui, style, text, area.w);
  const float step = line_of(style.size);
  const Box box = area.take(step * static_cast<float>(lines.size()));
  const Box clip = ui.clip();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const float y = box.y + step * static_cast<float>(i);
    if (y + step >= clip.y && y <= clip.y + clip.h) glyphs(ui, box.x, y, style, lines[i]);
  }
  ui.node(id, role, text, box).font_size = style.size;
}

void heading(Ui& ui, Area& area, std::uint32_t id, const TextStyle& style, std::string_view text,
             int level) {
  paragraph(ui, area, id, style, text, Role::heading);
  ui.mirror.back().level = static_cast<std::uint8_t>(level);
  ui.mirror.back().bold = true;
}

}  // namespace voxdial::ui
