#include "wasm-ui/platform/bridge.h"

#include <emscripten.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "wasm-ui/platform/browser.h"

extern "C" {
void js_enter(void (*run)());
void js_door_open();
void js_send(const char* effect);
void js_start();
void js_request_frame();
}

namespace voxdial::platform {
namespace {

struct Loop {
  Frame frame = nullptr;
  std::vector<std::string> events;
  std::vector<ui::MirrorEvent> mirror_events;
  int settle = 0;  // frames still to draw before coming to rest
};

Loop& loop() {
  static Loop instance;
  return instance;
}

}  // namespace

std::string taken(Text text) {
  if (text == nullptr) return {};
  std::uint32_t length = 0;
  std::memcpy(&length, text, sizeof length);
  std::string out(text + sizeof length, length);
  std::free(text);
  return out;
}

void wake(Settle settle) {
  loop().settle = std::max(loop().settle, static_cast<int>(settle));
  js_request_frame();
}

void post(ui::MirrorEvent event) {
  loop().mirror_events.push_back(std::move(event));
  wake(Settle::input);
}

void enter(void (*run)()) { js_enter(run); }
void open_door() { js_door_open(); }
void send(const std::string& effect) { js_send(effect.c_str()); }
std::vector<std::string> take_events() { return std::exchange(loop().events, {}); }
std::vector<ui::MirrorEvent> take_mirror_events() {
  return std::exchange(loop().mirror_events, {});
}

void start(Frame frame) {
  loop().frame = frame;
  loop().settle = static_cast<int>(Settle::input);
  js_start();
}

extern "C" {

/// Memory for a Text of `length` bytes, its length already written.
EMSCRIPTEN_KEEPALIVE char* on_text(std::uint32_t length) {
  char* text = static_cast<char*>(std::malloc(sizeof length + length));
  std::memcpy(text, &length, sizeof length);
  return text;
}

EMSCRIPTEN_KEEPALIVE void on_event(Text event, Settle settle) {
  loop().events.push_back(taken(event));
  wake(settle);
}

/// Draws a frame; the answer is a Frame's.
EMSCRIPTEN_KEEPALIVE double on_frame() {
  const double next = loop().frame();
  if (loop().settle > 0) {
    --loop().settle;
    return 0;
  }
  return loop().events.empty() ? next : 0;
}

}  // extern "C"

}  // namespace voxdial::platform
