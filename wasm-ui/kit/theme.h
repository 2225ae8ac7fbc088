// Colours, sizes and their rules: the only place with literals for either.
#pragma once

#include <array>
#include <cstdint>

namespace voxdial::ui {

/// Text colours keep 4.5:1 on bg, surface and raised; line, accent and focus 3:1.
enum class Token : std::uint8_t {
  bg,       ///< the page
  surface,  ///< cards
  raised,   ///< what lies on a card: bubbles, chips, secondary buttons
  line,     ///< edges of controls; dividers use it faintly
  text,
  text_quiet,
  accent,  ///< primary action, focus, live state; nothing else
  on_accent,
  good,
  warn,
  bad,
  focus,
};
constexpr std::array token_names{"bg",     "surface",   "raised", "line", "text", "text-quiet",
                                 "accent", "on-accent", "good",   "warn", "bad",  "focus"};

using Tokens = std::array<std::uint32_t, token_names.size()>;  ///< 0xRRGGBB by Token
constexpr std::uint32_t value(const Tokens& tokens, Token token) {
  return tokens[static_cast<std::size_t>(token)];
}

/// `contrast`: as strong as can be, for who asks the system for more contrast or fixed colours.
const Tokens& tokens(bool dark, bool contrast);

/// The tokens and sizes become ImGui's style; `control` is the height of what is pressed.
void apply_style(const Tokens& tokens, bool contrast, float control);

namespace space {
constexpr float xs = 4, s = 8, m = 12, l = 16, xl = 24, xxl = 32;
}
namespace radius {
constexpr float control = 8, card = 12;
}
/// Sizes of letters in px, as CSS counts: the line they stand on is higher by line_height.
namespace type {
constexpr float small = 12, body = 14, lead = 16, title = 20, display = 28;
}
constexpr float line_height = 1.45F;
/// What ImGui is told as a font's size: faces are made so that it is the height of the line
/// (platform/canvas_font.h), and stock widgets set text as CSS does.
constexpr float line_of(float size) {
  const int hundredths = static_cast<int>(size) * 145 + 50;  // whole sizes, whole lines
  const int px = hundredths / 100;
  return static_cast<float>(px);
}
constexpr float measure = 720;         ///< the widest a form or a text gets
constexpr double motion_ms = 150;      ///< what appears, ease-out
constexpr double busy_after_ms = 300;  ///< what takes less shows no progress

}  // namespace voxdial::ui
