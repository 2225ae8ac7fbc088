#include "proxy/calls/worker.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <utility>

namespace voxdial {
namespace {

/// Most requests under way at one vendor, and most that are not urgent among them.
constexpr int most_begun = 64;
constexpr int most_looking = 48;

/// Looks begin at one vendor so often in each window of the clock: 100 a second at Ultravox, which
/// allows 200 requests a second for a key (docs.ultravox.ai, "Rate limits"), placing calls
/// included; 400 at Twilio, which limits requests under way at once and answers 429 beyond.
constexpr int window_ms = 100;
constexpr int ultravox_looks = 10;
constexpr int twilio_looks = 40;

/// Enough that what is under way, or has to wait for its turn, hides nothing that could begin.
constexpr int most_due_of_a_kind = most_begun + twilio_looks;
/// The shortest time between two reads of what is due, so that a burst is taken up together.
constexpr int breath_ms = 10;
constexpr int longest_wait_ms = 1'000;
constexpr Millis clock_moved_ms = 3'000;
constexpr std::int64_t catch_up_ms = 30'000;
constexpr std::int64_t share_limits_ms = 5'000;

/// With so much of a lease gone, it is renewed before a request is sent: the longest request and
/// what it takes to be sent are over before anybody else may have the step.
constexpr std::int64_t good_lease_ms = 1'000;

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

}  // namespace

Worker::Slot Worker::slot_of(const Job& job) {
  const int slot = is_urgent(job.what) ? static_cast<int>(job.what)
                                       : debts + static_cast<int>(vendor_of(job.what));
  return {job.call_id, slot};
}

Worker::Worker(const Config& config, const World& world, Store& store, Recorder& recorder)
    : world_(world),
      store_(store),
      recorder_(recorder),
      payer_{config, world, store, recorder},
      clock_gap_(world.now() - world.steady_ms()),
      caught_up_at_(world.steady_ms()) {
  lane_of(Debt::look_twilio).most_looks = twilio_looks;
  lane_of(Debt::look_ultravox).most_looks = ultravox_looks;
}

Worker::~Worker() { stop(); }

Worker::Lane& Worker::lane_of(Debt what) {
  return lanes_[static_cast<std::size_t>(vendor_of(what))];
}

Result<void> Worker::start() {
  if (auto started = recorder_.start(); !started) return started;
  MutexLock lock(mutex_);
  threads_.emplace_back([this] { dispatch(); });
  return {};
}

void Worker::stop() {
  std::vector<std::thread> threads;
  std::vector<Job> not_begun;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
    for (Lane& lane : lanes_) {
      for (auto& [job, begun_at] : lane.queue) not_begun.push_back(std::move(job));
      lane.queue.clear();
      lane.more.notify_all();
    }
  }
  recorder_.wake();
  // Another server need not wait until these leases are over.
  if (store_.is_shared()) (void)store_.let_go(not_begun).has_value();
  for (auto& thread : threads) thread.join();
}

void Worker::watch_clock() {
  const Millis gap = world_.now() - world_.steady_ms();
  if (std::abs(gap - clock_gap_) < clock_moved_ms) return;
  // What could not be recorded yet has its times by the clock as it was.
  if (recorder_.record_kept() && store_.make_all_due(world_.now())) clock_gap_ = gap;
}

void Worker::catch_up() {
  const std::int64_t now = world_.steady_ms();
  if (!store_.is_shared() || now - caught_up_at_ < catch_up_ms) return;
  caught_up_at_ = now;
  (void)recorder_.catch_up().has_value();  // if not, what is remembered stays for a while
  MutexLock lock(limits_mutex_);           // of calls that another server has seen end
  std::erase_if(limits_, [&](const auto& one) { return one.second.until + 3'600'000 < now; });
}

void Worker::share_limits() {
  const std::int64_t now = world_.steady_ms();
  if (!store_.is_shared() || now < share_limits_at_) return;
  share_limits_at_ = now + share_limits_ms;
  const auto servers = store_.servers();
  if (!servers) return;
  MutexLock lock(mutex_);
  lane_of(Debt::look_twilio).most_looks = std::max(1, twilio_looks / *servers);
  lane_of(Debt::look_ultravox).most_looks = std::max(1, ultravox_looks / *servers);
}

std::vector<Worker::Job> Worker::claim(const std::vector<Job>& begun) {
  std::vector<Job> claimed = recorder_.claim(begun);
  if (claimed.size() == begun.size()) return claimed;
  MutexLock lock(mutex_);
  for (const Job& job : begun) {
    if (std::ranges::find(claimed, job) == claimed.end()) end(job);
  }
  return claimed;
}

Worker::Begun Worker::begin(const Job& job) {
  Lane& lane = lane_of(job.what);
  const bool looks = !is_urgent(job.what);
  const std::int64_t window = world_.steady_ms() / window_ms;
  if (lane.window != window) {
    lane.window = window;
    lane.looks = 0;
  }
  if (looks && lane.looks == lane.most_looks) return Begun::next_window;
  const bool room = lane.begun < most_begun && (!looks || lane.looking < most_looking);
  if (!room || !taken_.insert(slot_of(job)).second) {
    lane.missed = true;
    return Begun::after_another;
  }
  ++lane.begun;
  lane.looking += looks ? 1 : 0;
  lane.looks += looks ? 1 : 0;
  return Begun::now;
}

