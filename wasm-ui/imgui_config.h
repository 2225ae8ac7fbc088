// How Dear ImGui is compiled, natively and for the browser (IMGUI_USER_CONFIG). Each line leaves
// out what this interface never uses, so that nobody downloads it.
#pragma once

#define IMGUI_USE_WCHAR32                      // emoji live beyond 16 bits
#define IMGUI_DISABLE_OBSOLETE_FUNCTIONS       // only the current interface
#define IMGUI_DISABLE_FILE_FUNCTIONS           // the browser has no files for it
#define IMGUI_DISABLE_DEFAULT_SHELL_FUNCTIONS  // and no shell
#define IMGUI_ENABLE_TEST_ENGINE  // the hooks that tell the mirror of every item (kit/ui.cpp)
#define IMGUI_DISABLE_DEMO_WINDOWS
#define IMGUI_DISABLE_DEBUG_TOOLS

#ifdef __EMSCRIPTEN__
#define IM_ASSERT_USER_ERROR(expression, words) ((void)0)  // the native tests assert it
#endif
