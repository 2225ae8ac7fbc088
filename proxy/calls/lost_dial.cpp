#include "proxy/calls/lost_dial.h"

#include "proxy/calls/reconcile.h"
#include "proxy/calls/updates.h"
#include "proxy/vendors/common/ask.h"

namespace voxdial {
namespace {

/// How much too early a time in Twilio's list may seem: both it and the Date header it is corrected
/// by have whole seconds.
constexpr Millis time_noise_ms = 1'600;

}  // namespace

Result<std::optional<twilio::Call>> find_lost_dial(const Config& config, const World& world,
                                                   Store& store, const StoredCall& row) {
  const auto calls =
      ask(world, twilio::find_calls(config.twilio_account_sid, row.call.to, config.twilio_number),
          twilio::parse_calls);
  if (!calls) return fail(calls.error());
  const Millis first = row.dialled_at - time_noise_ms;
  const Millis last =
      (row.lost_at != 0 ? row.lost_at : row.dialled_at + dial_time_ms) + time_noise_ms;
  // Another of our own dials whose reply is not known yet could be any of those found.
  const auto rivals =
      store.count_unknown_dials(row.call.id, row.call.to, first, last, dial_time_ms);
  if (!rivals) return fail(rivals.error());
  if (*rivals != 0) return std::optional<twilio::Call>();
  std::optional<twilio::Call> found;
  for (const twilio::Call& call : *calls) {
    const bool by_request = call.direction.empty() || call.direction == "outbound-api";
    if (!by_request || !is_about(row, call, config) || call.created_at < first) continue;
    // Whoever answers our call is connected to the agent, and nobody else is. So while the agent
    // still waits, a call that was answered is not ours; and once the agent was joined, ours is one
    // that was on the line at that time, however late it was made.
    const bool talks = call.status == "in-progress";
    const bool answered = talks || call.duration_s > 0;
    const Millis met = row.call.answered_at;
    const bool on_the_line = answered && call.created_at <= met + time_noise_ms &&
                             (talks || call.ended_at + time_noise_ms >= met);
    if (met != 0 ? !on_the_line : answered || call.created_at > last) continue;
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
