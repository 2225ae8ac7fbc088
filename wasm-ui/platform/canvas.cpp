#include "wasm-ui/platform/canvas.h"

#include <emscripten.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "wasm-ui/platform/bridge.h"
#include "wasm-ui/platform/browser.h"
#include "wasm-ui/platform/glyph_upload.h"

extern "C" {
int js_canvas_open();
void js_canvas_size(int width, int height);
void js_canvas_cursor(int cursor);
void js_texture_make(int texture, int width, int height);
void js_texture_drop(int texture);
void js_texture_write(int texture, int x, int y, int width, int height, int row, const void* rgba);
void js_draw_begin(float ratio, float red, float green, float blue);
void js_draw_mesh(const void* vertices, int vertex_bytes, const void* indices, int index_bytes);
void js_draw_piece(int texture, int left, int top, int right, int bottom, unsigned vertices_at,
                   unsigned indices_at, unsigned count);
void js_pointer_open();
}

namespace voxdial::platform {
namespace {

struct Canvas {
  bool lost = false;
  int width = 0, height = 0;  // device px
  double last_frame_ms = 0;
  int cursor = -1;
};

Canvas& canvas() {
  static Canvas instance;
  return instance;
}

/// Moves glyph quads to whole device pixels, where a ratio like 1.25 put them between two: the
/// browser rasterised them for whole ones. A glyph quad is two triangles over four new vertices in
/// a row that take their colour from the atlas.
void snap_glyphs(ImDrawData& data, float ratio) {
  const auto snapped = [ratio](float v) { return std::floor(v * ratio + 0.5F + 0.01F) / ratio; };
  for (ImDrawList* list : data.CmdLists) {
    for (const ImDrawCmd& cmd : list->CmdBuffer) {
      const ImDrawIdx* idx = list->IdxBuffer.Data + cmd.IdxOffset;
      ImDrawVert* vtx = list->VtxBuffer.Data + cmd.VtxOffset;
      for (unsigned i = 0; i + 6 <= cmd.ElemCount;) {
        const unsigned a = idx[i];
        const bool quad = idx[i + 1] == a + 1 && idx[i + 2] == a + 2 && idx[i + 3] == a &&
                          idx[i + 4] == a + 2 && idx[i + 5] == a + 3;
        if (!quad || vtx[a].uv.x == vtx[a + 2].uv.x || vtx[a].pos.y != vtx[a + 1].pos.y) {
          i += 3;
          continue;
        }
        const float dx = snapped(vtx[a].pos.x) - vtx[a].pos.x;
        const float dy = snapped(vtx[a].pos.y) - vtx[a].pos.y;
        for (unsigned k = a; k < a + 4; ++k) {
          vtx[k].pos.x += dx;
          vtx[k].pos.y += dy;
        }
        i += 6;
      }
    }
  }
}

// canvas.js draws what these describe.
static_assert(sizeof(ImDrawVert) == 20 && offsetof(ImDrawVert, uv) == 8 &&
              offsetof(ImDrawVert, col) == 16 && sizeof(ImDrawIdx) == 2);

/// Brings a texture of ImGui's to the card.
void update_texture(ImTextureData& texture) {
  const int id = texture.UniqueID + 1;  // 0 is ImGui's word for none
  const auto write = [&](const ImTextureRect& r) {
    js_texture_write(id, r.x, r.y, r.w, r.h, texture.Width, texture.GetPixelsAt(r.x, r.y));
  };
  const bool create = texture.Status == ImTextureStatus_WantCreate;
  if (create) {
    js_texture_make(id, texture.Width, texture.Height);
    write({0, 0, static_cast<unsigned short>(texture.Width),
           static_cast<unsigned short>(texture.Height)});
    texture.SetTexID(static_cast<ImTextureID>(id));
  } else if (texture.Status == ImTextureStatus_WantUpdates) {
    for (const ImTextureRect& changed : texture.Updates) write(changed);
  } else {
    if (texture.Status == ImTextureStatus_WantDestroy && texture.UnusedFrames > 0) {
      js_texture_drop(id);
      texture.SetTexID(ImTextureID_Invalid);
      texture.SetStatus(ImTextureStatus_Destroyed);
    }
    return;
  }
  texture.SetStatus(ImTextureStatus_OK);
  if (glyphs_need_upload()) upload_glyphs(*ImGui::GetIO().Fonts, texture, create);
}

}  // namespace

bool open_canvas() {
  page();  // finds the root element and watches the page
  const int largest_texture = js_canvas_open();
  if (largest_texture == 0) return false;
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.BackendPlatformName = "voxdial";
  io.BackendFlags |= ImGuiBackendFlags_HasMouseCursors | ImGuiBackendFlags_RendererHasTextures |
                     ImGuiBackendFlags_RendererHasVtxOffset;
  ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
  platform.Renderer_TextureMaxWidth = platform.Renderer_TextureMaxHeight = largest_texture;
  js_pointer_open();
  return true;
}

void begin_frame() {
  Canvas& c = canvas();
  ImGuiIO& io = ImGui::GetIO();
  const Page& p = page();
  const int width = std::max(1, static_cast<int>(std::lround(p.width * p.pixel_ratio)));
  const int height = std::max(1, static_cast<int>(std::lround(p.height * p.pixel_ratio)));
  if (width != c.width || height != c.height) js_canvas_size(c.width = width, c.height = height);
  io.DisplaySize = ImVec2(p.width, p.height);
  io.DisplayFramebufferScale = ImVec2(p.pixel_ratio, p.pixel_ratio);
  // ImGui tells a face the pixel ratio only when it is pushed; views also draw with faces by name.
  for (ImFont* face : io.Fonts->Fonts) face->CurrentRasterizerDensity = p.pixel_ratio;
  const double now = monotonic_ms();
  // After a rest the first frame must not think that hours went by in it.
  io.DeltaTime = static_cast<float>(std::clamp((now - c.last_frame_ms) / 1000, 0.001, 0.1));
  c.last_frame_ms = now;
}

void draw(ImDrawData& data, std::uint32_t background) {
  Canvas& c = canvas();
  if (c.lost || page().hidden) return;
  const float ratio = page().pixel_ratio;
  if (ratio != std::floor(ratio)) snap_glyphs(data, ratio);
  const auto channel = [background](int shift) {
    return static_cast<float>(background >> shift & 0xFFU) / 255.0F;
  };
  js_draw_begin(ratio, channel(16), channel(8), channel(0));
  if (data.Textures != nullptr) {
    for (ImTextureData* texture : *data.Textures) update_texture(*texture);
  }
  const auto px = [ratio](float v) { return static_cast<int>(std::lround(v * ratio)); };
  for (const ImDrawList* list : data.CmdLists) {
    js_draw_mesh(list->VtxBuffer.Data, list->VtxBuffer.size_in_bytes(), list->IdxBuffer.Data,
                 list->IdxBuffer.size_in_bytes());
    for (const ImDrawCmd& cmd : list->CmdBuffer) {
      const ImVec4& clip = cmd.ClipRect;
      const int left = px(clip.x), top = px(clip.y), right = px(clip.z), bottom = px(clip.w);
      if (right <= left || bottom <= top) continue;
      js_draw_piece(static_cast<int>(cmd.GetTexID()), left, top, right, bottom,
                    cmd.VtxOffset * sizeof(ImDrawVert), cmd.IdxOffset * sizeof(ImDrawIdx),
                    cmd.ElemCount);
    }
  }
  const int cursor = ImGui::GetMouseCursor();
  if (cursor != c.cursor) js_canvas_cursor(c.cursor = cursor);
}

extern "C" {

EMSCRIPTEN_KEEPALIVE void on_context_lost() { canvas().lost = true; }

EMSCRIPTEN_KEEPALIVE void on_context_restored() {
  // Everything on the card is gone; ImGui has it made anew from its own copy.
  for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
    texture->SetTexID(ImTextureID_Invalid);
    texture->SetStatus(ImTextureStatus_Destroyed);
  }
  canvas().lost = false;
  wake(Settle::input);
}

}  // extern "C"

}  // namespace voxdial::platform
