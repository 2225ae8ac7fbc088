// Client tools: what an agent of a web call can do on this page.
//
// A tool is one file: its name, what the model is told about it, the JSON Schema of its parameters
// and a pure function on the panels. A new one is that file and its line in registry.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "shared/api.h"
#include "shared/result.h"
#include "wasm-ui/core/tools/panels.h"

namespace voxdial::ui {

struct ClientToolSpec {
  struct Parameter {
    std::string_view name;
    std::string_view schema;  ///< JSON Schema, an object
    bool required = true;
  };
  std::string_view name;  ///< ^[a-zA-Z0-9_-]{1,64}$
  std::string_view description;
  std::span<const Parameter> parameters;
  /// Changes the panels and returns what the agent is told. `parameters` is a JSON object. An
  /// error's message goes to the agent as the tool's failure; the panels are then thrown away.
  Result<std::string> (*run)(Panels& panels, std::string_view parameters);
};

std::span<const ClientToolSpec> client_tools();
const ClientToolSpec* find_tool(std::string_view name);
/// The tool as a call's settings carry it to Ultravox.
SelectedTool selected_tool(const ClientToolSpec& tool);

}  // namespace voxdial::ui
