#include <catch2/catch_test_macros.hpp>

#include "wasm-ui/views/theme.h"

using namespace voxdial::ui;

TEST_CASE("the contrast formula agrees with WCAG's own examples") {
  CHECK(contrast(0x000000, 0xFFFFFF) > 20.99);
  CHECK(contrast(0x777777, 0xFFFFFF) > 4.4);
  CHECK(contrast(0x777777, 0xFFFFFF) < 4.5);
}

TEST_CASE("text can be read and controls can be seen, in the dark and in the light") {
  for (const bool dark : {true, false}) {
    const Tokens& t = tokens(dark);
    INFO((dark ? "dark" : "light"));
    for (const std::uint32_t back : {t.bg, t.surface, t.raised}) {
      CHECK(contrast(t.text, back) >= 4.5);
      CHECK(contrast(t.text_quiet, back) >= 4.5);
      CHECK(contrast(t.line, back) >= 3);
      CHECK(contrast(t.accent, back) >= 3);
      CHECK(contrast(t.focus, back) >= 3);
    }
    for (const std::uint32_t back : {t.bg, t.surface}) {
      CHECK(contrast(t.good, back) >= 4.5);
      CHECK(contrast(t.warn, back) >= 4.5);
      CHECK(contrast(t.bad, back) >= 4.5);
    }
    CHECK(contrast(t.on_accent, t.accent) >= 4.5);
    CHECK(contrast(t.bg, t.bad) >= 4.5);   // the words on End call
    CHECK(contrast(t.bg, t.text) >= 4.5);  // a switched-on icon
  }
}

TEST_CASE("the three surfaces can be told apart") {
  for (const bool dark : {true, false}) {
    const Tokens& t = tokens(dark);
    CHECK(contrast(t.bg, t.surface) > 1.05);
    CHECK(contrast(t.surface, t.raised) > 1.1);
  }
}
