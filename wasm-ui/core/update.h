// The one way anything changes: an action moves the model on and orders effects.
//
// Pure: no clock, no randomness, no I/O, no global. An action is a fact that has happened; an
// effect is an order that the browser carries out. A test is one call and a comparison.
#pragma once

#include <variant>
#include <vector>

#include "wasm-ui/core/model.h"

namespace voxdial::ui {

/// Any feature's action becomes one by itself.
using Action = std::variant<PageAction, FormAction, LiveAction, WebAction, HistoryAction,
                            AgentsAction, DoctorAction, SettingsAction, HttpReplied>;

[[nodiscard]] Effects update(Model& model, const Action& action);

}  // namespace voxdial::ui
