// What a piece of news does to a call: a pure function from row to row.
#include <algorithm>

#include "proxy/store/values.h"

namespace voxdial {
namespace {

/// How far apart the two halves of one press may come in: the page's request and the vendor's news.
constexpr Millis same_press_ms = 10'000;

void set_once(std::string& member, const std::string& news) {
  if (member.empty()) member = news;
}

template <class T>
void set_once(T& member, T news) {
  if (member == 0) member = news;
}

void replace(std::string& member, const std::string& news) {
  if (!news.empty()) member = news;
}

int rank_of_twilio(const std::string& word) {
  const auto status = from_twilio(word);
  return status ? rank(*status) : -1;
}

void learn_facts(EndFacts& facts, const CallNews& news) {
  const bool later = rank_of_twilio(news.twilio_status) > rank_of_twilio(facts.twilio_status);
  if (later || facts.twilio_status.empty()) replace(facts.twilio_status, news.twilio_status);
  set_once(facts.twilio_error, news.twilio_error);
  set_once(facts.sip_code, news.sip_code);
  set_once(facts.ultravox_end_reason, news.ultravox_end_reason);
  facts.hung_up_here = facts.hung_up_here || news.hung_up_here;
  facts.talked_s = std::max(facts.talked_s, news.talked_s);
}

void move_on(Call& call, const CallNews& news) {
  const CallStatus next = news.status ? advance(call.status, *news.status) : call.status;
  const bool moved = next != call.status;
  call.status = next;
  set_once(call.ringing_at, news.ringing_at);
  set_once(call.answered_at, news.answered_at);
  if (moved && next == CallStatus::ringing) set_once(call.ringing_at, news.at);
  if (moved && next == CallStatus::talking) set_once(call.answered_at, news.at);
  if (moved && is_terminal(next)) {
    // The vendors' clocks are not ours: a call never ends before it began.
    const Millis told = news.ended_at != 0 ? news.ended_at : news.at;
    call.ended_at = std::max({told, call.created_at, call.ringing_at, call.answered_at, Millis{1}});
    call.ending = false;
  } else if (!is_terminal(next)) {
    call.ending = call.ending || news.ending;
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

EndFacts whole_facts(const StoredCall& stored) {
  const Call& call = stored.call;
  EndFacts facts = stored.facts;
  facts.status = call.status;
  facts.phone = call.medium == MediumType::twilio;
  facts.answered_by = call.answered_by;
  facts.left_voicemail = call.left_voicemail;
  facts.hung_up_on_machine = stored.machine_handled &&
                             (stored.voicemail == Voicemail::hang_up || call.answered_by == "fax");
  facts.rang_s =
      whole_seconds(call.ringing_at, call.answered_at != 0 ? call.answered_at : call.ended_at);
  facts.limit_s = call.max_duration_s;
  return facts;
}

}  // namespace

StoredCall apply(StoredCall stored, const CallNews& news) {
  const Call before = stored.call;
  Call& call = stored.call;

  learn_facts(stored.facts, news);
  // A page whose End was pressed leaves its web call at once, and either may be known here first:
  // Ultravox's "hangup" is then the same End.
  const bool left = call.medium == MediumType::web && stored.facts.ultravox_end_reason == "hangup";
  const bool pressed = call.ending || (news.ending && news.at - call.ended_at < same_press_ms);
  if (left && pressed) stored.facts.hung_up_here = true;
  set_once(stored.ultravox_call_id, news.ultravox_call_id);
  set_once(stored.twilio_sid, news.twilio_sid);
  set_once(call.answered_by, news.answered_by);
  call.left_voicemail = call.left_voicemail || news.left_voicemail;
  stored.machine_handled = stored.machine_handled || news.machine_handled;
  replace(call.price, news.price);
  replace(call.price_unit, news.price_unit);
  if (news.warning) call.warning = *news.warning;

  move_on(call, news);
  if (is_terminal(call.status)) {
    complete_talk(stored);
    if (!stored.end_given && news.end && news.status == call.status) {
      call.end = *news.end;
      stored.end_given = true;
    }
    if (!stored.end_given) call.end = explain_end(whole_facts(stored));
  }
  if (call != before) ++call.version;
  return stored;
}

}  // namespace voxdial
