#include "wasm-ui/platform/browser.h"

#include <emscripten.h>

#include "wasm-ui/platform/bridge.h"

extern "C" {
using voxdial::platform::Text;

void js_browser_open();
double js_monotonic_ms();
double js_wall_ms();
Text js_local_time(double epoch_ms, int style, const char* zone);
Text js_language_name(const char* code);
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
std::string local_time(double epoch_ms, TimeStyle style, const std::string& zone) {
  return taken(js_local_time(epoch_ms, static_cast<int>(style), zone.c_str()));
}
std::string language_name(const std::string& code) { return taken(js_language_name(code.c_str())); }
void set_theme_color(std::uint32_t rgb) { js_set_theme_color(rgb); }

extern "C" {

EMSCRIPTEN_KEEPALIVE void on_page(float width, float height, float pixel_ratio, int hidden) {
  current_page() = {width, height, pixel_ratio, hidden != 0};
  wake(Settle::input);
}

}  // extern "C"

}  // namespace voxdial::platform
