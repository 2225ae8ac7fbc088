// A reply that costs something to find out and is the same for everybody who asks just now.
#pragma once

#include <optional>
#include <string>

#include "proxy/http/message.h"
#include "proxy/thread_annotations.h"
#include "proxy/world.h"

namespace voxdial {

class Remembered {
 public:
  /// The reply, at most `life` milliseconds old. Who asks while it is found out waits for it.
  template <class FindOut>
  http::Response get(const std::string& question, const World& world, Millis life,
                     FindOut find_out) {
    const MutexLock lock(mutex_);
    if (!reply_ || question_ != question || world.steady_ms() - at_ >= life) {
      reply_ = find_out();
      question_ = question;
      at_ = world.steady_ms();
    }
    return *reply_;
  }

 private:
  Mutex mutex_;  // held while it is found out
  std::string question_ GUARDED_BY(mutex_);
  Millis at_ GUARDED_BY(mutex_) = 0;  ///< by the steady clock
  std::optional<http::Response> reply_ GUARDED_BY(mutex_);
};

}  // namespace voxdial
