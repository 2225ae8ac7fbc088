// The second half of placing a phone call, and the ways in which placing one can fail.
#include "proxy/calls/calls.h"
#include "proxy/calls/lost_dial.h"
#include "proxy/calls/plan.h"
#include "proxy/calls/replies.h"
#include "proxy/calls/updates.h"
#include "proxy/vendors/common/ask.h"
#include "proxy/vendors/twilio/codes.h"
#include "shared/e164.h"

namespace voxdial {
namespace {

EndedBy blame(const Error& error) { return error.provider ? EndedBy::provider : EndedBy::server; }

}  // namespace

/// The record was closed while the call was being placed: nobody is let into it, and nothing rings.
StoredReply Calls::closed_meanwhile(const std::string& id) {
  return give_up(
      id, make_error(ErrorCode::conflict, "The call was closed before it was placed. Call again."));
}

StoredReply Calls::dial(const StoredCall& stored, const CallPlan& plan, const std::string& created,
                        const std::string& join_url) {
  const std::string& id = stored.call.id;
  CallPlaced placed = placed_from(stored);
  placed.ultravox.created = created;
  if (is_terminal(stored.call.status)) return closed_meanwhile(id);
  if (stored.wish != Wish::none) {  // End was pressed before anything rang
    CallUpdate canceled = make_update("canceled", "voxdial", "Ended before it was dialled.");
    canceled.status = placed.status = CallStatus::canceled;
    return conclude(id, canceled, reply(placed));
  }
  auto twiml = twilio::twiml_stream(join_url);
  if (!twiml) return give_up(id, twiml.error());
  twilio::CallPlan order = *plan.twilio;
  order.to = stored.call.to;
  order.twiml = std::move(*twiml);

  const VendorRequest request = twilio::create_call(config_.twilio_account_sid, order);
  auto made = ask(world_, request, twilio::parse_created_call);
  const Millis lost_at = world_.now();  // if it was
  if (made && !is_about(stored, *made, config_)) made = fail(foreign_reply(request));
  if (!made && made.error().code == ErrorCode::outcome_unknown) {
    StoredCall lost = stored;
    lost.lost_at = lost_at;
    if (auto found = find_lost_dial(config_, world_, store_, lost); found && *found) {
      made = std::move(**found);
    }
  }
  if (!made && made.error().code == ErrorCode::outcome_unknown) {
    return leave_to_search(id, made.error(), lost_at);
  }
  if (!made) return give_up(id, made.error());

  CallUpdate accepted = make_update("twilio_accepted", "twilio", "Twilio took the call.");
  accepted.twilio_sid = made->sid;
  accepted.twilio_status = made->status;
  accepted.status = twilio::status_of(made->status).value_or(CallStatus::queued);
  placed.status = *accepted.status;
  placed.twilio = {.sid = made->sid, .status = made->status};
  StoredReply last = reply(placed);
  const auto recorded = recorder_.record(id, accepted, &last);
  // A sid that is another call's: nothing is known of ours.
  if (!recorded && recorded.error().code == ErrorCode::conflict) {
    return leave_to_search(id, outcome_unknown(Vendor::twilio), lost_at);
  }
  world_.log({.level = LogLine::Level::info,
              .event = "call_placed",
              .fields = {{"id", id},
                         {"medium", "twilio"},
                         {"user", stored.call.user},
                         {"to", mask_number(stored.call.to)},
                         {"sid", made->sid}}});
  if (recorded) return last;
  // It rings and cannot be recorded, so it must end. The recorder keeps it in memory, and the
  // worker ends it as soon as Twilio lets it.
  CallUpdate unrecorded =
      make_update("unrecorded", "voxdial", "The call could not be recorded, so it is ended.");
  unrecorded.wish = Wish::unrecorded;
  unrecorded.urgent = true;
  (void)recorder_.record(id, unrecorded).has_value();
  world_.log({.level = LogLine::Level::error,
              .event = "call_ended_unrecorded",
              .fields = {{"id", id}, {"sid", made->sid}}});
  StoredReply instead =
      reply(make_error(ErrorCode::store_unavailable,
                       "The call was dialled but could not be recorded, so it is being ended. " +
                           recorded.error().message));
  (void)store_.finish_call_request(id, instead)
      .has_value();  // if not, a repeated press learns less
  return instead;
}

StoredReply Calls::conclude(const std::string& id, const CallUpdate& update,
                            const StoredReply& last) {
  const auto recorded = recorder_.record(id, update, &last);
  if (recorded) return last;
  StoredReply instead = reply(recorded.error());
  (void)store_.finish_call_request(id, instead)
      .has_value();  // if not, a repeated press learns less
  return instead;
}

void Calls::break_off(const std::string& id) {
  const auto row = recorder_.find(id);
  if (!row || !*row) return;
  if (twilio_side(**row) != Side::lost) {
    (void)give_up(id, make_error(ErrorCode::internal));
    return;
  }
  (void)leave_to_search(id, outcome_unknown(Vendor::twilio), world_.now());
}

StoredReply Calls::leave_to_search(const std::string& id, const Error& unknown, Millis lost_at) {
  CallUpdate lost = make_update("answer_lost", "voxdial",
                                "Twilio's answer was lost; the call is being looked for.");
  lost.lost_at = lost_at;
  lost.warning = std::string(looked_for);
  return conclude(id, lost, reply(unknown));
}

StoredReply Calls::give_up(const std::string& id, const Error& error) {
  CallUpdate failed =
      make_update("failed", error.provider ? error.provider->name : "voxdial", error.message);
  failed.status = CallStatus::failed;
  failed.not_dialled = true;
  failed.end = EndReason{
      .by = blame(error), .code = std::string(wire_name(error.code)), .sentence = error.message};
  world_.log(
      {.level = LogLine::Level::warning,
       .event = "call_failed",
       .fields = {{"id", id},
                  {"code", std::string(wire_name(error.code))},
                  {"provider", error.provider ? error.provider->name : ""},
                  {"provider_code", error.provider ? std::to_string(error.provider->code) : ""}}});
  StoredReply last = reply(error);
  if (!recorder_.record(id, failed, &last)) {  // kept: it is recorded when the store works again
    (void)store_.finish_call_request(id, last).has_value();
  }
  return last;
}

}  // namespace voxdial
