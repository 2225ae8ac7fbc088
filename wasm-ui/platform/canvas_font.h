// Fonts of the user's own system, rasterised by the browser (Canvas 2D), glyph by glyph on demand.
//
// No font file is shipped. Text on the canvas has the same faces, sizes and weights as text in
// the native fields over it.
//
// Size: ImGui's font size is the height of the line, 1.45 times the CSS size: PushFont(face, 20) is
// `font-size: 14px; line-height: 20px`. Stock widgets then set lines as far apart as CSS does.
// Advances are whole device pixels, without kerning. What is not set one code point after another,
// from left to right, goes through shaped(): it becomes glyphs of several letters (web/shaping.js).
#pragma once

#include <array>
#include <string_view>

struct ImFont;
struct ImFontAtlas;

namespace voxdial::platform {

/// Regular, semibold, both again with digits of equal width, mono.
using Faces = std::array<ImFont*, 5>;

/// Adds the faces to an empty atlas; the first becomes ImGui's default. Unused ones cost nothing.
/// A browser that gives false pixels back (strict fingerprinting protection) is found out here, and
/// the glyphs then go straight from the browser's canvas to the graphics card.
Faces add_canvas_faces(ImFontAtlas& atlas);

/// Words as ImGui can draw them in its current font. With a `width` (CSS px) they are shortened to
/// it with an ellipsis, or broken into lines: what can be broken anywhere is left to ImGui. The
/// answer is good until the next frame begins.
std::string_view shaped(std::string_view words, float width, bool wrap);

/// Whether two letters of a country are drawn as its flag.
bool has_flags();

/// Before a frame: forgets all glyphs when there are so many that most must be unused, or when what
/// shapes words has come only now; those in view are made anew.
void limit_glyphs(ImFontAtlas& atlas);

}  // namespace voxdial::platform
