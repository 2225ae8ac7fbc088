#include "proxy/vendors/end_reason.h"

#include <algorithm>
#include <cassert>

#include "proxy/vendors/twilio/codes.h"

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
  limit_reached,    ///< as much talk as was allowed
  talked,           ///< phone: it was answered, whatever Twilio calls the end
  ended_in_talk,    ///< the same, and somebody pressed End
  request_refused,  ///< a code of Twilio's about a request
  any_error,        ///< any code of Twilio's
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

// The first row that fits is the answer; Twilio's own codes (proxy/vendors/twilio/codes.cpp) come
// between the two tables, since they are more exact than what the carrier says.
// clang-format off
// What we know ourselves.
constexpr Row own_rows[] = {
  {failed, any, "", If::forgotten, provider, "forgotten",
   "The provider no longer knows this call. It may have talked until then: the provider's own call log can tell."},
  {unknown, any, "", If::unheard, provider, "unheard",
   "The provider could not be asked about this call until it had to be over. Look at the provider's own call log."},
  {unknown, any, "", If::always, server, "outcome_unknown",
   "The provider's answer was lost and the call was never found. It may have been placed: look at the provider's own call log before you call again."},

  {completed | failed, any, "", If::overdue, limit, "overdue",
   "The call was still there a minute after its length limit, so the server ended it at both providers."},
  {completed | canceled | failed, any, "", If::line_lost, caller, "connection_lost", "The browser's connection to the call was lost."},
  {completed | canceled | failed, any, "", If::tab_closed, caller, "tab_closed", "The page with the call was closed."},
};

// What the carrier says (SIP: RFC 3261 section 21, RFC 8197), then Ultravox's words
// (docs.ultravox.ai/api-reference/calls/calls-get), then what is left.
constexpr Row rows[] = {
  {busy | failed, 486, "", If::always, callee, "busy", "The line was busy."},
  {busy | failed, 600, "", If::always, callee, "busy", "The line was busy."},
  {not_reached, 603, "", If::always, callee, "declined", "The call was declined."},
  {not_reached, {607, 608}, "", If::always, callee, "declined_as_unwanted", "The call was declined as unwanted ({sip})."},
  {no_answer | failed, 480, "", If::always, callee, "switched_off", "The phone is switched off or out of reach ({sip})."},
  {failed, 404, "", If::always, carrier, "no_such_number", "The number is not in service ({sip}): check it."},
  {failed, 410, "", If::always, carrier, "no_such_number", "The number is not in service ({sip}): check it."},
  {failed, 484, "", If::always, carrier, "no_such_number", "The number is incomplete ({sip}): check it."},
  {failed, 604, "", If::always, carrier, "no_such_number", "The number is not in service ({sip}): check it."},
  {failed, {401, 403}, "", If::always, carrier, "carrier_refused", "The number's carrier refused the call ({sip})."},
  {failed, 407, "", If::always, carrier, "carrier_refused", "The number's carrier refused the call ({sip})."},
  {failed, 408, "", If::always, carrier, "carrier_timeout", "The number's network did not respond ({sip})."},
  {failed, 504, "", If::always, carrier, "carrier_timeout", "The number's network did not respond ({sip})."},
  {failed, 487, "", If::always, callee, "no_answer", "No answer{rang}."},
  {failed, 415, "", If::always, carrier, "no_common_audio", "The number's network offers no audio that Twilio understands ({sip})."},
  {failed, 488, "", If::always, carrier, "no_common_audio", "The number's network offers no audio that Twilio understands ({sip})."},
  {failed, 606, "", If::always, carrier, "no_common_audio", "The number's network offers no audio that Twilio understands ({sip})."},
  {failed, {400, 499}, "", If::always, carrier, "carrier_refused", "The number's carrier refused the call ({sip})."},
  {failed, {500, 599}, "", If::always, carrier, "carrier_failed", "The number's network had a problem ({sip}): try again later."},
  {failed, {600, 699}, "", If::always, callee, "declined", "The call was declined ({sip})."},

  {busy, any, "", If::always, callee, "busy", "The line was busy."},
  {no_answer, any, "", If::web, caller, "not_joined", "Nobody joined the call in time."},
  {no_answer, any, "", If::always, callee, "no_answer", "No answer{rang}."},
  {canceled, any, "", If::waited_too_long, provider, "waited_too_long",
   "The call waited too long at Twilio: the agent had stopped waiting, so it was canceled before anybody answered."},
  {canceled, any, "", If::ended_in_talk, here, "ended_here", "Somebody pressed End."},
  {canceled, any, "", If::talked, provider, "broke_off", "The call was answered and then broke off; the provider did not say why."},
  {canceled, any, "", If::ended_here, here, "canceled", "Somebody pressed End before the call was answered."},
  {canceled, any, "unjoined", If::web, caller, "not_joined", "Nobody joined the call in time."},
  {canceled, any, "", If::web, caller, "canceled", "The call was given up before it was joined."},
  {canceled, any, "", If::always, provider, "canceled", "The call was canceled before it was answered."},

  // A code of Twilio's that tells nothing by itself.
  {failed, any, "", If::request_refused, server, "request_refused", "Twilio did not accept the server's request ({error}): the server's log has the details."},
  {failed, any, "", If::any_error, provider, "provider_error", "Twilio could not carry the call ({error})."},

  // Answered, or never begun: who ended it.
  {completed, any, "", If::ended_here, here, "ended_here", "Somebody pressed End."},
  {completed, any, "", If::hung_up_on_fax, server, "fax", "A fax machine answered, so the call was ended."},
  {completed, any, "", If::hung_up_on_machine, server, "voicemail", "A machine answered, so the call was ended, as chosen."},
  {completed, any, "", If::left_voicemail, agent, "left_voicemail", "A machine answered and the agent left a message."},
  {completed, any, "timeout", If::always, limit, "time_limit", "The call reached its length limit{limit}."},
  {completed, any, "agent_hangup", If::machine, agent, "voicemail", "A machine answered and the agent hung up."},
  {completed, any, "agent_hangup", If::fax, agent, "fax", "A fax machine answered and the agent hung up."},
  {completed, any, "agent_hangup", If::always, agent, "agent_hung_up", "The agent hung up."},
  {completed, any, "hangup", If::machine, callee, "voicemail", "A machine answered and hung up."},
  {completed, any, "hangup", If::fax, callee, "fax", "A fax machine answered and hung up."},
  {completed, any, "hangup", If::phone, callee, "callee_hung_up", "The other side hung up."},
  {completed, any, "hangup", If::web, caller, "caller_left", "The caller left the call."},
  {completed, any, "unjoined", If::phone, provider, "agent_not_joined", "The call was answered, but the agent did not come on the line. A Twilio trial account, which plays a notice first, can be the cause."},
  {completed, any, "unjoined", If::web, caller, "not_joined", "Nobody joined the call in time."},
  {completed, any, "connection_error", If::web, caller, "connection_lost", "The browser's connection to the call was lost."},
  {completed, any, "connection_error", If::always, provider, "connection_lost", "The connection to the agent was lost."},
  {completed | failed, any, "system_error", If::always, provider, "agent_failed", "Ultravox had a problem of its own and ended the call."},
  {completed, any, "", If::agent_absent, provider, "agent_not_joined", "The call was answered, but the agent did not come on the line. A Twilio trial account, which plays a notice first, can be the cause."},
  {completed, any, "", If::limit_reached, limit, "time_limit", "The call reached its length limit{limit}."},
  {completed, any, "", If::machine, provider, "voicemail", "A machine answered and the call is over."},
  {completed, any, "", If::fax, provider, "fax", "A fax machine answered and the call is over."},
  {completed, any, "", If::always, provider, "ended", "The call is over; the provider did not say who ended it."},
  {failed, any, "", If::ended_in_talk, here, "ended_here", "Somebody pressed End."},
  {failed, any, "", If::talked, provider, "broke_off", "The call was answered and then broke off; the provider did not say why."},
  {failed, any, "", If::ended_here, here, "canceled", "Somebody pressed End before the call was answered."},
  {failed, any, "unjoined", If::web, caller, "not_joined", "Nobody joined the call in time."},
  {failed, any, "connection_error", If::web, caller, "connection_lost", "The browser's connection to the call was lost."},
  {failed, any, "", If::phone, carrier, "failed", "The call could not be connected."},
  {failed, any, "", If::always, provider, "failed", "The call could not be started."},
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
    case If::request_refused:
      return facts.twilio_error > 20000 && facts.twilio_error < 22000;
    case If::any_error:
      return facts.twilio_error > 0;
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
  const auto twilio = twilio::status_of(facts.twilio_status);
  return twilio && is_terminal(*twilio) ? *twilio : facts.status;
}

