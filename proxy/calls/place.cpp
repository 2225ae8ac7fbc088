// Placing a call: admit, record, ask Ultravox, record, dial, record.
#include "proxy/calls/calls.h"

#include <exception>

#include "proxy/calls/plan.h"
#include "proxy/calls/replies.h"
#include "proxy/calls/updates.h"
#include "proxy/policy/number.h"
#include "proxy/seat.h"
#include "proxy/vendors/common/ask.h"
#include "shared/codec.h"
#include "shared/e164.h"

namespace voxdial {
namespace {

/// How long a second press with the same key waits for the first one's reply.
constexpr int reply_wait_ms = 30'000;
constexpr int most_asking_again = 32;

void log_refusal(const World& world, const Error& error, const std::string& user,
                 const std::string& to, bool audited, bool stranger) {
  world.log({.level = LogLine::Level::info,
             .event = "call_refused",
             .fields = {{"code", std::string(wire_name(error.code))},
                        {"user", user},
                        {"to", mask_number(to)},
                        {"audited", audited ? "yes" : "no"}},
             .by_stranger = stranger});
}

}  // namespace

Calls::Calls(const Config& config, const World& world, Store& store, const Agents& agents,
             Recorder& recorder, Health& health)
    : config_(config),
      world_(world),
      store_(store),
      agents_(agents),
      recorder_(recorder),
      health_(health) {}

PhoneCheck Calls::check_number(const std::string& number, const std::string& region) const {
  PhoneCheck check = check_phone(number, region, config_.phone_policy, world_.now());
  forbid_listed(check);
  return check;
}

void Calls::forbid_listed(PhoneCheck& check) const {
  if (!allowed_but_for_the_hour(check)) return;
  const auto listed = store_.on_do_not_call(check.e164);
  if (listed && !*listed) return;
  // Fail closed: a list that cannot be read forbids everything.
  check.allowed = false;
  check.reason =
      listed ? make_error(ErrorCode::do_not_call, {}, "medium.phoneNumber") : listed.error();
}

void Calls::record_refusal(const Attempt& attempt, const Error& error, bool stranger) {
  const CallRequest& request = attempt.request;
  const std::string read = canonical_number(request.medium.phone_number, request.medium.region);
  const std::string& to = read.empty() ? request.medium.phone_number : read;
  const auto recorded = store_.record_refusal({.user = attempt.user,
                                               .client_address = attempt.client_address,
                                               .medium = request.medium.type,
                                               .agent = request.agent,
                                               .to = to,
                                               .code = error.code,
                                               .message = error.message,
                                               .asked = stranger ? "" : encode(request),
                                               .stranger = stranger},
                                              world_.now());
  log_refusal(world_, error, attempt.user, to, recorded.has_value(), stranger);
}

StoredReply Calls::place(const Attempt& attempt) {
  const CallRequest& request = attempt.request;
  const bool phone = request.medium.type == MediumType::twilio;
  const Marks marks(config_);
  const std::string mark = marks.of_press(attempt.user, attempt.idempotency_key);
  const auto refuse = [&](const Error& error) {
    // The same press may have been placed earlier, when it was allowed: then it gets that reply.
    if (auto earlier = store_.earlier_press(attempt.user, attempt.idempotency_key,
                                            attempt.body_hash, world_.now(), mark);
        earlier && *earlier) {
      return reply_again(**earlier, attempt);
    }
    record_refusal(attempt, error);
    return reply(error);
  };

  if (phone && !config_.phone) {
    return refuse(make_error(ErrorCode::phone_unavailable, config_.phone_off_reason));
  }
  for (const Vendor vendor : {Vendor::ultravox, Vendor::twilio}) {
    if (vendor == Vendor::twilio && !phone) continue;
    if (const auto wait = health_.paused_s(vendor)) {
      Error error = vendor_error(vendor, ErrorCode::circuit_open, {});
      error.retry_after_s = wait;
      return refuse(error);
    }
  }
  std::optional<Agent> preset;
  if (!request.agent.empty() && request.agent.rfind(stored_agent_prefix, 0) != 0) {
    auto found = agents_.find(request.agent);
    if (!found) return reply(found.error());
    if (!*found) {
      return refuse(make_error(ErrorCode::invalid_field,
                               "There is no agent with this id. Choose one of GET /api/agents.",
                               "agent"));
    }
    preset = std::move(*found);
  }
  PhoneCheck number;
  if (phone) {
    number = check_phone(request.medium.phone_number, request.medium.region, config_.phone_policy,
                         world_.now());
    const bool may =
        number.allowed || (request.quiet_hours_override && allowed_but_for_the_hour(number));
    if (!may) {  // of one that may be called the store knows whether it is listed
      forbid_listed(number);
      return refuse(*number.reason);
    }
  }

  const std::string id = new_id(world_, "call_");
  auto plan = plan_call(request, preset, id, config_);
  if (!plan) return refuse(plan.error());

  if (!mark.empty()) plan->ultravox.metadata.emplace_back(ultravox::press_key, mark);
  if (!attempt.user.empty())
    plan->ultravox.metadata.emplace_back(ultravox::person_key, marks.of_person(attempt.user));

  NewCall call;
  call.id = id;
  call.user = attempt.user;
  call.medium = request.medium.type;
  call.agent = request.agent;
  call.agent_name = preset ? preset->name : request.agent;
  call.to = number.e164;
  call.to_international = number.international;
  call.to_region = number.region;
  call.max_duration_s = plan->max_duration_s;
  call.recording = plan->ultravox.settings.recording_enabled.value_or(false);
  call.idempotency_key = attempt.idempotency_key;
  call.body_hash = attempt.body_hash;
  call.press_mark = mark;
  call.client_address = attempt.client_address;
  call.answer_within_s = plan->ultravox.join_timeout_s;
  call.cost_per_minute = plan->cost_per_minute;
  call.voicemail = plan->ultravox.settings.voicemail.value_or(Voicemail::carry_on);
  call.quiet_hours_override = phone && !number.allowed;
  call.asked = encode(request);
  auto admission = store_.begin_call(call, config_.limits, world_.now());
  if (!admission) {
    const bool audited = admission.error().code != ErrorCode::store_unavailable;
    log_refusal(world_, admission.error(), attempt.user, number.e164, audited, false);
    return reply(admission.error());
  }
  if (admission->kind != Admission::Kind::placed) return reply_again(*admission, attempt);
  return place_admitted(attempt, admission->stored, *plan);
}

StoredReply Calls::reply_again(const Admission& admission, const Attempt& attempt) {
  std::optional<StoredReply> first = admission.reply;
  if (admission.kind == Admission::Kind::running) {
    auto waited = store_.wait_for_reply(admission.stored.call.id, reply_wait_ms);
    if (!waited) return reply(waited.error());
    if (!*waited) {
      Error error = make_error(ErrorCode::conflict,
                               "This call is being placed already. Watch its state instead of "
                               "pressing again.");
      error.retry_after_s = 2;
      return reply(error);
    }
    first = std::move(*waited);
  }
  if (!first) {  // orphaned: the server stopped before it could answer; nothing is dialled again
    auto now = store_.find_call(admission.stored.call.id);
    if (!now || !*now) return reply(make_error(ErrorCode::store_unavailable));
    const bool failed = (*now)->call.status == CallStatus::failed;
    if (failed && !(*now)->call.end.sentence.empty()) {
      first = reply(make_error(ErrorCode::conflict,
                               "This call was not placed. " + (*now)->call.end.sentence));
    } else if ((*now)->ultravox_call_id.empty()) {
      first = reply(make_error(ErrorCode::conflict,
                               "The server stopped before this call was placed. Nothing was "
                               "dialled; press again."));
    } else {
      first = reply(placed_from(**now));
    }
    if (const auto kept = store_.finish_call_request((*now)->call.id, *first); !kept) {
      return reply(kept.error());
    }
  }
  // A web call's join URL is not stored: ask Ultravox for it once more, unless the call is not to
  // go on.
  auto placed = decode<CallPlaced>(first->body);
  if (attempt.request.medium.type == MediumType::web && placed) {
    const auto row = recorder_.find(placed->id);
    if (!row || !*row) return reply(make_error(ErrorCode::store_unavailable));
    if (is_terminal((*row)->call.status) || (*row)->wish != Wish::none) {
      placed->status = (*row)->call.status;
      return reply(*placed);
    }
    // A few at a time: repeating one key must not use up the requests everybody shares.
    const Seat seat = take_seat(asking_again_, most_asking_again);
    if (!seat) return reply(no_seat(2));
    const auto call =
        ask(world_, ultravox::get_call(placed->ultravox.call_id), ultravox::parse_call);
    if (!call) return reply(call.error());
    placed->ultravox.join_url = call->join_url;
    first->body = encode(*placed);
  }
  return *first;
}

StoredReply Calls::place_admitted(const Attempt& attempt, const StoredCall& stored,
                                  const CallPlan& plan) {
  const std::string& id = stored.call.id;
  const bool phone = plan.twilio.has_value();
  const std::int64_t began = world_.steady_ms();
  recorder_.begin(stored);
  // If anything below throws (no memory, say), the call must not stay "being placed" for ever.
  struct Unfinished {
    Calls& calls;
    const std::string& id;
    const int thrown_before = std::uncaught_exceptions();
    ~Unfinished() {
      if (std::uncaught_exceptions() == thrown_before) return;
      try {
        calls.break_off(id);
      } catch (const std::exception&) {  // then the next start of the server takes it up
      }
    }
  } const unfinished{*this, id};

  Result<VendorRequest> create =
      plan.stored_agent.empty() ? ultravox::create_call(plan.ultravox)
                                : ultravox::create_agent_call(plan.stored_agent, plan.ultravox);
  if (!create) return give_up(id, create.error());
  const auto made = ask(world_, *create, ultravox::parse_created_call);
  if (!made) return give_up(id, made.error());
  // Nothing rings yet, and an Ultravox call nobody joins ends by itself, unbilled.
  const auto unrecorded = [&](const Error& why) {
    return give_up(id, why.code == ErrorCode::conflict ? foreign_reply(*create) : why);
  };

  CallUpdate created = make_update("ultravox_created", "ultravox", "Ultravox prepared the agent.");
  created.ultravox_call_id = made->call_id;
  created.agent_state = AgentState::waiting;
  if (phone) {
    created.dialled_at = world_.now();  // taken only when nobody wants the call to be over
    const auto recorded = recorder_.record(id, created);
    if (!recorded) return unrecorded(recorded.error());
    if (store_.is_shared() && world_.steady_ms() - began > longest_placing_ms) {
      return give_up(id, make_error(ErrorCode::vendor_timeout));
    }
    return dial(recorded->stored, plan, made->created, made->join_url);
  }
  created.status = CallStatus::queued;
  CallPlaced placed{
      .id = id,
      .medium = MediumType::web,
      .status = CallStatus::queued,
      .ultravox = {.call_id = made->call_id, .created = made->created, .join_url = {}},
      .twilio = std::nullopt};
  const StoredReply kept = reply(placed);  // a join URL is never written down
  const auto recorded = recorder_.record(id, created, &kept);
  if (!recorded) return unrecorded(recorded.error());
  if (recorded->stored.wish != Wish::none) {  // End was pressed before it could be joined
    CallUpdate canceled = make_update("canceled", "voxdial", "Ended before it was joined.");
    canceled.status = CallStatus::canceled;
    (void)recorder_.record(id, canceled).has_value();
    placed.status = CallStatus::canceled;
    return reply(placed);
  }
  if (is_terminal(recorded->stored.call.status)) return closed_meanwhile(id);
  placed.ultravox.join_url = made->join_url;
  world_.log({.level = LogLine::Level::info,
              .event = "call_placed",
              .fields = {{"id", id}, {"medium", "web"}, {"user", attempt.user}}});
  return reply(placed);
}

}  // namespace voxdial
