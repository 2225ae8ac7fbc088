#include "proxy/calls/pay.h"

#include <algorithm>

#include "proxy/vendors/common/ask.h"
#include "proxy/vendors/twilio/codes.h"

namespace voxdial {
namespace {

/// Message pages read in one try, so that a call with many keeps nobody waiting.
constexpr int pages_a_try = 10;
/// How early a time in Twilio's list may seem: it has whole seconds, as has the Date it is put
/// right by.
constexpr Millis time_noise_ms = 1'600;

/// An agent's side that Ultravox does not know for so long is over, while the telephone talks.
constexpr Millis agent_patience_ms = 15'000;

constexpr std::string_view still_ending =
    "The call is still being ended: its provider does not confirm it. This is tried again every "
    "few seconds.";

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

Result<twilio::Call> ask_twilio(const Payer& payer, const StoredCall& row,
                                const VendorRequest& request) {
  auto call = ask(payer.world, request, twilio::parse_call);
  if (call && !is_about(row, *call, payer.config)) return fail(foreign_reply(request));
  return call;
}

Result<ultravox::Call> ask_ultravox(const Payer& payer, const StoredCall& row) {
  const VendorRequest request = ultravox::get_call(row.ultravox_call_id);
  auto call = ask(payer.world, request, ultravox::parse_call);
  if (call && !is_about(row, *call)) return fail(foreign_reply(request));
  return call;
}

/// News of an end that no vendor told; `why` is one of EndFacts' members for that.
void close_unseen(const StoredCall& row, CallUpdate& told, CallStatus status, bool EndFacts::*why) {
  EndFacts facts;
  facts.status = status;
  facts.phone = row.call.medium == MediumType::twilio;
  facts.*why = true;
  told.status = status;
  told.end = explain_end(facts);
  told.what = told.end->code;
  told.source = "voxdial";
  told.detail = told.end->sentence;
  told.warning = "";
}

/// The vendor whose word about the call's state counts.
Vendor decider(const StoredCall& row) {
  return row.call.medium == MediumType::twilio ? Vendor::twilio : Vendor::ultravox;
}

struct Outcome {
  CallUpdate told;
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
  const auto found = find_lost_dial(payer.config, payer.world, payer.store, row);
  if (found && *found) {
    out.told = twilio_news(**found);
    out.told.what = "found_again";
    out.told.detail = "The call was found at Twilio.";
    out.told.warning = "";
    return out;
  }
  if (!found) out.tried = failed(found.error());
  out.tried.missing = false;
  const Owed* owed = row.find_owed(Debt::look_twilio);
  if (is_terminal(row.call.status)) return out;
  const bool hopeless = search_is_hopeless(row, *owed, found.has_value(), payer.world.now()) &&
                        ultravox_side(row) != Side::live;
  if (hopeless) {
    out.told = news("not_found", "voxdial", "Twilio does not know this call.");
    out.told.status = CallStatus::unknown;
    out.told.warning = "";
  } else if (row.call.warning.empty()) {
    out.told = news("answer_lost", "voxdial", std::string(looked_for));
    out.told.warning = out.told.detail;
  }
  return out;
}

Outcome look_at_twilio(const Payer& payer, const StoredCall& row) {
  Outcome out;
  const auto call =
      ask_twilio(payer, row, twilio::fetch_call(payer.config.twilio_account_sid, row.twilio_sid));
  if (call)
    out.told = twilio_news(*call);
  else
    out.tried = failed(call.error());
  return out;
}

Outcome look_at_ultravox(const Payer& payer, const StoredCall& row) {
  Outcome out;
  if (row.ultravox_call_id.empty()) {
    // The request that places the call is at work, or has died with its process.
    if (!payer.store.being_placed(row.call.id)) {
      out.told = news("given_up", "voxdial",
                      "The server stopped before the call was placed. Nothing was dialled.");
      out.told.status = CallStatus::failed;
      out.told.end =
          EndReason{.by = EndedBy::server, .code = "not_placed", .sentence = out.told.detail};
    }
    return out;
  }
  const auto call = ask_ultravox(payer, row);
  if (call)
    out.told = ultravox_news(row, *call);
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
    out.told = twilio_news(*call);
    out.told.what = "hung_up";
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
  const auto call = ask_ultravox(payer, row);  // ended, not joined yet, or over before
  if (!call) {
    out.tried = failed(call.error());
    return out;
  }
  out.told = ultravox_news(row, *call);
  out.told.hung_up_here = sent.has_value();
  if (sent) {
    out.told.what = "hung_up";
    out.told.detail = "Ultravox was told to end the call.";
    out.told.note = row.find_owed(Debt::end_ultravox)->tries == 0;
  } else if (row.call.medium == MediumType::web && call->joined_at == 0) {
    out.told.status = CallStatus::canceled;
  }
  return out;
}

Outcome tell_machine(const Payer& payer, const StoredCall& row) {
  Outcome out;
  SayRequest order;  // the message itself is the tool's parameter, or in the prompt
  order.text =
      "<instruction>The greeting of a voicemail has just ended. If no message was left yet, use "
      "the "
      "leaveVoicemail tool now and say nothing else.</instruction>";
  order.urgency = "immediate";
  const auto told = ask(payer.world, ultravox::send_data_message(row.ultravox_call_id, order),
                        ultravox::parse_sent);
  if (told) {
    out.told = news("machine_told", "voxdial", "The agent was told to leave its message.");
    out.told.machine_handled = out.told.note = true;
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
    if (!payer.recorder.tell_transcript(row, page->entries)) {
      out.unrecorded = true;
      break;
    }
    const bool leaves_message =
        std::any_of(page->entries.begin(), page->entries.end(), [](const TranscriptEntry& entry) {
          return entry.role == TranscriptEntry::Role::tool_call &&
                 entry.tool_name == ultravox::voicemail_tool;
        });
    if (leaves_message && !row.call.left_voicemail) {
      out.told = news("left_voicemail", "ultravox", "The agent leaves a message.");
      out.told.left_voicemail = true;
    }
    // The last page is read again next time: it grows. One that has a successor is complete.
    if (page->next_cursor.empty() || page->next_cursor == cursor) break;
    cursor = page->next_cursor;
    index += page->held;
    ++pages;
  }
  if (pages > row.message_pages) {
    out.told.message_cursor = cursor;
    out.told.message_index = index;
    out.told.message_pages = pages;
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
  out.told.twilio_error = found->cause;
  if (found->callback_code != 0 && row.call.warning.empty()) {
    out.told =
        news("callback_failed", "twilio",
             "Twilio could not reach this server at PUBLIC_BASE_URL (" +
                 std::to_string(found->callback_code) +
                 "). Calls work without it, a little slower: check that address, or empty it.");
    out.told.twilio_error = found->cause;
    out.told.warning = out.told.detail;
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

/// A call that its deciding vendor does not know any more, or that has outlived its limit, is over
/// here whatever the vendors say; what is left of it there is still ended.
void close_if_due(const StoredCall& row, Debt what, const Tried& tried, bool past_limit, Millis now,
                  CallUpdate& told) {
  if (is_terminal(row.call.status) || (told.status && is_terminal(*told.status))) return;
  const bool decides =
      what == (decider(row) == Vendor::twilio ? Debt::look_twilio : Debt::look_ultravox);
  const bool agent_gone = what == Debt::look_ultravox && !decides;
  Owed seen = *row.find_owed(what);
  if (tried.missing && seen.missing_since == 0) seen.missing_since = now;
  if (decides && tried.missing && is_forgotten(seen, now)) {
    close_unseen(row, told, CallStatus::failed, &EndFacts::forgotten);
  } else if (agent_gone && tried.missing && is_forgotten(seen, now, agent_patience_ms)) {
    told = news("agent_gone", "ultravox", "Ultravox no longer knows the agent's side of the call.");
    told.at = now;
    told.agent_state = AgentState::gone;
  } else if (past_limit && twilio_side(row) == Side::lost) {
    close_unseen(row, told, CallStatus::unknown, &EndFacts::unheard);
  } else if (past_limit) {
    const bool answered = row.call.answered_at != 0;
    close_unseen(row, told, answered ? CallStatus::completed : CallStatus::failed,
                 &EndFacts::overdue);
    told.wish = Wish::overdue;
    told.urgent = true;
  }
}

}  // namespace

CallUpdate twilio_news(const twilio::Call& call) {
  CallUpdate told = news("twilio_status", "twilio", twilio_words(call.status));
  told.twilio_sid = call.sid;
  told.twilio_status = call.status;
  told.status = twilio::status_of(call.status);
  told.answered_by = call.answered_by;
  told.talked_s = call.duration_s;
  told.ended_at = call.ended_at;
  told.price = call.price;
  told.price_unit = call.price_unit;
  return told;
}

CallUpdate ultravox_news(const StoredCall& row, const ultravox::Call& call) {
  CallUpdate told = news("ultravox_state", "ultravox", "The agent is ready.");
  told.ultravox_call_id = call.call_id;
  told.ultravox_end_reason = call.end_reason;
  told.agent_state = call.ended_at != 0    ? AgentState::over
                     : call.joined_at != 0 ? AgentState::joined
                                           : AgentState::waiting;
  told.agent_ended_at = call.ended_at;
  if (call.joined_at != 0) {
    told.answered_at = call.joined_at;
    told.detail = "The agent is on the line.";
  }
  const bool web = row.call.medium == MediumType::web;
  if (call.ended_at == 0) {
    // Joined is the best proof of an answer there is, for a phone call too.
    if (call.joined_at != 0) told.status = CallStatus::talking;
    return told;
  }
  told.detail = "The agent's side is over.";
  if (web) {
    told.ended_at = call.ended_at;
    told.status = call.joined_at != 0 ? CallStatus::completed
                  : row.call.ending   ? CallStatus::canceled
                                      : CallStatus::failed;
  }
  return told;
}

bool is_about(const StoredCall& row, const twilio::Call& call, const Config& config) {
  const bool known = !row.twilio_sid.empty();
  // A number that is left out contradicts nothing, but proves nothing either.
  const auto fits = [&](std::string_view said, std::string_view ours) {
    return (known && said.empty()) || same_number(said, ours);
  };
  return (!known || call.sid == row.twilio_sid) && fits(call.to, row.call.to) &&
         fits(call.from, config.twilio_number);
}

bool is_about(const StoredCall& row, const ultravox::Call& call) {
  return call.call_id == row.ultravox_call_id;
}

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
    // Who answers our call meets the agent, and nobody else does. So while the agent waits, no call
    // that was answered is ours; and once it was joined, ours was on the line then, however late it
    // was made.
    const bool talks = call.status == "in-progress";
    const bool answered = talks || call.duration_s > 0;
    const Millis met = row.call.answered_at;
    const bool on_the_line = answered && call.created_at <= met + time_noise_ms &&
                             (talks || call.ended_at + time_noise_ms >= met);
    if (met != 0 ? !on_the_line : answered || call.created_at > last) continue;
    const auto known = store.find_call_by_twilio_sid(call.sid);
    if (!known) return fail(known.error());
    if (*known) continue;
    if (found) return std::optional<twilio::Call>();  // two: nobody can tell which is ours
    found = call;
  }
  return found;
}

void Payer::pay(const StoredCall& row, Debt what, int live, bool past_limit) const {
  Outcome out = attempt(*this, row, what);
  const Millis now = world.now();
  CallUpdate& told = out.told;
  if (told.at == 0) told.at = now;
  if (out.unrecorded) {
    told.owed_again = Owed{what, now + 5'000, row.find_owed(what)->tries + 1, 0};
  } else {
    close_if_due(row, what, out.tried, past_limit, now, told);
    const StoredCall then = apply(row, told);
    if (what == Debt::end_twilio || what == Debt::end_ultravox) {
      const bool over =
          (what == Debt::end_twilio ? twilio_side(then) : ultravox_side(then)) == Side::over;
      if (over && row.call.warning == still_ending) told.warning = "";
      if (!over && row.find_owed(what)->tries >= 3 && row.call.warning.empty())
        told.warning = std::string(still_ending);
    }
    told.owed_again = owed_again(then, what, out.tried, live, now);
    if (!told.owed_again) told.done.push_back(what);
  }
  (void)recorder.tell(row.call.id, std::move(told)).has_value();  // what cannot be recorded is kept
}

}  // namespace voxdial
