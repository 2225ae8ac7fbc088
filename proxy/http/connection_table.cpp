#include "proxy/http/connection_table.h"

#include <sys/socket.h>

#include <algorithm>

namespace voxdial::http {

bool ConnectionTable::add(Connection& connection, const std::string& key) {
  const MutexLock lock(mutex_);
  if (closed_) return false;
  if (!key.empty()) {
    std::size_t& own = per_peer_[key];
    if (own >= most_per_peer_ && !close_longest_idle_of(key)) return false;
    ++own;
  }
  open_.emplace(&connection, Entry{key});
  return true;
}

void ConnectionTable::remove(Connection& connection) {
  const MutexLock lock(mutex_);
  const auto entry = open_.find(&connection);
  const std::string& key = entry->second.key;
  if (!key.empty() && --per_peer_[key] == 0) per_peer_.erase(key);
  open_.erase(entry);
}

bool ConnectionTable::set_idle(Connection& connection) {
  const MutexLock lock(mutex_);
  open_[&connection].idle_since = ++idle_count_;
  return !closed_;
}

void ConnectionTable::set_busy(Connection& connection) {
  const MutexLock lock(mutex_);
  open_[&connection].idle_since = 0;
}

bool ConnectionTable::close_longest_idle() {
  const MutexLock lock(mutex_);
  return close_longest_idle_of({});
}

bool ConnectionTable::close_longest_idle_of(const std::string& key) {
  Connection* idle = nullptr;
  Entry* longest = nullptr;
  for (auto& [connection, entry] : open_) {
    if (entry.idle_since == 0 || (!key.empty() && entry.key != key)) continue;
    if (longest && longest->idle_since < entry.idle_since) continue;
    idle = connection;
    longest = &entry;
  }
  if (!idle) return false;
  longest->idle_since = 0;
  ::shutdown(idle->fd(), SHUT_RD);  // what has come already is still answered
  return true;
}

void ConnectionTable::close_idle() {
  const MutexLock lock(mutex_);
  closed_ = true;
  for (const auto& [connection, entry] : open_) {
    if (entry.idle_since > 0) ::shutdown(connection->fd(), SHUT_RD);
  }
}

void ConnectionTable::cut_all() {
  const MutexLock lock(mutex_);
  for (const auto& [connection, entry] : open_) ::shutdown(connection->fd(), SHUT_RDWR);
}

Server::Counts ConnectionTable::counts() const {
  const MutexLock lock(mutex_);
  const auto idle = std::count_if(open_.begin(), open_.end(),
                                  [](const auto& one) { return one.second.idle_since > 0; });
  return {.connections = open_.size(), .idle = static_cast<std::size_t>(idle)};
}

}  // namespace voxdial::http
