// End, and what is said into a call: wishes that are recorded and answered at once.
#include "proxy/calls/calls.h"
#include "proxy/calls/reconcile.h"
#include "proxy/calls/updates.h"
#include "proxy/vendors/common/ask.h"
#include "proxy/vendors/ultravox/ultravox.h"

namespace voxdial {
namespace {

struct Said {
  Wish wish;
  std::string_view what;
  std::string_view detail;
};

Said said_by(HangUpWhy why) {
  switch (why) {
    case HangUpWhy::line_lost:
      return {Wish::line_lost, "line_lost", "The page lost its line to the agent."};
    case HangUpWhy::agent_left:
      return {Wish::agent_left, "agent_left", "The page saw the agent leave."};
    case HangUpWhy::tab_closed:
      return {Wish::tab_closed, "tab_closed", "The page with the call was closed."};
    case HangUpWhy::pressed:
      break;
  }
  return {Wish::pressed, "hang_up_asked", "End was pressed."};
}

}  // namespace

Result<StoredCall> Calls::find(const Reader& reader, const std::string& id) {
  auto found = recorder_.find(id);
  if (!found) return fail(std::move(found).error());
  if (!*found || !may_see(reader, (*found)->call)) {
    return fail(ErrorCode::not_found, "There is no such call.");
  }
  return std::move(**found);
}

Result<Call> Calls::hang_up(const Reader& reader, const std::string& id, HangUpWhy why) {
  auto stored = find(reader, id);
  if (!stored) return fail(std::move(stored).error());
  const Said said = said_by(why);
  CallUpdate asked = make_update(std::string(said.what), "person", std::string(said.detail));
  if (why == HangUpWhy::pressed && !reader.user.empty())
    asked.detail = reader.user + " pressed End.";
  asked.wish = said.wish;
  asked.urgent = true;
  // A page may say only after the end why it left; apply() decides whether that is news.
  if (may_live(*stored) || stored->call.medium == MediumType::web) {
    auto recorded = recorder_.record(id, asked);
    // One that cannot be recorded is kept, and performed, all the same.
    if (!recorded && recorded.error().code != ErrorCode::store_unavailable)
      return fail(std::move(recorded).error());
    auto now = recorder_.find(id);
    if (!now) return fail(std::move(now).error());
    if (*now) stored = std::move(**now);
  }
  return as_seen_by(reader, stored->call);
}

Result<void> Calls::say(const Reader& reader, const std::string& id, const SayRequest& say) {
  const auto stored = find(reader, id);
  if (!stored) return fail(stored.error());
  if (is_terminal(stored->call.status) || stored->ultravox_call_id.empty()) {
    return fail(ErrorCode::call_not_live);
  }
  auto told =
      ask(world_, ultravox::send_data_message(stored->ultravox_call_id, say), ultravox::parse_sent);
  if (!told) return told;
  CallUpdate said = make_update("said", "person", say.text);
  said.note = true;
  (void)recorder_.record(id, said)
      .has_value();  // it was said; a missing note is logged by the recorder
  return {};
}

}  // namespace voxdial
