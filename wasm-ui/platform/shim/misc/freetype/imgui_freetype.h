// Stands in for ImGui's FreeType header. With IMGUI_ENABLE_FREETYPE defined ImGui leaves its
// built-in rasteriser out and takes the font loader from here; canvas_font.cpp supplies it.
#pragma once

// imgui_draw.cpp includes this before it decides on its built-in font: 9 KB of the download that
// nothing here draws with. The native build, which has no canvas, keeps it.
#define IMGUI_DISABLE_DEFAULT_FONT

struct ImFontLoader;

namespace ImGuiFreeType {
const ImFontLoader* GetFontLoader();
bool DebugEditFontLoaderFlags(unsigned int* flags);
}  // namespace ImGuiFreeType
