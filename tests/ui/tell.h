// One action told to update(), as main.cpp does; for tests with Catch2 and without.
#pragma once

#include <utility>
#include <vector>

#include "wasm-ui/core/update.h"

namespace voxdial::ui {

/// The model moves on; the effects that were ordered, in order.
template <class A>
Effects tell(Model& model, A a) {
  std::vector<Action> actions;
  append(actions, std::move(a));
  Step step = update(std::move(model), actions.front());
  model = std::move(step.model);
  return std::move(step.effects);
}

}  // namespace voxdial::ui
