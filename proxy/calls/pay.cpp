#include "proxy/calls/pay.h"

#include <algorithm>

#include "proxy/calls/lost_dial.h"
#include "proxy/calls/reconcile.h"
#include "proxy/calls/updates.h"
#include "proxy/vendors/common/ask.h"

namespace voxdial {
namespace {

/// Message pages read in one try, so that a call with many keeps nobody waiting.
constexpr int pages_a_try = 10;
constexpr std::string_view still_ending =
    "The call is still being ended: its provider does not confirm it. This is tried again every "
    "few seconds.";

Result<twilio::Call> ask_twilio(const Payer& payer, const StoredCall& row,
                                const VendorRequest& request) {
  auto call = ask(payer.world, request, twilio::parse_call);
  if (call && !is_about(row, *call, payer.config)) return fail(foreign_reply(request));
  return call;
}

struct Outcome {
  CallUpdate update;
  Tried tried;
  /// The store failed in the middle: try again a little later, and tell nothing.
  bool unrecorded = false;
};

Tried failed(const Error& error) {
  Tried tried;
  tried.missing = error.code == ErrorCode::not_found && error.provider.has_value();
  tried.reached = tried.missing;
  tried.retry_after_s = error.retry_after_s.value_or(0);
  return tried;
}

Outcome search(const Payer& payer, const StoredCall& row) {
  Outcome out;
  // While the request that dials is under way, a call to that number may be another program's, and
  // ours is still to come.
  const Millis now = payer.world.now();
  const bool dials = row.lost_at == 0 && now < row.dialled_at + dial_time_ms;
  if (dials && payer.store.being_placed(row, now)) return out;
  const auto found = find_lost_dial(payer.config, payer.world, payer.store, row);
  if (found && *found) {
    out.update = twilio_update(**found);
    out.update.what = "found_again";
    out.update.detail = "The call was found at Twilio.";
    out.update.warning = "";
    return out;
  }
  if (!found) out.tried = failed(found.error());
  out.tried.missing = false;
  const Owed* owed = row.find_owed(Debt::look_twilio);
  if (is_terminal(row.call.status)) return out;
  const bool hopeless =
      search_is_hopeless(row, *owed, found.has_value(), now) && ultravox_side(row) != Side::live;
  if (hopeless) {
    out.update = make_update("not_found", "voxdial", "Twilio does not know this call.");
    out.update.status = CallStatus::unknown;
    out.update.warning = "";
  } else if (row.call.warning.empty()) {
    out.update = make_update("answer_lost", "voxdial", std::string(looked_for));
    out.update.warning = out.update.detail;
  }
  return out;
}

Outcome look_at_twilio(const Payer& payer, const StoredCall& row) {
  Outcome out;
  const auto call =
      ask_twilio(payer, row, twilio::fetch_call(payer.config.twilio_account_sid, row.twilio_sid));
  if (call)
    out.update = twilio_update(*call);
  else
    out.tried = failed(call.error());
  return out;
}

Outcome look_at_ultravox(const Payer& payer, const StoredCall& row) {
  Outcome out;
  if (row.ultravox_call_id.empty()) {
    // The request that places the call is at work, or has died with its process.
    if (!payer.store.being_placed(row, payer.world.now())) {
      out.update =
          make_update("given_up", "voxdial",
                      "The server stopped before the call was placed. Nothing was dialled.");
      out.update.status = CallStatus::failed;
      out.update.end =
          EndReason{.by = EndedBy::server, .code = "not_placed", .sentence = out.update.detail};
    }
    return out;
  }
  const auto call = ask_about_agent(payer.world, row);
  if (call)
    out.update = ultravox_update(row, *call);
  else
    out.tried = failed(call.error());
  return out;
}

Outcome end_at_twilio(const Payer& payer, const StoredCall& row) {
  Outcome out;
  const std::string& account = payer.config.twilio_account_sid;
  auto call = ask_twilio(payer, row,
                         verb_for(row) == Verb::cancel ? twilio::cancel(account, row.twilio_sid)
                                                       : twilio::hang_up(account, row.twilio_sid));
  // 21220: in its state it cannot be ended so. Only a look tells whether it is over.
  if (!call && call.error().code == ErrorCode::call_not_live) {
    call = ask_twilio(payer, row, twilio::fetch_call(account, row.twilio_sid));
  }
  if (call) {
    out.update = twilio_update(*call);
    out.update.what = "hung_up";
  } else {
    out.tried = failed(call.error());
  }
  return out;
}

Outcome end_at_ultravox(const Payer& payer, const StoredCall& row) {
  Outcome out;
  const auto sent = ask(payer.world, ultravox::hang_up(row.ultravox_call_id), ultravox::parse_sent);
  if (!sent && sent.error().code != ErrorCode::call_not_live) {
    out.tried = failed(sent.error());
    return out;
  }
  const Millis asked_at = payer.world.now();
  const auto call = ask_about_agent(payer.world, row);  // ended, not joined yet, or over before
  if (!call) {
    out.tried = failed(call.error());
    return out;
  }
  out.update = ultravox_update(row, *call);
  out.update.hung_up_here = sent.has_value();
  if (sent) {
    out.update.what = "hung_up";
    out.update.detail = "Ultravox was told to end the call.";
    out.update.note = row.find_owed(Debt::end_ultravox)->tries == 0;
  } else if (row.call.medium == MediumType::web && call->joined_at == 0) {
    // As it was when Ultravox said so: who has joined since, while this server stood still, is put
    // out by what is still owed.
    out.update.status = CallStatus::canceled;
    out.update.ended_at = asked_at;
  }
  return out;
}

Outcome tell_machine(const Payer& payer, const StoredCall& row) {
  Outcome out;
  SayRequest order;  // the message itself is the tool's parameter, or in the prompt
  order.text =
      "<instruction>The greeting of a voicemail has just ended. If no message was left yet, use "
      "the leaveVoicemail tool now and say nothing else.</instruction>";
  order.urgency = "immediate";
  const auto told = ask(payer.world, ultravox::send_data_message(row.ultravox_call_id, order),
                        ultravox::parse_sent);
  if (told) {
    out.update = make_update("machine_told", "voxdial", "The agent was told to leave its message.");
    out.update.machine_handled = out.update.note = true;
  } else {
    out.tried = failed(told.error());
  }
  return out;
}

Outcome read_messages(const Payer& payer, const StoredCall& row) {
  Outcome out;
  std::string cursor = row.message_cursor;
  int index = row.message_index;
  int pages = row.message_pages;
  for (int n = 0; n < pages_a_try; ++n) {
    const auto page = ask(payer.world, ultravox::list_messages(row.ultravox_call_id, cursor),
                          [&](const VendorReply& reply, Millis now) {
                            return ultravox::parse_messages(reply, index, now);
                          });
    if (!page) {
      out.tried = failed(page.error());
      break;
    }
    if (!payer.recorder.record_transcript(row, page->entries)) {
      out.unrecorded = true;
      break;
    }
    const bool leaves_message =
        std::any_of(page->entries.begin(), page->entries.end(), [](const TranscriptEntry& entry) {
          return entry.role == TranscriptEntry::Role::tool_call &&
                 entry.tool_name == ultravox::voicemail_tool;
        });
    if (leaves_message && !row.call.left_voicemail) {
      out.update = make_update("left_voicemail", "ultravox", "The agent leaves a message.");
      out.update.left_voicemail = true;
    }
    // The last page is read again next time: it grows. One that has a successor is complete.
    if (page->next_cursor.empty() || page->next_cursor == cursor) break;
    cursor = page->next_cursor;
    index += page->held;
    ++pages;
  }
  if (pages > row.message_pages) {
    out.update.message_cursor = cursor;
    out.update.message_index = index;
    out.update.message_pages = pages;
  }
  return out;
}

Outcome ask_why(const Payer& payer, const StoredCall& row) {
  Outcome out;
  const auto found =
      ask(payer.world, twilio::call_notifications(payer.config.twilio_account_sid, row.twilio_sid),
          twilio::parse_notifications);
  if (!found) {
    out.tried = failed(found.error());
    return out;
  }
  out.update.twilio_error = found->cause;
  if (found->callback_code != 0 && row.call.warning.empty()) {
    out.update = make_update(
        "callback_failed", "twilio",
        "Twilio could not reach this server at PUBLIC_BASE_URL (" +
            std::to_string(found->callback_code) +
            "). Calls work without it, a little slower: check that address, or empty it.");
    out.update.twilio_error = found->cause;
    out.update.warning = out.update.detail;
  }
  return out;
}

Outcome attempt(const Payer& payer, const StoredCall& row, Debt what) {
  switch (what) {
    case Debt::look_twilio:
      return twilio_side(row) == Side::lost ? search(payer, row) : look_at_twilio(payer, row);
    case Debt::look_ultravox:
      return look_at_ultravox(payer, row);
    case Debt::end_twilio:
      return end_at_twilio(payer, row);
    case Debt::end_ultravox:
      return end_at_ultravox(payer, row);
    case Debt::machine:
      return tell_machine(payer, row);
    case Debt::messages:
      return read_messages(payer, row);
    case Debt::price:
      return look_at_twilio(payer, row);
    case Debt::why:
      return ask_why(payer, row);
  }
  return {};
}

}  // namespace

void Payer::pay(const StoredCall& row, Debt what, bool past_limit) const {
  Outcome out = attempt(*this, row, what);
  const Millis now = world.now();
  CallUpdate& update = out.update;
  if (update.at == 0) update.at = now;
  if (out.unrecorded) {
    update.owed_again = Owed{what, now + 5'000, row.find_owed(what)->tries + 1, 0};
  } else {
    close_if_due(row, what, out.tried, past_limit, now, update);
    const StoredCall then = apply(row, update);
    if (what == Debt::end_twilio || what == Debt::end_ultravox) {
      const bool over =
          (what == Debt::end_twilio ? twilio_side(then) : ultravox_side(then)) == Side::over;
      if (over && row.call.warning == still_ending) update.warning = "";
      if (!over && row.find_owed(what)->tries >= 3 && row.call.warning.empty())
        update.warning = std::string(still_ending);
    }
    update.owed_again = owed_again(then, what, out.tried, now);
    if (!update.owed_again) update.done.push_back(what);
  }
  (void)recorder.record(row.call.id, std::move(update))
      .has_value();  // what cannot be recorded is kept
}

}  // namespace voxdial
