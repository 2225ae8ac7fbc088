// A small set of line icons, drawn with ImDrawList on a 24 x 24 grid.
#pragma once

#include <cstdint>

struct ImDrawList;

namespace voxdial::ui {

enum class Icon : std::uint8_t {
  none,
  phone,
  history,
  agents,
  doctor,
  settings,
  globe,
  mic,
  mic_off,
  speaker,
  speaker_off,
  hang_up,
  copy,
  check,
  close,
  chevron_down,
  chevron_right,
  back,
  play,
  stop,
  download,
  upload,
  plus,
  search,
  warning,
  info,
  retry,
  send,
  note,
  order,
  edit,
  trash,
  tool,
  signal,
};

/// Centred on (x, y), `size` CSS px wide; `colour` is an ImU32.
void draw_icon(ImDrawList& list, Icon icon, float x, float y, float size, std::uint32_t colour);

}  // namespace voxdial::ui
