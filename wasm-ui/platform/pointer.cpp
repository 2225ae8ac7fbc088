// Mouse, pen, finger and wheel into ImGuiIO; the keyboard into the inbox (keys.h).
#include <emscripten.h>
#include <imgui.h>

#include <cmath>

#include "wasm-ui/platform/bridge.h"
#include "wasm-ui/platform/keys.h"

extern "C" void js_claim_keys(const char* codes);

namespace voxdial::platform {

void claim_keys(const std::vector<std::string>& codes) {
  std::string joined;
  for (const std::string& code : codes) joined += code + ' ';
  js_claim_keys(joined.c_str());
}

extern "C" {

enum class PointerType : int { mouse, touch, pen };

/// Where the pointer is; x < -1e6: nowhere (it left, or a touch was let go).
EMSCRIPTEN_KEEPALIVE void on_pointer_move(float x, float y, PointerType type) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(type == PointerType::touch ? ImGuiMouseSource_TouchScreen
                         : type == PointerType::pen ? ImGuiMouseSource_Pen
                                                    : ImGuiMouseSource_Mouse);
  if (x < -1e6F) {
    io.AddMousePosEvent(-FLT_MAX, -FLT_MAX);
  } else {
    io.AddMousePosEvent(x, y);
  }
  wake(Settle::input);
}

/// `button` as the DOM counts: 0 left, 1 middle, 2 right.
EMSCRIPTEN_KEEPALIVE void on_pointer_button(int button, int down) {
  if (button < 0 || button > 2) return;
  ImGui::GetIO().AddMouseButtonEvent(button == 0 ? 0 : 3 - button, down != 0);
  wake(Settle::input);
}

/// Pixels to scroll by, positive to the right and down.
EMSCRIPTEN_KEEPALIVE void on_wheel(float x, float y) {
  // One unit of the wheel makes ImGui scroll by five base font sizes, or two sideways, in whole
  // pixels.
  const float line = ImGui::GetStyle().FontSizeBase;
  if (line <= 0) return;
  ImGui::GetIO().AddMouseWheelEvent(-x / std::trunc(2 * line), -y / std::trunc(5 * line));
  wake(Settle::input);
}

/// The window lost (0) or got (1) the keyboard.
EMSCRIPTEN_KEEPALIVE void on_window_focus(int focused) {
  ImGui::GetIO().AddFocusEvent(focused != 0);
  if (focused == 0) {
    post(KeysReleased{}, Settle::input);
  } else {
    wake(Settle::input);
  }
}

/// Something may have swallowed the release of a key.
EMSCRIPTEN_KEEPALIVE void on_keys_lost() { post(KeysReleased{}, Settle::input); }

/// `bits`: down, repeat, ctrl, shift, alt, meta, in_field, on_control.
EMSCRIPTEN_KEEPALIVE void on_key(Text code, Text key, std::uint32_t bits) {
  const auto bit = [bits](unsigned i) { return (bits >> i & 1U) != 0; };
  post(KeyEvent{bit(0), bit(1), taken(code), taken(key), bit(2), bit(3), bit(4), bit(5), bit(6),
                bit(7)},
       Settle::input);
}

}  // extern "C"

}  // namespace voxdial::platform
