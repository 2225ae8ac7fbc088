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
namespace when {

using When = bool (*)(const EndFacts&);
using Facts = EndFacts;
constexpr When always = [](const Facts&) { return true; };
constexpr When phone = [](const Facts& f) { return f.phone; };
constexpr When web = [](const Facts& f) { return !f.phone; };
constexpr When ended_here = [](const Facts& f) { return f.hung_up_here; };  // End was pressed
constexpr When line_lost = [](const Facts& f) { return f.line_lost; };
constexpr When tab_closed = [](const Facts& f) { return f.tab_closed; };
constexpr When waited_too_long = [](const Facts& f) { return f.waited_too_long; };
constexpr When overdue = [](const Facts& f) { return f.overdue; };
constexpr When agent_absent = [](const Facts& f) { return f.agent_absent; };
constexpr When left_voicemail = [](const Facts& f) { return f.left_voicemail; };
constexpr When machine = [](const Facts& f) { return f.answered_by.starts_with("machine"); };
constexpr When fax = [](const Facts& f) { return f.answered_by == "fax"; };
constexpr When hung_up_on_machine = [](const Facts& f) { return f.hung_up_on_machine; };
constexpr When hung_up_on_fax = [](const Facts& f) { return f.hung_up_on_machine && fax(f); };
constexpr When limit_reached = [](const Facts& f) {
  return f.limit_s > 0 && f.talked_s >= f.limit_s;
};
// On the phone, whatever Twilio calls the end.
constexpr When talked = [](const Facts& f) { return f.phone && f.talked_s > 0; };
constexpr When ended_in_talk = [](const Facts& f) { return talked(f) && f.hung_up_here; };
// Codes of Twilio's: 20xxx and 21xxx are about requests (https://www.twilio.com/docs/api/errors).
constexpr When request_refused = [](const Facts& f) {
  return f.twilio_error > 20000 && f.twilio_error < 22000;
};
constexpr When any_error = [](const Facts& f) { return f.twilio_error > 0; };
constexpr When forgotten = [](const Facts& f) { return f.forgotten; };
constexpr When unheard = [](const Facts& f) { return f.unheard; };

}  // namespace when

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
  when::When only;
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
  {failed, any, "", when::forgotten, provider, "forgotten",
   "The provider no longer knows this call. It may have talked until then: the provider's own call log can tell."},
  {unknown, any, "", when::unheard, provider, "unheard",
   "The provider could not be asked about this call until it had to be over. Look at the provider's own call log."},
  {unknown, any, "", when::always, server, "outcome_unknown",
   "The provider's answer was lost and the call was never found. It may have been placed: look at the provider's own call log before you call again."},

  {completed | failed, any, "", when::overdue, limit, "overdue",
   "The call was still there a minute after its length limit, so the server ended it at both providers."},
  {completed | canceled | failed, any, "", when::line_lost, caller, "connection_lost", "The browser's connection to the call was lost."},
  {completed | canceled | failed, any, "", when::tab_closed, caller, "tab_closed", "The page with the call was closed."},
};

