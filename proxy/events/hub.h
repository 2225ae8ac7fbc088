// The event streams: everything that happens, to every page that may know it, within milliseconds.
//
// Owns the numbered ring of recent events and the sockets of all open streams, on one thread. A
// stream is a cursor into the ring, not a queue of its own: 9,000 of them cost about 11 MB, a page
// that comes back with Last-Event-ID goes on where it was, and a reader too slow to keep within the
// ring is dropped (its page comes back and is told to reload). Must not know what an event means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/events/event.h"
#include "proxy/stream_socket.h"
#include "shared/result.h"

namespace voxdial::events {

/// Whose stream it is, what it may show, and where it goes on.
struct Ticket {
  std::string user;  ///< whose calls it may see; empty = everybody's
  bool whole_numbers = false;
  std::uint64_t last_id = 0;  ///< parse_event_id of the Last-Event-ID header
  std::int64_t rights = 0;    ///< the number of the rights it was allowed under; see Rights
  /// Asked when the rights have changed since: `unauthenticated` when that person is out,
  /// `store_unavailable` when that cannot be told (they are asked again), another error when they
  /// may see something else now. Empty: allowed for good.
  std::function<Result<void>()> still_allowed;
};

/// A stream that may be opened: counted for as long as anybody holds it.
using Seat = std::shared_ptr<const void>;

struct HubOptions {
  std::uint32_t epoch = 0;  ///< random at every start; tells this run's ids from an earlier one's
  /// Events come with their numbers from a record that several servers share (feed()), so that an
  /// id means the same at each of them; publish() does nothing.
  bool fed = false;
  std::size_t ring_events = 4'096;
  std::size_t ring_bytes = 4 << 20;
  std::size_t max_streams = 10'000;
  /// Without a login everybody is one person; with one, no person can keep the others out.
  std::size_t max_streams_per_person = 10'000;
  /// So that proxies and pages know the line is alive: a page notices one that is held back when
  /// two of these are missing.
  int heartbeat_ms = 8'000;
  /// What the heartbeats, and the first words of a stream, tell as JSON: the server's time. Without
  /// it a heartbeat is a comment.
  std::function<std::string()> clock{};
  int stall_ms = 30'000;  ///< a reader that takes nothing for this long is dropped
  /// After this long a stream is closed and its page comes back by itself: a session that has grown
  /// too old since then ends here too.
  int max_age_ms = 3'600'000;
  /// The number of everybody's rights now; see Rights. Empty: they never change. While they cannot
  /// be read, whoever has a stream keeps it.
  std::function<Result<std::int64_t>()> rights{};
  int rights_ms = 500;   ///< how often that is asked while there are streams
  int retry_ms = 2'000;  ///< what the page is told to wait before it comes back
  /// Each page another time within so much, half of it earlier: when a server dies, those of its
  /// thousands of pages do not all knock at the next one together.
  int retry_spread_ms = 0;
};

class Hub {
 public:
  /// `steady_ms` is World's monotonic clock.
  Hub(HubOptions options, std::function<std::int64_t()> steady_ms);
  ~Hub();  ///< closes all streams and joins
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  /// Gives the event the next number and returns; the hub's thread delivers. Thread-safe, never
  /// blocks on a reader. Returns the event's id.
  std::uint64_t publish(Event event);
  /// The same with the number it has in the record: each once, in order.
  void feed(std::uint32_t number, Event event);
  /// The id of the latest event: one who looks into the record now and opens a stream from here on
  /// misses nothing. Thread-safe.
  std::uint64_t latest() const;
  /// The record is another one, or has lost its latest events: pages start afresh.
  void begin_epoch(std::uint32_t epoch);

  /// What is so just now, for everyone: each stream is told the latest of a kind, and a new one
  /// first of all. Not numbered, as it is no event: what comes between is not missed.
  void show(const std::string& kind, const std::string& json);

  /// A seat for one more stream of this person, before its reply is begun: or `overloaded`,
  /// `rate_limited`, both with Retry-After. The hub outlives it.
  Result<Seat> admit(const std::string& person);
  /// Takes the socket over and sends what the ticket has missed, and then what happens.
  void adopt(std::unique_ptr<StreamSocket> socket, Ticket ticket, Seat seat);

  /// Looks at once whether rights were withdrawn, instead of within `rights_ms`. A stream whose
  /// person is out gets a last event "logged_out" with the error, one whose person may see
  /// something else now a last "reload"; both are closed.
  void review();
  /// Closes every stream and admits no more: the server is stopping.
  void close_all();

  struct Counts {
    std::size_t streams = 0;
    std::uint64_t published = 0;
    std::uint64_t dropped = 0;  ///< readers that were too slow
  };
  Counts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace voxdial::events
