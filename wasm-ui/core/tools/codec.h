// Reads the parameters of client tools: the only door to JSON in this folder.
#pragma once

#include <string_view>

#include "shared/result.h"
#include "wasm-ui/core/tools/panels.h"

namespace voxdial::ui {

/// {"orderDetailsData":[{"name","quantity","price","specialInstructions"?}, ...]}; the list may
/// also come as text that holds the JSON, as some models send it.
Result<Order> decode_order(std::string_view json);
/// {"title":...,"text":...}
Result<Note> decode_note(std::string_view json);

}  // namespace voxdial::ui
