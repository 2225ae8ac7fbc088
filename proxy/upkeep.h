// Upkeep: what has to be done now and then, whether or not anybody asks. One thread, once an hour.
//
// Forgets calls older than RETENTION_DAYS, sessions that are over and old log-in tries; sums up
// floods of refusals. Owns the timing only; the store knows what forgetting a call means.
#pragma once

#include "proxy/config/config.h"
#include "proxy/rounds.h"
#include "proxy/store/store.h"
#include "proxy/world.h"

namespace voxdial {

/// One round; what fails is logged and tried again in the next.
void tidy(const Config& config, const World& world, Store& store);

class Upkeep {
 public:
  /// All references outlive this. The first round is at once.
  Upkeep(const Config& config, const World& world, Store& store);

 private:
  Rounds rounds_;
};

}  // namespace voxdial
