// The mirror: what is on the screen, as data.
//
// Dear ImGui paints pixels; nobody but an eye can read those. ImGui tells of every item it lays out
// (kit/ui.cpp), and each becomes a MirrorNode: its role, its name, its value and where it is. The
// platform turns the list into DOM elements laid over the canvas. They serve, with one mechanism:
//   - screen readers and find-in-page (roles, names, live regions),
//   - the keyboard (DOM focus order is the focus order; there is no second one inside ImGui),
//   - text entry: a textbox, textarea, select or slider IS the native element, frame and all, in a
//     place that the canvas leaves free, so typing, paste, IME, spell check, autofill and phone
//     keyboards are the browser's own,
//   - transcripts: a log IS a native element that scrolls, selects and shapes by itself,
//   - tests, native ones (find by role and name in this list) and browser ones (getByRole).
//
// Values only. Owned by core, filled by the kit, read by platform; nobody keeps it past the frame.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace voxdial::ui {

/// What a node is. The platform maps each to one HTML element or ARIA role.
enum class Role : std::uint8_t {
  heading,  ///< level in `level` (1..3)
  text,     ///< plain words; name is the words
  button,
  link,      ///< `value` is the address; `checked` marks the place where we are
  toggle,    ///< ARIA switch; `checked`
  checkbox,  ///< `checked`
  radio,     ///< one of a segmented choice or list; `checked`; parent is a radiogroup
  radiogroup,
  navigation,
  main,
  complementary,
  textbox,   ///< native <input>; `value`, `input`, `placeholder`
  textarea,  ///< native <textarea>; `value`, `placeholder`
  select,    ///< native <select>; `options`, `value` is the chosen option's value
  slider,    ///< native <input type=range>; `number`, `min`, `max`, `step`
  meter,     ///< `number` in min..max
  status,    ///< polite live region; name is the words
  alert,     ///< assertive live region
  log,       ///< native, scrolls by itself: `lines`
  list,
  listitem,
  group,    ///< a named region; children point to it by `parent`
  tooltip,  ///< native, over everything else
  chooser,  ///< native: a dialog to search and choose in; `options`, `value` is the chosen one's,
            ///< `description` is said when nothing is found. Nothing else can be reached meanwhile
  audio,    ///< native, with controls; `value` is the address
};

/// What kind of text a textbox takes, and what Enter does in it: the phone keyboard follows it.
enum class Input : std::uint8_t {
  text,     ///< a code: nothing is to be corrected in it
  prose,    ///< words of a language
  message,  ///< prose that Enter sends
  tel,      ///< Enter calls it
  search,
};

/// Logical pixels (CSS px), from the top left of the page.
struct Box {
  float x = 0, y = 0, w = 0, h = 0;
  friend bool operator==(const Box&, const Box&) = default;
};

struct Option {
  std::string value;   ///< what the action carries
  std::string label;   ///< what a person reads
  std::string mark{};  ///< chooser: before it, for the eye: a flag
  std::string hint{};  ///< chooser: at the right
  friend bool operator==(const Option&, const Option&) = default;
};

/// One line of a log.
struct LogEntry {
  enum class Kind : std::uint8_t { agent, person, tool, note } kind = Kind::note;
  std::string who{};  ///< the speaker's name, or the tool's
  std::string text{};
  bool first = false;       ///< the speaker changes here
  bool open = false;        ///< still growing
  std::int64_t at_ms = -1;  ///< where it is in the audio on the screen, if there is one
  std::string aside{};      ///< after the words, in small type
  friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

struct MirrorNode {
  std::uint32_t id = 0;  ///< stable while the thing is on the screen; unique in a frame; never 0
  std::uint32_t parent = 0;  ///< id of the enclosing group, 0 for the page
  std::uint32_t key = 0;     ///< of a name that FocusField may use (node_key), or 0
  Role role = Role::text;
  std::string name;             ///< accessible name
  std::string description;      ///< aria-description: a hint or the field's error sentence
  std::string value;            ///< textbox, textarea, select, link, audio
  std::string placeholder;      ///< textbox, textarea; log: of the button that leads to its end;
                                ///< main: of the link that skips to it
  std::vector<Option> options;  ///< select, chooser
  std::vector<LogEntry> lines;  ///< log
  float number = 0, min = 0, max = 0, step = 0;  ///< slider, meter
  Box box;                                       ///< where it is
  Box clip;  ///< the visible part of the scrolled region it lies in; the box is cut to it
  std::uint8_t level = 0;
  Input input = Input::text;
  bool disabled = false;
  bool checked = false;
  bool expanded = false;    ///< a button that shows or hides something
  bool expandable = false;  ///< whether `expanded` means anything
  bool invalid = false;
  bool busy = false;
  bool hold = false;     ///< works as long as it is held: a finger on it may slide
  bool follow = false;   ///< log: new lines come into view while its end is
  float font_size = 14;  ///< CSS px
  friend bool operator==(const MirrorNode&, const MirrorNode&) = default;
};

/// What a person did to a node, told by the platform (or by a test) before the next frame.
struct MirrorEvent {
  enum class Kind : std::uint8_t {
    activate,  ///< clicked by assistive technology or Enter/Space on the focused element
    change,    ///< textbox, textarea, select, slider: `value` is the whole new value
    submit,    ///< Enter in a textbox
    focus,     ///< keyboard focus arrived; its ring is the browser's
    blur,
    scroll_into_view,  ///< focus moved to a node outside its clip; with a `value`: what the node
                       ///< lies in is to scroll down by so many pixels
    scroll_key,  ///< `value`: PageDown, Home, ... where the node lies, or with id 0 on the screen
    measured,    ///< log: `value` is the height of all its lines, px
    closed,      ///< chooser: without a choice; audio: it cannot be played
  };
  Kind kind = Kind::activate;
  std::uint32_t id = 0;
  std::string value;
  friend bool operator==(const MirrorEvent&, const MirrorEvent&) = default;
};

}  // namespace voxdial::ui
