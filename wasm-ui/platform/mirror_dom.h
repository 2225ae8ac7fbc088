// The mirror (core/mirror.h) as DOM elements over the canvas.
//
// Owns the elements, their focus and their text; owns no words and no state of the program.
// Elements are keyed by node id and written only where a node differs from the one before, so
// focus, selection and a composition under way survive any redraw.
//
//   role        element                                  notes
//   heading     h1..h3                                   words transparent, selectable, findable
//   text        div                                      likewise
//   button      button                                   aria-expanded when expandable
//   link        a                                        aria-current where we are
//   toggle      button role=switch, aria-checked
//   checkbox    button role=checkbox, aria-checked
//   radio       button role=radio, aria-checked          one Tab stop per radiogroup, arrows move
//   radiogroup  div role=radiogroup
//   navigation, main, complementary: nav, main, aside
//   textbox     input, visible                           Enter is `submit`
//   textarea    textarea, visible                        Ctrl/Cmd+Enter is `submit`
//   select      select, visible
//   slider      input type=range, visible
//   log         div role=log around a list, visible: web/log.js   scrolls by itself
//   audio       audio with the browser's controls        lines of a log that have a time play it
//   tooltip     div role=tooltip, visible
//   chooser     div role=dialog, visible: web/chooser.js   its box says how high it may be
//   meter, status, alert, group: div with that role
//   list, listitem                                       ul, li
//
// Real presses on an element reach ImGui as mouse and touch, so hover and press look right; a click
// made by assistive technology or by Enter/Space becomes MirrorEvent::activate. Views take both.
// A `disabled` button keeps its focus and stays silent; a `disabled` field is the browser's
// disabled. A node outside its clip can be focused; `scroll_into_view` then asks the kit to bring
// it in.
#pragma once

#include <cstdint>
#include <span>

#include "wasm-ui/core/mirror.h"

namespace voxdial::platform {

/// Makes the DOM equal to the list. Order in the list is order in the DOM is Tab order. A node's
/// parent comes before it. Nothing is kept of the span. Does nothing when nothing changed.
void show(std::span<const ui::MirrorNode> nodes);

/// Moves the keyboard's focus to the node with that key, as after opening something or when a field
/// was wrong: when the frame is shown, or one of the next if it is not there yet.
void focus(std::uint32_t key);

/// A colour of the theme, 0xRRGGBB, for what the browser draws itself.
void set_token(const char* name, std::uint32_t rgb);

}  // namespace voxdial::platform
