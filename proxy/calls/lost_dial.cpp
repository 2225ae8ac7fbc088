#include "proxy/calls/lost_dial.h"

#include <algorithm>

#include "proxy/calls/reconcile.h"
#include "proxy/calls/updates.h"
#include "proxy/vendors/common/ask.h"

namespace voxdial {
namespace {

/// How much too early a time in Twilio's list may seem: both it and the Date header it is corrected
/// by have whole seconds.
constexpr Millis time_noise_ms = 1'600;

/// When the dial request was under way, as Twilio's list may tell it.
struct UnderWay {
  Millis first, last;
};

UnderWay under_way(const StoredCall& row) {
  const Millis end = row.lost_at != 0 ? row.lost_at : row.dialled_at + dial_time_ms;
  return {row.dialled_at - time_noise_ms, end + time_noise_ms};
}

bool was_answered(const twilio::Call& call) {
  return call.status == "in-progress" || call.duration_s > 0;
}

/// When somebody came on the line with the agent, 0 for not yet: what was heard of it last may be
/// older than Twilio's list.
Result<Millis> met_the_agent(const World& world, const StoredCall& row) {
  if (row.call.answered_at != 0 || row.ultravox_call_id.empty()) return row.call.answered_at;
  const auto agent = ask_about_agent(world, row);
  if (!agent) return fail(agent.error());
  return agent->joined_at;
}

}  // namespace

bool may_have_dialled(const StoredCall& row, const twilio::Call& call) {
  if (!row.twilio_sid.empty() || row.dialled_at == 0 || row.call.to != call.to) return false;
  const auto [first, last] = under_way(row);
  return call.created_at >= first && call.created_at <= last;
}

Result<std::optional<twilio::Call>> find_lost_dial(const Config& config, const World& world,
                                                   Store& store, const StoredCall& row) {
  const auto calls =
      ask(world, twilio::find_calls(config.twilio_account_sid, row.call.to, config.twilio_number),
          twilio::parse_calls);
  if (!calls) return fail(calls.error());
  const UnderWay ours = under_way(row);
  // Another of our own dials whose reply is not known yet could be any of those found.
  const auto rivals =
      store.count_unknown_dials(row.call.id, row.call.to, ours.first, ours.last, dial_time_ms);
  if (!rivals) return fail(rivals.error());
  if (*rivals != 0) return std::optional<twilio::Call>();
  const auto is_like_ours = [&](const twilio::Call& call) {
    return call.by_request() && is_about(row, call, config) && call.created_at >= ours.first;
  };
  Millis met = row.call.answered_at;
  if (std::ranges::any_of(*calls, [&](const twilio::Call& call) {
        return is_like_ours(call) && was_answered(call);
      })) {
    const auto now = met_the_agent(world, row);
    if (!now) return fail(now.error());
    met = *now;
  }
  std::optional<twilio::Call> found;
  for (const twilio::Call& call : *calls) {
    if (!is_like_ours(call)) continue;
    // Whoever answers our call is connected to the agent, and nobody else is. So while the agent
    // still waits, a call that was answered is not ours; and once the agent was joined, ours is one
    // that was on the line at that time, however late it was made.
    const bool on_the_line = was_answered(call) && call.created_at <= met + time_noise_ms &&
                             (call.status == "in-progress" || call.ended_at + time_noise_ms >= met);
    if (met != 0 ? !on_the_line : was_answered(call) || call.created_at > ours.last) continue;
    const auto known = store.find_call_by_twilio_sid(call.sid);
    if (!known) return fail(known.error());
    if (*known) continue;
    if (found)
      return std::optional<twilio::Call>();  // two candidates: nobody can tell which is ours
    found = call;
  }
  return found;
}

}  // namespace voxdial
