// What happened lately: a numbered ring of events, and how far a stream has got in it. For one
// thread, and without sockets.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace voxdial::events {

/// An event as it is sent.
struct Encoded {
  std::uint32_t sequence = 0;
  std::string owner;  ///< whose call it is about
  bool for_everyone = false;
  std::string masked;
  std::string whole;  ///< with whole numbers; empty = the same
};

/// What a stream may show.
struct View {
  std::string user;  ///< whose calls; empty = everybody's
  bool whole_numbers = false;
};

/// How far a stream has got.
struct Place {
  std::uint32_t next = 0;  ///< sequence of the next event to look at
  std::size_t offset = 0;  ///< bytes of that event sent already
};

class Backlog {
 public:
  Backlog(std::size_t most_events, std::size_t most_bytes)
      : most_events_(most_events), most_bytes_(most_bytes) {}

  /// Where numbers are missing between, what was before is forgotten.
  void add(std::shared_ptr<const Encoded> event);

  void forget_all();

  std::uint32_t latest() const { return latest_; }
  /// The sequence of the oldest event that can still be sent; one after the latest when none can.
  std::uint32_t oldest() const { return ring_.empty() ? latest_ + 1 : ring_.front()->sequence; }

  /// Some of what is to be sent from `place` on; empty at the end. Moves it over events that are
  /// not to be seen when there is nothing before them to send. REQUIRES: place.next >= oldest()
  void gather(const View& view, Place& place, std::string& bytes) const;
  /// So many of those bytes have been sent.
  void advance(const View& view, Place& place, std::size_t bytes) const;

 private:
  const Encoded& at(std::uint32_t sequence) const { return *ring_[sequence - oldest()]; }

  const std::size_t most_events_, most_bytes_;
  std::deque<std::shared_ptr<const Encoded>> ring_;
  std::size_t bytes_ = 0;
  std::uint32_t latest_ = 0;
};

}  // namespace voxdial::events