void Worker::end(const Job& job) {
  Lane& lane = lane_of(job.what);
  taken_.erase(slot_of(job));
  --lane.begun;
  lane.looking -= is_urgent(job.what) ? 0 : 1;
  if (std::exchange(lane.missed, false)) recorder_.wake();
}

void Worker::hand_over(const Job& job, std::int64_t begun_at) {
  Lane& lane = lane_of(job.what);
  lane.queue.emplace_back(job, begun_at);
  lane.more.notify_one();
  if (static_cast<int>(lane.queue.size()) <= lane.idle) return;
  try {
    threads_.emplace_back([this, &lane] { work(lane); });
    ++lane.threads;
  } catch (const std::system_error&) {
    // The system gives no more threads: those that run will do it, or the next round tries again.
    if (lane.threads > 0) return;
    lane.queue.pop_back();
    end(job);
  }
}

Millis Worker::next_window(Millis now) const {
  return now + window_ms - world_.steady_ms() % window_ms;
}

void Worker::dispatch() {
  for (;;) {
    watch_clock();
    catch_up();
    share_limits();
    (void)recorder_.record_kept();
    const Millis now = world_.now();
    const auto due = recorder_.due(now, most_due_of_a_kind);
    bool paced = false;
    std::vector<Job> begun;
    {
      MutexLock lock(mutex_);
      if (stopping_) return;
      for (const Job& job : due) {
        const Begun how = begin(job);
        if (how == Begun::now) begun.push_back(job);
        paced = paced || how == Begun::next_window;
      }
    }
    if (!begun.empty()) {
      const std::int64_t begun_at = world_.steady_ms();
      const std::vector<Job> claimed = claim(begun);
      MutexLock lock(mutex_);
      for (const Job& job : claimed) hand_over(job, begun_at);
    }
    // Where looks wait for the next window, whatever else comes due waits until then at most.
    const Millis next =
        paced ? next_window(now) : recorder_.next_due(now + 1).value_or(now + longest_wait_ms);
    recorder_.wait(next,
                   static_cast<int>(std::clamp<Millis>(next - world_.now(), 0, longest_wait_ms)));
    std::this_thread::sleep_for(std::chrono::milliseconds(breath_ms));  // whatever woke it
  }
}

void Worker::work(Lane& lane) {
  MutexLock lock(mutex_);
  for (;;) {
    ++lane.idle;
    lane.more.wait(mutex_, [&]() REQUIRES(mutex_) { return stopping_ || !lane.queue.empty(); });
    --lane.idle;
    if (stopping_) return;
    const auto [job, begun_at] = std::move(lane.queue.front());
    lane.queue.pop_front();
    lock.unlock();
    pay(job, begun_at);
    lock.lock();
    end(job);
  }
}

std::optional<Millis> Worker::run_due() {
  watch_clock();
  catch_up();
  share_limits();
  (void)recorder_.record_kept();
  const Millis now = world_.now();
  bool paced = false;
  for (const Job& job : recorder_.due(now, most_due_of_a_kind)) {
    {
      MutexLock lock(mutex_);
      const Begun begun = begin(job);
      paced = paced || begun == Begun::next_window;
      if (begun != Begun::now) continue;
    }
    const std::int64_t begun_at = world_.steady_ms();
    if (claim({job}).empty()) continue;
    pay(job, begun_at);
    MutexLock lock(mutex_);
    end(job);
  }
  if (paced) return next_window(now);
  return recorder_.next_due(now);
}

void Worker::pay(const Job& job, std::int64_t begun_at) {
  const auto row = recorder_.find(job.call_id);
  if (!row || !*row) return;  // the store is in trouble, and nothing is known of this call
  const bool leases = store_.is_shared() && !recorder_.is_kept(job.call_id);
  const Owed* owed = (*row)->find_owed(job.what);
  if (owed == nullptr || owed->next_at > world_.now()) {  // settled meanwhile
    if (leases) (void)store_.let_go({job}).has_value();
    return;
  }
  if (!leases) {
    payer_.pay(**row, job.what, past_limit(**row));
    return;
  }
  const World world = leased(job, begun_at);
  Payer{payer_.config, world, store_, recorder_}.pay(**row, job.what, past_limit(**row));
}

World Worker::leased(const Job& job, std::int64_t leased_at) {
  World world = world_;
  world.send = [this, job, good_until = leased_at + good_lease_ms](
                   const VendorRequest& request) mutable -> SendResult {
    const std::int64_t now = world_.steady_ms();
    if (now >= good_until) {
      const auto renewed = store_.renew(job, world_.now());
      if (!renewed || !*renewed) {
        return Unexpected<SendFailure>{
            {SendFailure::Kind::not_sent, "another server does this by now"}};
      }
      good_until = now + good_lease_ms;
    }
    return world_.send(request);
  };
  return world;
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

}  // namespace voxdial
