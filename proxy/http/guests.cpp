#include "proxy/http/guests.h"

#include <sys/socket.h>

#include <algorithm>

namespace voxdial::http {

bool Guests::enter(Connection& connection, const std::string& key) {
  const MutexLock lock(mutex_);
  if (closed_) return false;
  if (!key.empty()) {
    std::size_t& own = per_peer_[key];
    if (own >= most_per_peer_ && !make_room_for(key)) return false;
    ++own;
  }
  open_.emplace(&connection, Guest{key});
  return true;
}

void Guests::leave(Connection& connection) {
  const MutexLock lock(mutex_);
  const auto guest = open_.find(&connection);
  const std::string& key = guest->second.key;
  if (!key.empty() && --per_peer_[key] == 0) per_peer_.erase(key);
  open_.erase(guest);
}

bool Guests::rest(Connection& connection) {
  const MutexLock lock(mutex_);
  open_[&connection].rest = ++rests_;
  return !closed_;
}

void Guests::work(Connection& connection) {
  const MutexLock lock(mutex_);
  open_[&connection].rest = 0;
}

bool Guests::make_room(const std::string& key) {
  const MutexLock lock(mutex_);
  return make_room_for(key);
}

bool Guests::make_room_for(const std::string& key) {
  Connection* idle = nullptr;
  Guest* longest = nullptr;
  for (auto& [connection, guest] : open_) {
    if (guest.rest == 0 || (!key.empty() && guest.key != key)) continue;
    if (longest && longest->rest < guest.rest) continue;
    idle = connection;
    longest = &guest;
  }
  if (!idle) return false;
  longest->rest = 0;
  ::shutdown(idle->fd(), SHUT_RD);  // what has come already is still answered
  return true;
}

void Guests::close() {
  const MutexLock lock(mutex_);
  closed_ = true;
  for (const auto& [connection, guest] : open_) {
    if (guest.rest > 0) ::shutdown(connection->fd(), SHUT_RD);
  }
}

void Guests::throw_out() {
  const MutexLock lock(mutex_);
  for (const auto& [connection, guest] : open_) ::shutdown(connection->fd(), SHUT_RDWR);
}

Server::Counts Guests::counts() const {
  const MutexLock lock(mutex_);
  const auto idle = std::count_if(open_.begin(), open_.end(),
                                  [](const auto& one) { return one.second.rest > 0; });
  return {.connections = open_.size(), .idle = static_cast<std::size_t>(idle)};
}

}  // namespace voxdial::http
