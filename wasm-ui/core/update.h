// The one way anything changes: model and action in, model and effects out.
//
// Pure: no clock, no randomness, no I/O, no global. An action is a fact that has happened; an
// effect is an order that main.cpp carries out. A test is one call and a comparison.
#pragma once

#include <utility>
#include <variant>

#include "wasm-ui/core/model.h"

namespace voxdial::ui {

using Action = std::variant<PageAction, FormAction, LiveAction, WebAction, HistoryAction,
                            AgentsAction, DoctorAction, SettingsAction, HttpReplied>;

/// Any feature's action as an Action.
template <class A>
Action action(A a) {
  if constexpr (std::is_constructible_v<PageAction, A>)
    return PageAction{std::move(a)};
  else if constexpr (std::is_constructible_v<FormAction, A>)
    return FormAction{std::move(a)};
  else if constexpr (std::is_constructible_v<LiveAction, A>)
    return LiveAction{std::move(a)};
  else if constexpr (std::is_constructible_v<WebAction, A>)
    return WebAction{std::move(a)};
  else if constexpr (std::is_constructible_v<HistoryAction, A>)
    return HistoryAction{std::move(a)};
  else if constexpr (std::is_constructible_v<AgentsAction, A>)
    return AgentsAction{std::move(a)};
  else if constexpr (std::is_constructible_v<DoctorAction, A>)
    return DoctorAction{std::move(a)};
  else if constexpr (std::is_constructible_v<SettingsAction, A>)
    return SettingsAction{std::move(a)};
  else
    return Action{std::move(a)};
}

struct Step {
  Model model;
  Effects effects;
};

[[nodiscard]] Step update(Model model, const Action& action);

}  // namespace voxdial::ui
