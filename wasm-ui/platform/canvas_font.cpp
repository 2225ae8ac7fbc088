#include "wasm-ui/platform/canvas_font.h"

#include <imgui.h>
#include <imgui_internal.h>
#include <misc/freetype/imgui_freetype.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "wasm-ui/platform/bridge.h"
#include "wasm-ui/platform/glyph_upload.h"

namespace voxdial::platform {
namespace {

// What canvas_font.js answers about a glyph, in device px; left and top from the pen on the
// baseline.
struct Raster {
  float left, top, width, height;
  float advance;
  float coloured;
};
static_assert(sizeof(Raster) == 6 * 4);

extern "C" {
int js_font_open();
void js_font_metrics(int style, float* ascent_and_descent);
float js_font_advance(int style, float em, std::uint32_t codepoint);
int js_font_raster(int style, float em, std::uint32_t codepoint, Raster* out);
void js_font_copy(unsigned char* to, int coloured);
void js_font_upload(int texture, int style, float em, std::uint32_t codepoint, int left, int top,
                    int to_x, int to_y, int width, int height);
Text js_font_shape(const char* words, int style, float em, float width, int wrap);
int js_font_runs();
int js_font_flags();
void js_font_forget();
}

constexpr float line_height = 1.45F;

// The atlas takes 4 bytes a pixel: 32 MB.
constexpr int atlas_width = 4096, atlas_height = 2048;
// From the start as wide as the widest glyph (WIDEST of canvas_font.js) with its padding: ImGui may
// give a glyph up that a narrower atlas would have to grow for.
constexpr int atlas_least_width = 2048;
constexpr int most_runs = 4096;
constexpr std::size_t most_words = 4096;

// Places in $CF.STYLES of canvas_font.js.
enum Style { style_regular, style_semibold, style_mono };
constexpr unsigned tabular_flag = 16;  // beside the style in ImFontConfig::FontLoaderFlags

struct Source {
  int style;
  bool tabular;
  float ascent, descent;  // in em
};

struct DirectGlyph {
  int style;
  float em;
  std::uint32_t codepoint;
  int left, top;
  ImFontAtlasRectId rect;
  bool uploaded;
};

struct Direct {
  bool needed = false;
  std::vector<DirectGlyph> glyphs;
};

Direct& direct() {
  static Direct instance;
  return instance;
}

/// Words that were shaped.
struct Shaped {
  std::string words, drawn;
};
struct ShapedWords {
  std::vector<std::unique_ptr<Shaped>> all;
  ImGuiStorage at;  ///< by a hash of how they were asked for
};
ShapedWords& shaped_words() {
  static ShapedWords instance;
  return instance;
}

bool source_init(ImFontAtlas*, ImFontConfig* config) {
  Source* source = IM_NEW(Source)();
  source->style = static_cast<int>(config->FontLoaderFlags & ~tabular_flag);
  source->tabular = (config->FontLoaderFlags & tabular_flag) != 0;
  float metrics[2] = {};
  js_font_metrics(source->style, metrics);
  source->ascent = metrics[0];
  source->descent = metrics[1];
  config->FontLoaderData = source;
  return true;
}

void source_destroy(ImFontAtlas*, ImFontConfig* config) {
  IM_DELETE(static_cast<Source*>(config->FontLoaderData));
  config->FontLoaderData = nullptr;
}

// The browser finds a face for anything, or its own sign for a missing one.
bool source_contains(ImFontAtlas*, ImFontConfig*, ImWchar) { return true; }

/// ImGui's size is the line's; letters are set in whole px, as CSS has them.
float em_of(const ImFontConfig& config, const ImFontBaked& baked) {
  return std::round(baked.Size / line_height) * config.RasterizerDensity * baked.RasterizerDensity;
}

bool baked_init(ImFontAtlas*, ImFontConfig* config, ImFontBaked* baked, void*) {
  const Source* source = static_cast<const Source*>(config->FontLoaderData);
  const float density = config->RasterizerDensity * baked->RasterizerDensity;
  // As browsers lay out a line: ascent and descent in whole pixels, and what the line has more or
  // less than both is shared above and below alike.
  const float em = em_of(*config, *baked);
  const float ascent = std::round(source->ascent * em);
  const float descent = std::round(source->descent * em);
  baked->Ascent = std::round((baked->Size * density - ascent - descent) / 2 + ascent) / density;
  baked->Descent = baked->Ascent - baked->Size;
  return true;
}

bool is_digit(ImWchar c) { return c >= '0' && c <= '9'; }

float widest_digit(int style, float em) {
  float widest = 0;
  for (std::uint32_t c = '0'; c <= '9'; ++c)
    widest = std::max(widest, js_font_advance(style, em, c));
  return std::round(widest);
}

bool load_glyph(ImFontAtlas* atlas, ImFontConfig* config, ImFontBaked* baked, void*,
                ImWchar codepoint, ImFontGlyph* glyph, float* only_advance) {
  if (codepoint < 32) return false;
  const Source& source = *static_cast<const Source*>(config->FontLoaderData);
  const float density = config->RasterizerDensity * baked->RasterizerDensity;
  const float em = em_of(*config, *baked);
  const bool equal = source.tabular && is_digit(codepoint);
  const float cell = equal ? widest_digit(source.style, em) : 0;
  if (only_advance != nullptr) {
    const float advance = equal ? cell : std::round(js_font_advance(source.style, em, codepoint));
    *only_advance = advance / density;
    return true;
  }

  Raster raster{};
  const bool visible = js_font_raster(source.style, em, codepoint, &raster) != 0;
  const float own = std::round(raster.advance);
  const float shift = equal ? std::floor((cell - own) / 2) : 0;
  glyph->Codepoint = codepoint;
  glyph->AdvanceX = (equal ? cell : own) / density;
  if (!visible) return true;  // a space

  const int width = static_cast<int>(raster.width);
  const int height = static_cast<int>(raster.height);
  const bool coloured = raster.coloured != 0;
  const ImFontAtlasRectId id = ImFontAtlasPackAddRect(atlas, width, height);
  if (id == ImFontAtlasRectId_Invalid) return false;
  ImTextureRect* rect = ImFontAtlasPackGetRect(atlas, id);
  const int bytes = coloured ? 4 : 1;
  ImVector<unsigned char>& pixels = atlas->Builder->TempBuffer;
  pixels.resize(width * height * bytes);
  if (direct().needed) {
    std::fill(pixels.begin(), pixels.end(), static_cast<unsigned char>(0));
    direct().glyphs.push_back({source.style, em, codepoint, static_cast<int>(raster.left),
                               static_cast<int>(raster.top), id, false});
  } else {
    js_font_copy(pixels.Data, coloured ? 1 : 0);
  }
  const float baseline = std::round(baked->Ascent * density);
  glyph->X0 = (raster.left + shift) / density;
  glyph->X1 = (raster.left + shift + raster.width) / density;
  glyph->Y0 = (raster.top + baseline) / density;
  glyph->Y1 = (raster.top + raster.height + baseline) / density;
  glyph->Visible = true;
  glyph->Colored = coloured;
  glyph->PackId = id;
  ImFontAtlasBakedSetFontGlyphBitmap(atlas, baked, config, glyph, rect, pixels.Data,
                                     coloured ? ImTextureFormat_RGBA32 : ImTextureFormat_Alpha8,
                                     width * bytes);
  return true;
}

const ImFontLoader* loader() {
  static const ImFontLoader instance = [] {
    ImFontLoader out;
    out.Name = "canvas 2d";
    out.FontSrcInit = source_init;
    out.FontSrcDestroy = source_destroy;
    out.FontSrcContainsGlyph = source_contains;
    out.FontBakedInit = baked_init;
    out.FontBakedLoadGlyph = load_glyph;
    return out;
  }();
  return &instance;
}

ImFont* add_face(ImFontAtlas& atlas, const char* name, Style style, unsigned flags) {
  ImFontConfig config;
  ImStrncpy(config.Name, name, sizeof config.Name);
  config.FontLoader = loader();
  config.FontLoaderFlags = static_cast<unsigned>(style) | flags;
  config.SizePixels = 20;
  return atlas.AddFont(&config);
}

}  // namespace

Faces add_canvas_faces(ImFontAtlas& atlas) {
  atlas.TexMinWidth = atlas_least_width;
  atlas.TexMaxWidth = atlas_width;
  atlas.TexMaxHeight = atlas_height;
  direct().needed = js_font_open() == 0;
  return {add_face(atlas, "regular", style_regular, 0),
          add_face(atlas, "semibold", style_semibold, 0),
          add_face(atlas, "tabular", style_regular, tabular_flag),
          add_face(atlas, "tabular semibold", style_semibold, tabular_flag),
          add_face(atlas, "mono", style_mono, 0)};
}

std::string_view shaped(std::string_view words, float width, bool wrap) {
  const ImFontBaked& baked = *ImGui::GetFontBaked();
  const ImFontConfig& config = *ImGui::GetFont()->Sources[0];
  const int style = static_cast<const Source*>(config.FontLoaderData)->style;
  const float em = em_of(config, baked);
  ImGuiID key = ImHashData(words.data(), words.size());
  if (width > 0) {
    // A pixel less: ImGui rounds the width of each glyph.
    width = std::floor(width * config.RasterizerDensity * baked.RasterizerDensity) - 1;
    const float how[] = {em, width, static_cast<float>(2 * style + (wrap ? 1 : 0))};
    key = ImHashData(how, sizeof how, key);
  }
  ShapedWords& known = shaped_words();
  const auto* found = static_cast<const Shaped*>(known.at.GetVoidPtr(key));
  if (found != nullptr && found->words == words) return found->drawn;
  auto made = std::make_unique<Shaped>(Shaped{std::string(words), {}});
  made->drawn = taken(js_font_shape(made->words.c_str(), style, em, width, wrap ? 1 : 0));
  known.at.SetVoidPtr(key, made.get());
  known.all.push_back(std::move(made));
  return known.all.back()->drawn;
}

bool has_flags() { return js_font_flags() != 0; }

void limit_glyphs(ImFontAtlas& atlas) {
  const ImFontAtlasBuilder* builder = atlas.Builder;
  const int used =
      builder == nullptr ? 0 : builder->RectsPackedSurface - builder->RectsDiscardedSurface;
  if (used < atlas_width * atlas_height / 2 && js_font_runs() < most_runs &&
      shaped_words().all.size() < most_words) {
    return;
  }
  shaped_words() = {};
  js_font_forget();
  ImFontAtlasBuildDiscardBakes(&atlas, 0);
}

bool glyphs_need_upload() { return direct().needed; }

void upload_glyphs(ImFontAtlas& atlas, const ImTextureData& texture, bool all) {
  if (atlas.TexData != &texture) return;
  std::vector<DirectGlyph>& glyphs = direct().glyphs;
  const auto gone = [&atlas](const DirectGlyph& g) {
    return ImFontAtlasPackGetRectSafe(&atlas, g.rect) == nullptr;
  };
  glyphs.erase(std::remove_if(glyphs.begin(), glyphs.end(), gone), glyphs.end());
  for (DirectGlyph& g : glyphs) {
    if (g.uploaded && !all) continue;
    const ImTextureRect& to = *ImFontAtlasPackGetRect(&atlas, g.rect);
    js_font_upload(static_cast<int>(texture.TexID), g.style, g.em, g.codepoint, g.left, g.top, to.x,
                   to.y, to.w, to.h);
    g.uploaded = true;
  }
}

}  // namespace voxdial::platform

// What ImGui expects of its FreeType half.
namespace ImGuiFreeType {
const ImFontLoader* GetFontLoader() { return voxdial::platform::loader(); }
bool DebugEditFontLoaderFlags(unsigned int*) { return false; }
}  // namespace ImGuiFreeType
