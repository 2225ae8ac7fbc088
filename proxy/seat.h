// A seat in a room with few of them: how many may do a costly thing, or wait for one, at once.
#pragma once

#include <atomic>

namespace voxdial {

/// Holds one of `most` seats while it lives, if one was free.
class Seat {
 public:
  Seat(std::atomic<int>& taken, int most) : taken_(taken), mine_(++taken <= most) {}
  ~Seat() { --taken_; }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  explicit operator bool() const { return mine_; }

 private:
  std::atomic<int>& taken_;
  const bool mine_;
};

}  // namespace voxdial
