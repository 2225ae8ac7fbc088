// Glyphs past the processor; private to this room.
//
// Strict fingerprinting protection (Firefox's resistFingerprinting, Tor Browser) gives noise
// instead of the pixels of a 2D canvas, but still lets the graphics card have them. Then ImGui's
// own copy of the atlas holds no glyphs, and each one is copied to its place on the card's texture.
#pragma once

struct ImFontAtlas;
struct ImTextureData;

namespace voxdial::platform {

/// Whether this browser is one of those.
bool glyphs_need_upload();

/// After the renderer has updated a texture: the new glyphs, or all of them after it was made anew.
void upload_glyphs(ImFontAtlas& atlas, const ImTextureData& texture, bool all);

}  // namespace voxdial::platform
