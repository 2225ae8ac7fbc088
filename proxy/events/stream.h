// One page's event stream: its socket, what goes out first, and how far it has got in what
// happened. For the hub's thread alone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "proxy/events/backlog.h"
#include "proxy/events/hub.h"

namespace voxdial::events {

/// What all streams send from.
struct Source {
  const HubOptions& options;
  const int epoll;  ///< tells when a stream's socket has room again, or is gone
  Backlog backlog;
  std::uint32_t epoch = 0;                     ///< of what is in the backlog
  std::map<std::string, std::string> shown{};  ///< what is so just now, by kind
  std::uint64_t shown_version = 0;
  std::string gathered{};  ///< room for what is written next

  /// Without an id: it moves nobody's place in the stream.
  std::string heartbeat() const;
};

class Stream {
 public:
  /// Greets the page as soon as it is pumped, and goes on where its ticket says. epoll's events
  /// carry the stream's address. The source outlives it.
  Stream(Source& source, std::unique_ptr<StreamSocket> socket, Ticket ticket, Seat seat,
         int retry_ms, std::int64_t now);

  const Ticket& ticket() const { return ticket_; }
  bool dead() const { return dead_; }
  bool too_slow() const { return too_slow_; }
  /// The socket was full: epoll says when there is room again.
  bool waits_for_room() const { return wants_room_; }

  void allowed_under(std::int64_t rights) { ticket_.rights = rights; }
  void close() { dead_ = true; }
  /// Closes it with a last event that says why.
  void dismiss(const Error& why, std::int64_t now);
  void on_ready(std::uint32_t events, std::int64_t now);
  /// Writes what the stream has not got yet, until its socket is full.
  void pump(std::int64_t now);
  /// A heartbeat, or the end of a stream that is too old or reads too slowly.
  void tick(std::int64_t now);

 private:
  bool flush_pending(std::int64_t now);
  void want_room(bool wanted, std::int64_t now);
  void drop() { dead_ = too_slow_ = true; }

  Source& source_;
  std::unique_ptr<StreamSocket> socket_;
  Ticket ticket_;
  Seat seat_;
  View view_;
  Place place_;
  std::string pending_;      ///< bytes that go before what is there: greeting, heartbeat, reload
  std::uint64_t shown_ = 0;  ///< which version of what is so just now
  std::int64_t born_ms_;
  std::int64_t progress_ms_;  ///< when the socket last took something while it was full
  bool wants_room_ = false;
  bool dead_ = false;
  bool too_slow_ = false;
};

}  // namespace voxdial::events
