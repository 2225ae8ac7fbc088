// Stands in for ImGui's FreeType header. With IMGUI_ENABLE_FREETYPE defined ImGui leaves its built-in
// rasteriser out and takes the font loader from here; canvas_font.cpp supplies it.
#pragma once

struct ImFontLoader;

namespace ImGuiFreeType {
const ImFontLoader* GetFontLoader();
bool DebugEditFontLoaderFlags(unsigned int* flags);
}  // namespace ImGuiFreeType
