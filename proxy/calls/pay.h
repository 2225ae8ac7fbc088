// Paying what a call owes: one try of one debt, told to the recorder.
#pragma once

#include "proxy/calls/recorder.h"
#include "proxy/config/config.h"
#include "proxy/store/store.h"
#include "proxy/world.h"

namespace voxdial {

struct Payer {
  const Config& config;
  const World& world;
  Store& store;
  Recorder& recorder;

  /// One try. `past_limit`: the row has outlived its hard limit.
  void pay(const StoredCall& row, Debt what, bool past_limit) const;
};

}  // namespace voxdial
