// The open connections: how many a peer has, and which are idle. An idle one makes room for a
// newcomer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "proxy/http/connection.h"
#include "proxy/http/server.h"
#include "proxy/thread_annotations.h"

namespace voxdial::http {

class ConnectionTable {
 public:
  explicit ConnectionTable(std::size_t most_per_peer) : most_per_peer_(most_per_peer) {}

  /// The connection counts under `key`; empty = it is not counted. False when its peer has as many
  /// as it may, all of them busy, or after close_idle(); else remove() must follow.
  bool add(Connection& connection, const std::string& key);
  void remove(Connection& connection);

  /// It waits for a request: nothing is lost when it is closed now. False when that is to be.
  bool set_idle(Connection& connection);
  void set_busy(Connection& connection);

  /// Closes the connection that has been idle for longest; false when none is idle.
  bool close_longest_idle();
  /// Closes the idle ones; no more are added.
  void close_idle();
  /// Cuts them all, busy or not.
  void cut_all();

  Server::Counts counts() const;

 private:
  struct Entry {
    std::string key;
    std::uint64_t idle_since = 0;  ///< the value of idle_count_ then; 0 = busy
  };
  /// Of those that count under `key`, or of all without one.
  bool close_longest_idle_of(const std::string& key) REQUIRES(mutex_);

  const std::size_t most_per_peer_;
  mutable Mutex mutex_;
  std::unordered_map<Connection*, Entry> open_ GUARDED_BY(mutex_);
  std::map<std::string, std::size_t> per_peer_ GUARDED_BY(mutex_);
  std::uint64_t idle_count_ GUARDED_BY(mutex_) = 0;  ///< how often any has become idle
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace voxdial::http