template <std::size_t N>
const Row* first_fitting(const Row (&table)[N], const EndFacts& facts, CallStatus state) {
  for (const Row& row : table) {
    const bool fits = (row.states & of(state)) != 0 && row.sip.holds(facts.sip_code) &&
                      (row.ultravox.empty() || row.ultravox == facts.ultravox_end_reason) &&
                      holds(row.only, facts);
    if (fits) return &row;
  }
  return nullptr;
}

EndReason reason(const Row& row, const EndFacts& facts) {
  return {row.by, std::string(row.code), filled_in(row.sentence, facts)};
}

bool explains(const twilio::Code& code, CallStatus state) {
  using Tells = twilio::Code::Tells;
  if (code.tells == Tells::why_blocked) return true;
  if (state == CallStatus::failed) return code.tells != Tells::nothing;
  return state == CallStatus::completed && code.tells == Tells::why_ended;
}

/// The code's sentences, the first with the code for whoever looks it up; or with the limit
/// reached.
std::string with_detail(const twilio::Code& code, const EndFacts& facts) {
  std::string detail = " (" + std::to_string(code.code) + ")";
  if (code.code == twilio::at_time_limit) {
    detail = facts.limit_s > 0 ? " of " + duration(facts.limit_s) : "";
  }
  std::string out(code.sentence);
  return out.insert(std::min(out.find(". "), out.size() - 1), detail);
}

}  // namespace

EndReason explain_end(const EndFacts& facts) {
  assert(is_terminal(facts.status));
  const CallStatus state = final_status(facts);
  if (const Row* row = first_fitting(own_rows, facts, state)) return reason(*row, facts);
  if (const twilio::Code* code = twilio::find_code(facts.twilio_error);
      code != nullptr && explains(*code, state)) {
    return {code->by, std::string(code->end), with_detail(*code, facts)};
  }
  if (const Row* row = first_fitting(rows, facts, state)) return reason(*row, facts);
  assert(false && "the last row of every state fits everything");
  return {provider, "ended", "The call is over."};
}

}  // namespace voxdial
