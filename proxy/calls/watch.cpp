#include "proxy/calls/watch.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>

namespace voxdial {
namespace {

constexpr int threads_a_lane = 4;

/// How long a dial request whose answer was lost is looked for: until Twilio has said "no such
/// call" this long after it, or, when it says nothing at all, somewhat longer.
constexpr Millis search_ms = 60'000;
constexpr Millis silent_search_ms = 150'000;
/// And so often at least: a clock that jumps ahead proves nothing.
constexpr int fewest_searches = 8;

/// One 404 may be a vendor's hiccup just after the call was made; this many in a row are not.
constexpr int looks_until_forgotten = 3;
/// So many failed looks in a row take minutes, whatever the wall clock does meanwhile.
constexpr int looks_until_unheard = 10;
/// How much longer than its hard limits a call may last (a queue, clocks) before it must be over.
constexpr Millis overtime_ms = 15 * 60'000;

/// After the end: Twilio's price comes late, Ultravox's last words a moment after.
constexpr std::array twilio_after_ms = {4'000, 60'000, 600'000};
constexpr std::array ultravox_after_ms = {1'500, 6'000};

bool unplaced(const StoredCall& stored) {
  return stored.ultravox_call_id.empty() ||
         (stored.call.medium == MediumType::twilio && stored.twilio_sid.empty());
}

/// The vendor whose word about the call's state counts.
Vendor decider(const Call& call) {
  return call.medium == MediumType::twilio ? Vendor::twilio : Vendor::ultravox;
}

std::optional<Vendor> lane_of(MachineStep step) {
  switch (step) {
    case MachineStep::hang_up_at_twilio:
      return Vendor::twilio;
    case MachineStep::tell_agent_at_ultravox:
      return Vendor::ultravox;
    case MachineStep::nothing:
      break;
  }
  return {};
}

/// News of an end that no vendor told; `why` is one of EndFacts' members for that.
CallNews ended_unseen(const Call& call, CallStatus status, bool EndFacts::*why) {
  EndFacts facts;
  facts.status = status;
  facts.phone = call.medium == MediumType::twilio;
  facts.*why = true;
  CallNews over;
  over.status = status;
  over.end = explain_end(facts);
  over.what = over.end->code;
  over.source = "voxdial";
  over.detail = over.end->sentence;
  return over;
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
  if (watched.failures == 0 && lane_of(machine_step(stored)) == vendor) return 0;
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
  const std::lock_guard lock(mutex_);
  start_thread(twilio_);
  start_thread(ultravox_);
  return {};
}

/// REQUIRES: mutex_ is held and stopping_ is not set. The last idle thread of a lane that has work
/// starts the next, so that a server at rest has one a lane.
void Watch::start_thread(Lane& lane) {
  if (lane.threads == threads_a_lane) return;
  try {
    threads_.emplace_back([this, &lane] { run(lane); });
  } catch (const std::system_error&) {
    if (lane.threads == 0) throw;  // at the start; later those there are have to do
    return;
  }
  ++lane.threads;
  ++lane.idle;
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
  const std::string& id = stored.call.id;
  const std::int64_t now = world_.steady_ms();
  const std::lock_guard lock(mutex_);
  for (Lane* lane : {&twilio_, &ultravox_}) {
    const auto known = lane->calls.find(id);
    const bool fresh = known == lane->calls.end();
    const auto wait =
        next_look_ms(lane->vendor, stored, fresh ? Watched() : known->second, lane->calls.size());
    if (!wait) continue;
    Watched& watched = fresh ? lane->calls[id] : known->second;
    watched.again = watched.busy;
    if (!fresh && now + *wait >= watched.due_ms) continue;
    if (!watched.busy) lane->queue.erase({watched.due_ms, id});
    watched.due_ms = now + *wait;
    if (watched.busy) continue;
    const auto place = lane->queue.emplace(watched.due_ms, id).first;
    if (place == lane->queue.begin()) wake_.notify_all();
  }
}

void Watch::run(Lane& lane) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (lane.queue.empty()) {
      wake_.wait(lock);
      continue;
    }
    const std::int64_t early = lane.queue.begin()->first - world_.steady_ms();
    if (early > 0) {
      wake_.wait_for(lock, std::chrono::milliseconds(early));
      continue;
    }
    const std::string id = lane.queue.extract(lane.queue.begin()).value().second;
    Watched& watched = lane.calls[id];
    watched.busy = true;
    watched.again = false;
    Watched work = watched;
    if (--lane.idle == 0) start_thread(lane);
    wake_.notify_all();  // those that stay wait for the next one's time
    lock.unlock();
    const bool more = look(lane.vendor, id, work);
    lock.lock();
    ++lane.idle;
    Watched& kept = lane.calls[id];
    work.again = kept.again;
    work.busy = false;
    kept = work;
    if (more || kept.again) {
      lane.queue.emplace(kept.due_ms, id);
    } else {
      lane.calls.erase(id);
    }
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

  bool worked = true, forgotten = false;
  if (!was_over && unplaced(stored)) tend_unplaced(vendor, stored, watched);
  const bool known =
      !(vendor == Vendor::twilio ? stored.twilio_sid : stored.ultravox_call_id).empty();
  bool stepped = true;
  if (known && lane_of(machine_step(stored)) == vendor) {
    stepped = take_machine_step(config_, world_, board_, stored).has_value();
  }
  if (known) {
    const auto heard = vendor == Vendor::twilio ? look_at_twilio(config_, world_, board_, stored)
                                                : look_at_ultravox(world_, board_, stored);
    worked = heard.has_value();
    forgotten = !worked && heard.error().code == ErrorCode::not_found && heard.error().provider;
    if (worked && vendor == Vendor::ultravox && (stored.call.answered_at != 0 || was_over)) {
      worked = look_at_messages(world_, board_, stored, watched.messages).has_value();
    }
  }
  watched.failures = stepped && (worked || forgotten) ? 0 : watched.failures + 1;
  watched.forgotten = forgotten ? watched.forgotten + 1 : 0;
  if (!was_over && vendor == decider(stored.call)) close_unheard(stored, watched);

  found = store_.find_call(id);
  if (found && *found) stored = std::move(**found);
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

void Watch::tend_unplaced(Vendor vendor, const StoredCall& stored, Watched& watched) {
  if (store_.being_placed(stored.call.id)) return;
  const bool asked_twilio =
      stored.call.medium == MediumType::twilio && !stored.ultravox_call_id.empty();
  if (asked_twilio && vendor == Vendor::twilio) look_for(stored, watched);
  if (asked_twilio || vendor == Vendor::twilio) return;
  CallNews over = news("given_up", "voxdial",
                       "The server stopped before the call was placed. Nothing was dialled.");
  over.status = CallStatus::failed;
  over.end = EndReason{.by = EndedBy::server, .code = "not_placed", .sentence = over.detail};
  (void)board_.tell(stored.call.id, over).has_value();
}

void Watch::look_for(const StoredCall& stored, Watched& watched) {
  const std::string& id = stored.call.id;
  const Millis age = world_.now() - stored.call.created_at;
  const auto found = find_lost_call(config_, world_, store_, stored, stored.call.created_at);
  ++watched.searches;
  if (found && *found) {
    CallNews here = twilio_news(stored, **found);
    here.what = "found_again";
    here.detail = "The call was found at Twilio.";
    here.warning = "";
    const auto told = board_.tell(id, here);
    if (told && told->stored.call.ending) {  // End was pressed while it could not be ended
      (void)end_at_twilio(config_, world_, board_, told->stored).has_value();
    }
  } else if (watched.searches >= fewest_searches && age > (found ? search_ms : silent_search_ms)) {
    CallNews over = news("not_found", "voxdial", "Twilio does not know this call.");
    over.status = CallStatus::unknown;
    over.warning = "";
    (void)board_.tell(id, over).has_value();
  } else if (stored.call.warning.empty()) {  // a restart: the page has not been told yet
    CallNews searching = news("answer_lost", "voxdial", std::string(looked_for));
    searching.warning = searching.detail;
    (void)board_.tell(id, searching).has_value();
  }
}

void Watch::close_unheard(const StoredCall& stored, const Watched& watched) {
  const Call& call = stored.call;
  if (watched.forgotten >= looks_until_forgotten) {
    (void)board_.tell(call.id, ended_unseen(call, CallStatus::failed, &EndFacts::forgotten))
        .has_value();
    // Whatever is left of it must not go on; an agent nobody joined expires by itself.
    if (call.medium == MediumType::twilio) {
      (void)world_.send(ultravox::hang_up(stored.ultravox_call_id)).has_value();
    }
    return;
  }
  // Both vendors were given a hard limit, so long after it there is no call any more.
  const Millis longest = Millis{config_.ring_timeout_s + call.max_duration_s} * 1000 + overtime_ms;
  if (watched.failures >= looks_until_unheard && world_.now() - call.created_at > longest) {
    (void)board_.tell(call.id, ended_unseen(call, CallStatus::unknown, &EndFacts::unheard))
        .has_value();
  }
}

}  // namespace voxdial
