// Simulated time: events in the order of their times, and the proxy's work, which waits in between.
//
// Time jumps to the next event. Work of the proxy (a request it serves, its worker) runs on a
// fiber; when its process is killed, all of it leaves by an exception wherever it stands; while its
// process is stopped, nothing of it goes on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "shared/api.h"
#include "tests/sim/fiber.h"

namespace voxdial::sim {

/// How work leaves a process that was killed. No std::exception: nobody in the proxy catches it.
struct Killed {};

class Schedule {
 public:
  explicit Schedule(Millis start) : now_(start) {}
  ~Schedule() = default;  ///< REQUIRES: every owner's work was killed
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  Millis now() const { return now_; }
  void at(Millis when, std::function<void()> what);
  void after(Millis wait, std::function<void()> what) { at(now_ + wait, std::move(what)); }
  /// The next event, when there is one before `end`.
  bool step(Millis end);

  /// One piece of the proxy's work. Kept alive by whoever may wake it.
  struct Work {
    std::unique_ptr<Fiber> fiber;
    const void* owner = nullptr;  ///< the process whose work it is
    std::uint64_t waits = 0;      ///< which of its waits is the present one
    bool waiting = false;
    bool gone = false;
    bool held = false;  ///< it would go on, but its process is stopped
  };
  using WorkRef = std::shared_ptr<Work>;
  WorkRef begin(const void* owner, std::function<void()> work);
  /// Inside work: waits until then, or until it is woken. Throws Killed when the process was killed
  /// meanwhile.
  void wait_until(Millis when);
  static void wake(Schedule& schedule, const WorkRef& work);
  WorkRef current() const { return current_; }

  /// Everything of this process that is under way ends where it stands.
  void kill(const void* owner);
  /// SIGSTOP and SIGCONT: what would go on meanwhile goes on then.
  void stop(const void* owner) { stopped_.insert(owner); }
  void go_on(const void* owner);

 private:
  void resume(const WorkRef& work);
  void run(const WorkRef& work);

  Millis now_;
  std::uint64_t made_ = 0;
  std::map<std::pair<Millis, std::uint64_t>, std::function<void()>> events_;
  std::vector<WorkRef> under_way_;
  WorkRef current_;
  std::set<const void*> stopped_;
  bool killing_ = false;
};

}  // namespace voxdial::sim
