#include "wasm-ui/platform/bridge.h"

#include <emscripten.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

extern "C" {
void js_start();
void js_request_frame();
void js_request_frame_in(double ms);
}

namespace voxdial::platform {
namespace {

struct Loop {
  Frame frame;
  std::vector<Event> inbox;
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

void post(Event event, Settle settle) {
  loop().inbox.push_back(std::move(event));
  wake(settle);
}

std::vector<Event> take_events() { return std::exchange(loop().inbox, {}); }

void start(Frame frame) {
  loop().frame = std::move(frame);
  loop().settle = static_cast<int>(Settle::input);
  js_start();
}

void request_frame() { js_request_frame(); }
void request_frame_in(double ms) { js_request_frame_in(ms); }

extern "C" {

/// Memory for a Text of `length` bytes, its length already written.
EMSCRIPTEN_KEEPALIVE char* on_text(std::uint32_t length) {
  char* text = static_cast<char*>(std::malloc(sizeof length + length));
  std::memcpy(text, &length, sizeof length);
  return text;
}

/// Draws a frame; the answer is a Frame's.
EMSCRIPTEN_KEEPALIVE double on_frame() {
  const double next = loop().frame();
  if (loop().settle > 0) {
    --loop().settle;
    return 0;
  }
  return loop().inbox.empty() ? next : 0;
}

}  // extern "C"

}  // namespace voxdial::platform
