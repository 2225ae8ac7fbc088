#include "proxy/events/hub.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
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

#include "proxy/events/sse.h"
#include "proxy/events/stream.h"
#include "proxy/thread_annotations.h"

namespace voxdial::events {
namespace {

/// Events that lie unread while there are no streams.
constexpr std::size_t most_unread = 256;

/// People asked again before everybody else has a turn.
constexpr int reviews_a_turn = 256;

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
        source_{.options = options_,
                .epoll = epoll_,
                .backlog = Backlog(options_.ring_events, options_.ring_bytes),
                .epoch = options_.epoch} {
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
          stream->on_ready(ready[static_cast<std::size_t>(i)].events, now);
        } else if (!on_inbox(now)) {
          return;
        }
      }
      if (now >= next_tick) {
        for (const auto& stream : streams_) {
          if (!stream->dead()) stream->tick(now);
        }
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
      const Ticket& ticket = stream->ticket();
      if (stream->dead() || !ticket.still_allowed) continue;
      if (ticket.rights == *rights) continue;
      if (++asked > reviews_a_turn) return false;
      const Result<void> allowed = ticket.still_allowed();
      if (allowed) {
        stream->allowed_under(*rights);
      } else if (allowed.error().code == ErrorCode::store_unavailable) {
        return true;
      } else {
        stream->dismiss(allowed.error(), now);
      }
    }
    return true;
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
      source_.epoch = epoch_;
    }
    if (box.afresh) {
      source_.backlog.forget_all();
      for (const auto& stream : streams_) stream->close();
    }
    for (auto& [kind, event] : box.shown) source_.shown.insert_or_assign(kind, std::move(event));
    if (!box.shown.empty()) ++source_.shown_version;
    for (auto& event : box.events) source_.backlog.add(std::move(event));
    for (Arrival& arrival : box.arrivals) add(std::move(arrival), now);
    if (box.review) next_review_ = now;
    for (const auto& stream : streams_) {
      if (closing || box.stop) stream->close();
      if (!stream->dead() && !stream->waits_for_room()) stream->pump(now);
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
    streams_.push_back(std::make_unique<Stream>(source_, std::move(arrival.socket),
                                                std::move(arrival.ticket), std::move(arrival.seat),
                                                retry_ms(), now));
  }

  /// Destroys the dead: only here, because epoll's batch may still point at them before.
  void remove_dead() {
    std::uint64_t too_slow = 0;
    for (std::size_t i = 0; i < streams_.size();) {
      if (!streams_[i]->dead()) {
        ++i;
        continue;
      }
      if (streams_[i]->too_slow()) ++too_slow;
      std::swap(streams_[i], streams_.back());
      streams_.pop_back();
    }
    if (too_slow == 0) return;
    const MutexLock lock(mutex_);
    dropped_ += too_slow;
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
  Source source_;
  std::uint32_t retry_place_ = 0;
  std::vector<std::unique_ptr<Stream>> streams_;
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
