#include "wasm-ui/platform/browser.h"

#include <emscripten.h>

#include <cstdlib>

#include "wasm-ui/platform/bridge.h"

extern "C" {
using voxdial::platform::Text;

void js_browser_open();
double js_monotonic_ms();
double js_wall_ms();
Text js_local_time(double epoch_ms, int style, const char* zone);
Text js_time_zone();
Text js_language();
Text js_language_name(const char* code);
int js_store(const char* key, const char* value, int this_tab);
Text js_stored(const char* key);
Text js_query(const char* name);
Text js_route();
void js_set_route(const char* route, int push);
void js_set_title(const char* title);
void js_set_theme_color(std::uint32_t rgb);
void js_copy_text(const char* text);
void js_download(const char* name, const char* type, const char* text);
void js_pick_text_file(const char* accept, std::uint32_t max_bytes);
void js_play_end_tone();
void js_go_to(const char* path, int new_tab);
Text js_random_id();
void js_crash(const char* reason);
void js_log(const char* line);
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
std::string time_zone() { return taken(js_time_zone()); }
std::string language() { return taken(js_language()); }
std::string language_name(const std::string& code) { return taken(js_language_name(code.c_str())); }

bool store(const std::string& key, const std::string& value, bool this_tab) {
  return js_store(key.c_str(), value.c_str(), this_tab ? 1 : 0) != 0;
}
std::string stored(const std::string& key) { return taken(js_stored(key.c_str())); }
std::string query(const std::string& name) { return taken(js_query(name.c_str())); }

std::string route() { return taken(js_route()); }
void push_route(const std::string& to) { js_set_route(to.c_str(), 1); }
void replace_route(const std::string& to) { js_set_route(to.c_str(), 0); }

void set_title(const std::string& title) { js_set_title(title.c_str()); }
void set_theme_color(std::uint32_t rgb) { js_set_theme_color(rgb); }
void copy_text(const std::string& text) { js_copy_text(text.c_str()); }
void download(const std::string& file_name, const std::string& mime_type, const std::string& text) {
  js_download(file_name.c_str(), mime_type.c_str(), text.c_str());
}
void pick_text_file(const std::string& accept, std::uint32_t max_bytes) {
  js_pick_text_file(accept.c_str(), max_bytes);
}
void play_end_tone() { js_play_end_tone(); }
void go_to(const std::string& path, bool new_tab) { js_go_to(path.c_str(), new_tab ? 1 : 0); }
std::string random_id() { return taken(js_random_id()); }
void crash(const std::string& reason) {
  js_crash(reason.c_str());
  std::abort();
}
void log(const std::string& line) { js_log(line.c_str()); }

extern "C" {

EMSCRIPTEN_KEEPALIVE void on_page(float width, float height, float pixel_ratio, float top,
                                  float right, float bottom, float left, std::uint32_t flags) {
  Page next;
  next.width = width;
  next.height = height;
  next.pixel_ratio = pixel_ratio;
  next.inset_top = top;
  next.inset_right = right;
  next.inset_bottom = bottom;
  next.inset_left = left;
  const auto flag = [flags](unsigned bit) { return (flags >> bit & 1U) != 0; };
  next.dark = flag(0);
  next.reduced_motion = flag(1);
  next.more_contrast = flag(2);
  next.touch = flag(3);
  next.hidden = flag(4);
  next.online = flag(5);
  next.secure = flag(6);
  Page& page = current_page();
  if (page == next) return;
  page = next;
  post(PageChanged{}, Settle::input);
}

EMSCRIPTEN_KEEPALIVE void on_page_leaving() { post(PageLeaving{}); }
EMSCRIPTEN_KEEPALIVE void on_route(Text route) { post(RouteChanged{taken(route)}, Settle::input); }
EMSCRIPTEN_KEEPALIVE void on_copied(int ok) { post(Copied{ok != 0}); }
EMSCRIPTEN_KEEPALIVE void on_file(Text name, Text text, Text failure) {
  post(FilePicked{taken(name), taken(text), taken(failure)});
}

}  // extern "C"

}  // namespace voxdial::platform
