// The browser as the program sees it: the frame loop, the page, its preferences and small services.
//
// This room owns every contact with JavaScript. It must not know the model, the views or the
// proxy's contract: it takes and gives plain values. Two rules hold for all headers of the room:
//
//   1. Nothing calls back into the program. Whatever the browser has to say becomes an Event in the
//      inbox (inbox.h), taken once at the start of a frame. An arriving event asks for a frame.
//   2. Whatever can fail has exactly one answer in the inbox, also when it fails.
//
// Order of a frame, as main.cpp composes it:
//     for (Event& e : take_events()) model = update(model, to_action(e));
//     begin_frame();                    // canvas.h: clock and size into ImGui
//     ImGui::NewFrame(); views(model); ImGui::Render();
//     show(mirror);                     // mirror_dom.h
//     draw(*ImGui::GetDrawData());      // canvas.h
//     return ms until something on the screen changes by itself;
// The mirror of a frame must already reflect every event taken in that frame.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace voxdial::platform {

// ---- The loop ---------------------------------------------------------------------------------

/// Draws one frame. Returns the milliseconds until the next one is wanted: 0 again at once (an
/// animation), -1 not until something happens. After input the platform draws two more by itself.
using Frame = std::function<double()>;

/// Starts the loop and draws the first frame. Called once, from main(); main may return after it.
/// A frame runs inside pointer, click and key events, so that what needs a user's gesture
/// (microphone, clipboard, sound, file picker) may be asked for straight from it. In a hidden tab
/// frames still run when events arrive; only draw() does nothing.
void start(Frame frame);

/// Wants one frame soon. Cheap, may be called any number of times.
void request_frame();
/// Wants a frame no later than that; the earliest of several wishes counts. Each is good for one
/// frame.
void request_frame_in(double ms);

// ---- Facts about the page; changes arrive as PageChanged ---------------------------------------

struct Page {
  float width = 0, height = 0;  ///< CSS px: what can be seen, without an on-screen keyboard's part
  float pixel_ratio = 1;        ///< device px per CSS px: 1, 1.25, 2, 3 ...
  // What phones cover at the edges (notch, home bar), CSS px.
  float inset_top = 0, inset_right = 0, inset_bottom = 0, inset_left = 0;
  bool dark = false;            ///< prefers-color-scheme
  bool reduced_motion = false;  ///< prefers-reduced-motion
  bool more_contrast = false;   ///< prefers-contrast: more
  bool touch = false;           ///< the main pointer is a finger: targets of 44 px
  bool hidden = false;          ///< the tab is in the background
  bool online = true;           ///< false is sure, true is a hope
  bool secure = true;           ///< a secure context: microphone and clipboard exist
  friend bool operator==(const Page&, const Page&) = default;
};

/// Something in page() is new.
struct PageChanged {};
/// The page goes away (pagehide): last chance to order something that outlives it (fetch.h).
struct PageLeaving {};

const Page& page();

// ---- Time -------------------------------------------------------------------------------------

double monotonic_ms();  ///< never goes back; 0 at the page's start
double wall_ms();       ///< since 1970-01-01 UTC, as the user's clock has it

enum class TimeStyle : std::uint8_t {
  clock,      ///< 14:05
  clock_sec,  ///< 14:05:09
  date,       ///< 21 Nov 2025 (month in words, year always)
  day,        ///< Fri 21 Nov
  date_time,  ///< 21 Nov 2025, 14:05
};
/// The words of a point in time in the user's language; `zone` is an IANA name ("America/Chicago"),
/// empty for the user's own. An unknown zone gives an empty string.
std::string local_time(double epoch_ms, TimeStyle style, const std::string& zone = {});
std::string time_zone();  ///< the user's own, "Europe/Berlin"
std::string language();   ///< the user's first choice, "en-US"
/// A language (BCP 47: "de", "pt-BR") by its name in the page's own, English: "German". The code
/// itself where the browser knows no name.
std::string language_name(const std::string& code);

// ---- Small services ---------------------------------------------------------------------------

/// Keeps a small text under a key for this origin; false when the browser keeps nothing (private
/// mode, full). An empty value removes the key.
/// With `this_tab` it outlives a reload, and hides what the browser remembers, in this tab only.
bool store(const std::string& key, const std::string& value, bool this_tab);
std::string stored(const std::string& key);  ///< empty when absent

/// The query of the page's address, decoded; empty when absent. "?model=x" has query("model") "x".
std::string query(const std::string& name);

/// The place in the program, kept behind '#': "history/abc". Back and forward arrive as
/// RouteChanged.
std::string route();
void push_route(const std::string& route);     ///< a new entry in the tab's history
void replace_route(const std::string& route);  ///< the same entry
struct RouteChanged {
  std::string route;
};

void set_title(const std::string& title);
/// The colour around the page on phones, 0xRRGGBB.
void set_theme_color(std::uint32_t rgb);

/// Needs a user's gesture. The answer is Copied.
void copy_text(const std::string& text);
struct Copied {
  bool ok = false;
};

/// Saves a text under a file name where the browser puts downloads.
void download(const std::string& file_name, const std::string& mime_type, const std::string& text);

/// Lets the user choose a text file; needs a user's gesture. The answer is FilePicked, except that
/// some browsers never tell that the user closed the dialog.
void pick_text_file(const std::string& accept, std::uint32_t max_bytes);
struct FilePicked {
  std::string name;
  std::string text;
  std::string failure;  ///< empty, "cancelled", "too_large", "unreadable"
};

/// A short, quiet two-note signal: the call has ended. Silent until the user has touched the page.
void play_end_tone();

/// Leaves the page for another one of this origin ("/login"), or opens it beside in a new tab.
void go_to(const std::string& path, bool new_tab);

/// A random version-4 UUID from the browser's cryptographic source: for Idempotency-Key.
std::string random_id();

/// Replaces the page by the plain crash page: nothing works after it. For what must not happen.
/// The reason is shown and can be copied: no secrets, no numbers of people.
[[noreturn]] void crash(const std::string& reason);

/// A line in the browser's console, for developers.
void log(const std::string& line);

}  // namespace voxdial::platform
