// The recorder: the one way by which anything becomes known of a call.
//
// Records it in the store, and when a page would see a difference publishes the call to the pages
// that may see it, so that what is stored and what is shown cannot differ. Placing, End, callbacks
// and the worker all speak to it.
//
// It also remembers every call that owes something. When the store fails (a full disk, a damaged
// file), what is heard of such a call is kept in memory, shown, and recorded when the store works
// again: End reaches the vendors although nothing can be written down.
//
// Every function may be called from any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/events/hub.h"
#include "proxy/store/store.h"
#include "proxy/thread_annotations.h"
#include "proxy/world.h"

namespace voxdial {

class Recorder {
 public:
  /// All references outlive this.
  Recorder(Store& store, events::Hub& hub, const World& world, Reconcile reconcile);

  /// Takes up what the store says is owed. Errors: store_unavailable.
  Result<void> start();
  /// Remembers what is owed, also by what other servers recorded, and forgets what no longer is.
  /// Errors: store_unavailable.
  Result<void> catch_up();

  /// `reply`: what the request that placed the call is told, recorded in the same step.
  /// Errors: store_unavailable (logged here; the update is kept and shown all the same), not_found,
  /// conflict.
  Result<Recorded> record(std::string_view call_id, CallUpdate update,
                          const StoredReply* reply = nullptr);
  /// Errors: store_unavailable; then the page is to be read again.
  Result<void> record_transcript(const StoredCall& stored,
                                 const std::vector<TranscriptEntry>& entries);

  /// A call that was just recorded by begin_call: remembers and shows it.
  void begin(const StoredCall& stored);

  /// The row as it is known, from memory when the store cannot be read. Errors: store_unavailable.
  Result<std::optional<StoredCall>> find(std::string_view call_id);

  /// What is due at `now`, the most pressing first; see Store::due.
  std::vector<Store::Due> due(Millis now, int most_of_a_kind);
  /// Those of `wanted`, which are due, that nobody but this server performs now: leased, where
  /// there are other servers. What could not be recorded is known here only, and needs no lease.
  std::vector<Store::Due> claim(std::vector<Store::Due> wanted);
  /// Whether what is heard of this call is known here only, until it can be recorded.
  bool is_kept(std::string_view call_id);
  /// When the next thing becomes due from `from` on; nothing when nothing does.
  std::optional<Millis> next_due(Millis from);

  /// Records what could not be recorded before. True when nothing is left.
  bool record_kept();

  /// Waits until something has come to be owed since the last wait that is due before `alarm`, or
  /// until wake(), or for `longest_ms`.
  void wait(Millis alarm, int longest_ms);
  void wake();

 private:
  void remember(const StoredCall& stored);
  /// For wait(): what this call has come to owe by what was recorded at `at`.
  void tell_due(const StoredCall& stored, Millis at);
  void publish(const Recorded& recorded);
  /// What cannot be recorded, as far as it can be known without the store.
  void keep(std::string_view call_id, const CallUpdate& update);
  void show(const Call& call);

  Store& store_;
  events::Hub& hub_;
  const World& world_;
  const Reconcile reconcile_;

  Mutex mutex_;
  std::map<std::string, StoredCall, std::less<>> owing_ GUARDED_BY(mutex_);
  std::deque<std::pair<std::string, CallUpdate>> kept_ GUARDED_BY(mutex_);  // oldest first
  std::map<std::string, int, std::less<>> kept_of_ GUARDED_BY(mutex_);      // how many per call
  Mutex recording_kept_;  // held by the one who records what was kept

  Mutex bell_mutex_;
  Condition bell_;
  bool rung_ GUARDED_BY(bell_mutex_) = false;
  Millis soonest_ GUARDED_BY(bell_mutex_) = INT64_MAX;  ///< due, of what was recorded meanwhile
  Millis alarm_ GUARDED_BY(bell_mutex_) = INT64_MIN;    ///< what wait() waits for, while it does
};

}  // namespace voxdial
