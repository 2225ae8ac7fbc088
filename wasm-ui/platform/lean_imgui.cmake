# Dear ImGui without the parts this interface never enters, for the browser's build: ${output} becomes a copy of
# ${imgui}/imgui.cpp in which some calls are missing.
#
# The interface is one window that never moves, scrolls or shows a title, invisible buttons and a draw list
# (wasm-ui/views/ui.cpp). But one frame of ImGui calls keyboard navigation, settings files, tables, tooltips and the
# recovery from wrong nesting unconditionally, so the linker must keep them: 25 KB of the download. Without the calls below
# nothing refers to them and it drops them. What is left is upstream's code unchanged; the native build, which the tests
# run on, is upstream's altogether. A newer ImGui in which one of these texts reads differently stops here.

file(READ "${imgui}/imgui.cpp" text)

# leave_out(<whole lines> [<lines instead>]): an unbraced if() keeps a {} as what it guards.
function(leave_out what)
  string(FIND "${text}" "\n${what}" first)
  string(FIND "${text}" "\n${what}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "${imgui}/imgui.cpp does not say exactly once:\n${what}\n"
      "It is another version than the one that ${CMAKE_CURRENT_FUNCTION_LIST_FILE} was written for: "
      "look what became of these lines, and change them there.")
  endif()
  string(REPLACE "\n${what}" "\n${ARGN}" text "${text}")
  set(text "${text}" PARENT_SCOPE)
endfunction()

# Settings files.
leave_out("    UpdateSettings();\n")
leave_out("        AddSettingsHandler(&ini_handler);\n")
leave_out("        ini_handler.ClearAllFn = WindowSettingsHandler_ClearAll;
        ini_handler.ReadOpenFn = WindowSettingsHandler_ReadOpen;
        ini_handler.ReadLineFn = WindowSettingsHandler_ReadLine;
        ini_handler.ApplyAllFn = WindowSettingsHandler_ApplyAll;
        ini_handler.WriteAllFn = WindowSettingsHandler_WriteAll;\n")
leave_out("    TableSettingsAddSettingsHandler();\n")

# Keyboard navigation: the accessible mirror of the page does that, with real elements.
leave_out("    NavUpdate();\n")
leave_out("    NavEndFrame();\n")
leave_out("                        NavProcessItem();\n" "                        {}\n")
leave_out("            ItemHandleShortcut(id);\n" "            {}\n")

# Tables, columns, menus, tooltips, popups, the pointer ImGui would draw, a window's frame and scrolling (ours is bare, and
# its parts scroll by themselves).
leave_out("            TableGcCompactTransientBuffers(g.Tables.GetByIndex(i));\n" "            {}\n")
leave_out("            TableGcCompactTransientBuffers(&table_temp_data);\n" "            {}\n")
leave_out("        GcCompactTransientMiscBuffers();\n" "        {}\n")
leave_out("        EndColumns();\n    if (!window->SkipRefresh)" "        {}\n    if (!window->SkipRefresh)")
leave_out("        SetTooltip(\"...\");\n")
leave_out("                SetTooltip(\"%s\", GetKeyChordName(g.LastItemData.Shortcut));\n" "                {}\n")
leave_out("    RenderDimmedBackgrounds();\n")
leave_out("        RenderMouseCursor(g.IO.MousePos, g.Style.MouseCursorScale, g.MouseCursor, IM_COL32_WHITE, IM_COL32_BLACK, IM_COL32(0, 0, 0, 48));\n" "        {}\n")
leave_out("    UpdateMouseWheel();\n")
leave_out("            RenderWindowDecorations(window, title_bar_rect, title_bar_is_highlight, handle_borders_and_resize_grips, resize_grip_count, resize_grip_col, resize_grip_draw_size);\n")
leave_out("        ClosePopupsOverWindow(hovered_window_above_modal ? g.HoveredWindow : modal, true);\n")
leave_out("            ClosePopupsOverWindow(GetTopMostPopupModal(), false); // Note how we need to use GetTopMostPopupModal() aad NOT blocking_modal, to handle nested modals\n")
leave_out("        ClosePopupsOverWindow(window, false);\n")
leave_out("        LogFinish();\n\n    if (window->DC.IsSetPos)" "        {}\n\n    if (window->DC.IsSetPos)")

# Recovery from a Begin without its End: there is one pair, in one function each.
leave_out("    if (g.IO.ConfigErrorRecovery)
        ErrorRecoveryTryToRecoverState(&g.StackSizesInNewFrame);\n")
leave_out("    ErrorCheckEndFrameFinalizeErrorTooltip();\n")
leave_out("        ErrorRecoveryTryToRecoverWindowState(&window_stack_data.StackSizesInBegin);\n" "        {}\n")

# The window for widgets outside of any window. Begin() has one caller then, once a frame, and the compiler sees
# in its flags that half of it cannot happen.
leave_out("    g.WithinFrameScopeWithImplicitWindow = true;
    SetNextWindowSize(ImVec2(400, 400), ImGuiCond_FirstUseEver);
    Begin(\"Debug##Default\");\n")
leave_out("    if (g.CurrentWindow && !g.CurrentWindow->WriteAccessed)
        g.CurrentWindow->Active = false;
    End();\n")
leave_out("        flags = window->Flags;\n")

file(WRITE "${output}.new" "${text}")
file(COPY_FILE "${output}.new" "${output}" ONLY_IF_DIFFERENT)
unset(text)
