// The widgets: Dear ImGui's own in this program's look, each saying to the mirror what it is.
//
// A press comes from the pointer or, through ImGui's own activation, from the keyboard and
// assistive technology; callers cannot tell which. Fields and logs are the browser's own elements
// in places left free for them. Widgets change nothing: they return what a person did. Ids are
// ImGui's, by PushID and the name given.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasm-ui/kit/icons.h"
#include "wasm-ui/kit/ui.h"

namespace voxdial::ui {

// ---- text

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
constexpr TextStyle display_text{type::display, Face::semibold, Token::text};

/// Font and colour for what ImGui draws in the scope.
struct Styled : private Scope {
  Styled(Ui& ui, const TextStyle& style);
  ~Styled();
};

inline const char* end_of(std::string_view words) { return words.data() + words.size(); }
float text_width(Ui& ui, const TextStyle& style, std::string_view words);
/// Wrapped at the right of the content. Words that change keep their node by an id.
void text(Ui& ui, std::string_view words, const TextStyle& style = body_text,
          Role role = Role::text, const char* id = nullptr);
/// One line of at most `width` (0: what there is); what does not fit is shown on hover.
void line(Ui& ui, std::string_view words, const TextStyle& style = body_text,
          const char* id = nullptr, Role role = Role::text, float width = 0);
/// The same for the eye only: what lies on a row whose name says it. -1: as wide as it is.
void paint(Ui& ui, std::string_view words, const TextStyle& style, float width = 0);
void paint_wrapped(Ui& ui, std::string_view words, const TextStyle& style, float width = 0);
/// On what is there already, and no item: in the middle of a place that begins at `at`.
void paint_centred(Ui& ui, std::string_view words, const TextStyle& style, ImVec2 at, float width);
void heading(Ui& ui, std::string_view words, int level, const TextStyle& style,
             const char* id = nullptr);
/// The node of words that the last item shows.
MirrorNode& words_node(Ui& ui, std::string_view words, Role role, float size,
                       const char* id = nullptr);
/// So many pixels between the item before and the one after.
void gap(float px);
/// Shows words while the last item is pointed at.
void tooltip(Ui& ui, std::string_view words);

// ---- surfaces

/// A surface as high as its content.
struct Card : private Scope {
  Card(Ui& ui, const char* id, float height = 0);
  ~Card();
};
/// The content's column: at most so wide, in the middle, `side` from the edges.
struct Column : private Scope {
  Column(const char* id, float widest, float side);
  ~Column();
};

// ---- things to press

enum class Look : std::uint8_t { primary, secondary, quiet, danger };

struct Button {
  std::string_view label;  ///< also the accessible name
  const char* icon = "";
  Look look = Look::secondary;
  bool disabled = false;
  bool busy = false;  ///< shows progress in place and takes no press
  bool icon_only = false;
  bool on = false;  ///< an icon button that is switched on
  std::string_view description{};
  std::optional<bool> expanded{};
};
float button_width(Ui& ui, const Button& spec);
/// As wide as its label unless a width is given; -1: what there is. After ImGui::SameLine it goes
/// to the next line when there is no room for its label.
bool button(Ui& ui, const char* id, const Button& spec, float width = 0, float height = 0);

struct Choice {
  std::string_view label;
  const char* icon = "";
};
/// One of a few, side by side. The choice that was pressed, or nothing.
std::optional<int> segmented(Ui& ui, const char* id, std::string_view name,
                             std::span<const Choice> choices, int chosen, bool disabled = false);
/// A switch with its label at the left. True when it was pressed.
bool toggle(Ui& ui, const char* id, std::string_view label, std::string_view hint, bool on,
            bool disabled = false);
/// A row over all columns of a table (or the width that is left): ImGui::Selectable. Its content
/// follows, from the row's own corner on. True when it was pressed.
bool row(Ui& ui, const char* id, std::string_view name, float height, bool chosen = false,
         Role role = Role::button);
/// Where words of that height begin in a row, or in another cell of it.
void into_row(float row_h, float words_h);

// ---- fields

struct Field {
  std::string_view label;
  std::string_view value{};
  std::string_view placeholder{};
  std::string_view hint{};   ///< under the field
  std::string_view fault{};  ///< under the field, instead of the hint
  Input input = Input::text;
  bool hide_label = false;  ///< in the mirror only
  bool disabled = false;
  float text_size = type::body;
  float height = 0;  ///< 0: of a control, or of four lines
};
/// Label and message of a field, around what is made in the scope. As wide as
/// ImGui::SetNextItemWidth says, or the width that is left.
struct FieldLines : private Scope {
  FieldLines(Ui& ui, const char* id, const Field& field);
  ~FieldLines();
  const float width;

 private:
  Ui& ui;
  const char* id;
  const Field& field;
};
/// A place for an element that the browser draws, whatever its role: ImGui leaves it free.
MirrorNode& native(Ui& ui, const char* id, Role role, std::string_view name, ImVec2 size);
struct FieldResult {
  std::optional<std::string> changed;
  bool submitted = false;
  bool left = false;  ///< the keyboard left it
};
FieldResult textbox(Ui& ui, const char* id, const Field& field);
FieldResult textarea(Ui& ui, const char* id, const Field& field);
/// The choices of a select, collected one by one.
class Options {
 public:
  Options& add(std::string_view value, std::string_view label);
  bool has(std::string_view value) const;
  std::vector<Option> list;
};
/// The new option's value, or nothing. `field.value` is the chosen option's value; the placeholder
/// stands where no option has it.
std::optional<std::string> select(Ui& ui, const char* id, const Field& field, Options options);
/// A dialog to search and choose in, there as long as it is made. Like ImGui's Selectable each
/// option tells when it is chosen:
///
///     Chooser list(ui, "fruit", {...}, box);
///     if (list.option({"pear", "Pear"})) ...
class Chooser {
 public:
  struct Look {
    std::string_view name;      ///< of the dialog, and what is asked for in its field
    std::string_view nothing;   ///< said when nothing is found
    std::string_view chosen{};  ///< the value that the list begins at
  };
  /// `box`: where it hangs and how high it may be.
  Chooser(Ui& ui, const char* id, const Look& look, const Box& box);
  bool option(Option option);
  /// One was chosen, or it was closed without a choice: it is not to be made again.
  bool done() const { return done_; }

 private:
  Ui& ui_;
  std::size_t node_ = 0;
  const std::string* chosen_ = nullptr;
  bool done_ = false;
};
}  // namespace voxdial::ui
