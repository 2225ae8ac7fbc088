// Adoption: calls that the vendors know and the record has lost are recorded, and from then on
// watched and ended as any other. They are never dialled again.
//
// A record loses calls when it is put back from a backup, or when a database's standby takes over
// that lacked the last commits. Nothing is placed until they are found (Store::doubt).
#pragma once

#include "proxy/calls/recorder.h"
#include "proxy/config/config.h"
#include "proxy/rounds.h"
#include "proxy/store/store.h"
#include "proxy/world.h"

namespace voxdial {

/// Asks both vendors for calls made since then, and records those of ours that the record does not
/// know; how many. Errors: a vendor's, store_unavailable.
Result<int> adopt_calls(const Config& config, const World& world, Store& store, Recorder& recorder,
                        Millis since);

class Adopter {
 public:
  /// All references outlive this.
  Adopter(const Config& config, const World& world, Store& store, Recorder& recorder);

  /// One look: whether the record is known to be whole.
  bool look();
  /// Looks until the record is whole; where it is on a database, for ever.
  void start();

 private:
  const Config& config_;
  const World& world_;
  Store& store_;
  Recorder& recorder_;
  Rounds rounds_;
};

}  // namespace voxdial
