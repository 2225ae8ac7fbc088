#include "proxy/calls/worker.h"

#include <algorithm>
#include <chrono>
#include <system_error>

namespace voxdial {
namespace {

/// Most requests under way at one vendor, and most that are not urgent among them.
constexpr int most_threads = 64;
constexpr int most_looking = 48;

constexpr int most_due_at_once = 1'000;
/// The shortest time between two reads of what is due, so that a burst is taken up together.
constexpr int breath_ms = 10;
constexpr int longest_wait_ms = 1'000;
constexpr Millis clock_moved_ms = 3'000;

Vendor vendor_of(Debt what) {
  switch (what) {
    case Debt::look_twilio:
    case Debt::end_twilio:
    case Debt::price:
    case Debt::why:
      return Vendor::twilio;
    default:
      return Vendor::ultravox;
  }
}

bool is_urgent(Debt what) {
  return what == Debt::end_twilio || what == Debt::end_ultravox || what == Debt::machine;
}

}  // namespace

Worker::Slot Worker::slot_of(const Job& job) {
  const int slot = is_urgent(job.second) ? static_cast<int>(job.second)
                                         : debts + static_cast<int>(vendor_of(job.second));
  return {job.first, slot};
}

Worker::Worker(const Config& config, const World& world, Store& store, Recorder& recorder)
    : world_(world),
      store_(store),
      recorder_(recorder),
      payer_{config, world, store, recorder},
      clock_gap_(world.now() - world.steady_ms()) {}

Worker::~Worker() { stop(); }

Result<void> Worker::start() {
  if (auto started = recorder_.start(); !started) return started;
  MutexLock lock(mutex_);
  threads_.emplace_back([this] { dispatch(); });
  return {};
}

void Worker::stop() {
  std::vector<std::thread> threads;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  more_.notify_all();
  recorder_.wake();
  for (auto& thread : threads) thread.join();
}

void Worker::watch_clock() {
  const Millis gap = world_.now() - world_.steady_ms();
  if (std::abs(gap - clock_gap_) < clock_moved_ms) return;
  if (store_.make_all_due(world_.now())) clock_gap_ = gap;
}

void Worker::dispatch() {
  for (;;) {
    {
      MutexLock lock(mutex_);
      if (stopping_) return;
    }
    watch_clock();
    (void)recorder_.record_kept();
    const Millis now = world_.now();
    bool full = false;
    {
      const auto due = recorder_.due(now, most_due_at_once);
      full = due.size() == most_due_at_once;
      MutexLock lock(mutex_);
      if (stopping_) return;
      for (const Store::Due& one : due) {
        const Job job{one.call_id, one.what};
        if (!taken_.insert(slot_of(job)).second) continue;
        const Vendor vendor = vendor_of(one.what);
        Lane& lane = lanes_[static_cast<std::size_t>(vendor)];
        lane.queue.emplace(!is_urgent(one.what), one.at, job);
        const bool enough = lane.queue.size() <= static_cast<std::size_t>(lane.idle);
        if (enough || lane.threads == most_threads) continue;
        try {
          threads_.emplace_back([this, vendor] { work(vendor); });
          ++lane.threads;
        } catch (const std::system_error&) {
          // The system gives no more threads: those that run will do it, or the next round tries
          // again.
          if (lane.threads == 0) {
            lane.queue.erase({!is_urgent(one.what), one.at, job});
            taken_.erase(slot_of(job));
          }
        }
      }
    }
    more_.notify_all();
    const auto next = recorder_.next_due();
    const Millis wait = full ? breath_ms : next ? *next - world_.now() : longest_wait_ms;
    // Something due may be under way already: when it is done, this thread is woken.
    recorder_.wait(
        static_cast<int>(std::clamp<Millis>(wait <= 0 ? 100 : wait, breath_ms, longest_wait_ms)));
    std::this_thread::sleep_for(std::chrono::milliseconds(breath_ms));  // whatever woke it
  }
}

void Worker::work(Vendor vendor) {
  MutexLock lock(mutex_);
  Lane& lane = lanes_[static_cast<std::size_t>(vendor)];
  for (;;) {
    ++lane.idle;
    more_.wait(mutex_, [&]() REQUIRES(mutex_) {
      return stopping_ || (!lane.queue.empty() &&
                           (!std::get<0>(*lane.queue.begin()) || lane.looking < most_looking));
    });
    --lane.idle;
    if (stopping_) return;
    const auto [looks, at, job] = lane.queue.extract(lane.queue.begin()).value();
    lane.looking += looks;
    lock.unlock();
    pay(job);
    lock.lock();
    lane.looking -= looks;
    taken_.erase(slot_of(job));
    lock.unlock();
    recorder_.wake();
    lock.lock();
  }
}

std::optional<Millis> Worker::run_due() {
  watch_clock();
  (void)recorder_.record_kept();
  for (const Store::Due& one : recorder_.due(world_.now(), most_due_at_once)) {
    const Job job{one.call_id, one.what};
    {
      MutexLock lock(mutex_);
      if (!taken_.insert(slot_of(job)).second) continue;  // another is at it
    }
    pay(job);
    MutexLock lock(mutex_);
    taken_.erase(slot_of(job));
  }
  return recorder_.next_due();
}

void Worker::pay(const Job& job) {
  const auto row = recorder_.find(job.first);
  if (!row || !*row) return;  // the store is in trouble, and nothing is known of this call
  const Owed* owed = (*row)->find_owed(job.second);
  if (owed == nullptr || owed->next_at > world_.now()) return;  // settled meanwhile
  payer_.pay(**row, job.second, live_calls(), past_limit(**row));
}

bool Worker::past_limit(const StoredCall& row) {
  MutexLock lock(limits_mutex_);
  const auto known = limits_.find(row.call.id);
  if (is_terminal(row.call.status)) {
    if (known != limits_.end()) limits_.erase(known);
    return false;
  }
  // Counted by the steady clock from when this process first saw the call in this state: neither a
  // wall clock that was set (ours or a vendor's) nor a restart may end a call too early.
  const std::int64_t now = world_.steady_ms();
  const Millis stay = longest_stay(row);
  if (known != limits_.end() && known->second.stay == stay) return now >= known->second.until;
  limits_[row.call.id] = {now + stay, stay};
  return false;
}

int Worker::live_calls() {
  MutexLock lock(limits_mutex_);
  const std::int64_t now = world_.steady_ms();
  if (live_counted_at_ && now - *live_counted_at_ < 1'000) return live_;
  if (const auto counted = store_.count_live_calls()) live_ = *counted;
  live_counted_at_ = now;
  return live_;
}

}  // namespace voxdial
