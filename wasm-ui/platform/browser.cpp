#include "wasm-ui/platform/browser.h"

#include <emscripten.h>

#include "wasm-ui/platform/bridge.h"

extern "C" {
using voxdial::platform::Text;

void js_browser_open();
double js_monotonic_ms();
double js_wall_ms();
Text js_format(const char* name, double value, const char* of);
void js_set_theme_color(std::uint32_t rgb);
}

namespace voxdial::platform {
namespace {

Page& current_page() {
  // The first asker gets the browser's answer: it writes the page and listens to changes from then
  // on.
  static Page instance;
  static bool open = false;
  if (!open) {
    open = true;
    js_browser_open();
  }
  return instance;
}

}  // namespace

const Page& page() { return current_page(); }

double monotonic_ms() { return js_monotonic_ms(); }
double wall_ms() { return js_wall_ms(); }
std::string format(const char* name, double value, const std::string& of) {
  return taken(js_format(name, value, of.c_str()));
}
void set_theme_color(std::uint32_t rgb) { js_set_theme_color(rgb); }

extern "C" {

EMSCRIPTEN_KEEPALIVE void on_page(float width, float height, float pixel_ratio, int hidden) {
  current_page() = {width, height, pixel_ratio, hidden != 0};
  wake(Settle::input);
}

}  // extern "C"

}  // namespace voxdial::platform
