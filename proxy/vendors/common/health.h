// How the vendors are doing: a circuit breaker for new calls, one per vendor.
//
// Every reply and every failure is noted. After several failures in a row new calls are refused for
// a while instead of being tried into a void; looks, hang-ups and callbacks go on, and the first
// that gets through closes the circuit again. Owns the counters, nothing else.
#pragma once

#include <array>
#include <functional>
#include <optional>

#include "proxy/thread_annotations.h"
#include "proxy/world.h"
#include "shared/api.h"

namespace voxdial {

class Health {
 public:
  /// `steady_ms` is World's monotonic clock.
  explicit Health(SteadyClock steady_ms);

  /// What came of a request: no reply at all and a 5xx are failures, any other reply a success. A
  /// request that we held back ourselves says nothing of the vendor.
  void note(Vendor vendor, const SendResult& result);

  /// Seconds for which no call should be placed with this vendor; nothing when one may. After the
  /// pause one attempt at a time is let through to find out.
  std::optional<int> paused_s(Vendor vendor);

  VendorHealth now() const;

  /// Called, outside of any lock, when now() has changed. Set before threads start.
  std::function<void(const VendorHealth&)> on_change;

 private:
  struct Circuit {
    int failures = 0;               ///< in a row
    std::int64_t paused_until = 0;  ///< steady clock
    bool open = false;
  };
  const SteadyClock steady_ms_;
  mutable Mutex mutex_;
  std::array<Circuit, 2> circuits_ GUARDED_BY(mutex_);
};

}  // namespace voxdial
