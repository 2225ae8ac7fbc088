// Rounds: work done again and again on a thread of its own, until it says that it is done or its
// owner goes.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "proxy/thread_annotations.h"

namespace voxdial {

class Rounds {
 public:
  Rounds() = default;
  ~Rounds();  ///< waits for the round that is under way
  Rounds(const Rounds&) = delete;
  Rounds& operator=(const Rounds&) = delete;

  /// Once: the first round is at once. `round` says whether there are more.
  void start(std::chrono::milliseconds between, std::function<bool()> round);

 private:
  Mutex mutex_;
  Condition wake_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace voxdial
