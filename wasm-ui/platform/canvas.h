// The picture: one WebGL2 canvas that fills the page, and ImGui's renderer on it.
//
// Owns the context, its loss and its return. Where there is no WebGL2 the page is replaced by a
// plain one that says what to do. A lost context (driver reset, too many tabs) comes back by
// itself.
#pragma once

#include <cstdint>

struct ImDrawData;

namespace voxdial::platform {

/// Opens the canvas for the current ImGui context. False when the browser has no WebGL2: the page
/// then says so already, and main() has only to return.
bool open_canvas();

/// Size, pixel ratio and the time since the last frame into ImGuiIO. Before ImGui::NewFrame().
void begin_frame();

/// Paints over `background` (0xRRGGBB). Does nothing in a hidden tab or while the context is lost.
/// On pixel ratios like 1.25 glyphs are moved to whole device pixels here, so `data` is changed.
void draw(ImDrawData& data, std::uint32_t background);

}  // namespace voxdial::platform
