// The worker: pays what calls owe when it is due (proxy/calls/reconcile.h), until they owe nothing.
//
// Truth by polling, so that no tunnel and no public address is needed; callbacks only make it
// faster. Survives kill -9: start() makes everything that is owed due, dials nothing, and finds out
// how each call stands.
//
// One thread asks the store what is due; per vendor a bounded number of threads pays it, of which
// looks may hold most but not all: a vendor that hangs delays no other vendor's calls, and no End.
// One debt of one call is paid by one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <tuple>
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
  using Job = std::pair<std::string, Debt>;  ///< call id and what
  /// What excludes another job of the same call: of what is urgent each, of the rest one a vendor,
  /// so that a call whose requests hang holds one thread of each.
  using Slot = std::pair<std::string, int>;
  static Slot slot_of(const Job& job);
  /// What one vendor is asked for, and by how many threads.
  struct Lane {
    std::set<std::tuple<bool, Millis, Job>> queue;  ///< not urgent last, then by when it is due
    int threads = 0;
    int idle = 0;
    int looking = 0;  ///< threads held by what is not urgent
  };

  void dispatch();
  void work(Vendor vendor);
  void pay(const Job& job);
  bool past_limit(const StoredCall& row);
  int live_calls();
  /// Everything becomes due when the wall clock was moved.
  void watch_clock();

  const World& world_;
  Store& store_;
  Recorder& recorder_;
  const Payer payer_;

  Mutex mutex_;
  Condition more_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::array<Lane, 2> lanes_ GUARDED_BY(mutex_);  // by Vendor
  std::set<Slot> taken_ GUARDED_BY(mutex_);       // queued or being paid
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);

  Mutex limits_mutex_;
  struct Limit {
    std::int64_t until;  ///< steady clock
    Millis stay;
  };
  std::map<std::string, Limit> limits_ GUARDED_BY(limits_mutex_);  // of live calls
  int live_ GUARDED_BY(limits_mutex_) = 0;
  std::optional<std::int64_t> live_counted_at_ GUARDED_BY(limits_mutex_);
  Millis clock_gap_ = 0;  ///< wall clock minus steady clock; the dispatching thread's own
};

}  // namespace voxdial
