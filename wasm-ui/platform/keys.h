// The keyboard, for shortcuts and push-to-talk.
//
// Typing does not come this way: text fields are native elements (mirror_dom.h). Pointers, fingers
// and wheels do not come this way either: the platform feeds them to ImGuiIO itself. No key is ever
// fed to ImGui: focus, Tab, Enter and Space belong to the DOM.
//
// The browser keeps its own keys: F5, F12, Ctrl/Cmd with L, T, W, R, F, C, V, zoom and so on are
// reported but never blocked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace voxdial::platform {

struct KeyEvent {
  bool down = false;
  bool repeat = false;
  std::string code;  ///< the place on the keyboard, whatever the layout: "Space", "KeyM", "Escape"
  std::string key;   ///< what it types: "m", "M", "Escape"
  bool ctrl = false, shift = false, alt = false, meta = false;
  bool in_field = false;    ///< a text field, textarea or select has the focus: hands off
  bool on_control = false;  ///< a button or the like has the focus: Enter and Space are its own
  friend bool operator==(const KeyEvent&, const KeyEvent&) = default;
};

/// All keys held down are to be taken as released (the window lost the focus, the tab was hidden):
/// ends a push-to-talk whose key-up will never come.
struct KeysReleased {};

/// These codes do nothing else while held without Ctrl, Alt or Meta outside of text fields: a
/// push-to-talk on Space then does not press the focused button. Replaces the list claimed before.
void claim_keys(const std::vector<std::string>& codes);

}  // namespace voxdial::platform
