#include "wasm-ui/core/tools/registry.h"

namespace voxdial::ui {

// One per file of this folder.
ClientToolSpec update_order_tool();
ClientToolSpec show_note_tool();

std::span<const ClientToolSpec> client_tools() {
  static const ClientToolSpec tools[] = {update_order_tool(), show_note_tool()};
  return tools;
}

const ClientToolSpec* find_tool(std::string_view name) {
  for (const ClientToolSpec& tool : client_tools()) {
    if (tool.name == name) return &tool;
  }
  return nullptr;
}

SelectedTool selected_tool(const ClientToolSpec& tool) {
  ClientTool client;
  client.model_tool_name = std::string(tool.name);
  client.description = std::string(tool.description);
  for (const ClientToolSpec::Parameter& p : tool.parameters) {
    client.dynamic_parameters.push_back(
        {std::string(p.name), Json{std::string(p.schema)}, p.required});
  }
  SelectedTool selected;
  selected.temporary_tool = std::move(client);
  return selected;
}

}  // namespace voxdial::ui
