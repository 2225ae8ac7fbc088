// Colours, sizes and their rules (look.md): the only place with literals for either.
#pragma once

#include <cstdint>

namespace voxdial::ui {

/// 0xRRGGBB each. Text tokens keep 4.5:1 on bg, surface and raised; line, accent and focus 3:1.
struct Tokens {
  std::uint32_t bg;       ///< the page
  std::uint32_t surface;  ///< cards
  std::uint32_t raised;   ///< what lies on a card: bubbles, chips, secondary buttons
  std::uint32_t line;     ///< edges of controls; dividers use it faintly
  std::uint32_t text;
  std::uint32_t text_quiet;
  std::uint32_t accent;  ///< primary action, focus, live state; nothing else
  std::uint32_t on_accent;
  std::uint32_t good;
  std::uint32_t warn;
  std::uint32_t bad;
  std::uint32_t focus;
};

enum class Token : std::uint8_t {
  bg,
  surface,
  raised,
  line,
  text,
  text_quiet,
  accent,
  on_accent,
  good,
  warn,
  bad,
  focus,
};

const Tokens& tokens(bool dark);
std::uint32_t value(const Tokens& tokens, Token token);

/// WCAG 2 contrast ratio of two colours, 1..21.
double contrast(std::uint32_t a, std::uint32_t b);

namespace space {
constexpr float xs = 4, s = 8, m = 12, l = 16, xl = 24, xxl = 32;
}
namespace radius {
constexpr float control = 8, card = 12;
}
namespace type {
constexpr float small = 12, body = 14, lead = 16, title = 20, display = 28;
}
constexpr float line_height = 1.45F;
constexpr float measure = 720;     ///< the widest a form or a text gets
constexpr double motion_ms = 150;  ///< what appears, ease-out

}  // namespace voxdial::ui
