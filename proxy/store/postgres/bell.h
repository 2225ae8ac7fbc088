// The bell between servers on one database: that something was recorded, and no more. Its own
// connection, which must be direct: a pooler passes no notifications on. Without one, or when a
// ring is lost, whoever waits looks after a while anyway.
#pragma once

#include <memory>

#include "proxy/config/secret.h"

namespace voxdial::postgres {

/// A lock that many may hold: each server that listens does, so that it can be counted.
inline constexpr const char* present_lock_class = "1987601518";

/// Whether notifications would arrive by this address.
bool can_listen(const Secret& url);

class Bell {
 public:
  /// Empty `url`: rings are heard within this process only.
  explicit Bell(Secret url);
  ~Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  /// Something was recorded here: wakes the one who waits, who lets the others know. Never blocks.
  void ring();
  /// Wakes the one who waits here, and tells nobody.
  void ring_here();
  /// Until a ring, or for so long. For one thread.
  void wait(int longest_ms);

 private:
  friend bool can_listen(const Secret& url);
  class Line;
  bool listens(int passed_ms);

  const Secret url_;
  const int woken_;  ///< an eventfd
  std::unique_ptr<Line> line_;
  int next_try_ms_ = 0;  ///< of a wait, until the connection is tried again
};

}  // namespace voxdial::postgres
