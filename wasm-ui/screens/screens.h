// The screens and their parts: one function each, from the model to ImGui and the mirror. Each
// fills the window it is called in. A new screen is its row in core/page.h, its function and its
// row here, and a file beside this one.
#pragma once

#include "shared/error.h"
#include "wasm-ui/kit/widgets.h"

namespace voxdial::ui {

/// The whole page: navigation, banners, the screen of the route, the live calls.
void draw_page(Ui& ui, const Model& model);

inline constexpr float call_form_w = 560;
/// Beside the form and a live call, where there is room.
inline constexpr float recent_calls_w = 400;
inline constexpr float call_form_and_recent_w = call_form_w + space::xxl + recent_calls_w;
void draw_call_screen(Ui& ui, const Model& model);
void draw_history(Ui& ui, const Model& model);
void draw_agents(Ui& ui, const Model& model);
void draw_doctor(Ui& ui, const Model& model);
void draw_settings(Ui& ui, const Model& model);

/// The screens that the navigation leads to, in its order.
struct NavItem {
  Screen screen;
  const char* icon;
  void (*draw)(Ui&, const Model&);
};
inline constexpr NavItem nav_items[] = {
    {Screen::call, icon::phone, draw_call_screen},
    {Screen::history, icon::history, draw_history},
    {Screen::agents, icon::agents, draw_agents},
    {Screen::doctor, icon::doctor, draw_doctor},
    {Screen::settings, icon::settings, draw_settings},
};
static_assert(std::size(nav_items) == std::size_t(Screen::live));  // which is drawn with calls

/// One agent, opened from the list of them.
void draw_agent_editor(Ui& ui, const Model& model);
/// Its fields, over a copy of the draft; `changed` is set where a person changed one. The prompt
/// goes on to `bottom`, where there is room.
void draw_agent_prompt(Ui& ui, Agent& next, bool& changed, std::optional<float> bottom);
void draw_agent_manner(Ui& ui, const Model& model, Agent& next, bool& changed);

/// One call of the record; `level` of its title's heading.
void draw_call_detail(Ui& ui, const Model& model, int level);
/// How long was talked, once it is over; or nothing.
std::string talk_of(const Call& call);
/// What it cost, as far as that is known.
std::string price_of(const Ui& ui, const Call& call);
/// A row of a list of calls that the keyboard goes through. True when it was pressed.
bool call_row(Ui& ui, const Model& model, const char* id, const Call& call, float height,
              bool chosen = false);
/// What a row of one column shows: whom the call was with, and under that how it went.
void draw_call_lines(Ui& ui, const Model& model, const Call& call, Format when, float row_h);
/// The calls placed last, each a press away from being placed again.
void draw_recent_calls(Ui& ui, const Model& model);
/// The country, the number and what the server says of it, the dial pad.
void draw_number(Ui& ui, const Model& model);
/// The button that places the call.
void draw_place_button(Ui& ui, const Model& model);
/// All live calls: a list when there are several, and the open one as a card.
void draw_live(Ui& ui, const Model& model);
/// The bar a narrow window shows instead of the card; a press opens the sheet.
void draw_live_bar(Ui& ui, const Model& model);
/// Words for the agent, and what to do with them.
void draw_live_say(Ui& ui, const LiveCall& live);
/// What can be done, to search and to choose from by keyboard.
void draw_palette(Ui& ui, const Model& model);
/// What can be done with a live call, and with one that is over.
void draw_live_foot(Ui& ui, const Model& model, const LiveCall& live);
/// What the agent's tools show: the order, a note.
void draw_panels(Ui& ui, const Panels& panels);
/// The chosen microphone and speaker, as two selects.
void draw_devices(Ui& ui, const Model& model);

/// Speech and tools as lines of a log. `person`: what the other side is called; `recorded`: a line
/// tells where it is in the recording.
std::vector<LogEntry> transcript_lines(const Ui& ui, const Model& model,
                                       const std::vector<TranscriptEntry>& lines,
                                       const std::vector<TranscriptEntry>& tools, Word person,
                                       bool recorded = false);
/// Lines in a native element that scrolls by itself.
struct Log {
  std::string_view name;
  std::vector<LogEntry> lines;
  bool follow = false;  ///< new lines come into view
};
void log(Ui& ui, const char* id, Log log, float height);
/// How high all its lines are, as far as the browser has told; before, a guess.
float log_height(Ui& ui, const char* id, std::size_t lines);
/// Whether this browser itself is, or was last, in the call.
inline bool own(const Model& model, const Call& call) { return model.web.call_id == call.id; }
/// So narrow or low that what is around the work becomes small.
inline bool is_low(const Model& model) { return model.page.height < 480; }

/// The button that places the call stands below the form that scrolls, where the thumb is.
inline bool pins_call(const Model& model) {
  return is_narrow(model) && (model.page.height >= 360 || model.live.cards.empty());
}

/// Between the facts of one line.
inline constexpr const char* dot = " \xC2\xB7 ";
/// A title and the line under it.
void screen_title(Ui& ui, std::string_view title, std::string_view sentence);
/// Grey bars where text will be; nothing while it may still come without a wait.
void skeleton(Ui& ui, const char* id, int lines);
/// What an empty panel says, in its middle: an icon, a title, a sentence. True when its button was
/// pressed.
bool empty_state(Ui& ui, const char* icon, std::string_view title, std::string_view sentence,
                 const Button& action = {});
/// A quiet remark with an icon.
void remark(Ui& ui, const char* id, const char* icon, Token colour, std::string_view words,
            Role role = Role::text);
/// A word in a tinted capsule.
void chip(Ui& ui, Token colour, std::string_view words, Role role = Role::text);
/// Sentence, remedy and small code of a failure; an alert for assistive technology.
void error_note(Ui& ui, const char* id, const Error& error);
/// Words of a request that failed, with a button that asks again; true when it was pressed.
bool failed_panel(Ui& ui, const char* id, const Error& error);

}  // namespace voxdial::ui
