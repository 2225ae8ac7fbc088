// Icons are glyphs: letters of the private use area that the browser draws as line drawings
// (platform/canvas_font.js has the drawings, in this order). They stand in any label:
// ImGui::Button(icon::phone). Code points from U+E100 on are free for others.
#pragma once

namespace voxdial::ui::icon {

constexpr const char* phone = "\uE000";
constexpr const char* history = "\uE001";
constexpr const char* agents = "\uE002";
constexpr const char* doctor = "\uE003";
constexpr const char* settings = "\uE004";
constexpr const char* globe = "\uE005";
constexpr const char* mic = "\uE006";
constexpr const char* mic_off = "\uE007";
constexpr const char* speaker = "\uE008";
constexpr const char* speaker_off = "\uE009";
constexpr const char* hang_up = "\uE00A";
constexpr const char* copy = "\uE00B";
constexpr const char* check = "\uE00C";
constexpr const char* close = "\uE00D";
constexpr const char* chevron_down = "\uE00E";
constexpr const char* chevron_right = "\uE00F";
constexpr const char* back = "\uE010";
constexpr const char* play = "\uE011";
constexpr const char* stop = "\uE012";
constexpr const char* download = "\uE013";
constexpr const char* upload = "\uE014";
constexpr const char* plus = "\uE015";
constexpr const char* warning = "\uE016";
constexpr const char* info = "\uE017";
constexpr const char* retry = "\uE018";
constexpr const char* send = "\uE019";
constexpr const char* note = "\uE01A";
constexpr const char* edit = "\uE01B";
constexpr const char* trash = "\uE01C";

}  // namespace voxdial::ui::icon
