#include "wasm-ui/views/icons.h"

#include <imgui.h>

namespace voxdial::ui {
namespace {

/// Strokes in a tiny language: M x y moves, L x y draws a line, C x1 y1 x2 y2 x y a curve, Z closes
/// the path, O x y r is a circle. Numbers are in tenths of a grid unit (0..240) so that digits
/// suffice.
const char* path_of(Icon icon) {
  switch (icon) {
    case Icon::none:
      return "";
    case Icon::phone:
      return "M 52 40 L 88 36 L 104 80 L 84 98 C 94 122 118 146 142 156 L 160 136 L 204 152 L 200 "
             "188 "
             "C 196 200 188 204 176 204 C 104 196 44 136 36 64 C 36 52 40 44 52 40 Z";
    case Icon::hang_up:
      return "M 24 132 C 72 84 168 84 216 132 L 200 160 L 160 150 L 156 122 C 132 114 108 114 84 "
             "122 L "
             "80 150 L 40 160 Z";
    case Icon::history:
      return "O 120 120 90 M 120 68 L 120 124 L 158 144";
    case Icon::agents:
      return "O 120 84 40 M 44 204 C 52 164 84 148 120 148 C 156 148 188 164 196 204";
    case Icon::doctor:
      return "M 24 128 L 76 128 L 100 60 L 138 188 L 162 128 L 216 128";
    case Icon::settings:
      return "M 30 76 L 120 76 M 176 76 L 210 76 O 148 76 26 M 30 164 L 64 164 M 120 164 L 210 164 "
             "O 92 "
             "164 26";
    case Icon::globe:
      return "O 120 120 90 M 32 120 L 208 120 M 120 30 C 72 84 72 156 120 210 C 168 156 168 84 120 "
             "30";
    case Icon::mic:
      return "M 84 66 C 84 20 156 20 156 66 L 156 116 C 156 162 84 162 84 116 Z M 48 112 C 52 204 "
             "188 "
             "204 192 112 M 120 182 L 120 216";
    case Icon::mic_off:
      return "M 84 90 L 84 116 C 84 140 106 152 126 148 M 90 52 C 104 22 156 26 156 66 L 156 112 M "
             "48 "
             "112 C 50 166 104 196 152 172 M 190 112 C 190 124 188 134 184 142 M 120 182 L 120 216 "
             "M 36 36 L 204 204";
    case Icon::speaker:
      return "M 36 92 L 76 92 L 124 52 L 124 188 L 76 148 L 36 148 Z M 156 88 C 176 106 176 134 "
             "156 152 "
             "M 178 60 C 216 94 216 146 178 180";
    case Icon::speaker_off:
      return "M 36 92 L 76 92 L 124 52 L 124 188 L 76 148 L 36 148 Z M 160 92 L 212 148 M 212 92 L "
             "160 148";
    case Icon::copy:
      return "M 84 84 L 204 84 L 204 204 L 84 204 Z M 60 156 L 36 156 L 36 36 L 156 36 L 156 60";
    case Icon::check:
      return "M 44 124 L 98 178 L 196 68";
    case Icon::close:
      return "M 56 56 L 184 184 M 184 56 L 56 184";
    case Icon::chevron_down:
      return "M 60 94 L 120 154 L 180 94";
    case Icon::chevron_right:
      return "M 94 60 L 154 120 L 94 180";
    case Icon::back:
      return "M 112 52 L 44 120 L 112 188 M 48 120 L 204 120";
    case Icon::play:
      return "M 72 44 L 196 120 L 72 196 Z";
    case Icon::stop:
      return "M 64 64 L 176 64 L 176 176 L 64 176 Z";
    case Icon::download:
      return "M 120 32 L 120 152 M 68 104 L 120 156 L 172 104 M 40 204 L 200 204";
    case Icon::upload:
      return "M 120 160 L 120 40 M 68 88 L 120 36 L 172 88 M 40 204 L 200 204";
    case Icon::plus:
      return "M 120 48 L 120 192 M 48 120 L 192 120";
    case Icon::search:
      return "O 104 104 66 M 154 154 L 208 208";
    case Icon::warning:
      return "M 120 36 L 216 200 L 24 200 Z M 120 96 L 120 144 M 120 170 L 120 174";
    case Icon::info:
      return "O 120 120 90 M 120 112 L 120 168 M 120 76 L 120 80";
    case Icon::retry:
      return "M 200 120 C 200 30 90 8 52 78 M 40 120 C 40 210 150 232 188 162 M 48 32 L 48 82 L 98 "
             "82 M "
             "192 208 L 192 158 L 142 158";
    case Icon::send:
      return "M 32 120 L 208 40 L 148 204 L 116 136 Z M 116 136 L 208 40";
    case Icon::note:
      return "M 52 32 L 188 32 L 188 208 L 52 208 Z M 84 84 L 156 84 M 84 124 L 156 124 M 84 164 L "
             "124 164";
    case Icon::order:
      return "M 24 40 L 56 40 L 84 152 L 180 152 L 204 76 L 66 76 O 96 190 14 O 168 190 14";
    case Icon::edit:
      return "M 44 196 L 54 148 L 164 38 L 202 76 L 92 186 Z M 136 66 L 174 104";
    case Icon::trash:
      return "M 40 64 L 200 64 M 92 64 L 96 36 L 144 36 L 148 64 M 60 64 L 70 204 L 170 204 L 180 "
             "64 M 100 "
             "100 L 104 168 M 140 100 L 136 168";
    case Icon::tool:
      return "M 140 100 L 56 184 C 40 200 44 216 64 208 L 156 116 M 140 100 C 124 68 148 32 188 40 "
             "L 160 "
             "68 L 172 88 L 200 76 C 208 108 184 128 156 116";
    case Icon::signal:
      return "M 48 200 L 48 160 M 96 200 L 96 124 M 144 200 L 144 84 M 192 200 L 192 40";
  }
  return "";
}

float next_number(const char*& at) {
  while (*at == ' ') ++at;
  float number = 0;
  for (; *at >= '0' && *at <= '9'; ++at) number = number * 10 + static_cast<float>(*at - '0');
  return number;
}

}  // namespace

void draw_icon(ImDrawList& list, Icon icon, float x, float y, float size, std::uint32_t colour) {
  const float scale = size / 240;
  const float left = x - size / 2, top = y - size / 2;
  const float thickness = size < 18 ? 1.5F : size * 0.075F;
  const char* at = path_of(icon);
  const auto point = [&] {
    const float px = next_number(at);
    const float py = next_number(at);
    return ImVec2(left + px * scale, top + py * scale);
  };
  const auto stroke = [&](bool closed) {
    if (list._Path.Size > 1) {
      list.PathStroke(colour, closed ? ImDrawFlags_Closed : ImDrawFlags_None, thickness);
    }
    list.PathClear();
  };
  for (; *at != '\0'; ++at) {
    switch (*at) {
      case 'M':
        stroke(false);
        ++at;
        list.PathLineTo(point());
        --at;
        break;
      case 'L':
        ++at;
        list.PathLineTo(point());
        --at;
        break;
      case 'C': {
        ++at;
        const ImVec2 a = point(), b = point(), c = point();
        list.PathBezierCubicCurveTo(a, b, c);
        --at;
        break;
      }
      case 'Z':
        stroke(true);
        break;
      case 'O': {
        stroke(false);
        ++at;
        const ImVec2 centre = point();
        list.AddCircle(centre, next_number(at) * scale, colour, 0, thickness);
        --at;
        break;
      }
      default:
        break;
    }
  }
  stroke(false);
}

}  // namespace voxdial::ui
