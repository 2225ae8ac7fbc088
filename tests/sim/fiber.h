// A piece of work with a stack of its own, on one thread: it runs until it waits, and goes on when
// it is resumed. So requests that overlap in the proxy overlap in the simulator too, always in the
// same order.
#pragma once

#include <functional>
#include <memory>

namespace voxdial::sim {

class Fiber {
 public:
  /// `work` must let no exception out.
  explicit Fiber(std::function<void()> work);
  ~Fiber();  ///< REQUIRES: done(), or never resumed
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  void resume();  ///< until it waits or is done. REQUIRES: not called inside a fiber
  bool done() const { return done_; }
  /// Inside a fiber: back to whoever resumed it.
  static void suspend();
  static bool inside();

 private:
  struct Stack;
  static void enter();
  std::function<void()> work_;
  std::unique_ptr<Stack> stack_;
  bool done_ = false;
};

}  // namespace voxdial::sim
