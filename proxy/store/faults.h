// A way to make the store fail at a chosen step, so that tests can try every one of them.
#pragma once

#include <atomic>
#include <cstdint>

namespace voxdial {

/// Every statement step, BEGIN, COMMIT and savepoint of every connection counts as one step. The
/// step number `fail_at` is not carried out and reports `code` instead. Safe from any thread.
struct StoreFaults {
  std::atomic<std::int64_t> steps{0};     ///< carried out or failed so far
  std::atomic<std::int64_t> fail_at{0};   ///< 0: none fails
  std::atomic<bool> keep_failing{false};  ///< all from fail_at on
  std::atomic<std::int64_t> commits{0};   ///< transactions of the writer that became durable
  std::atomic<int> code{10};  ///< an SQLite result code: 10 I/O error, 13 disk full, 5 busy

  /// The code to fail this step with, or 0.
  int next_step() {
    const std::int64_t step = ++steps;
    const std::int64_t at = fail_at;
    return at != 0 && (step == at || (keep_failing && step > at)) ? code.load() : 0;
  }
};

}  // namespace voxdial
