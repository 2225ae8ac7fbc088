#include "wasm-ui/platform/canvas.h"

#include <GLES3/gl3.h>
#include <emscripten.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "wasm-ui/platform/bridge.h"
#include "wasm-ui/platform/browser.h"
#include "wasm-ui/platform/canvas_font.h"
#include "wasm-ui/platform/glyph_upload.h"

extern "C" {
int js_canvas_open();
void js_canvas_size(int width, int height);
void js_pointer_open();
}

namespace voxdial::platform {
namespace {

struct Canvas {
  bool lost = false;
  int width = 0, height = 0;                    // device px
  int observed_width = 0, observed_height = 0;  // as the browser lays the element out
  double last_frame_ms = 0;
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

}  // namespace

bool open_canvas() {
  page();  // finds the root element and watches the page
  if (js_canvas_open() == 0) return false;
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.BackendPlatformName = "voxdial";
  ImGui_ImplOpenGL3_Init("#version 300 es");
  js_pointer_open();
  return true;
}

void begin_frame() {
  Canvas& c = canvas();
  ImGuiIO& io = ImGui::GetIO();
  const Page& p = page();
  // The observer knows the pixels to one; of a change of the ratio alone it may be told late or
  // never.
  const auto pixels = [&p](int observed, float css) {
    const auto wanted = static_cast<int>(std::lround(css * p.pixel_ratio));
    return std::max(1, std::abs(observed - wanted) < 2 ? observed : wanted);
  };
  const int width = pixels(c.observed_width, p.width);
  const int height = pixels(c.observed_height, p.height);
  if (width != c.width || height != c.height) js_canvas_size(c.width = width, c.height = height);
  io.DisplayFramebufferScale = ImVec2(p.pixel_ratio, p.pixel_ratio);
  // A little more than the pixels: the renderer cuts their number off behind the point.
  io.DisplaySize = ImVec2((static_cast<float>(width) + 0.01F) / p.pixel_ratio,
                          (static_cast<float>(height) + 0.01F) / p.pixel_ratio);
  // ImGui tells a face the pixel ratio only when it is pushed; views also draw with faces by name.
  for (ImFont* face : io.Fonts->Fonts) face->CurrentRasterizerDensity = p.pixel_ratio;
  limit_glyphs(*io.Fonts);
  const double now = monotonic_ms();
  // After a rest the first frame must not think that hours went by in it.
  io.DeltaTime = static_cast<float>(std::clamp((now - c.last_frame_ms) / 1000, 0.001, 0.1));
  c.last_frame_ms = now;
  if (!c.lost) ImGui_ImplOpenGL3_NewFrame();
}

void draw(ImDrawData& data, std::uint32_t background) {
  Canvas& c = canvas();
  if (c.lost || page().hidden) return;
  const float ratio = page().pixel_ratio;
  if (ratio != std::floor(ratio)) snap_glyphs(data, ratio);
  if (data.Textures != nullptr && glyphs_need_upload()) {
    for (ImTextureData* texture : *data.Textures) {
      const bool create = texture->Status == ImTextureStatus_WantCreate;
      ImGui_ImplOpenGL3_UpdateTexture(texture);
      upload_glyphs(*ImGui::GetIO().Fonts, *texture, create);
    }
  }
  const auto channel = [background](int shift) {
    return static_cast<float>(background >> shift & 0xFFU) / 255.0F;
  };
  glViewport(0, 0, c.width, c.height);
  glClearColor(channel(16), channel(8), channel(0), 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(&data);
}

extern "C" {

EMSCRIPTEN_KEEPALIVE void on_canvas_size(int width, int height) {
  canvas().observed_width = width;
  canvas().observed_height = height;
  wake(Settle::data);
}

EMSCRIPTEN_KEEPALIVE void on_context_lost() {
  canvas().lost = true;
  // Everything on the card is gone; it is made anew from ImGui's own copy.
  ImGui_ImplOpenGL3_DestroyDeviceObjects();
}

EMSCRIPTEN_KEEPALIVE void on_context_restored() {
  canvas().lost = false;
  wake(Settle::input);
}

}  // extern "C"

}  // namespace voxdial::platform
