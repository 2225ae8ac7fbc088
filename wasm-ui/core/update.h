// The one way anything changes: an action moves the model on and orders effects.
//
// Pure: no clock, no randomness, no I/O, no global. An action is a fact that has happened; an
// effect is an order that the browser carries out. A test is one call and a comparison.
#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "wasm-ui/core/model.h"

namespace voxdial::ui {

using Action = std::variant<PageAction, FormAction, LiveAction, WebAction, HistoryAction,
                            AgentsAction, DoctorAction, SettingsAction, HttpReplied>;

/// The group a feature's action belongs to.
template <class A>
constexpr auto group_of() {
  if constexpr (std::is_constructible_v<PageAction, A>) {
    return std::in_place_type<PageAction>;
  } else if constexpr (std::is_constructible_v<FormAction, A>) {
    return std::in_place_type<FormAction>;
  } else if constexpr (std::is_constructible_v<LiveAction, A>) {
    return std::in_place_type<LiveAction>;
  } else if constexpr (std::is_constructible_v<WebAction, A>) {
    return std::in_place_type<WebAction>;
  } else if constexpr (std::is_constructible_v<HistoryAction, A>) {
    return std::in_place_type<HistoryAction>;
  } else if constexpr (std::is_constructible_v<AgentsAction, A>) {
    return std::in_place_type<AgentsAction>;
  } else if constexpr (std::is_constructible_v<DoctorAction, A>) {
    return std::in_place_type<DoctorAction>;
  } else {
    return std::in_place_type<SettingsAction>;
  }
}

/// Room for one more: grown in one place and not in each action's own code.
Action& another(std::vector<Action>& actions);

/// Appends any feature's action.
template <class A>
void append(std::vector<Action>& actions, A a) {
  Action& made = another(actions);
  if constexpr (std::is_same_v<A, HttpReplied>) {
    made.emplace<HttpReplied>(std::move(a));
  } else {
    const auto put = [&]<class Group>(std::in_place_type_t<Group>) {
      made.emplace<Group>(std::in_place_type<A>, std::move(a));
    };
    put(group_of<A>());
  }
}

[[nodiscard]] Effects update(Model& model, const Action& action);

}  // namespace voxdial::ui
