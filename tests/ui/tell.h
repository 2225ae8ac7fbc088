// One action told to update(), as main.cpp does; for tests with Catch2 and without.
#pragma once

#include <utility>
#include <vector>

#include "wasm-ui/core/update.h"

namespace voxdial::ui {

/// The effects that were ordered, in order.
template <class A>
Effects tell(Model& model, A a) {
  std::vector<Action> actions;
  actions.push_back(std::move(a));
  return update(model, actions.front());
}

}  // namespace voxdial::ui
