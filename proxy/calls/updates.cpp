#include "proxy/calls/updates.h"

#include "proxy/calls/reconcile.h"
#include "proxy/vendors/common/ask.h"
#include "proxy/vendors/twilio/codes.h"

namespace voxdial {
namespace {

std::string twilio_words(std::string_view status) {
  if (status == "queued") return "Waiting in Twilio's queue.";
  if (status == "initiated") return "Twilio is dialling.";
  if (status == "ringing") return "The phone rings.";
  if (status == "in-progress") return "Answered.";
  return "Twilio reports: " + std::string(status) + ".";
}

/// Twilio writes the numbers of some national plans in its own way (Mexico's 1 after +52): then the
/// country and the last digits are the same.
bool same_number(std::string_view a, std::string_view b) {
  constexpr std::size_t last = 7;
  if (a == b) return true;
  return a.size() > last + 2 && b.size() > last + 2 && a.substr(0, 3) == b.substr(0, 3) &&
         a.substr(a.size() - last) == b.substr(b.size() - last) && a.size() != b.size();
}

/// An end that no vendor told; `why` is one of EndFacts' members for that.
void close_unseen(const StoredCall& row, CallUpdate& update, CallStatus status,
                  bool EndFacts::*why) {
  EndFacts facts;
  facts.status = status;
  facts.phone = row.call.medium == MediumType::twilio;
  facts.*why = true;
  update.status = status;
  update.end = explain_end(facts);
  update.what = update.end->code;
  update.source = "voxdial";
  update.detail = update.end->sentence;
  update.warning = "";
}

/// The vendor whose word about the call's state counts.
Vendor decider(const StoredCall& row) {
  return row.call.medium == MediumType::twilio ? Vendor::twilio : Vendor::ultravox;
}

}  // namespace

CallUpdate make_update(std::string what, std::string source, std::string detail) {
  CallUpdate made;
  made.what = std::move(what);
  made.source = std::move(source);
  made.detail = std::move(detail);
  return made;
}

CallUpdate twilio_update(const twilio::Call& call) {
  CallUpdate update = make_update("twilio_status", "twilio", twilio_words(call.status));
  update.twilio_sid = call.sid;
  update.twilio_status = call.status;
  update.status = twilio::status_of(call.status);
  update.answered_by = call.answered_by;
  update.talked_s = call.duration_s;
  update.ended_at = call.ended_at;
  static_cast<Told&>(update) = static_cast<const Told&>(call);
  return update;
}

CallUpdate ultravox_update(const StoredCall& row, const ultravox::Call& call) {
  CallUpdate update = make_update("ultravox_state", "ultravox", "The agent is ready.");
  static_cast<Told&>(update) = static_cast<const Told&>(call);
  update.ultravox_call_id = call.call_id;
  update.ultravox_end_reason = call.end_reason;
  update.agent_state = call.ended_at != 0    ? AgentState::over
                       : call.joined_at != 0 ? AgentState::joined
                                             : AgentState::waiting;
  update.agent_ended_at = call.ended_at;
  if (call.joined_at != 0) {
    update.answered_at = call.joined_at;
    update.detail = "The agent is on the line.";
  }
  // A phone call that was never dialled is over when its agent is: End was pressed before.
  const bool decides = row.call.medium == MediumType::web || twilio_side(row) == Side::none;
  if (call.ended_at == 0) {
    // Somebody on the line with the agent is the best proof that a phone call was answered, too.
    if (call.joined_at != 0) update.status = CallStatus::talking;
    return update;
  }
  update.detail = "The agent's side is over.";
  if (decides) {
    update.ended_at = call.ended_at;
    update.status = call.joined_at != 0 ? CallStatus::completed
                    : row.call.ending   ? CallStatus::canceled
                                        : CallStatus::failed;
  }
  return update;
}

bool is_about(const StoredCall& row, const twilio::Call& call, const Config& config) {
  const bool known = !row.twilio_sid.empty();
  // A number that the reply leaves out does not contradict ours, but does not identify a call
  // either.
  const auto fits = [&](std::string_view said, std::string_view ours) {
    return (known && said.empty()) || same_number(said, ours);
  };
  return (!known || call.sid == row.twilio_sid) && fits(call.to, row.call.to) &&
         fits(call.from, config.twilio_number);
}

bool is_about(const StoredCall& row, const ultravox::Call& call) {
  return call.call_id == row.ultravox_call_id;
}

Result<ultravox::Call> ask_about_agent(const World& world, const StoredCall& row) {
  const VendorRequest request = ultravox::get_call(row.ultravox_call_id);
  auto call = ask(world, request, ultravox::parse_call);
  if (call && !is_about(row, *call)) return fail(foreign_reply(request));
  return call;
}

void close_if_due(const StoredCall& row, Debt what, const Tried& tried, bool past_limit, Millis now,
                  CallUpdate& update) {
  if (is_terminal(row.call.status) || (update.status && is_terminal(*update.status))) return;
  // Who is heard to talk only now may talk for as long as anybody.
  if (row.call.answered_at == 0 && update.status == CallStatus::talking) past_limit = false;
  const bool decides =
      what == (decider(row) == Vendor::twilio ? Debt::look_twilio : Debt::look_ultravox);
  Owed seen = *row.find_owed(what);
  if (tried.missing && seen.missing_since == 0) seen.missing_since = now;
  const bool forgotten = tried.missing && is_forgotten(seen, now);
  if (decides && forgotten) {
    close_unseen(row, update, CallStatus::failed, &EndFacts::forgotten);
  } else if (what == Debt::look_ultravox && forgotten) {  // while the telephone may talk
    update = make_update("agent_gone", "ultravox",
                         "Ultravox no longer knows the agent's side of the call.");
    update.at = now;
    update.agent_state = AgentState::gone;
  } else if (past_limit && twilio_side(row) == Side::lost) {
    close_unseen(row, update, CallStatus::unknown, &EndFacts::unheard);
  } else if (past_limit) {
    const bool answered = row.call.answered_at != 0;
    close_unseen(row, update, answered ? CallStatus::completed : CallStatus::failed,
                 &EndFacts::overdue);
    update.wish = Wish::overdue;
    update.urgent = true;
  }
}

}  // namespace voxdial
