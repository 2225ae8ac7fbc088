#include "wasm-ui/views/theme.h"

#include <algorithm>
#include <cmath>

namespace voxdial::ui {
namespace {

constexpr Tokens dark_tokens{
    .bg = 0x0D1117,
    .surface = 0x151B24,
    .raised = 0x212B37,
    .line = 0x748195,
    .text = 0xE9EDF1,
    .text_quiet = 0xA4B0BE,
    .accent = 0x7DAAFF,
    .on_accent = 0x08142A,
    .good = 0x5FCB8D,
    .warn = 0xE6B655,
    .bad = 0xFF8078,
    .focus = 0xB4CEFF,
};

constexpr Tokens light_tokens{
    .bg = 0xF6F3EE,
    .surface = 0xFFFDFA,
    .raised = 0xEDE8E0,
    .line = 0x827C72,
    .text = 0x1C1A17,
    .text_quiet = 0x59544C,
    .accent = 0x2355C4,
    .on_accent = 0xFFFFFF,
    .good = 0x176B3B,
    .warn = 0x7A4B00,
    .bad = 0xB0231B,
    .focus = 0x2355C4,
};

double luminance(std::uint32_t rgb) {
  const auto channel = [rgb](int shift) {
    const double c = static_cast<double>(rgb >> shift & 0xFF) / 255;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
}

}  // namespace

const Tokens& tokens(bool dark) { return dark ? dark_tokens : light_tokens; }

std::uint32_t value(const Tokens& t, Token token) {
  switch (token) {
    case Token::bg:
      return t.bg;
    case Token::surface:
      return t.surface;
    case Token::raised:
      return t.raised;
    case Token::line:
      return t.line;
    case Token::text:
      return t.text;
    case Token::text_quiet:
      return t.text_quiet;
    case Token::accent:
      return t.accent;
    case Token::on_accent:
      return t.on_accent;
    case Token::good:
      return t.good;
    case Token::warn:
      return t.warn;
    case Token::bad:
      return t.bad;
    case Token::focus:
      return t.focus;
  }
  return 0;
}

double contrast(std::uint32_t a, std::uint32_t b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace voxdial::ui
