// Mouse, pen, finger and wheel into ImGuiIO.
#include <emscripten.h>
#include <imgui.h>

#include <cmath>

#include "wasm-ui/platform/bridge.h"

namespace voxdial::platform {

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
  wake(Settle::input);
}

}  // extern "C"

}  // namespace voxdial::platform
