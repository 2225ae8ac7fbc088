// What a piece of update does to a call: a pure function from row to row.
#include <algorithm>

#include "proxy/store/values.h"
#include "proxy/vendors/twilio/codes.h"

namespace voxdial {
namespace {

/// How long after a web call's end a press of End still counts as what ended it: the page leaves
/// first and tells afterwards.
constexpr Millis same_press_ms = 10'000;

void set_once(std::string& member, const std::string& update) {
  if (member.empty()) member = update;
}

template <class T>
void set_once(T& member, T update) {
  if (member == 0) member = update;
}

void replace(std::string& member, const std::string& update) {
  if (!update.empty()) member = update;
}

int rank_of_twilio(const std::string& word) {
  const auto status = twilio::status_of(word);
  return status ? rank(*status) : -1;
}

void learn_facts(EndFacts& facts, const CallUpdate& update) {
  const bool later = rank_of_twilio(update.twilio_status) > rank_of_twilio(facts.twilio_status);
  if (later || facts.twilio_status.empty()) replace(facts.twilio_status, update.twilio_status);
  set_once(facts.twilio_error, update.twilio_error);
  set_once(facts.sip_code, update.sip_code);
  set_once(facts.ultravox_end_reason, update.ultravox_end_reason);
  facts.talked_s = std::max(facts.talked_s, update.talked_s);
}

/// Somebody who presses End is named before anything that merely happened. A wish that comes after
/// the end changes nothing, unless it is the other half of what ended a web call: the page leaves,
/// and says why.
void wish(StoredCall& stored, const CallUpdate& update) {
  if (update.wish == Wish::none) return;
  const Call& call = stored.call;
  const bool late = is_terminal(call.status) &&
                    (call.medium != MediumType::web || update.at - call.ended_at >= same_press_ms);
  if (late) return;
  if (stored.wish == Wish::none || (update.wish == Wish::pressed && stored.wish != Wish::pressed)) {
    stored.wish = update.wish;
    stored.wished_at = update.at;
  }
}

/// What was tried and what is settled. What follows from it is reconcile()'s.
void learn_of_debts(StoredCall& stored, const CallUpdate& update) {
  for (const Debt what : update.done) stored.done |= 1U << static_cast<unsigned>(what);
  for (Owed& owed : stored.owed) {
    if (update.owed_again && update.owed_again->what == owed.what) owed = *update.owed_again;
    const bool ends = owed.what == Debt::end_twilio || owed.what == Debt::end_ultravox;
    if (update.urgent && (ends || owed.what == Debt::look_twilio)) owed.next_at = update.at;
  }
}

/// The agent's side only moves on, but from `gone`, which is no knowledge. What is said is read
/// again from when it is over.
void learn_of_agent(StoredCall& stored, AgentState heard) {
  const AgentState was = stored.agent_state;
  if (heard == AgentState::none || heard == was) return;
  if (was == AgentState::gone) {
    stored.agent_state = heard;
    stored.done &= ~(1U << static_cast<unsigned>(Debt::messages));
  } else if (heard > was && was != AgentState::over) {
    stored.agent_state = heard;
  }
  if (stored.agent_state == AgentState::over && was != AgentState::over) {
    for (Owed& owed : stored.owed) {
      if (owed.what == Debt::messages) owed.tries = 0;
    }
  }
}

/// Something new is known of the telephone's side: looking at it begins afresh.
void look_soon(StoredCall& stored, Millis now) {
  for (Owed& owed : stored.owed) {
    if (owed.what == Debt::look_twilio)
      owed = {owed.what, std::min(owed.next_at, now + 1'000), 0, 0};
  }
}

void move_on(Call& call, const CallUpdate& update) {
  const CallStatus next = update.status ? advance(call.status, *update.status) : call.status;
  const bool moved = next != call.status;
  call.status = next;
  // Vendors' times are in our clock by now, as far as a vendor tells its own: still none is before
  // the call was asked for, or after we heard of it.
  const auto heard = [&](Millis at) {
    return at == 0 ? 0 : std::clamp(at, call.created_at, std::max(call.created_at, update.at));
  };
  set_once(call.ringing_at, heard(update.ringing_at));
  set_once(call.answered_at, heard(update.answered_at));
  if (moved && next == CallStatus::ringing) set_once(call.ringing_at, update.at);
  if (moved && next == CallStatus::talking) set_once(call.answered_at, update.at);
  if (moved && is_terminal(next)) {
    const Millis told = heard(update.ended_at != 0 ? update.ended_at : update.at);
    call.ended_at = std::max({told, call.ringing_at, call.answered_at, Millis{1}});
  } else if (moved) {
    call.ended_at = 0;  // found again after it was given up
    call.end = {};
  }
}

int whole_seconds(Millis from, Millis to) {
  return from == 0 || to <= from ? 0 : static_cast<int>((to - from + 500) / 1000);
}

/// The length of the talk and the moment of the answer, each from the other when only one was told.
void complete_talk(StoredCall& stored) {
  Call& call = stored.call;
  int& talked_s = stored.facts.talked_s;
  if (talked_s == 0) talked_s = whole_seconds(call.answered_at, call.ended_at);
  if (call.answered_at == 0 && talked_s > 0) {
    call.answered_at = std::max(call.ended_at - Millis{talked_s} * 1000, call.created_at);
  }
}

/// How far a vendor's whole seconds and its clock may be from ours.
constexpr Millis clocks_apart_ms = 3'000;

/// "agent_hangup" is also what our own order to leave is answered with: the agent hung up by itself
/// only when it was gone before anybody wished so, and before the telephone was.
bool agent_hung_up(const StoredCall& stored) {
  const Call& call = stored.call;
  if (stored.facts.ultravox_end_reason != "agent_hangup") return false;
  if (stored.wish == Wish::agent_left) return true;  // the page saw it
  if (stored.hung_up_here) return false;
  const Millis gone = stored.agent_ended_at;
  if (stored.wish != Wish::none) return gone != 0 && gone + 1'000 < stored.wished_at;
  const bool phone_first =
      call.medium == MediumType::twilio && gone > call.ended_at + clocks_apart_ms;
  return !phone_first;
}

/// Whether the one who wished the call to be over is who ended it: the wish came first, and the
/// agent's side did not end the call by itself.
bool ended_by_wish(const StoredCall& stored) {
  const Call& call = stored.call;
  const Millis slack = call.medium == MediumType::web ? same_press_ms : clocks_apart_ms;
  const std::string& reason = stored.facts.ultravox_end_reason;
  const bool by_itself = agent_hung_up(stored) || reason == "timeout" || reason == "system_error";
  return stored.wished_at <= call.ended_at + slack && !by_itself;
}

EndFacts whole_facts(const StoredCall& stored) {
  const Call& call = stored.call;
  EndFacts facts = stored.facts;
  facts.status = call.status;
  facts.phone = call.medium == MediumType::twilio;
  facts.answered_by = call.answered_by;
  if (facts.ultravox_end_reason == "agent_hangup" && !agent_hung_up(stored))
    facts.ultravox_end_reason.clear();
  facts.left_voicemail = call.left_voicemail;
  const bool by_wish = ended_by_wish(stored);
  facts.hung_up_here = by_wish && stored.wish == Wish::pressed;
  facts.line_lost = by_wish && stored.wish == Wish::line_lost;
  facts.tab_closed = by_wish && stored.wish == Wish::tab_closed;
  facts.waited_too_long = stored.wish == Wish::unjoined;
  facts.overdue = stored.wish == Wish::overdue;
  facts.agent_absent = facts.phone && stored.agent_state == AgentState::waiting;
  facts.hung_up_on_machine = stored.wish == Wish::machine;
  facts.rang_s =
      whole_seconds(call.ringing_at, call.answered_at != 0 ? call.answered_at : call.ended_at);
  facts.limit_s = call.max_duration_s;
  return facts;
}

}  // namespace

StoredCall apply(StoredCall stored, const CallUpdate& update) {
  const Call before = stored.call;
  Call& call = stored.call;

  learn_facts(stored.facts, update);
  set_once(stored.ultravox_call_id, update.ultravox_call_id);
  if (stored.twilio_sid.empty() && !update.twilio_sid.empty()) {
    stored.twilio_sid = update.twilio_sid;
    stored.done &=
        ~(1U << static_cast<unsigned>(Debt::look_twilio));  // the search is over, looking begins
    look_soon(stored, update.at);
  }
  if (!is_terminal(call.status) && stored.wish == Wish::none)
    set_once(stored.dialled_at, update.dialled_at);
  if (update.not_dialled && stored.twilio_sid.empty()) stored.dialled_at = 0;
  if (update.lost_at != 0 && stored.lost_at == 0) {
    stored.lost_at = update.lost_at;
    look_soon(stored, update.at);
  }
  learn_of_agent(stored, update.agent_state);
  each_unshown([](const char*, auto& known, const auto& heard) { set_once(known, heard); }, stored,
               update);
  if (update.message_pages > stored.message_pages) {
    stored.message_cursor = update.message_cursor;
    stored.message_index = update.message_index;
    stored.message_pages = update.message_pages;
  }
  set_once(call.answered_by, update.answered_by);
  call.left_voicemail = call.left_voicemail || update.left_voicemail;
  each_told(
      [](const char*, const char*, auto& known, const auto& heard) {
        if (heard != std::decay_t<decltype(heard)>{}) known = heard;
      },
      call, update);
  if (update.warning) call.warning = *update.warning;

  move_on(call, update);
  // Found after all, it is asked about until it is over again.
  if (is_terminal(before.status) && !is_terminal(call.status))
    stored.done &= ~(1U << static_cast<unsigned>(Debt::look_twilio));
  wish(stored, update);
  learn_of_debts(stored, update);
  call.ending = stored.wish != Wish::none && !is_terminal(call.status);
  if (is_terminal(call.status)) {
    complete_talk(stored);
    if (!stored.end_given && update.end && update.status == call.status) {
      call.end = *update.end;
      stored.end_given = true;
    }
    if (!stored.end_given) call.end = explain_end(whole_facts(stored));
  } else {
    stored.end_given = false;
  }
  if (call != before) ++call.version;
  return stored;
}

}  // namespace voxdial
