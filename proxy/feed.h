// The feed: what was recorded anywhere, to the pages of this server. One thread.
//
// Several servers on one database tell each other nothing else. What pages are told of is a row in
// the record; each server reads the rows, hands them to its own hub in their order, and so shows
// its pages the same events under the same numbers as any other. And all go by the database's
// clock, so that a server whose own is wrong neither buys calls with it nor takes what another is
// doing. While the database cannot be read, its pages are told so.
#pragma once

#include <atomic>
#include <thread>

#include "proxy/events/hub.h"
#include "proxy/store/store.h"
#include "proxy/world.h"

namespace voxdial {

class Feed {
 public:
  /// All references outlive this. `database_time`: the database's time when the steady clock of
  /// this machine was 0; set here, 0 while it is not known.
  Feed(Store& store, events::Hub& hub, const World& world, std::atomic<Millis>& database_time);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  /// Reads what there is, and starts the thread. Nothing to do where nobody shares the record.
  /// Errors: store_unavailable.
  Result<void> start();

 private:
  Result<void> read();
  void tell(const Result<void>& read);
  void read_clock();
  void run();

  Store& store_;
  events::Hub& hub_;
  const World& world_;
  std::atomic<Millis>& database_time_;
  std::atomic<bool> stopping_{false};
  std::uint32_t epoch_ = 0;
  std::uint32_t last_ = 0;  ///< number of what was read last
  std::int64_t clock_read_at_ = 0;
  bool away_ = false;  ///< pages have been told that the record cannot be read
  std::thread thread_;
};

}  // namespace voxdial
