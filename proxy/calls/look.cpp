#include "proxy/calls/look.h"

#include <algorithm>

#include "proxy/vendor/vendor_error.h"

namespace voxdial {
namespace {

/// Twilio's clock and ours may differ, and its times are whole seconds.
constexpr Millis clock_slack_ms = 5'000;

Error unreachable(Vendor vendor, const SendFailure& failure) {
  return map_send_failure(vendor, failure, false);
}

std::string twilio_words(std::string_view status) {
  if (status == "queued") return "Waiting in Twilio's queue.";
  if (status == "initiated") return "Twilio is dialling.";
  if (status == "ringing") return "The phone rings.";
  if (status == "in-progress") return "Answered.";
  return "Twilio reports: " + std::string(status) + ".";
}

}  // namespace

CallNews twilio_news(const StoredCall& stored, const twilio::Call& call) {
  CallNews told = news("twilio_status", "twilio", twilio_words(call.status));
  told.twilio_sid = call.sid;
  told.twilio_status = call.status;
  told.status = from_twilio(call.status);
  if (told.status == CallStatus::completed && call.duration_s == 0 &&
      stored.call.answered_at == 0 && stored.call.ending) {
    told.status = CallStatus::canceled;
  }
  told.answered_by = call.answered_by;
  told.talked_s = call.duration_s;
  told.ended_at = call.ended_at;
  told.price = call.price;
  told.price_unit = call.price_unit;
  return told;
}

CallNews ultravox_news(const StoredCall& stored, const ultravox::Call& call) {
  CallNews told = news("ultravox_state", "ultravox", "The agent is ready.");
  told.ultravox_call_id = call.call_id;
  told.ultravox_end_reason = call.end_reason;
  if (call.joined_at != 0) {
    told.answered_at = call.joined_at;
    told.detail = "The agent is on the line.";
  }
  const bool web = stored.call.medium == MediumType::web;
  if (call.ended_at == 0) {
    // Joined is the best proof of an answer there is, for a phone call too (vendor-facts 1.11).
    if (call.joined_at != 0) told.status = CallStatus::talking;
    return told;
  }
  told.detail = "The agent's side is over.";
  if (web) {
    told.ended_at = call.ended_at;
    told.status = call.joined_at != 0  ? CallStatus::completed
                  : stored.call.ending ? CallStatus::canceled
                                       : CallStatus::failed;
  }
  return told;
}

Result<std::optional<twilio::Call>> find_lost_call(const Config& config, const World& world,
                                                   Store& store, const StoredCall& stored,
                                                   Millis dialled_at) {
  const auto sent = world.send(
      twilio::find_calls(config.twilio_account_sid, stored.call.to, config.twilio_number));
  if (!sent) return fail(unreachable(Vendor::twilio, sent.error()));
  const auto calls = twilio::parse_calls(*sent, dialled_at - clock_slack_ms, world.now());
  if (!calls) return fail(calls.error());
  std::optional<twilio::Call> found;
  for (const twilio::Call& call : *calls) {
    const auto known = store.find_call_by_twilio_sid(call.sid);
    if (!known) return fail(known.error());
    if (*known) continue;
    if (found) return std::optional<twilio::Call>();  // two: nobody can tell which is ours
    found = call;
  }
  return found;
}

Result<void> end_at_twilio(const Config& config, const World& world, Board& board,
                           const StoredCall& stored, bool CallNews::*why) {
  const auto sent = world.send(twilio::hang_up(config.twilio_account_sid, stored.twilio_sid));
  auto ended = sent ? twilio::parse_hung_up(*sent, world.now())
                    : Result<twilio::Call>(fail(unreachable(Vendor::twilio, sent.error())));
  const bool here = ended.has_value();
  if (!ended && ended.error().code == ErrorCode::call_not_live) {  // it was over already
    const auto again = world.send(twilio::fetch_call(config.twilio_account_sid, stored.twilio_sid));
    if (again) ended = twilio::parse_call(*again, world.now());
  }
  if (!ended) return fail(std::move(ended).error());
  CallNews over = twilio_news(stored, *ended);
  over.*why = here;
  over.what = "hung_up";
  auto told = board.tell(stored.call.id, over);
  if (!told) return fail(std::move(told).error());
  return {};
}

MachineStep machine_step(const StoredCall& stored) {
  const Call& call = stored.call;
  if (stored.machine_handled || is_terminal(call.status)) return MachineStep::nothing;
  const bool fax = call.answered_by == "fax";
  const bool machine = call.answered_by.rfind("machine", 0) == 0;
  switch (stored.voicemail) {
    case Voicemail::hang_up:
      return fax || machine ? MachineStep::hang_up_at_twilio : MachineStep::nothing;
    case Voicemail::leave_message:
      return fax       ? MachineStep::hang_up_at_twilio
             : machine ? MachineStep::tell_agent_at_ultravox
                       : MachineStep::nothing;
    case Voicemail::carry_on:
      break;
  }
  return MachineStep::nothing;
}

Result<void> take_machine_step(const Config& config, const World& world, Board& board,
                               const StoredCall& stored) {
  if (machine_step(stored) == MachineStep::hang_up_at_twilio) {
    return end_at_twilio(config, world, board, stored, &CallNews::machine_handled);
  }
  SayRequest order;  // the message itself is the tool's parameter, or in the prompt
  order.text =
      "<instruction>The greeting of a voicemail has just ended. If no message was left yet, use "
      "the "
      "leaveVoicemail tool now and say nothing else.</instruction>";
  order.urgency = "immediate";
  const auto sent = world.send(ultravox::send_data_message(stored.ultravox_call_id, order));
  if (!sent) return fail(unreachable(Vendor::ultravox, sent.error()));
  if (auto told = ultravox::parse_sent(*sent, world.now()); !told) return told;
  CallNews done = news("machine_told", "voxdial", "The agent was told to leave its message.");
  done.machine_handled = done.note = true;
  auto told = board.tell(stored.call.id, done);
  if (!told) return fail(std::move(told).error());
  return {};
}

Result<Recorded> look_at_twilio(const Config& config, const World& world, Board& board,
                                const StoredCall& stored) {
  const auto sent = world.send(twilio::fetch_call(config.twilio_account_sid, stored.twilio_sid));
  if (!sent) return fail(unreachable(Vendor::twilio, sent.error()));
  const auto call = twilio::parse_call(*sent, world.now());
  if (!call) return fail(call.error());
  CallNews told = twilio_news(stored, *call);
  if (told.status && is_terminal(*told.status) && !is_terminal(stored.call.status)) {
    // The end is told once, so ask first why: Ultravox knows who hung up, Twilio's debugger what
    // went wrong. Either may fail; then the end is explained with less.
    if (const auto asked = world.send(ultravox::get_call(stored.ultravox_call_id))) {
      if (const auto agent = ultravox::parse_call(*asked, world.now())) {
        told.ultravox_end_reason = agent->end_reason;
        if (agent->joined_at != 0) told.answered_at = agent->joined_at;
      }
    }
    if (told.status != CallStatus::completed || told.talked_s < 3) {
      const auto asked =
          world.send(twilio::call_notifications(config.twilio_account_sid, stored.twilio_sid));
      if (asked) {
        const auto codes = twilio::parse_notifications(*asked, world.now());
        if (codes && !codes->empty()) told.twilio_error = codes->front();
      }
    }
  }
  return board.tell(stored.call.id, std::move(told));
}

Result<Recorded> look_at_ultravox(const World& world, Board& board, const StoredCall& stored) {
  const auto sent = world.send(ultravox::get_call(stored.ultravox_call_id));
  if (!sent) return fail(unreachable(Vendor::ultravox, sent.error()));
  const auto call = ultravox::parse_call(*sent, world.now());
  if (!call) return fail(call.error());
  return board.tell(stored.call.id, ultravox_news(stored, *call));
}

Result<void> look_at_messages(const World& world, Board& board, const StoredCall& stored,
                              MessagePlace& place) {
  for (;;) {
    const auto sent = world.send(ultravox::list_messages(stored.ultravox_call_id, place.cursor));
    if (!sent) return fail(unreachable(Vendor::ultravox, sent.error()));
    auto page = ultravox::parse_messages(*sent, place.first_index, world.now());
    if (!page) return fail(std::move(page).error());
    board.tell_transcript(stored, page->entries);
    const bool leaves_message =
        std::any_of(page->entries.begin(), page->entries.end(), [](const TranscriptEntry& entry) {
          return entry.role == TranscriptEntry::Role::tool_call &&
                 entry.tool_name == ultravox::voicemail_tool;
        });
    if (leaves_message && !stored.call.left_voicemail) {
      CallNews left = news("left_voicemail", "ultravox", "The agent leaves a message.");
      left.left_voicemail = true;
      if (auto told = board.tell(stored.call.id, left); !told) {
        return fail(std::move(told).error());
      }
    }
    // The last page is read again next time: it grows. One that has a successor is complete.
    if (page->next_cursor.empty() || page->next_cursor == place.cursor) return {};
    place.cursor = page->next_cursor;
    place.first_index += static_cast<int>(page->entries.size());
  }
}

}  // namespace voxdial
