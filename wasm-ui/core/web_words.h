// What the browser's half of a web call says (web/web-call.js), in words for a person.
#pragma once

#include <optional>
#include <string_view>

#include "wasm-ui/core/web_call.h"

namespace voxdial::ui {

/// Why the microphone may not be used; nothing for "ok".
std::optional<Error> microphone_refusal(std::string_view state);

/// A remark that is set or taken back, or something that happened once.
WebAction problem_met(std::string_view problem);

/// How the call ended: whether that is a failure, and what the server is told.
WebCallEnded call_ended(std::string_view by);

}  // namespace voxdial::ui
