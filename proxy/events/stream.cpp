#include "proxy/events/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <utility>

#include "proxy/events/sse.h"
#include "shared/codec.h"

namespace voxdial::events {

std::string Source::heartbeat() const {
  return options.clock ? "event: clock\ndata: " + options.clock() + "\n\n" : ":\n\n";
}

Stream::Stream(Source& source, std::unique_ptr<StreamSocket> socket, Ticket ticket, Seat seat,
               int retry_ms, std::int64_t now)
    : source_(source),
      socket_(std::move(socket)),
      ticket_(std::move(ticket)),
      seat_(std::move(seat)),
      view_{std::move(ticket_.user), ticket_.whole_numbers},
      pending_("retry: " + std::to_string(retry_ms) + "\n"),
      born_ms_(now),
      progress_ms_(now) {
  const Backlog& backlog = source_.backlog;
  const std::uint64_t last = ticket_.last_id;
  const auto last_sequence = static_cast<std::uint32_t>(last);
  const bool ours = last != 0 && last == event_id(source_.epoch, last_sequence) &&
                    last_sequence <= backlog.latest();
  if (ours && last_sequence + 1 >= backlog.oldest()) {
    place_.next = last_sequence + 1;
    pending_ += "\n";
  } else {
    const std::uint64_t id = event_id(source_.epoch, backlog.latest());
    place_.next = backlog.latest() + 1;
    // The bare id makes a page that breaks off before the first event resume from here.
    pending_ += last == 0 ? "id: " + std::to_string(id) + "\n\n" : encode_event(id, "reload", "{}");
  }
  if (source_.options.clock) pending_ += source_.heartbeat();
  // A peer that vanished without a word is noticed by its unacknowledged heartbeats, not after
  // the kernel's quarter of an hour.
  const int unacknowledged_ms = source_.options.stall_ms;
  setsockopt(socket_->fd(), IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms,
             sizeof unacknowledged_ms);
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLRDHUP;
  wanted.data.ptr = this;
  if (epoll_ctl(source_.epoll, EPOLL_CTL_ADD, socket_->fd(), &wanted) != 0) dead_ = true;
}

void Stream::dismiss(const Error& why, std::int64_t now) {
  // In the middle of an event nothing can be said any more: the page comes back and is told then.
  if (!wants_room_) {
    const bool out = why.code == ErrorCode::unauthenticated;
    pending_ = encode_event(event_id(source_.epoch, place_.next - 1), out ? "logged_out" : "reload",
                            out ? encode(why) : "{}");
    flush_pending(now);
  }
  dead_ = true;
}

void Stream::on_ready(std::uint32_t events, std::int64_t now) {
  if (dead_) return;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) dead_ = true;
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0 && !socket_->drain()) dead_ = true;
  if (!dead_ && (events & EPOLLOUT) != 0) pump(now);
}

void Stream::pump(std::int64_t now) {
  if (place_.offset == 0 && shown_ != source_.shown_version) {
    for (const auto& [kind, event] : source_.shown) pending_ += event;
    shown_ = source_.shown_version;
  }
  if (!flush_pending(now)) return;
  const Backlog& backlog = source_.backlog;
  std::string& bytes = source_.gathered;
  while (place_.next <= backlog.latest()) {
    if (place_.next < backlog.oldest()) return drop();
    backlog.gather(view_, place_, bytes);
    if (bytes.empty()) break;
    const long taken = socket_->write(bytes);
    if (taken < 0) return close();
    backlog.advance(view_, place_, static_cast<std::size_t>(taken));
    if (taken > 0) progress_ms_ = now;
    if (static_cast<std::size_t>(taken) < bytes.size()) return want_room(true, now);
  }
  want_room(false, now);
}

/// True when nothing is pending any more.
bool Stream::flush_pending(std::int64_t now) {
  if (pending_.empty()) return true;
  const long taken = socket_->write(pending_);
  if (taken < 0) {
    dead_ = true;
    return false;
  }
  if (taken > 0) progress_ms_ = now;
  pending_.erase(0, static_cast<std::size_t>(taken));
  if (!pending_.empty()) {
    want_room(true, now);
    return false;
  }
  pending_.shrink_to_fit();
  return true;
}

void Stream::want_room(bool wanted, std::int64_t now) {
  if (wants_room_ == wanted) return;
  wants_room_ = wanted;
  progress_ms_ = now;
  epoll_event change{};
  change.events = EPOLLIN | EPOLLRDHUP | (wanted ? EPOLLOUT : 0u);
  change.data.ptr = this;
  epoll_ctl(source_.epoll, EPOLL_CTL_MOD, socket_->fd(), &change);
}

void Stream::tick(std::int64_t now) {
  if (now - born_ms_ >= source_.options.max_age_ms) {
    dead_ = true;
  } else if (wants_room_) {
    const bool stalled = now - progress_ms_ >= source_.options.stall_ms;
    if (stalled || place_.next < source_.backlog.oldest()) drop();
  } else {
    pending_ = source_.heartbeat();
    pump(now);
  }
}

}  // namespace voxdial::events
