#include "proxy/calls/watch.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace voxdial {
namespace {

constexpr int threads_a_lane = 4;

/// A call this old that no vendor knows by an id is not being placed any more: its request, at most
/// two vendor requests long, is over, or the process that placed it is gone.
constexpr Millis placing_ms = 45'000;
/// How long a dial request whose answer was lost is looked for.
constexpr Millis search_ms = 150'000;

/// After the end: Twilio's price comes late, Ultravox's last words a moment after.
constexpr std::array twilio_after_ms = {4'000, 60'000, 600'000};
constexpr std::array ultravox_after_ms = {1'500, 6'000};

bool unplaced(const StoredCall& stored) {
  return stored.ultravox_call_id.empty() ||
         (stored.call.medium == MediumType::twilio && stored.twilio_sid.empty());
}

}  // namespace

std::optional<int> next_look_ms(Vendor vendor, const StoredCall& stored, const Watched& watched,
                                std::size_t live) {
  const Call& call = stored.call;
  const auto backed_off = [&](int base) {
    return std::min(base << std::min(watched.failures, 5), 60'000);
  };
  if (is_terminal(call.status)) {
    const auto after = static_cast<std::size_t>(watched.looks_after_end);
    if (vendor == Vendor::twilio) {
      if (stored.twilio_sid.empty() || !call.price.empty() || after >= twilio_after_ms.size()) {
        return {};
      }
      return twilio_after_ms[after];
    }
    if (stored.ultravox_call_id.empty() || after >= ultravox_after_ms.size()) return {};
    return ultravox_after_ms[after];
  }
  const bool phone = call.medium == MediumType::twilio;
  if (vendor == Vendor::twilio && !phone) return {};
  int base = 1'000;
  if (vendor == Vendor::twilio && call.status == CallStatus::talking) base = 2'000;
  if (vendor == Vendor::ultravox)
    base = phone && call.status != CallStatus::talking ? 2'000 : 1'500;
  return backed_off(std::max(base, static_cast<int>(live) * 100));
}

Watch::Watch(const Config& config, const World& world, Store& store, Board& board)
    : config_(config), world_(world), store_(store), board_(board) {
  board_.on_change = [this](const StoredCall& stored) { notice(stored); };
}

Watch::~Watch() { stop(); }

Result<void> Watch::start() {
  auto live = store_.live_calls();
  if (!live) return fail(std::move(live).error());
  for (const StoredCall& stored : *live) notice(stored);
  for (int i = 0; i < threads_a_lane; ++i) {
    threads_.emplace_back([this] { run(twilio_); });
    threads_.emplace_back([this] { run(ultravox_); });
  }
  return {};
}

void Watch::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Watch::notice(const StoredCall& stored) {
  const std::int64_t now = world_.steady_ms();
  const std::lock_guard lock(mutex_);
  for (Lane* lane : {&twilio_, &ultravox_}) {
    const auto known = lane->calls.find(stored.call.id);
    const Watched fresh;
    const auto wait =
        next_look_ms(lane->vendor, stored, known == lane->calls.end() ? fresh : known->second,
                     lane->calls.size());
    if (!wait) continue;
    Watched& watched = lane->calls[stored.call.id];
    const std::int64_t due = now + *wait;
    if (known == lane->calls.end() || due < watched.due_ms) watched.due_ms = due;
    watched.again = watched.busy;
  }
  wake_.notify_all();
}

void Watch::run(Lane& lane) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    auto next = lane.calls.end();
    for (auto it = lane.calls.begin(); it != lane.calls.end(); ++it) {
      if (it->second.busy) continue;
      if (next == lane.calls.end() || it->second.due_ms < next->second.due_ms) next = it;
    }
    const std::int64_t now = world_.steady_ms();
    if (next == lane.calls.end()) {
      wake_.wait(lock);
      continue;
    }
    if (next->second.due_ms > now) {
      wake_.wait_for(lock, std::chrono::milliseconds(next->second.due_ms - now));
      continue;
    }
    const std::string id = next->first;
    next->second.busy = true;
    next->second.again = false;
    Watched work = next->second;
    lock.unlock();
    const bool more = look(lane.vendor, id, work);
    lock.lock();
    Watched& kept = lane.calls[id];
    work.again = kept.again;
    work.busy = false;
    kept = work;
    if (!more && !kept.again) lane.calls.erase(id);
  }
}

bool Watch::look(Vendor vendor, const std::string& id, Watched& watched) {
  auto found = store_.find_call(id);
  if (!found) {  // the store is in trouble: keep the call, try again later
    watched.failures++;
    watched.due_ms = world_.steady_ms() + 5'000;
    return true;
  }
  if (!*found) return false;
  StoredCall stored = std::move(**found);
  const bool was_over = is_terminal(stored.call.status);

  bool worked = true;
  if (!was_over && unplaced(stored)) {
    if (vendor == Vendor::ultravox) tend_unplaced(stored);
  }
  if (vendor == Vendor::twilio && !stored.twilio_sid.empty()) {
    worked = look_at_twilio(config_, world_, board_, stored).has_value();
  }
  if (vendor == Vendor::ultravox && !stored.ultravox_call_id.empty()) {
    worked = look_at_ultravox(world_, board_, stored).has_value();
    if (worked && (stored.call.answered_at != 0 || was_over)) {
      worked = look_at_messages(world_, board_, stored, watched.messages).has_value();
    }
  }

  found = store_.find_call(id);
  if (found && *found) stored = std::move(**found);
  watched.failures = worked ? 0 : watched.failures + 1;
  if (was_over) watched.looks_after_end++;
  std::size_t live = 0;
  {
    const std::lock_guard lock(mutex_);
    live = vendor == Vendor::twilio ? twilio_.calls.size() : ultravox_.calls.size();
  }
  const auto wait = next_look_ms(vendor, stored, watched, live);
  if (wait) watched.due_ms = world_.steady_ms() + *wait;
  return wait.has_value();
}

void Watch::tend_unplaced(const StoredCall& stored) {
  const Millis age = world_.now() - stored.call.created_at;
  if (age < placing_ms) return;
  const std::string& id = stored.call.id;
  const bool asked_twilio =
      stored.call.medium == MediumType::twilio && !stored.ultravox_call_id.empty();
  if (!asked_twilio) {
    CallNews over = news("given_up", "voxdial", "The server stopped before the call was placed.");
    over.status = CallStatus::failed;
    over.end = EndReason{.by = EndedBy::server,
                         .code = "not_placed",
                         .sentence =
                             "The server stopped before the call was placed. Nothing was "
                             "dialled."};
    (void)board_.tell(id, over).has_value();
    return;
  }
  if (const auto call = find_lost_call(config_, world_, store_, stored, stored.call.created_at)) {
    CallNews found = twilio_news(stored, *call);
    found.what = "found_again";
    found.detail = "The call was found at Twilio.";
    (void)board_.tell(id, found).has_value();
  } else if (age > search_ms) {
    CallNews over = news("not_found", "voxdial", "Twilio does not know this call.");
    over.status = CallStatus::unknown;
    (void)board_.tell(id, over).has_value();
  }
}

}  // namespace voxdial