// What the carrier says (SIP: RFC 3261 section 21, RFC 8197), then Ultravox's words
// (https://docs.ultravox.ai/api-reference/calls/calls-get), then what is left.
constexpr Row rows[] = {
  {busy | failed, 486, "", when::always, callee, "busy", "The line was busy."},
  {busy | failed, 600, "", when::always, callee, "busy", "The line was busy."},
  {not_reached, 603, "", when::always, callee, "declined", "The call was declined."},
  {not_reached, {607, 608}, "", when::always, callee, "declined_as_unwanted", "The call was declined as unwanted ({sip})."},
  {no_answer | failed, 480, "", when::always, callee, "switched_off", "The phone is switched off or out of reach ({sip})."},
  {failed, 404, "", when::always, carrier, "no_such_number", "The number is not in service ({sip}): check it."},
  {failed, 410, "", when::always, carrier, "no_such_number", "The number is not in service ({sip}): check it."},
  {failed, 484, "", when::always, carrier, "no_such_number", "The number is incomplete ({sip}): check it."},
  {failed, 604, "", when::always, carrier, "no_such_number", "The number is not in service ({sip}): check it."},
  {failed, {401, 403}, "", when::always, carrier, "carrier_refused", "The number's carrier refused the call ({sip})."},
  {failed, 407, "", when::always, carrier, "carrier_refused", "The number's carrier refused the call ({sip})."},
  {failed, 408, "", when::always, carrier, "carrier_timeout", "The number's network did not respond ({sip})."},
  {failed, 504, "", when::always, carrier, "carrier_timeout", "The number's network did not respond ({sip})."},
  {failed, 487, "", when::always, callee, "no_answer", "No answer{rang}."},
  {failed, 415, "", when::always, carrier, "no_common_audio", "The number's network offers no audio that Twilio understands ({sip})."},
  {failed, 488, "", when::always, carrier, "no_common_audio", "The number's network offers no audio that Twilio understands ({sip})."},
  {failed, 606, "", when::always, carrier, "no_common_audio", "The number's network offers no audio that Twilio understands ({sip})."},
  {failed, {400, 499}, "", when::always, carrier, "carrier_refused", "The number's carrier refused the call ({sip})."},
  {failed, {500, 599}, "", when::always, carrier, "carrier_failed", "The number's network had a problem ({sip}): try again later."},
  {failed, {600, 699}, "", when::always, callee, "declined", "The call was declined ({sip})."},

  {busy, any, "", when::always, callee, "busy", "The line was busy."},
  {no_answer, any, "", when::web, caller, "not_joined", "Nobody joined the call in time."},
  {no_answer, any, "", when::always, callee, "no_answer", "No answer{rang}."},
  {canceled, any, "", when::waited_too_long, provider, "waited_too_long",
   "The call waited too long at Twilio: the agent had stopped waiting, so it was canceled before anybody answered."},
  {canceled, any, "", when::ended_in_talk, here, "ended_here", "Somebody pressed End."},
  {canceled, any, "", when::talked, provider, "broke_off", "The call was answered and then broke off; the provider did not say why."},
  {canceled, any, "", when::ended_here, here, "canceled", "Somebody pressed End before the call was answered."},
  {canceled, any, "unjoined", when::web, caller, "not_joined", "Nobody joined the call in time."},
  {canceled, any, "", when::web, caller, "canceled", "The call was given up before it was joined."},
  {canceled, any, "", when::always, provider, "canceled", "The call was canceled before it was answered."},

  // A code of Twilio's that tells nothing by itself.
  {failed, any, "", when::request_refused, server, "request_refused", "Twilio did not accept the server's request ({error}): the server's log has the details."},
  {failed, any, "", when::any_error, provider, "provider_error", "Twilio could not carry the call ({error})."},

  // Answered, or never begun: who ended it.
  {completed, any, "", when::ended_here, here, "ended_here", "Somebody pressed End."},
  {completed, any, "", when::hung_up_on_fax, server, "fax", "A fax machine answered, so the call was ended."},
  {completed, any, "", when::hung_up_on_machine, server, "voicemail", "A machine answered, so the call was ended, as chosen."},
  {completed, any, "", when::left_voicemail, agent, "left_voicemail", "A machine answered and the agent left a message."},
  {completed, any, "timeout", when::always, limit, "time_limit", "The call reached its length limit{limit}."},
  {completed, any, "agent_hangup", when::machine, agent, "voicemail", "A machine answered and the agent hung up."},
  {completed, any, "agent_hangup", when::fax, agent, "fax", "A fax machine answered and the agent hung up."},
  {completed, any, "agent_hangup", when::always, agent, "agent_hung_up", "The agent hung up."},
  {completed, any, "hangup", when::machine, callee, "voicemail", "A machine answered and hung up."},
  {completed, any, "hangup", when::fax, callee, "fax", "A fax machine answered and hung up."},
  {completed, any, "hangup", when::phone, callee, "callee_hung_up", "The other side hung up."},
  {completed, any, "hangup", when::web, caller, "caller_left", "The caller left the call."},
  {completed, any, "unjoined", when::phone, provider, "agent_not_joined", "The call was answered, but the agent did not come on the line. A Twilio trial account, which plays a notice first, can be the cause."},
  {completed, any, "unjoined", when::web, caller, "not_joined", "Nobody joined the call in time."},
  {completed, any, "connection_error", when::web, caller, "connection_lost", "The browser's connection to the call was lost."},
  {completed, any, "connection_error", when::always, provider, "connection_lost", "The connection to the agent was lost."},
  {completed | failed, any, "system_error", when::always, provider, "agent_failed", "Ultravox had a problem of its own and ended the call."},
  {completed, any, "", when::agent_absent, provider, "agent_not_joined", "The call was answered, but the agent did not come on the line. A Twilio trial account, which plays a notice first, can be the cause."},
  {completed, any, "", when::limit_reached, limit, "time_limit", "The call reached its length limit{limit}."},
  {completed, any, "", when::machine, provider, "voicemail", "A machine answered and the call is over."},
  {completed, any, "", when::fax, provider, "fax", "A fax machine answered and the call is over."},
  {completed, any, "", when::always, provider, "ended", "The call is over; the provider did not say who ended it."},
  {failed, any, "", when::ended_in_talk, here, "ended_here", "Somebody pressed End."},
  {failed, any, "", when::talked, provider, "broke_off", "The call was answered and then broke off; the provider did not say why."},
  {failed, any, "", when::ended_here, here, "canceled", "Somebody pressed End before the call was answered."},
  {failed, any, "unjoined", when::web, caller, "not_joined", "Nobody joined the call in time."},
  {failed, any, "connection_error", when::web, caller, "connection_lost", "The browser's connection to the call was lost."},
  {failed, any, "", when::phone, carrier, "failed", "The call could not be connected."},
  {failed, any, "", when::always, provider, "failed", "The call could not be started."},
};
// clang-format on

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
                      row.only(facts);
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
