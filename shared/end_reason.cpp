#include "shared/end_reason.h"

#include <cassert>

#include "shared/wire_words.h"

namespace voxdial {
namespace {

/// A set of final states.
using Set = unsigned;
constexpr Set of(CallStatus status) { return 1U << static_cast<unsigned>(status); }
constexpr Set completed = of(CallStatus::completed);
constexpr Set busy = of(CallStatus::busy);
constexpr Set no_answer = of(CallStatus::no_answer);
constexpr Set canceled = of(CallStatus::canceled);
constexpr Set failed = of(CallStatus::failed);
constexpr Set unknown = of(CallStatus::unknown);
constexpr Set not_reached = busy | no_answer | failed;
constexpr Set any_state = completed | busy | no_answer | canceled | failed | unknown;

/// The one further thing a row may ask for.
enum class If : std::uint8_t {
  always,
  phone,
  web,
  ended_here,  ///< somebody pressed End
  line_lost,
  tab_closed,
  waited_too_long,
  overdue,
  agent_absent,
  left_voicemail,
  hung_up_on_machine,
  hung_up_on_fax,
  machine,  ///< a machine answered
  fax,
  limit_reached,  ///< as much talk as was allowed
  talked,         ///< phone: it was answered, whatever Twilio calls the end
  ended_in_talk,  ///< the same, and somebody pressed End
  forgotten,
  unheard,
};

struct Range {
  int first = 0, last = 0;  ///< 0, 0: any
  constexpr Range() = default;
  constexpr Range(int only) : first(only), last(only) {}
  constexpr Range(int from, int to) : first(from), last(to) {}
  bool holds(int value) const { return last == 0 || (value >= first && value <= last); }
};

struct Row {
  Set states;
  Range error;                ///< Twilio's error code
  Range sip;                  ///< the carrier's SIP reply
  std::string_view ultravox;  ///< Ultravox's endReason; empty: any
  If only;
  EndedBy by;
  std::string_view code;
  std::string_view sentence;  ///< {error} {sip} stand for the codes, {rang} {limit} for times
};

constexpr Range any;
constexpr auto here = EndedBy::person;
constexpr auto agent = EndedBy::agent;
constexpr auto callee = EndedBy::callee;
constexpr auto caller = EndedBy::caller;
constexpr auto limit = EndedBy::limit;
constexpr auto carrier = EndedBy::carrier;
constexpr auto provider = EndedBy::provider;
constexpr auto server = EndedBy::server;

// The first row that fits is the answer. Twilio's codes: twilio.com/docs/api/errors; SIP: RFC 3261
// section 21 and RFC 8197; Ultravox's words: docs.ultravox.ai/api-reference/calls/calls-get.
// clang-format off
constexpr Row rows[] = {
  {failed, any, any, "", If::forgotten, provider, "forgotten",
   "The provider no longer knows this call. It may have talked until then: the provider's own call log can tell."},
  {unknown, any, any, "", If::unheard, provider, "unheard",
   "The provider could not be asked about this call until it had to be over. Look at the provider's own call log."},
  {unknown, any, any, "", If::always, server, "outcome_unknown",
   "The provider's answer was lost and the call was never found. It may have been placed: look at the provider's own call log before you call again."},

  {completed | failed, any, any, "", If::overdue, limit, "overdue",
   "The call was still there a minute after its length limit, so the server ended it at both providers."},
  {completed | canceled | failed, any, any, "", If::line_lost, caller, "connection_lost", "The browser's connection to the call was lost."},
  {completed | canceled | failed, any, any, "", If::tab_closed, caller, "tab_closed", "The page with the call was closed."},

  // Never reached: what Twilio says is more exact than what the carrier says.
  {failed, 10001, any, "", If::always, provider, "account", "Twilio's account is suspended, closed or out of funds ({error}): check its billing page."},
  {failed, 20005, any, "", If::always, provider, "account", "Twilio's account is suspended, closed or out of funds ({error}): check its billing page."},
  {failed, 10002, any, "", If::always, provider, "trial", "A Twilio trial account cannot do this ({error}): upgrade the account."},
  {failed, 21219, any, "", If::always, provider, "trial", "A Twilio trial account can only call verified numbers ({error}): verify the number or upgrade the account."},
  {failed, {573002, 573005}, any, "", If::always, provider, "trial", "A Twilio trial account can only call verified numbers ({error}): verify the number or upgrade the account."},
  {failed, 10004, any, "", If::always, provider, "too_many_calls", "Twilio's account has too many calls at once ({error}): wait for one to end."},
  {failed, {20003, 20008}, any, "", If::always, provider, "credentials", "Twilio does not accept the server's credentials ({error}): check the keys in .env."},
  {failed, 20403, any, "", If::always, provider, "credentials", "Twilio does not accept the server's credentials ({error}): check the keys in .env."},
  {failed, 20404, any, "", If::always, provider, "credentials", "Twilio does not accept the server's credentials ({error}): check the keys in .env."},
  {failed, 20429, any, "", If::always, provider, "provider_busy", "Twilio is busy ({error}): try again in a moment."},
  {failed, {20500, 20503}, any, "", If::always, provider, "provider_failed", "Twilio had a problem of its own ({error}): try again in a moment."},
  {failed, 21203, any, "", If::always, provider, "geo_permission", "Twilio's account may not call other countries ({error}): enable this country in Twilio's Voice geographic permissions."},
  {failed, 21215, any, "", If::always, carrier, "geo_permission", "The number's carrier refused the call ({error}): enable this country in Twilio's Voice geographic permissions."},
  {failed, 13227, any, "", If::always, carrier, "geo_permission", "The number's carrier refused the call ({error}): enable this country in Twilio's Voice geographic permissions."},
  {failed, 32205, any, "", If::always, carrier, "geo_permission", "The number's carrier refused the call ({error}): enable this country in Twilio's Voice geographic permissions."},
  {failed, 21216, any, "", If::always, provider, "blocked", "Twilio blocks calls to this number for fraud or regulatory reasons ({error}): ask Twilio's support or complete the account's profile."},
  {failed, 13225, any, "", If::always, provider, "blocked", "Twilio blocks calls to this number for fraud or regulatory reasons ({error}): ask Twilio's support or complete the account's profile."},
  {failed, 21210, any, "", If::always, provider, "caller_number", "Twilio does not accept the caller number ({error}): check TWILIO_PHONE_NUMBER."},
  {failed, {21212, 21213}, any, "", If::always, provider, "caller_number", "Twilio does not accept the caller number ({error}): check TWILIO_PHONE_NUMBER."},
  {failed, 13247, any, "", If::always, provider, "caller_number", "Twilio does not accept the caller number ({error}): check TWILIO_PHONE_NUMBER."},
  {failed, 21202, any, "", If::always, provider, "number_refused", "Twilio does not call premium and short numbers ({error})."},
  {failed, 21211, any, "", If::always, provider, "number_refused", "Twilio does not accept this number ({error}): check it."},
  {failed, 21217, any, "", If::always, provider, "number_refused", "Twilio does not accept this number ({error}): check it."},
  {failed, {13223, 13226}, any, "", If::always, provider, "number_refused", "Twilio does not accept this number ({error}): check it."},
  {failed, 21214, any, "", If::always, carrier, "unreachable", "The number cannot be reached ({error}): check it."},
  {failed, 22005, any, "", If::always, provider, "queue_full", "Twilio's queue of calls is longer than a day ({error}): stop whatever places so many."},
  {failed, 32016, any, "", If::always, carrier, "no_ringing", "The number's network did not begin to ring in time ({error})."},
  {any_state, 32017, any, "", If::always, carrier, "caller_blocked", "The number's carrier blocked the call because of the caller number's reputation ({error}): register the caller number with Twilio."},

  // Never reached: what the carrier says.
  {busy | failed, any, 486, "", If::always, callee, "busy", "The line was busy."},
  {busy | failed, any, 600, "", If::always, callee, "busy", "The line was busy."},
  {not_reached, any, 603, "", If::always, callee, "declined", "The call was declined."},
  {not_reached, any, {607, 608}, "", If::always, callee, "declined_as_unwanted", "The call was declined as unwanted ({sip})."},
  {no_answer | failed, any, 480, "", If::always, callee, "switched_off", "The phone is switched off or out of reach ({sip})."},
  {failed, any, 404, "", If::always, carrier, "no_such_number", "The number is not in service ({sip}): check it."},
  {failed, any, 410, "", If::always, carrier, "no_such_number", "The number is not in service ({sip}): check it."},
  {failed, any, 484, "", If::always, carrier, "no_such_number", "The number is incomplete ({sip}): check it."},
  {failed, any, 604, "", If::always, carrier, "no_such_number", "The number is not in service ({sip}): check it."},
  {failed, any, {401, 403}, "", If::always, carrier, "carrier_refused", "The number's carrier refused the call ({sip})."},
  {failed, any, 407, "", If::always, carrier, "carrier_refused", "The number's carrier refused the call ({sip})."},
  {failed, any, 408, "", If::always, carrier, "carrier_timeout", "The number's network did not respond ({sip})."},
  {failed, any, 504, "", If::always, carrier, "carrier_timeout", "The number's network did not respond ({sip})."},
  {failed, any, 487, "", If::always, callee, "no_answer", "No answer{rang}."},
  {failed, any, 415, "", If::always, carrier, "no_common_audio", "The number's network offers no audio that Twilio understands ({sip})."},
  {failed, any, 488, "", If::always, carrier, "no_common_audio", "The number's network offers no audio that Twilio understands ({sip})."},
  {failed, any, 606, "", If::always, carrier, "no_common_audio", "The number's network offers no audio that Twilio understands ({sip})."},
  {failed, any, {400, 499}, "", If::always, carrier, "carrier_refused", "The number's carrier refused the call ({sip})."},
  {failed, any, {500, 599}, "", If::always, carrier, "carrier_failed", "The number's network had a problem ({sip}): try again later."},
  {failed, any, {600, 699}, "", If::always, callee, "declined", "The call was declined ({sip})."},

  {busy, any, any, "", If::always, callee, "busy", "The line was busy."},
  {no_answer, any, any, "", If::web, caller, "not_joined", "Nobody joined the call in time."},
  {no_answer, any, any, "", If::always, callee, "no_answer", "No answer{rang}."},
  {canceled, any, any, "", If::waited_too_long, provider, "waited_too_long",
   "The call waited too long at Twilio: the agent had stopped waiting, so it was canceled before anybody answered."},
  {canceled, any, any, "", If::ended_in_talk, here, "ended_here", "Somebody pressed End."},
  {canceled, any, any, "", If::talked, provider, "broke_off", "The call was answered and then broke off; the provider did not say why."},
  {canceled, any, any, "", If::ended_here, here, "canceled", "Somebody pressed End before the call was answered."},
  {canceled, any, any, "unjoined", If::web, caller, "not_joined", "Nobody joined the call in time."},
  {canceled, any, any, "", If::web, caller, "canceled", "The call was given up before it was joined."},
  {canceled, any, any, "", If::always, provider, "canceled", "The call was canceled before it was answered."},

  // The sound between Twilio and the agent.
  {completed | failed, {31901, 31904}, any, "", If::always, provider, "agent_unreachable", "Twilio could not reach the agent ({error})."},
  {completed | failed, 31910, any, "", If::always, provider, "agent_unreachable", "Twilio could not reach the agent ({error})."},
  {completed | failed, 31920, any, "", If::always, provider, "agent_not_waiting", "The agent had stopped waiting when the call was answered ({error})."},
  {completed | failed, {31922, 31951}, any, "", If::always, provider, "audio_failed", "The sound between Twilio and the agent broke off ({error})."},
  {completed | failed, 31900, any, "", If::always, provider, "audio_failed", "The sound between Twilio and the agent broke off ({error})."},
  {completed | failed, 32014, any, "", If::always, provider, "silence", "Twilio ended the call because it heard nothing for too long ({error})."},
  {completed | failed, 32015, any, "", If::always, limit, "time_limit", "The call reached its length limit{limit}."},
  {completed | failed, 13805, any, "", If::always, limit, "trial_limit", "The call reached the 10 minutes a Twilio trial account allows ({error})."},
  {failed, {12100, 12200}, any, "", If::always, server, "request_refused", "Twilio could not follow the server's instructions ({error}): the server's log has the details."},
  {failed, {20001, 21999}, any, "", If::always, server, "request_refused", "Twilio did not accept the server's request ({error}): the server's log has the details."},
  {failed, 32018, any, "", If::always, server, "request_refused", "Twilio did not accept the server's request ({error}): the server's log has the details."},
  {failed, {1, 999999}, any, "", If::always, provider, "provider_error", "Twilio could not carry the call ({error})."},

  // Answered, or never begun: who ended it.
  {completed, any, any, "", If::ended_here, here, "ended_here", "Somebody pressed End."},
  {completed, any, any, "", If::hung_up_on_fax, server, "fax", "A fax machine answered, so the call was ended."},
  {completed, any, any, "", If::hung_up_on_machine, server, "voicemail", "A machine answered, so the call was ended, as chosen."},
  {completed, any, any, "", If::left_voicemail, agent, "left_voicemail", "A machine answered and the agent left a message."},
  {completed, any, any, "timeout", If::always, limit, "time_limit", "The call reached its length limit{limit}."},
  {completed, any, any, "agent_hangup", If::machine, agent, "voicemail", "A machine answered and the agent hung up."},
  {completed, any, any, "agent_hangup", If::fax, agent, "fax", "A fax machine answered and the agent hung up."},
  {completed, any, any, "agent_hangup", If::always, agent, "agent_hung_up", "The agent hung up."},
  {completed, any, any, "hangup", If::machine, callee, "voicemail", "A machine answered and hung up."},
  {completed, any, any, "hangup", If::fax, callee, "fax", "A fax machine answered and hung up."},
  {completed, any, any, "hangup", If::phone, callee, "callee_hung_up", "The other side hung up."},
  {completed, any, any, "hangup", If::web, caller, "caller_left", "The caller left the call."},
  {completed, any, any, "unjoined", If::phone, provider, "agent_not_joined", "The call was answered, but the agent did not come on the line. A Twilio trial account, which plays a notice first, can be the cause."},
  {completed, any, any, "unjoined", If::web, caller, "not_joined", "Nobody joined the call in time."},
  {completed, any, any, "connection_error", If::web, caller, "connection_lost", "The browser's connection to the call was lost."},
  {completed, any, any, "connection_error", If::always, provider, "connection_lost", "The connection to the agent was lost."},
  {completed | failed, any, any, "system_error", If::always, provider, "agent_failed", "Ultravox had a problem of its own and ended the call."},
  {completed, any, any, "", If::agent_absent, provider, "agent_not_joined", "The call was answered, but the agent did not come on the line. A Twilio trial account, which plays a notice first, can be the cause."},
  {completed, any, any, "", If::limit_reached, limit, "time_limit", "The call reached its length limit{limit}."},
  {completed, any, any, "", If::machine, provider, "voicemail", "A machine answered and the call is over."},
  {completed, any, any, "", If::fax, provider, "fax", "A fax machine answered and the call is over."},
  {completed, any, any, "", If::always, provider, "ended", "The call is over; the provider did not say who ended it."},
  {failed, any, any, "", If::ended_in_talk, here, "ended_here", "Somebody pressed End."},
  {failed, any, any, "", If::talked, provider, "broke_off", "The call was answered and then broke off; the provider did not say why."},
  {failed, any, any, "", If::ended_here, here, "canceled", "Somebody pressed End before the call was answered."},
  {failed, any, any, "unjoined", If::web, caller, "not_joined", "Nobody joined the call in time."},
  {failed, any, any, "connection_error", If::web, caller, "connection_lost", "The browser's connection to the call was lost."},
  {failed, any, any, "", If::phone, carrier, "failed", "The call could not be connected."},
  {failed, any, any, "", If::always, provider, "failed", "The call could not be started."},
};
// clang-format on

bool begins_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool holds(If only, const EndFacts& facts) {
  switch (only) {
    case If::always:
      return true;
    case If::phone:
      return facts.phone;
    case If::web:
      return !facts.phone;
    case If::ended_here:
      return facts.hung_up_here;
    case If::line_lost:
      return facts.line_lost;
    case If::tab_closed:
      return facts.tab_closed;
    case If::waited_too_long:
      return facts.waited_too_long;
    case If::overdue:
      return facts.overdue;
    case If::agent_absent:
      return facts.agent_absent;
    case If::left_voicemail:
      return facts.left_voicemail;
    case If::hung_up_on_machine:
      return facts.hung_up_on_machine;
    case If::hung_up_on_fax:
      return facts.hung_up_on_machine && facts.answered_by == "fax";
    case If::machine:
      return begins_with(facts.answered_by, "machine");
    case If::fax:
      return facts.answered_by == "fax";
    case If::limit_reached:
      return facts.limit_s > 0 && facts.talked_s >= facts.limit_s;
    case If::talked:
      return facts.phone && facts.talked_s > 0;
    case If::ended_in_talk:
      return facts.phone && facts.talked_s > 0 && facts.hung_up_here;
    case If::forgotten:
      return facts.forgotten;
    case If::unheard:
      return facts.unheard;
  }
  return false;
}

/// "45 s", "10 min", "2 min 5 s"
std::string duration(int seconds) {
  if (seconds < 120) return std::to_string(seconds) + " s";
  std::string text = std::to_string(seconds / 60) + " min";
  if (seconds % 60 != 0) text += ' ' + std::to_string(seconds % 60) + " s";
  return text;
}

std::string filled_in(std::string_view sentence, const EndFacts& facts) {
  std::string out;
  while (true) {
    const std::size_t open = sentence.find('{');
    out.append(sentence.substr(0, open));
    if (open == std::string_view::npos) return out;
    const std::size_t close = sentence.find('}');
    const std::string_view name = sentence.substr(open + 1, close - open - 1);
    if (name == "error") out += std::to_string(facts.twilio_error);
    if (name == "sip") out += "SIP " + std::to_string(facts.sip_code);
    if (name == "rang" && facts.rang_s > 0) out += " after " + duration(facts.rang_s);
    if (name == "limit" && facts.limit_s > 0) out += " of " + duration(facts.limit_s);
    sentence.remove_prefix(close + 1);
  }
}

/// Our own record may have been closed by Ultravox's news while Twilio knows better how the phone
/// call went: a call that Twilio calls busy was not "over", it was busy.
CallStatus final_status(const EndFacts& facts) {
  if (!facts.phone || facts.status != CallStatus::completed) return facts.status;
  const auto twilio = from_twilio(facts.twilio_status);
  return twilio && is_terminal(*twilio) ? *twilio : facts.status;
}

}  // namespace

std::string_view wire_name(EndedBy by) { return ended_by_words[static_cast<std::size_t>(by)]; }
std::optional<EndedBy> ended_by(std::string_view wire_name) {
  return from_word<EndedBy>(ended_by_words, wire_name);
}

EndReason explain_end(const EndFacts& facts) {
  assert(is_terminal(facts.status));
  const Set state = of(final_status(facts));
  for (const Row& row : rows) {
    const bool fits = (row.states & state) != 0 && row.error.holds(facts.twilio_error) &&
                      row.sip.holds(facts.sip_code) &&
                      (row.ultravox.empty() || row.ultravox == facts.ultravox_end_reason) &&
                      holds(row.only, facts);
    if (fits) return {row.by, std::string(row.code), filled_in(row.sentence, facts)};
  }
  assert(false && "the last row of every state fits everything");
  return {provider, "ended", "The call is over."};
}

}  // namespace voxdial
