// The watch: keeps looking at every live call until it is over, and a little longer.
//
// Truth by polling, so that no tunnel and no public address is needed; callbacks only make it
// faster. Two lanes, one a vendor, each with its own threads and times, so that a vendor that hangs
// delays nothing of the other's. Survives kill -9: start() takes up every call the store says is
// live, dials nothing, and finds out how each stands.
//
// Owns the threads and the schedule; what a look does is proxy/calls/look.h.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "proxy/calls/look.h"

namespace voxdial {

/// One call in one lane.
struct Watched {
  std::int64_t due_ms = 0;  ///< World's monotonic clock
  int failures = 0;         ///< in a row
  int forgotten = 0;        ///< how often in a row the vendor did not know the call
  int searches = 0;         ///< how often Twilio was asked whether it has the call
  int looks_after_end = 0;
  bool busy = false;      ///< a thread is looking
  bool again = false;     ///< told to look while it was busy
  MessagePlace messages;  ///< Ultravox lane
};

/// Milliseconds until the next look; nothing when there is no more to learn. Pure.
/// About every second while it rings, slower when live, after the end a few times for late words
/// and the price; stretched so that `live` calls together ask for at most about ten looks a second,
/// and backed off while the vendor fails.
std::optional<int> next_look_ms(Vendor vendor, const StoredCall& stored, const Watched& watched,
                                std::size_t live);

class Watch {
 public:
  /// All references outlive this. Sets board.on_change.
  Watch(const Config& config, const World& world, Store& store, Board& board);
  ~Watch();  ///< stops

  /// Takes up the live calls of the store and starts the threads. Errors: store_unavailable.
  Result<void> start();
  void stop();

  /// A call is new or changed: look at it soon.
  void notice(const StoredCall& stored);

  /// One look, without threads or schedule (the lanes' body). True when the call needs more looks.
  bool look(Vendor vendor, const std::string& id, Watched& watched);

 private:
  struct Lane {
    Vendor vendor;
    std::map<std::string, Watched> calls;
    /// Those nobody is looking at, by when they are due: 10,000 live calls cost no more than one.
    std::set<std::pair<std::int64_t, std::string>> queue;
    int threads = 0;
    int idle = 0;  ///< of them, those that are not looking
  };
  void start_thread(Lane& lane);
  void run(Lane& lane);
  void tend_unplaced(Vendor vendor, const StoredCall& stored, Watched& watched);
  void look_for(const StoredCall& stored, Watched& watched);
  void close_unheard(const StoredCall& stored, const Watched& watched);

  const Config& config_;
  const World& world_;
  Store& store_;
  Board& board_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  Lane twilio_{.vendor = Vendor::twilio, .calls = {}, .queue = {}};
  Lane ultravox_{.vendor = Vendor::ultravox, .calls = {}, .queue = {}};
  std::vector<std::thread> threads_;
};

}  // namespace voxdial
