#include "tests/sim/schedule.h"

#include <algorithm>
#include <limits>

namespace voxdial::sim {

void Schedule::at(Millis when, std::function<void()> what) {
  events_.emplace(std::pair(std::max(when, now_), ++made_), std::move(what));
}

bool Schedule::step(Millis end) {
  if (events_.empty() || events_.begin()->first.first > end) {
    now_ = std::max(now_, end);
    return false;
  }
  auto event = events_.extract(events_.begin());
  now_ = event.key().first;
  event.mapped()();
  return true;
}

Schedule::WorkRef Schedule::begin(const void* owner, std::function<void()> what) {
  auto work = std::make_shared<Work>();
  work->owner = owner;
  work->fiber = std::make_unique<Fiber>([what = std::move(what)] {
    try {
      what();
    } catch (const Killed&) {
    }
  });
  under_way_.push_back(work);
  at(now_, [this, work] { resume(work); });
  return work;
}

void Schedule::resume(const WorkRef& work) {
  if (stopped_.contains(work->owner)) {
    work->held = true;
  } else {
    run(work);
  }
}

void Schedule::go_on(const void* owner) {
  stopped_.erase(owner);
  for (const WorkRef& work : under_way_) {
    if (work->owner != owner || !std::exchange(work->held, false)) continue;
    at(now_, [this, work, wait = work->waits] {
      if (work->waits == wait) resume(work);
    });
  }
}

void Schedule::run(const WorkRef& work) {
  if (work->gone || work->fiber->done()) return;
  work->waiting = false;
  current_ = work;
  work->fiber->resume();
  current_ = nullptr;
  if (work->fiber->done()) std::erase(under_way_, work);
}

void Schedule::wait_until(Millis when) {
  const WorkRef self = current_;
  if (killing_) throw Killed();
  const auto wait = ++self->waits;
  self->waiting = true;
  if (when < std::numeric_limits<Millis>::max()) {
    at(when, [this, self, wait] {
      if (self->waiting && self->waits == wait) resume(self);
    });
  }
  Fiber::suspend();
  if (killing_) throw Killed();
}

void Schedule::wake(Schedule& schedule, const WorkRef& work) {
  if (!work->waiting) return;
  const auto wait = ++work->waits;
  schedule.at(schedule.now_, [&schedule, work, wait] {
    if (work->waiting && work->waits == wait) schedule.resume(work);
  });
}

void Schedule::kill(const void* owner) {
  killing_ = true;
  const auto is_anothers = [owner](const WorkRef& work) { return work->owner != owner; };
  const auto first = std::stable_partition(under_way_.begin(), under_way_.end(), is_anothers);
  std::vector<WorkRef> dying(first, under_way_.end());
  under_way_.erase(first, under_way_.end());
  for (; !dying.empty(); dying.pop_back()) {
    const WorkRef& work = dying.back();
    if (work->waiting) run(work);
    work->gone = true;  // what has not begun yet never does
  }
  killing_ = false;
  stopped_.erase(owner);
}

}  // namespace voxdial::sim
