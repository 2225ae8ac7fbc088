#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "wasm-ui/kit/theme.h"

using namespace voxdial::ui;

namespace {

double luminance(std::uint32_t rgb) {
  const auto channel = [rgb](int shift) {
    const double c = static_cast<double>(rgb >> shift & 0xFF) / 255;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
}

/// WCAG 2 contrast ratio of two colours, 1..21.
double contrast(std::uint32_t a, std::uint32_t b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace

TEST_CASE("the contrast formula agrees with WCAG's own examples") {
  CHECK(contrast(0x000000, 0xFFFFFF) > 20.99);
  CHECK(contrast(0x777777, 0xFFFFFF) > 4.4);
  CHECK(contrast(0x777777, 0xFFFFFF) < 4.5);
}

TEST_CASE(
    "text can be read and controls can be seen, in the dark, in the light and with contrast") {
  for (const bool dark : {true, false}) {
    for (const bool strong : {true, false}) {
      const Tokens& t = tokens(dark, strong);
      INFO((dark ? "dark" : "light") << (strong ? ", more contrast" : ""));
      const auto on = [&t](Token ink, Token back) {
        return contrast(value(t, ink), value(t, back));
      };
      const double text = strong ? 7 : 4.5, mark = strong ? 4.5 : 3;
      for (const Token back : {Token::bg, Token::surface, Token::raised}) {
        CHECK(on(Token::text, back) >= text);
        CHECK(on(Token::text_quiet, back) >= text);
        CHECK(on(Token::line, back) >= mark);
        CHECK(on(Token::accent, back) >= mark);
        CHECK(on(Token::focus, back) >= mark);
      }
      for (const Token back : {Token::bg, Token::surface}) {
        CHECK(on(Token::good, back) >= text);
        CHECK(on(Token::warn, back) >= text);
        CHECK(on(Token::bad, back) >= text);
      }
      CHECK(on(Token::on_accent, Token::accent) >= text);
      CHECK(on(Token::bg, Token::bad) >= text);   // the words on End call
      CHECK(on(Token::bg, Token::text) >= text);  // a switched-on icon
    }
  }
}

TEST_CASE("the three surfaces can be told apart") {
  for (const bool dark : {true, false}) {
    const Tokens& t = tokens(dark, false);
    CHECK(contrast(value(t, Token::bg), value(t, Token::surface)) > 1.05);
    CHECK(contrast(value(t, Token::surface), value(t, Token::raised)) > 1.1);
  }
}
