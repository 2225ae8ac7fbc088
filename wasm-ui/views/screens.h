// The screens and their parts: one draw function each, from the model to the picture and the
// mirror.
#pragma once

#include "wasm-ui/views/widgets.h"

namespace voxdial::ui {

/// The whole page: rail or bottom bar, banners, the screen of the route, the live calls.
void draw_page(Ui& ui, const Model& model);

// Each fills a column that scrolls; `area` has the width of the work.
void draw_call_screen(Ui& ui, Area& area, const Model& model);
void draw_history(Ui& ui, const Box& box, const Model& model);  ///< scrolls by itself: many rows
void draw_call_detail(Ui& ui, Area& area, const Model& model);
void draw_agents(Ui& ui, Area& area, const Model& model);
void draw_agent_editor(Ui& ui, Area& area, const Model& model);
void draw_doctor(Ui& ui, Area& area, const Model& model);
void draw_settings(Ui& ui, Area& area, const Model& model);

/// All live calls: a list when there are several, and the open one as a card that fills the box.
void draw_live(Ui& ui, const Box& box, const Model& model);
/// The bar a narrow window shows instead of the card; a press opens the sheet.
void draw_live_bar(Ui& ui, const Box& box, const Model& model);

/// Speech in two columns, agent left and person right, with tool calls as quiet cards between.
/// `person`: what the right side is called.
void draw_transcript(Ui& ui, Area& area, std::uint32_t id, const Model& model,
                     const std::vector<TranscriptEntry>& lines,
                     const std::vector<TranscriptEntry>& tools, std::string_view person);
/// What the agent's tools show: the order, a note.
void draw_panels(Ui& ui, Area& area, const Panels& panels);
/// The chosen microphone and speaker, as two selects.
void draw_devices(Ui& ui, Area& area, const Model& model);

/// The line under a title.
void screen_title(Ui& ui, Area& area, std::string_view title, std::string_view sentence);
/// Words of a request that failed, with a button that asks again; true when it was pressed.
bool failed_panel(Ui& ui, Area& area, std::uint32_t id, const Error& error);

}  // namespace voxdial::ui
