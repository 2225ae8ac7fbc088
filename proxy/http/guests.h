// Who is connected, and who of them waits for nothing: those have to go when others want to come.
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

class Guests {
 public:
  explicit Guests(std::size_t most_per_peer) : most_per_peer_(most_per_peer) {}

  /// Lets a connection in, which counts under `key`; empty = it is not counted. False when its peer
  /// has as many as it may, all of them at work, or the house is closed. leave() must follow.
  bool enter(Connection& connection, const std::string& key);
  void leave(Connection& connection);

  /// The connection is idle: nothing is lost when it is closed now. False when that is to be.
  bool rest(Connection& connection);
  void work(Connection& connection);

  /// Closes the connection that has been idle for longest, of this peer or, without a key, of all.
  bool make_room(const std::string& key);
  /// Closes the idle ones and lets nobody in any more.
  void close();
  /// Closes all there are.
  void throw_out();

  Server::Counts counts() const;

 private:
  struct Guest {
    std::string key;
    std::uint64_t rest = 0;  ///< which it is of all rests so far; 0 = at work
  };
  bool make_room_for(const std::string& key) REQUIRES(mutex_);

  const std::size_t most_per_peer_;
  mutable Mutex mutex_;
  std::unordered_map<Connection*, Guest> open_ GUARDED_BY(mutex_);
  std::map<std::string, std::size_t> per_peer_ GUARDED_BY(mutex_);
  std::uint64_t rests_ GUARDED_BY(mutex_) = 0;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace voxdial::http
