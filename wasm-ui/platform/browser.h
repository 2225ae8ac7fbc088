// The browser as the program sees it: the frame loop, the page, its preferences and small services.
//
// This room owns every contact with JavaScript. It must not know the model, the views or the
// proxy's contract: it takes and gives plain values. Two rules hold for all headers of the room:
//
//   1. Nothing calls back into the program. Whatever the browser has to say becomes an event, taken
//      once at the start of a frame. An arriving event asks for a frame.
//   2. Whatever can fail has exactly one answer, also when it fails.
//
// Order of a frame, as main.cpp composes it:
//     for (event : take_events()) model = update(model, decode_event(event));
//     begin_frame();                    // canvas.h: clock and size into ImGui
//     ImGui::NewFrame(); views(model); ImGui::Render();
//     show(mirror);                     // mirror_dom.h
//     draw(*ImGui::GetDrawData());      // canvas.h
//     return ms until something on the screen changes by itself;
// The mirror of a frame must already reflect every event taken in that frame.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wasm-ui/core/mirror.h"

namespace voxdial::platform {

// ---- The loop ---------------------------------------------------------------------------------

/// Draws one frame. Returns the milliseconds until the next one is wanted: 0 again at once (an
/// animation), -1 not until something happens. After input the platform draws two more by itself.
using Frame = double (*)();

/// Runs the program's start: a fault in it stops the page and is told, as one in a later frame.
void enter(void (*launch)());

/// Starts the loop and draws the first frame. Called once, at the end of the program's start.
/// A frame runs inside pointer, click and key events, so that what needs a user's gesture
/// (microphone, clipboard, sound, file picker) may be asked for straight from it. In a hidden tab
/// frames still run when events arrive; only draw() does nothing.
void start(Frame frame);

// ---- The door: everything but drawing, pointers and the mirror crosses as JSON ------------------

/// Connects web/host.js, which tells how the page was launched.
void open_door();
/// Has web/host.js carry out an effect. What answers at once is in the events afterwards.
void send(const std::string& effect);
/// All events since the last take, oldest first.
std::vector<std::string> take_events();
std::vector<ui::MirrorEvent> take_mirror_events();

// ---- Facts about the page, as drawing needs them; the model learns them by events --------------

struct Page {
  float width = 0, height = 0;  ///< CSS px: what can be seen, without an on-screen keyboard's part
  float pixel_ratio = 1;        ///< device px per CSS px: 1, 1.25, 2, 3 ...
  bool hidden = false;          ///< the tab is in the background
};
const Page& page();

// ---- Time -------------------------------------------------------------------------------------

double monotonic_ms();  ///< never goes back; 0 at the page's start
double wall_ms();       ///< since 1970-01-01 UTC, as the user's clock has it

// ---- Words ------------------------------------------------------------------------------------

/// A value as the page's language writes it: a format of web/language.js by its name, and what the
/// value is of (a currency, a code), where it is of something.
std::string format(const char* name, double value, const std::string& of);

/// The colour around the page on phones, 0xRRGGBB.
void set_theme_color(std::uint32_t rgb);

}  // namespace voxdial::platform
