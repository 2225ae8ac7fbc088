#include "proxy/rounds.h"

#include <utility>

namespace voxdial {

Rounds::~Rounds() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Rounds::start(std::chrono::milliseconds between, std::function<bool()> round) {
  thread_ = std::thread([this, between, round = std::move(round)] {
    MutexLock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      const bool more = round();
      lock.lock();
      if (!more) return;
      wake_.wait_for(mutex_, between, [this]() REQUIRES(mutex_) { return stopping_; });
    }
  });
}

}  // namespace voxdial
