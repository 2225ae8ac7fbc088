// The widgets: each draws itself in our look and writes its mirror node.
//
// A press comes from the pointer (through ImGui) or from the keyboard and assistive technology
// (through the mirror); callers cannot tell which. Text fields draw their frame, label and messages
// only: the text itself is the browser's native element over the frame, and is drawn here while it
// is covered. Widgets change nothing: they return what a person did.
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/error.h"
#include "wasm-ui/views/icons.h"
#include "wasm-ui/views/ui.h"

namespace voxdial::ui {

// ---- text

enum class Face : std::uint8_t { regular, semibold, tabular, tabular_semibold, mono };

struct TextStyle {
  float size = type::body;
  Face face = Face::regular;
  Token colour = Token::text;
};
constexpr TextStyle body_text{};
constexpr TextStyle quiet_text{type::body, Face::regular, Token::text_quiet};
constexpr TextStyle small_text{type::small, Face::regular, Token::text_quiet};
constexpr TextStyle label_text{type::small, Face::semibold, Token::text_quiet};
constexpr TextStyle strong_text{type::body, Face::semibold, Token::text};
constexpr TextStyle lead_text{type::lead, Face::semibold, Token::text};
constexpr TextStyle title_text{type::title, Face::semibold, Token::text};

inline float line_of(float size) { return std::round(size * line_height); }

float text_width(const Ui& ui, const TextStyle& style, std::string_view text);
/// What gives way to an ellipsis: of a name or a number its middle, of a sentence its end.
enum class Elide : std::uint8_t { middle, end };
/// The text in at most `width`, never with half a character.
std::string elided(const Ui& ui, const TextStyle& style, std::string_view text, float width,
                   Elide what = Elide::middle);
/// Lines of at most `width`; a word longer than that is broken.
std::vector<std::string_view> wrapped(const Ui& ui, const TextStyle& style, std::string_view text,
                                      float width);
float wrapped_height(const Ui& ui, const TextStyle& style, std::string_view text, float width);

/// Glyphs only, no mirror node; `y` is the top of the line box of size * 1.45.
void glyphs(Ui& ui, float x, float y, const TextStyle& style, std::string_view text);
/// One line, elided to the box, with its whole text in the mirror and on hover. Align 0 left, 1
/// right.
void line(Ui& ui, const Box& box, std::uint32_t id, const TextStyle& style, std::string_view text,
          float align = 0, Role role = Role::text, Elide what = Elide::middle);
/// Wrapped into the area.
void paragraph(Ui& ui, Area& area, std::uint32_t id, const TextStyle& style, std::string_view text,
               Role role = Role::text);
void heading(Ui& ui, Area& area, std::uint32_t id, const TextStyle& style, std::string_view text,
             int level);

// ---- surfaces

void fill(Ui& ui, const Box& box, Token token, float rounding, float opacity = 1);
void outline(Ui& ui, const Box& box, Token token, float rounding, float opacity = 1,
             float thickness = 1);
void divider(Ui& ui, float x, float y, float w);
void focus_ring(Ui& ui, const Box& box, float rounding);

/// A surface that grows with its content. What is drawn between begin and end lies on it.
struct Card {
  Box start;
  float padding = 0;
  Token token = Token::surface;
};
Card begin_card(Ui& ui, Area& area, Area& inner, float padding = space::l,
                Token token = Token::surface);
void end_card(Ui& ui, Area& area, const Area& inner, const Card& card);

/// Grey bars where text will be; nothing in the first 300 ms.
void skeleton(Ui& ui, Area& area, std::uint32_t id, int lines);
/// What an empty panel says: an icon, a title, a sentence.
void empty_state(Ui& ui, Area& area, std::uint32_t id, Icon icon, std::string_view title,
                 std::string_view sentence);
/// Sentence, remedy and small code of a failure; an alert for assistive technology.
void error_note(Ui& ui, Area& area, std::uint32_t id, const Error& error);
/// A quiet remark with an icon.
void remark(Ui& ui, Area& area, std::uint32_t id, Icon icon, Token colour, std::string_view text,
            Role role = Role::text);
void draw_tooltip(Ui& ui, std::string_view text, const Box& at, const Box& page);

// ---- things to press

enum class Look : std::uint8_t { primary, secondary, quiet, danger };

struct Button {
  std::string_view label;  ///< also the accessible name
  Icon icon = Icon::none;
  Look look = Look::secondary;
  bool disabled = false;
  bool busy = false;  ///< shows progress in place and takes no press
  bool icon_only = false;
  bool on = false;  ///< an icon button that is switched on
  std::string_view description{};
  std::optional<bool> expanded{};
};
float button_width(const Ui& ui, const Button& spec);
bool button(Ui& ui, const Box& box, std::uint32_t id, const Button& spec);
/// As wide as its label, at the left of the area.
bool button(Ui& ui, Area& area, std::uint32_t id, const Button& spec);

/// Without a face until it is pointed at; its icon, not its edge, stands in line with the text
/// above.
bool quiet_button(Ui& ui, Area& area, std::uint32_t id, Button spec);

struct Choice {
  std::string_view label;
  Icon icon = Icon::none;
};
/// One of a few, side by side. The choice that was pressed, or nothing.
std::optional<int> segmented(Ui& ui, const Box& box, std::uint32_t id, std::string_view name,
                             std::span<const Choice> choices, int chosen, bool disabled = false);
/// A switch with its label at the left. True when it was pressed.
bool toggle(Ui& ui, Area& area, std::uint32_t id, std::string_view label, std::string_view hint,
            bool on, bool disabled = false);
/// A check box with its label at the right. True when it was pressed.
bool checkbox(Ui& ui, Area& area, std::uint32_t id, std::string_view label, bool checked,
              bool disabled = false);

// ---- fields

struct Field {
  std::string_view label;
  std::string_view value{};
  std::string_view placeholder{};
  std::string_view hint{};   ///< under the field
  std::string_view fault{};  ///< under the field, instead of the hint
  std::string_view face{};   ///< select: shown instead of the chosen option's label
  Input input = Input::text;
  bool hide_label = false;  ///< in the mirror only
  bool disabled = false;
  bool tabular = false;
  float text_size = type::body;
  Icon icon = Icon::none;
  float rows = 4;  ///< textarea
};
struct FieldResult {
  std::optional<std::string> changed;
  bool submitted = false;
  bool left = false;  ///< the keyboard left it
};
FieldResult textbox(Ui& ui, Area& area, std::uint32_t id, const Field& field);
FieldResult textarea(Ui& ui, Area& area, std::uint32_t id, const Field& field);
/// The choices of a select, collected one by one.
class Options {
 public:
  Options& add(std::string_view value, std::string_view label);
  bool has(std::string_view value) const;
  std::vector<Option> list;
};
/// The new option's value, or nothing. `field.value` is the chosen option's value.
std::optional<std::string> select(Ui& ui, Area& area, std::uint32_t id, const Field& field,
                                  Options options);
struct Slide {
  std::string_view label;
  std::string_view words{};  ///< the value as text, at the right of the label
  float value = 0, min = 0, max = 1, step = 0.1F;
};
std::optional<float> slider(Ui& ui, Area& area, std::uint32_t id, const Slide& slide);

// ---- measures

/// Loudness or progress, 0..1, as a bar.
void meter(Ui& ui, const Box& box, std::uint32_t id, std::string_view name, float value,
           Token colour = Token::accent, Role role = Role::meter);
/// A word in a tinted capsule, as wide as it needs; returns its width.
float chip(Ui& ui, float x, float y, std::uint32_t id, Token colour, std::string_view text);

}  // namespace voxdial::ui
