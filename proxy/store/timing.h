// How long work in the store takes, for whoever measures.
#pragma once

#include <cstdint>
#include <functional>

namespace voxdial {

/// What is asked of the store: a look at it, a transaction of the writers (with the wait for its
/// turn), a claim of what is owed beside them.
enum class StoreWork : std::uint8_t { read, write, lease };
constexpr int kinds_of_store_work = 3;

/// By whose clock, and who is told.
struct Measure {
  std::function<std::int64_t()> steady_ms = {};  ///< empty: nothing is measured
  std::function<void(StoreWork, std::int64_t took_ms)> tell = {};

  /// The clock, for end().
  std::int64_t begin() const { return steady_ms ? steady_ms() : 0; }
  void end(StoreWork work, std::int64_t began) const {
    if (steady_ms) tell(work, steady_ms() - began);
  }
};

}  // namespace voxdial
