// The worker: pays what calls owe when it is due (proxy/calls/reconcile.h), until they owe nothing.
//
// Truth by polling, so that no tunnel and no public address is needed; callbacks only make it
// faster. Survives kill -9: start() makes everything that is owed due, dials nothing, and finds out
// how each call stands.
//
// One thread asks the store what is due; per vendor a bounded number of threads pays it, of which
// looks may hold most but not all: a vendor that hangs delays no other vendor's calls, and no End.
// Looks begin only so many at a time, however many calls are live, so that all together stay below
// the vendors' request limits, which servers on one record share. One debt of one call is paid by
// one thread at a time; where several servers work on one record, by one server that has leased it,
// and no request is sent for it without a lease that outlasts the request.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "proxy/calls/pay.h"
#include "proxy/calls/reconcile.h"
#include "proxy/thread_annotations.h"

namespace voxdial {

class Worker {
 public:
  /// All references outlive this.
  Worker(const Config& config, const World& world, Store& store, Recorder& recorder);
  ~Worker();  ///< stops
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Takes up what is owed, and starts the threads. Errors: store_unavailable.
  Result<void> start();
  void stop();

  /// Without threads: pays what is due now, one debt after the other on this thread; returns when
  /// the next is due, or nothing when nothing is owed. Asked again while it is at work, it pays
  /// what is not being paid yet.
  std::optional<Millis> run_due();

 private:
  using Job = Store::Due;
  /// What excludes another job of the same call: of what is urgent each, of the rest one a vendor,
  /// so that a call whose requests hang holds one thread of each.
  using Slot = std::pair<std::string, int>;
  static Slot slot_of(const Job& job);
  /// What one vendor is asked for, and by how many threads.
  struct Lane {
    int most_looks = 0;  ///< that may begin in one window of the steady clock
    std::deque<std::pair<Job, std::int64_t>> queue;  ///< begun when, and waiting for its thread
    Condition more;
    int threads = 0;
    int idle = 0;
    int begun = 0;    ///< jobs, queued or being paid
    int looking = 0;  ///< those of them that are not urgent
    std::int64_t window = 0;
    int looks = 0;        ///< begun in `window`
    bool missed = false;  ///< something was left for when a job is through
  };
  Lane& lane_of(Debt what) REQUIRES(mutex_);

  void dispatch();
  enum class Begun : std::uint8_t { now, next_window, after_another };
  /// Whether this may be paid now (end() must follow), or when it can be.
  Begun begin(const Job& job) REQUIRES(mutex_);
  Millis next_window(Millis now) const;
  /// Leases what has begun; ends what is another server's.
  std::vector<Job> claim(const std::vector<Job>& begun);
  void end(const Job& job) REQUIRES(mutex_);
  /// Gives what has begun to a thread of its vendor's.
  void hand_over(const Job& job, std::int64_t begun_at) REQUIRES(mutex_);
  void work(Lane& lane);
  void pay(const Job& job, std::int64_t begun_at);
  /// The world for as long as the lease of this step lasts: nothing is sent after it.
  World leased(const Job& job, std::int64_t leased_at);
  bool past_limit(const StoredCall& row);
  /// Everything becomes due when the wall clock was moved.
  void watch_clock();
  /// Now and then, what other servers did to the calls remembered here.
  void catch_up();
  /// The vendors' request limits are everybody's together: a part of them for each server.
  void share_limits();

  const World& world_;
  Store& store_;
  Recorder& recorder_;
  const Payer payer_;

  Mutex mutex_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::array<Lane, 2> lanes_ GUARDED_BY(mutex_);  // by Vendor
  std::set<Slot> taken_ GUARDED_BY(mutex_);       // of the jobs that have begun
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);

  Mutex limits_mutex_;
  struct Limit {
    std::int64_t until;  ///< steady clock
    Millis stay;
  };
  std::map<std::string, Limit> limits_ GUARDED_BY(limits_mutex_);  // of live calls
  // The dispatching thread's own.
  Millis clock_gap_ = 0;  ///< wall clock minus steady clock
  std::int64_t caught_up_at_ = 0;
  std::int64_t share_limits_at_ = 0;
};

}  // namespace voxdial
