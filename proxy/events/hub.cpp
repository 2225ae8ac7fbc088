#include "proxy/events/hub.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <map>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "proxy/events/backlog.h"
#include "proxy/events/sse.h"
#include "proxy/thread_annotations.h"
#include "shared/codec.h"

namespace voxdial::events {
namespace {

/// Events that lie unread while there are no streams.
constexpr std::size_t most_unread = 256;

/// People asked again before everybody else has a turn.
constexpr int reviews_a_turn = 256;

struct Stream {
  std::unique_ptr<StreamSocket> socket;
  Ticket ticket;
  Seat seat;
  bool wants_room = false;  ///< the socket was full: EPOLLOUT is armed
  bool dead = false;
  View view;
  Place place;
  std::string pending;  ///< bytes that go before what is there: greeting, heartbeat, reload
  std::int64_t born_ms = 0;
  std::uint64_t shown = 0;       ///< which version of what is so just now
  std::int64_t progress_ms = 0;  ///< when the socket last took something while it was full
};

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

}  // namespace

class Hub::Impl {
 public:
  Impl(HubOptions options, std::function<std::int64_t()> steady_ms)
      : options_(std::move(options)),
        steady_ms_(std::move(steady_ms)),
        epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
        wake_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
        backlog_(options_.ring_events, options_.ring_bytes) {
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.ptr = nullptr;
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &wanted), "epoll_ctl");
    thread_ = std::thread([this] { run(); });
  }

  ~Impl() {
    {
      const MutexLock lock(mutex_);
      inbox_.stop = true;
    }
    signal();
    thread_.join();
    // Seats are given back while there is something to give them back to.
    streams_.clear();
    const std::vector<Arrival> never_added = take_arrivals();
    close(wake_);
    close(epoll_);
  }

  std::uint64_t publish(Event event) {
    if (options_.fed) return 0;
    return add_event(std::nullopt, std::move(event));
  }

  std::uint64_t add_event(std::optional<std::uint32_t> number, Event event) {
    auto stored = std::make_shared<Encoded>();
    stored->owner = std::move(event.owner);
    stored->for_everyone = event.for_everyone;
    std::uint64_t id = 0;
    bool wake = false;
    {
      const MutexLock lock(mutex_);
      // The thread takes all there is at once; without streams, when a page comes (adopt()).
      wake = total_ > 0 ? inbox_.events.empty() : inbox_.events.size() >= most_unread;
      ++published_;
      latest_ = stored->sequence = number.value_or(static_cast<std::uint32_t>(published_));
      id = event_id(epoch_, stored->sequence);
      stored->masked = encode_event(id, event.kind, event.masked);
      if (!event.whole.empty() && event.whole != event.masked) {
        stored->whole = encode_event(id, event.kind, event.whole);
      }
      inbox_.events.push_back(std::move(stored));
    }
    if (wake) signal();
    return id;
  }

  std::uint64_t latest() const {
    const MutexLock lock(mutex_);
    return event_id(epoch_, latest_);
  }

  void begin_epoch(std::uint32_t epoch) {
    {
      const MutexLock lock(mutex_);
      if (epoch_ == epoch) return;
      epoch_ = epoch;
      inbox_.events.clear();
      inbox_.afresh = true;
    }
    signal();
  }

  void show(const std::string& kind, const std::string& json) {
    {
      const MutexLock lock(mutex_);
      inbox_.shown[kind] = encode_event(0, kind, json);
    }
    signal();
  }

  Result<Seat> admit(const std::string& person) {
    if (auto entered = enter(person); !entered) return fail(std::move(entered).error());
    return Seat(nullptr, [this, person](const void*) { leave(person); });
  }

  void adopt(std::unique_ptr<StreamSocket> socket, Ticket ticket, Seat seat) {
    {
      const MutexLock lock(mutex_);
      inbox_.arrivals.push_back({std::move(socket), std::move(ticket), std::move(seat)});
    }
    signal();
  }

  void review() {
    {
      const MutexLock lock(mutex_);
      inbox_.review = true;
    }
    signal();
  }

  void close_all() {
    {
      const MutexLock lock(mutex_);
      closing_ = true;
    }
    signal();
  }

  Counts counts() const {
    const MutexLock lock(mutex_);
    return {.streams = total_, .published = published_, .dropped = dropped_};
  }

 private:
  struct Arrival {
    std::unique_ptr<StreamSocket> socket;
    Ticket ticket;
    Seat seat;
  };
  /// What other threads hand to the hub's thread. It takes the whole box at once, so publishers
  /// never wait for a socket.
  struct Inbox {
    std::vector<std::shared_ptr<const Encoded>> events;
    std::vector<Arrival> arrivals;
    std::map<std::string, std::string> shown;  ///< by kind
    bool afresh = false;
    bool review = false;
    bool stop = false;
  };

  std::vector<Arrival> take_arrivals() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return std::exchange(inbox_.arrivals, {});
  }

  void signal() {
    const std::uint64_t one = 1;
    // The counter can only be full, and then the thread is awake anyway.
    [[maybe_unused]] const auto ignored = write(wake_, &one, sizeof one);
  }

  Result<void> enter(const std::string& person) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (closing_) return fail(ErrorCode::shutting_down);
    if (total_ >= options_.max_streams) {
      Error error = make_error(ErrorCode::overloaded);
      error.retry_after_s = 5;
      return fail(std::move(error));
    }
    std::size_t& own = per_person_[person];
    if (own >= options_.max_streams_per_person) {
      Error error = make_error(ErrorCode::rate_limited, "Too many pages are open. Close some.");
      error.retry_after_s = 30;
      return fail(std::move(error));
    }
    ++own;
    ++total_;
    return {};
  }

  void leave(const std::string& person) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto own = per_person_.find(person);
    assert(own != per_person_.end());
    if (--own->second == 0) per_person_.erase(own);
    --total_;
  }

  // ------------------------------------------------------------------ on the hub's thread

  void run() {
    std::array<epoll_event, 256> ready{};
    std::int64_t next_tick = steady_ms_() + options_.heartbeat_ms;
    for (;;) {
      int timeout = -1;
      if (!streams_.empty()) {
        const std::int64_t next = options_.rights ? std::min(next_tick, next_review_) : next_tick;
        timeout = static_cast<int>(std::max<std::int64_t>(0, next - steady_ms_()));
      }
      const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), timeout);
      const std::int64_t now = steady_ms_();
      if (streams_.empty()) next_tick = now + options_.heartbeat_ms;
      for (int i = 0; i < count; ++i) {
        auto* stream = static_cast<Stream*>(ready[static_cast<std::size_t>(i)].data.ptr);
        if (stream) {
          on_ready(*stream, ready[static_cast<std::size_t>(i)].events, now);
        } else if (!on_inbox(now)) {
          return;
        }
      }
      if (now >= next_tick) {
        tick(now);
        next_tick = now + options_.heartbeat_ms;
      }
      if (options_.rights && now >= next_review_) {
        next_review_ = review_streams(now) ? now + options_.rights_ms : now;
      }
      remove_dead();
    }
  }

  /// Asks again those who were let in under other rights than today's, a turn's worth of them; true
  /// when there are no more. While the rights cannot be read everybody stays: nothing can be
  /// withdrawn meanwhile that a later look would miss, and the page has to say that they cannot.
  bool review_streams(std::int64_t now) {
    if (streams_.empty()) return true;
    const Result<std::int64_t> rights = options_.rights();
    if (!rights) return true;
    int asked = 0;
    for (const auto& stream : streams_) {
      if (stream->dead || !stream->ticket.still_allowed) continue;
      if (stream->ticket.rights == *rights) continue;
      if (++asked > reviews_a_turn) return false;
      const Result<void> allowed = stream->ticket.still_allowed();
      if (allowed) {
        stream->ticket.rights = *rights;
      } else if (allowed.error().code == ErrorCode::store_unavailable) {
        return true;
      } else {
        dismiss(*stream, allowed.error(), now);
      }
    }
    return true;
  }

  void dismiss(Stream& stream, const Error& why, std::int64_t now) {
    // In the middle of an event nothing can be said any more: the page comes back and is told then.
    if (!stream.wants_room) {
      const bool out = why.code == ErrorCode::unauthenticated;
      stream.pending = encode_event(event_id(heard_epoch_, stream.place.next - 1),
                                    out ? "logged_out" : "reload", out ? encode(why) : "{}");
      flush_pending(stream, now);
    }
    stream.dead = true;
  }

  void on_ready(Stream& stream, std::uint32_t events, std::int64_t now) {
    if (stream.dead) return;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) stream.dead = true;
    if ((events & (EPOLLIN | EPOLLRDHUP)) != 0 && !stream.socket->drain()) stream.dead = true;
    if (!stream.dead && (events & EPOLLOUT) != 0) pump(stream, now);
  }

  /// False when the hub is to end.
  bool on_inbox(std::int64_t now) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto ignored = read(wake_, &count, sizeof count);
    Inbox box;
    bool closing = false;
    {
      const MutexLock lock(mutex_);
      std::swap(box, inbox_);
      closing = closing_;
      heard_epoch_ = epoch_;
    }
    if (box.afresh) {
      backlog_.forget_all();
      for (const auto& stream : streams_) stream->dead = true;
    }
    for (auto& [kind, event] : box.shown) shown_.insert_or_assign(kind, std::move(event));
    if (!box.shown.empty()) ++shown_version_;
    for (auto& event : box.events) backlog_.add(std::move(event));
    for (Arrival& arrival : box.arrivals) add(std::move(arrival), now);
    if (box.review) next_review_ = now;
    for (const auto& stream : streams_) {
      stream->dead |= closing || box.stop;
      if (!stream->dead && !stream->wants_room) pump(*stream, now);
    }
    return !box.stop;
  }

  /// Steps of the golden section: of however many pages, each falls into the widest gap between the
  /// others.
  int retry_ms() {
    constexpr std::uint32_t golden = 2'654'435'769U;
    retry_place_ += golden;
    const std::uint64_t spread = static_cast<std::uint64_t>(options_.retry_spread_ms);
    return options_.retry_ms - options_.retry_spread_ms / 2 +
           static_cast<int>(spread * retry_place_ >> 32U);
  }

  void add(Arrival arrival, std::int64_t now) {
    auto stream = std::make_unique<Stream>();
    const std::uint64_t last = arrival.ticket.last_id;
    stream->socket = std::move(arrival.socket);
    stream->ticket = std::move(arrival.ticket);
    stream->view = {std::move(stream->ticket.user), stream->ticket.whole_numbers};
    stream->seat = std::move(arrival.seat);
    stream->born_ms = stream->progress_ms = now;
    stream->pending = "retry: " + std::to_string(retry_ms()) + "\n";
    const auto last_sequence = static_cast<std::uint32_t>(last);
    const bool ours = last != 0 && last == event_id(heard_epoch_, last_sequence) &&
                      last_sequence <= backlog_.latest();
    if (ours && last_sequence + 1 >= backlog_.oldest()) {
      stream->place.next = last_sequence + 1;
      stream->pending += "\n";
    } else {
      const std::uint64_t id = event_id(heard_epoch_, backlog_.latest());
      stream->place.next = backlog_.latest() + 1;
      // The bare id makes a page that breaks off before the first event resume from here.
      stream->pending +=
          last == 0 ? "id: " + std::to_string(id) + "\n\n" : encode_event(id, "reload", "{}");
    }
    if (options_.clock) stream->pending += heartbeat();
    // A peer that vanished without a word is noticed by its unacknowledged heartbeats, not after
    // the kernel's quarter of an hour.
    const int unacknowledged_ms = options_.stall_ms;
    setsockopt(stream->socket->fd(), IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms,
               sizeof unacknowledged_ms);
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLRDHUP;
    wanted.data.ptr = stream.get();
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, stream->socket->fd(), &wanted) != 0) stream->dead = true;
    streams_.push_back(std::move(stream));
  }

  /// Without an id: it moves nobody's place in the stream.
  std::string heartbeat() const {
    return options_.clock ? "event: clock\ndata: " + options_.clock() + "\n\n" : ":\n\n";
  }

  /// Writes what the stream has not got yet, until its socket is full.
  void pump(Stream& stream, std::int64_t now) {
    if (stream.place.offset == 0 && stream.shown != shown_version_) {
      for (const auto& [kind, event] : shown_) stream.pending += event;
      stream.shown = shown_version_;
    }
    if (!flush_pending(stream, now)) return;
    while (!stream.dead && stream.place.next <= backlog_.latest()) {
      if (stream.place.next < backlog_.oldest()) {
        drop(stream);
        return;
      }
      backlog_.gather(stream.view, stream.place, gathered_);
      if (gathered_.empty()) break;
      const long taken = stream.socket->write(gathered_);
      if (taken < 0) {
        stream.dead = true;
        return;
      }
      backlog_.advance(stream.view, stream.place, static_cast<std::size_t>(taken));
      if (taken > 0) stream.progress_ms = now;
      if (static_cast<std::size_t>(taken) < gathered_.size()) {
        want_room(stream, true, now);
        return;
      }
    }
    want_room(stream, false, now);
  }

  /// True when nothing is pending any more.
  bool flush_pending(Stream& stream, std::int64_t now) {
    if (stream.pending.empty()) return true;
    const long taken = stream.socket->write(stream.pending);
    if (taken < 0) {
      stream.dead = true;
      return false;
    }
    if (taken > 0) stream.progress_ms = now;
    stream.pending.erase(0, static_cast<std::size_t>(taken));
    if (!stream.pending.empty()) {
      want_room(stream, true, now);
      return false;
    }
    stream.pending.shrink_to_fit();
    return true;
  }

  void want_room(Stream& stream, bool wanted, std::int64_t now) {
    if (stream.wants_room == wanted) return;
    stream.wants_room = wanted;
    stream.progress_ms = now;
    epoll_event change{};
    change.events = EPOLLIN | EPOLLRDHUP | (wanted ? EPOLLOUT : 0u);
    change.data.ptr = &stream;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, stream.socket->fd(), &change);
  }

  void tick(std::int64_t now) {
    for (const auto& stream : streams_) {
      if (stream->dead) continue;
      if (now - stream->born_ms >= options_.max_age_ms) {
        stream->dead = true;
      } else if (stream->wants_room) {
        if (stream->place.next < backlog_.oldest() ||
            now - stream->progress_ms >= options_.stall_ms)
          drop(*stream);
      } else {
        stream->pending = heartbeat();
        pump(*stream, now);
      }
    }
  }

  void drop(Stream& stream) {
    stream.dead = true;
    const MutexLock lock(mutex_);
    ++dropped_;
  }

  /// Destroys the dead: only here, because epoll's batch may still point at them before.
  void remove_dead() {
    for (std::size_t i = 0; i < streams_.size();) {
      if (!streams_[i]->dead) {
        ++i;
        continue;
      }
      std::swap(streams_[i], streams_.back());
      streams_.pop_back();
    }
  }

  const HubOptions options_;
  const std::function<std::int64_t()> steady_ms_;
  const int epoll_;
  const int wake_;

  mutable Mutex mutex_;
  Inbox inbox_ GUARDED_BY(mutex_);
  bool closing_ GUARDED_BY(mutex_) = false;
  std::size_t total_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::size_t> per_person_ GUARDED_BY(mutex_);
  std::uint32_t epoch_ GUARDED_BY(mutex_) = options_.epoch;
  std::uint64_t published_ GUARDED_BY(mutex_) = 0;
  std::uint32_t latest_ GUARDED_BY(mutex_) = 0;  ///< the latest event's number
  std::uint64_t dropped_ GUARDED_BY(mutex_) = 0;

  // Only the hub's thread touches these.
  Backlog backlog_;
  std::uint32_t retry_place_ = 0;
  std::uint32_t heard_epoch_ = options_.epoch;  ///< of what is in the backlog
  std::map<std::string, std::string> shown_;    ///< what is so just now, by kind
  std::uint64_t shown_version_ = 0;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::string gathered_;
  std::int64_t next_review_ = 0;

  std::thread thread_;
};

Hub::Hub(HubOptions options, std::function<std::int64_t()> steady_ms)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(steady_ms))) {}
Hub::~Hub() = default;

std::uint64_t Hub::publish(Event event) { return impl_->publish(std::move(event)); }
void Hub::feed(std::uint32_t number, Event event) { impl_->add_event(number, std::move(event)); }
std::uint64_t Hub::latest() const { return impl_->latest(); }
void Hub::begin_epoch(std::uint32_t epoch) { impl_->begin_epoch(epoch); }
void Hub::show(const std::string& kind, const std::string& json) { impl_->show(kind, json); }
Result<Seat> Hub::admit(const std::string& person) { return impl_->admit(person); }
void Hub::adopt(std::unique_ptr<StreamSocket> socket, Ticket ticket, Seat seat) {
  impl_->adopt(std::move(socket), std::move(ticket), std::move(seat));
}
void Hub::review() { impl_->review(); }
void Hub::close_all() { impl_->close_all(); }
Hub::Counts Hub::counts() const { return impl_->counts(); }

}  // namespace voxdial::events
