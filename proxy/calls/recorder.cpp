#include "proxy/calls/recorder.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "proxy/store/page_events.h"

namespace voxdial {
namespace {

/// Updates kept while the store does not work. A call gets a few a minute that are worth keeping.
constexpr std::size_t most_kept = 20'000;

}  // namespace

Recorder::Recorder(Store& store, events::Hub& hub, const World& world, Reconcile reconcile)
    : store_(store), hub_(hub), world_(world), reconcile_(std::move(reconcile)) {}

Result<void> Recorder::start() {
  // Where others are at work, nothing was left lying, and it is theirs when they say it is due.
  if (!store_.is_shared()) {
    if (auto due = store_.make_all_due(world_.now()); !due) return due;
  }
  return catch_up();
}

Result<void> Recorder::catch_up() {
  const auto owed = store_.due(INT64_MAX, INT32_MAX);
  if (!owed) return fail(owed.error());
  std::set<std::string, std::less<>> ids;
  for (const Store::Due& one : *owed) {
    if (!ids.insert(one.call_id).second) continue;
    auto row = store_.find_call(one.call_id);
    if (!row) return fail(std::move(row).error());
    if (*row) remember(**row);
  }
  MutexLock lock(mutex_);
  std::erase_if(owing_, [&](const auto& known) REQUIRES(mutex_) {
    return !ids.contains(known.first) && kept_of_.count(known.first) == 0;
  });
  return {};
}

Result<Recorded> Recorder::record(std::string_view call_id, CallUpdate update,
                                  const StoredReply* reply) {
  if (update.at == 0) update.at = world_.now();
  // In order: what was kept before goes first.
  auto recorded = record_kept() ? store_.record_update(call_id, update, reply)
                                : Result<Recorded>(fail(ErrorCode::store_unavailable));
  if (recorded) {
    remember(recorded->stored);
    publish(*recorded);
    tell_due(recorded->stored, update.at);
    return recorded;
  }
  // A damaged store may not find what it has.
  const ErrorCode code = recorded.error().code;
  if (code == ErrorCode::store_unavailable || code == ErrorCode::not_found) keep(call_id, update);
  world_.log({.level = LogLine::Level::error,
              .event = "update_not_recorded",
              .fields = {{"id", std::string(call_id)},
                         {"what", update.what},
                         {"why", recorded.error().message}}});
  return recorded;
}

void Recorder::keep(std::string_view call_id, const CallUpdate& update) {
  Recorded shown;
  {
    MutexLock lock(mutex_);
    const auto known = owing_.find(call_id);
    if (known == owing_.end() || kept_.size() >= most_kept) return;
    StoredCall& row = known->second;
    const bool was_over = is_terminal(row.call.status);
    const std::uint64_t version = row.call.version;
    row = reconcile_(apply(row, update), update.at);
    shown = {row, row.call.version != version, !was_over && is_terminal(row.call.status)};
    kept_.emplace_back(call_id, update);
    ++kept_of_[std::string(call_id)];
  }
  publish(shown);
  tell_due(shown.stored, update.at);
}

bool Recorder::record_kept() {
  {
    MutexLock lock(mutex_);
    if (kept_.empty()) return true;
  }
  MutexLock one_at_a_time(recording_kept_);
  for (;;) {
    std::pair<std::string, CallUpdate> next;
    {
      MutexLock lock(mutex_);
      if (kept_.empty()) return true;
      next = kept_.front();
    }
    const auto recorded = store_.record_update(next.first, next.second);
    if (!recorded && recorded.error().code == ErrorCode::store_unavailable) return false;
    MutexLock lock(mutex_);
    kept_.pop_front();
    const auto count = kept_of_.find(next.first);
    if (--count->second == 0) {
      kept_of_.erase(count);
      if (recorded && recorded->stored.owed.empty()) owing_.erase(next.first);
    }
  }
}

Result<void> Recorder::record_transcript(const StoredCall& stored,
                                         const std::vector<TranscriptEntry>& entries) {
  if (entries.empty()) return {};
  auto fresh = store_.record_transcript(stored.call.id, entries);
  if (!fresh) return fail(std::move(fresh).error());
  if (fresh->empty() || store_.is_shared()) return {};  // see show()
  hub_.publish(transcript_event(stored.call.user, {stored.call.id, std::move(*fresh)}));
  return {};
}

void Recorder::begin(const StoredCall& stored) {
  remember(stored);
  show(stored.call);
  tell_due(stored, stored.call.created_at);
}

Result<std::optional<StoredCall>> Recorder::find(std::string_view call_id) {
  {
    MutexLock lock(mutex_);
    if (kept_of_.count(call_id) != 0) return std::optional(owing_.find(call_id)->second);
  }
  auto found = store_.find_call(call_id);
  if (found && *found) return found;
  MutexLock lock(mutex_);
  const auto known = owing_.find(call_id);
  if (known == owing_.end()) return found;
  return std::optional(known->second);
}

std::vector<Store::Due> Recorder::due(Millis now, int most_of_a_kind) {
  auto stored = store_.due(now, most_of_a_kind);
  std::vector<Store::Due> due;
  MutexLock lock(mutex_);
  if (stored && kept_of_.empty()) return std::move(*stored);
  if (stored) {
    for (Store::Due& one : *stored) {
      if (kept_of_.count(one.call_id) == 0) due.push_back(std::move(one));
    }
  }
  for (const auto& [id, row] : owing_) {
    if ((stored || store_.is_shared()) && kept_of_.count(id) == 0) continue;
    for (const Owed& owed : row.owed) {
      if (owed.next_at <= now) due.push_back({id, owed.what, owed.next_at});
    }
  }
  std::stable_sort(due.begin(), due.end(), Store::is_more_pressing);
  return due;
}

bool Recorder::is_kept(std::string_view call_id) {
  MutexLock lock(mutex_);
  return kept_of_.count(call_id) != 0;
}

std::vector<Store::Due> Recorder::claim(std::vector<Store::Due> wanted) {
  if (!store_.is_shared()) return wanted;
  std::vector<Store::Due> ours;
  std::vector<Store::Due> others;
  for (Store::Due& one : wanted) {
    (is_kept(one.call_id) ? ours : others).push_back(std::move(one));
  }
  if (const auto claimed = store_.claim(others, world_.now())) {
    ours.insert(ours.end(), claimed->begin(), claimed->end());
  }
  return ours;
}

std::optional<Millis> Recorder::next_due(Millis from) {
  const auto stored = store_.next_due(from);
  MutexLock lock(mutex_);
  if (stored && kept_of_.empty()) return *stored != 0 ? std::optional(*stored) : std::nullopt;
  std::optional<Millis> next;
  for (const auto& [id, row] : owing_) {
    for (const Owed& owed : row.owed) {
      if (owed.next_at >= from) next = std::min(next.value_or(owed.next_at), owed.next_at);
    }
  }
  return next;
}

void Recorder::remember(const StoredCall& stored) {
  MutexLock lock(mutex_);
  const auto known = owing_.find(stored.call.id);
  if (stored.owed.empty()) {
    if (known != owing_.end() && kept_of_.count(stored.call.id) == 0) owing_.erase(known);
  } else if (known == owing_.end()) {
    owing_.emplace(stored.call.id, stored);
  } else if (kept_of_.count(stored.call.id) == 0) {
    known->second = stored;
  }
}

void Recorder::publish(const Recorded& recorded) {
  const Call& call = recorded.stored.call;
  if (recorded.changed) show(call);
  if (recorded.ended) {
    world_.log({.level = LogLine::Level::info,
                .event = "call_ended",
                .fields = {{"id", call.id},
                           {"medium", call.medium == MediumType::web ? "web" : "twilio"},
                           {"status", std::string(wire_name(call.status))},
                           {"reason", call.end.code}}});
  }
}

void Recorder::show(const Call& call) {
  if (store_.is_shared()) return;  // pages are told of the record's news instead
  hub_.publish(call_event(call));
}

void Recorder::tell_due(const StoredCall& stored, Millis at) {
  Millis soonest = INT64_MAX;
  for (const Owed& owed : stored.owed) {
    if (owed.next_at >= at) soonest = std::min(soonest, owed.next_at);  // else it was due before
  }
  MutexLock lock(bell_mutex_);
  soonest_ = std::min(soonest_, soonest);
  if (soonest_ < alarm_) bell_.notify_one();
}

void Recorder::wait(Millis alarm, int longest_ms) {
  MutexLock lock(bell_mutex_);
  alarm_ = alarm;
  bell_.wait_for(bell_mutex_, std::chrono::milliseconds(longest_ms),
                 [&]() REQUIRES(bell_mutex_) { return rung_ || soonest_ < alarm; });
  rung_ = false;
  soonest_ = INT64_MAX;
  alarm_ = INT64_MIN;
}

void Recorder::wake() {
  MutexLock lock(bell_mutex_);
  rung_ = true;
  bell_.notify_one();
}

}  // namespace voxdial
