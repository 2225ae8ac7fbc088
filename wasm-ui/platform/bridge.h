// The border between C++ and JavaScript; private to this room.
//
// Names tell the side a function lives on: js_* is JavaScript called from here (the *.js
// libraries), on_* is C++ called from there. Text crosses as a Text, a block that JavaScript fills
// and C++ frees. JavaScript keeps its state in the library objects ($PF and others), nothing on
// Module or window.
#pragma once

#include <cstdint>
#include <string>

#include "wasm-ui/core/mirror.h"

namespace voxdial::platform {

/// A string JavaScript wrote: its length (4 bytes), then its UTF-8. Null is the empty string.
using Text = char*;

/// The string; the block is freed.
std::string taken(Text text);

/// How many more frames are drawn after an event so that the picture comes to rest.
enum class Settle : std::uint8_t {
  none,   ///< a meter moved
  data,   ///< news from outside: layouts that measure themselves need a second frame
  input,  ///< the user did something: hover, press and focus follow one another
};

/// What somebody did to a node of the mirror; asks for a frame.
void post(ui::MirrorEvent event);
/// The same without an event: ImGuiIO was fed.
void wake(Settle settle);

}  // namespace voxdial::platform
