// What ImGui would link and this program never runs: tables and columns.
//
// Begin, End and the settings refer to these by name. imgui_tables.cpp, which has them, is not part
// of the browser's build (CMakeLists.txt): a table or columns in a view ends in "undefined symbol"
// when linking. Then that file joins the build and this one goes.
#include <imgui.h>
#include <imgui_internal.h>

namespace ImGui {

// Called always, for tables there are none of.
void TableSettingsAddSettingsHandler() {}
void TableGcCompactSettings() {}

// Called inside a table or columns only.
static void no_tables() { IM_ASSERT(false && "tables are left out of this program"); }
void EndTable() { no_tables(); }
void TableEndRow(ImGuiTable*) { no_tables(); }
void TableEndCell(ImGuiTable*) { no_tables(); }
void TablePushColumnChannel(int) { no_tables(); }
void TablePopColumnChannel() { no_tables(); }
void TablePushBackgroundChannel() { no_tables(); }
void TablePopBackgroundChannel() { no_tables(); }
void TableGcCompactTransientBuffers(ImGuiTable*) { no_tables(); }
void TableGcCompactTransientBuffers(ImGuiTableTempData*) { no_tables(); }
void EndColumns() { no_tables(); }
void PushColumnsBackground() { no_tables(); }
void PopColumnsBackground() { no_tables(); }

}  // namespace ImGui
