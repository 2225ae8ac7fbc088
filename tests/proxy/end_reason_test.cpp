#include "proxy/vendors/end_reason.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <vector>

#include "proxy/vendors/twilio/codes.h"

namespace voxdial {
namespace {

using S = CallStatus;
constexpr bool phone = true;
constexpr bool web = false;

EndFacts facts(S status, bool is_phone, std::string ultravox = "") {
  EndFacts f;
  f.status = status;
  f.phone = is_phone;
  f.ultravox_end_reason = std::move(ultravox);
  return f;
}
EndFacts twilio_error(int code, S status = S::failed) {
  EndFacts f = facts(status, phone);
  f.twilio_error = code;
  return f;
}
EndFacts sip(int code, S status = S::failed) {
  EndFacts f = facts(status, phone);
  f.sip_code = code;
  return f;
}
EndFacts answered_by(std::string who, std::string ultravox = "") {
  EndFacts f = facts(S::completed, phone, std::move(ultravox));
  f.answered_by = std::move(who);
  return f;
}
EndFacts pressed_end(S status, bool is_phone) {
  EndFacts f = facts(status, is_phone, "hangup");
  f.hung_up_here = true;
  return f;
}
EndFacts with(EndFacts f, bool EndFacts::*fact) {
  f.*fact = true;
  return f;
}
EndFacts rang(EndFacts f, int seconds) {
  f.rang_s = seconds;
  return f;
}
EndFacts lasted(EndFacts f, int talked, int limit) {
  f.talked_s = talked;
  f.limit_s = limit;
  return f;
}
EndFacts twilio_word(EndFacts f, std::string word) {
  f.twilio_status = std::move(word);
  return f;
}
EndFacts left_message() {
  EndFacts f = answered_by("machine_end_beep", "agent_hangup");
  f.left_voicemail = true;
  return f;
}

struct Expected {
  EndFacts facts;
  EndedBy by;
  std::string code;
  std::string sentence;
};

std::vector<Expected> expected() {
  // The code's own sentences, with the code in the first.
  const auto told = [](int code) {
    std::string sentence(twilio::find_code(code)->sentence);
    return sentence.insert(std::min(sentence.find(". "), sentence.size() - 1),
                           " (" + std::to_string(code) + ")");
  };
  const auto no_audio = [](int code) {
    return "The number's network offers no audio that Twilio understands (SIP " +
           std::to_string(code) + ").";
  };
  const auto carrier_refused = [](int code) {
    return "The number's carrier refused the call (SIP " + std::to_string(code) + ").";
  };
  using By = EndedBy;
  return {
      {facts(S::unknown, phone), By::server, "outcome_unknown",
       "The provider's answer was lost and the call was never found. It may have been placed: look "
       "at the provider's own call log before you call again."},

      {twilio_error(10001), By::provider, "account", told(10001)},
      {twilio_error(20005), By::provider, "account", told(20005)},
      {twilio_error(10002), By::provider, "trial", told(10002)},
      {twilio_error(21219), By::provider, "trial", told(21219)},
      {twilio_error(573002), By::provider, "trial", told(573002)},
      {twilio_error(573005), By::provider, "trial", told(573005)},
      {twilio_error(10004), By::provider, "too_many_calls", told(10004)},
      {twilio_error(20003), By::provider, "credentials", told(20003)},
      {twilio_error(20008), By::provider, "credentials", told(20008)},
      {twilio_error(20403), By::provider, "credentials", told(20403)},
      {twilio_error(20404), By::provider, "credentials", told(20404)},
      {twilio_error(20429), By::provider, "provider_busy", told(20429)},
      {twilio_error(20500), By::provider, "provider_failed", told(20500)},
      {twilio_error(20503), By::provider, "provider_failed", told(20503)},
      {twilio_error(21203), By::provider, "geo_permission", told(21203)},
      {twilio_error(21215), By::carrier, "geo_permission", told(21215)},
      {twilio_error(13227), By::carrier, "geo_permission", told(13227)},
      {twilio_error(32205), By::carrier, "geo_permission", told(32205)},
      {twilio_error(21216), By::provider, "blocked", told(21216)},
      {twilio_error(13225), By::provider, "blocked", told(13225)},
      {twilio_error(21210), By::provider, "caller_number", told(21210)},
      {twilio_error(21212), By::provider, "caller_number", told(21212)},
      {twilio_error(21213), By::provider, "caller_number", told(21213)},
      {twilio_error(13247), By::provider, "caller_number", told(13247)},
      {twilio_error(21202), By::provider, "number_refused", told(21202)},
      {[] {
         EndFacts f = facts(S::failed, phone);
         f.forgotten = true;
         return f;
       }(),
       By::provider, "forgotten",
       "The provider no longer knows this call. It may have talked until then: the provider's own "
       "call log can tell."},
      {[] {
         EndFacts f = answered_by("machine_start", "hangup");
         f.hung_up_on_machine = true;
         return f;
       }(),
       By::server, "voicemail", "A machine answered, so the call was ended, as chosen."},
      {[] {
         EndFacts f = facts(S::unknown, web);
         f.unheard = true;
         return f;
       }(),
       By::provider, "unheard",
       "The provider could not be asked about this call until it had to be over. Look at the "
       "provider's own call log."},
      {twilio_error(21211), By::provider, "number_refused", told(21211)},
      {twilio_error(21217), By::provider, "number_refused", told(21217)},
      {twilio_error(13223), By::provider, "number_refused", told(13223)},
      {twilio_error(13224), By::provider, "number_refused", told(13224)},
      {twilio_error(13226), By::provider, "number_refused", told(13226)},
      {twilio_error(21214), By::carrier, "unreachable", told(21214)},
      {twilio_error(22005), By::provider, "queue_full", told(22005)},
      {twilio_error(32016), By::carrier, "no_ringing", told(32016)},
      {twilio_error(32017), By::carrier, "caller_blocked", told(32017)},
      {twilio_error(32017, S::busy), By::carrier, "caller_blocked", told(32017)},
      {twilio_error(32017, S::no_answer), By::carrier, "caller_blocked", told(32017)},

      {sip(486), By::callee, "busy", "The line was busy."},
      {sip(600), By::callee, "busy", "The line was busy."},
      {sip(603), By::callee, "declined", "The call was declined."},
      {sip(603, S::busy), By::callee, "declined", "The call was declined."},
      {sip(603, S::no_answer), By::callee, "declined", "The call was declined."},
      {sip(607), By::callee, "declined_as_unwanted",
       "The call was declined as unwanted (SIP 607)."},
      {sip(608), By::callee, "declined_as_unwanted",
       "The call was declined as unwanted (SIP 608)."},
      {sip(480), By::callee, "switched_off",
       "The phone is switched off or out of reach (SIP 480)."},
      {sip(480, S::no_answer), By::callee, "switched_off",
       "The phone is switched off or out of reach (SIP 480)."},
      {sip(404), By::carrier, "no_such_number",
       "The number is not in service (SIP 404): check it."},
      {sip(410), By::carrier, "no_such_number",
       "The number is not in service (SIP 410): check it."},
      {sip(604), By::carrier, "no_such_number",
       "The number is not in service (SIP 604): check it."},
      {sip(484), By::carrier, "no_such_number", "The number is incomplete (SIP 484): check it."},
      {sip(401), By::carrier, "carrier_refused", carrier_refused(401)},
      {sip(403), By::carrier, "carrier_refused", carrier_refused(403)},
      {sip(407), By::carrier, "carrier_refused", carrier_refused(407)},
      {sip(408), By::carrier, "carrier_timeout", "The number's network did not respond (SIP 408)."},
      {sip(504), By::carrier, "carrier_timeout", "The number's network did not respond (SIP 504)."},
      {rang(sip(487), 25), By::callee, "no_answer", "No answer after 25 s."},
      {sip(415), By::carrier, "no_common_audio", no_audio(415)},
      {sip(488), By::carrier, "no_common_audio", no_audio(488)},
      {sip(606), By::carrier, "no_common_audio", no_audio(606)},
      {sip(420), By::carrier, "carrier_refused", carrier_refused(420)},
      {sip(499), By::carrier, "carrier_refused", carrier_refused(499)},
      {sip(500), By::carrier, "carrier_failed",
       "The number's network had a problem (SIP 500): try again later."},
      {sip(503), By::carrier, "carrier_failed",
       "The number's network had a problem (SIP 503): try again later."},
      {sip(699), By::callee, "declined", "The call was declined (SIP 699)."},
      {[] {
         EndFacts both = twilio_error(21215);
         both.sip_code = 403;
         return both;
       }(),
       By::carrier, "geo_permission",
       "Calls to this country are not enabled at Twilio (21215). Enable it in the console under "
       "Voice, Geographic permissions."},

      {facts(S::busy, phone), By::callee, "busy", "The line was busy."},
      {sip(486, S::busy), By::callee, "busy", "The line was busy."},
      {rang(facts(S::no_answer, phone, "unjoined"), 30), By::callee, "no_answer",
       "No answer after 30 s."},
      {rang(facts(S::no_answer, phone), 125), By::callee, "no_answer",
       "No answer after 2 min 5 s."},
      {facts(S::no_answer, phone), By::callee, "no_answer", "No answer."},
      {facts(S::no_answer, web, "unjoined"), By::caller, "not_joined",
       "Nobody joined the call in time."},
      {pressed_end(S::canceled, phone), By::person, "canceled",
       "Somebody pressed End before the call was answered."},
      {pressed_end(S::canceled, web), By::person, "canceled",
       "Somebody pressed End before the call was answered."},
      {facts(S::canceled, web, "unjoined"), By::caller, "not_joined",
       "Nobody joined the call in time."},
      {facts(S::canceled, web), By::caller, "canceled",
       "The call was given up before it was joined."},
      {facts(S::canceled, phone), By::provider, "canceled",
       "The call was canceled before it was answered."},

      {twilio_error(31901), By::provider, "agent_unreachable", told(31901)},
      {twilio_error(31904, S::completed), By::provider, "agent_unreachable", told(31904)},
      {twilio_error(31910, S::completed), By::provider, "agent_unreachable", told(31910)},
      {twilio_error(31920, S::completed), By::provider, "agent_not_waiting", told(31920)},
      {twilio_error(31922, S::completed), By::provider, "audio_failed", told(31922)},
      {twilio_error(31951, S::completed), By::provider, "audio_failed", told(31951)},
      {twilio_error(31900, S::completed), By::provider, "audio_failed", told(31900)},
      {twilio_error(32014, S::completed), By::provider, "silence", told(32014)},
      {lasted(twilio_error(32015, S::completed), 700, 600), By::limit, "time_limit",
       "The call reached its length limit of 10 min."},
      {twilio_error(13805, S::completed), By::limit, "trial_limit", told(13805)},
      {twilio_error(12100), By::server, "request_refused", told(12100)},
      {twilio_error(12200), By::server, "request_refused", told(12200)},
      {twilio_error(21205), By::server, "request_refused", told(21205)},
      {twilio_error(20001), By::server, "request_refused", told(20001)},
      {twilio_error(32018), By::server, "request_refused", told(32018)},
      {twilio_error(21220), By::server, "request_refused",
       "Twilio did not accept the server's request (21220): the server's log has the details."},
      {twilio_error(99999), By::provider, "provider_error",
       "Twilio could not carry the call (99999)."},

      {lasted(pressed_end(S::canceled, phone), 5, 600), By::person, "ended_here",
       "Somebody pressed End."},
      {lasted(pressed_end(S::failed, phone), 5, 600), By::person, "ended_here",
       "Somebody pressed End."},
      {lasted(facts(S::canceled, phone, "hangup"), 5, 600), By::provider, "broke_off",
       "The call was answered and then broke off; the provider did not say why."},
      {lasted(facts(S::failed, phone, "hangup"), 5, 600), By::provider, "broke_off",
       "The call was answered and then broke off; the provider did not say why."},
      {pressed_end(S::completed, phone), By::person, "ended_here", "Somebody pressed End."},
      {pressed_end(S::completed, web), By::person, "ended_here", "Somebody pressed End."},
      {left_message(), By::agent, "left_voicemail",
       "A machine answered and the agent left a message."},
      {lasted(facts(S::completed, phone, "timeout"), 600, 600), By::limit, "time_limit",
       "The call reached its length limit of 10 min."},
      {facts(S::completed, web, "timeout"), By::limit, "time_limit",
       "The call reached its length limit."},
      {answered_by("machine_start", "agent_hangup"), By::agent, "voicemail",
       "A machine answered and the agent hung up."},
      {answered_by("fax", "agent_hangup"), By::agent, "fax",
       "A fax machine answered and the agent hung up."},
      {answered_by("human", "agent_hangup"), By::agent, "agent_hung_up", "The agent hung up."},
      {facts(S::completed, web, "agent_hangup"), By::agent, "agent_hung_up", "The agent hung up."},
      {answered_by("machine_end_other", "hangup"), By::callee, "voicemail",
       "A machine answered and hung up."},
      {answered_by("fax", "hangup"), By::callee, "fax", "A fax machine answered and hung up."},
      {answered_by("unknown", "hangup"), By::callee, "callee_hung_up", "The other side hung up."},
      {facts(S::completed, web, "hangup"), By::caller, "caller_left", "The caller left the call."},
      {facts(S::completed, phone, "unjoined"), By::provider, "agent_not_joined",
       "The call was answered, but the agent did not come on the line. A Twilio trial account, "
       "which plays a notice first, can be the cause."},
      {facts(S::completed, web, "unjoined"), By::caller, "not_joined",
       "Nobody joined the call in time."},
      {facts(S::completed, web, "connection_error"), By::caller, "connection_lost",
       "The browser's connection to the call was lost."},
      {facts(S::completed, phone, "connection_error"), By::provider, "connection_lost",
       "The connection to the agent was lost."},
      {facts(S::completed, phone, "system_error"), By::provider, "agent_failed",
       "Ultravox had a problem of its own and ended the call."},
      {facts(S::failed, web, "system_error"), By::provider, "agent_failed",
       "Ultravox had a problem of its own and ended the call."},
      {lasted(facts(S::completed, phone), 90, 90), By::limit, "time_limit",
       "The call reached its length limit of 90 s."},
      {lasted(facts(S::completed, phone), 89, 90), By::provider, "ended",
       "The call is over; the provider did not say who ended it."},
      {answered_by("machine_start"), By::provider, "voicemail",
       "A machine answered and the call is over."},
      {answered_by("fax"), By::provider, "fax", "A fax machine answered and the call is over."},
      {facts(S::completed, web, "reason_of_the_future"), By::provider, "ended",
       "The call is over; the provider did not say who ended it."},
      {pressed_end(S::failed, phone), By::person, "canceled",
       "Somebody pressed End before the call was answered."},
      {facts(S::failed, web, "unjoined"), By::caller, "not_joined",
       "Nobody joined the call in time."},
      {facts(S::failed, web, "connection_error"), By::caller, "connection_lost",
       "The browser's connection to the call was lost."},
      {facts(S::failed, phone), By::carrier, "failed", "The call could not be connected."},
      {facts(S::failed, web), By::provider, "failed", "The call could not be started."},

      {with(facts(S::completed, phone), &EndFacts::agent_absent), By::provider, "agent_not_joined",
       "The call was answered, but the agent did not come on the line. A Twilio trial account, "
       "which plays a notice first, can be the cause."},
      {with(answered_by("fax"), &EndFacts::hung_up_on_machine), By::server, "fax",
       "A fax machine answered, so the call was ended."},
      {with(facts(S::completed, web, "hangup"), &EndFacts::line_lost), By::caller,
       "connection_lost", "The browser's connection to the call was lost."},
      {with(facts(S::canceled, web, "unjoined"), &EndFacts::tab_closed), By::caller, "tab_closed",
       "The page with the call was closed."},
      {with(facts(S::canceled, phone, "unjoined"), &EndFacts::waited_too_long), By::provider,
       "waited_too_long",
       "The call waited too long at Twilio: the agent had stopped waiting, so it was canceled "
       "before anybody answered."},
      {with(facts(S::failed, phone, "unjoined"), &EndFacts::overdue), By::limit, "overdue",
       "The call was still there a minute after its length limit, so the server ended it at both "
       "providers."},

      // Twilio's word is better than our record when Ultravox's news closed that first.
      {twilio_word(facts(S::completed, phone, "unjoined"), "busy"), By::callee, "busy",
       "The line was busy."},
      {rang(twilio_word(facts(S::completed, phone, "unjoined"), "no-answer"), 45), By::callee,
       "no_answer", "No answer after 45 s."},
      {twilio_word(facts(S::completed, phone, "hangup"), "in-progress"), By::callee,
       "callee_hung_up", "The other side hung up."},
      {twilio_word(pressed_end(S::canceled, phone), "completed"), By::person, "canceled",
       "Somebody pressed End before the call was answered."},
  };
}

/// The sentence with every number replaced, to compare templates.
std::string shape(const std::string& sentence) {
  std::string out;
  for (const char c : sentence) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) out += c;
    if (digit && (out.empty() || out.back() != '#')) out += '#';
  }
  return out;
}

TEST_CASE("each way a call ends is told in its own words") {
  for (const Expected& row : expected()) {
    CAPTURE(row.sentence);
    const EndReason reason = explain_end(row.facts);
    CHECK(reason.sentence == row.sentence);
    CHECK(reason.code == row.code);
    CHECK(wire_name(reason.by) == wire_name(row.by));
  }
}

/// The sentences checked above, as shapes, and those `explain_end` gave that are none of them.
struct Sentences {
  std::set<std::string> known, strangers, heard;

  Sentences() {
    for (const Expected& row : expected()) {
      known.insert(row.code + ": " + shape(row.sentence));
      // A time that is known there may be unknown here.
      known.insert(row.code + ": " + shape(without_time(row.sentence)));
    }
    known.insert("time_limit: The call reached its length limit of # min.");
    known.insert("no_answer: No answer after # min.");
  }
  static std::string without_time(std::string sentence) {
    for (const char* time : {" after ", " of "}) {
      const std::size_t at = sentence.find(time);
      const bool is_time =
          at != std::string::npos && sentence.find_first_of("0123456789", at) != std::string::npos;
      if (is_time) sentence = sentence.substr(0, at) + '.';
    }
    return sentence;
  }
  void hear(const EndFacts& f) {
    const EndReason reason = explain_end(f);
    if (reason.by != EndedBy::nobody_yet && !heard.insert(reason.code + reason.sentence).second)
      return;
    const bool good = known.count(reason.code + ": " + shape(reason.sentence)) != 0;
    if (!good || reason.by == EndedBy::nobody_yet) {
      strangers.insert(reason.code + ": " + reason.sentence);
    }
  }
};

TEST_CASE("every combination of facts has a sentence, and each is one of those checked above") {
  std::set<int> errors = {1, 11200, 21220, 30000, 31921, 64101, 999999, -1};
  std::set<int> sips = {0, 100, 200, 302, 405, 505, 605, 700, -1};
  for (const Expected& row : expected()) {
    errors.insert(row.facts.twilio_error);
    sips.insert(row.facts.sip_code);
  }
  Sentences sentences;
  EndFacts f;
  const auto every_mark = [&](const auto& then) {
    for (const char* who : {"human", "machine_start", "fax"}) {
      // None, one of the marks that exclude each other, and those that come with any.
      for (int flags = 0; flags < 48; ++flags) {
        const int mark = flags / 8;
        f.line_lost = mark == 1;
        f.tab_closed = mark == 2;
        f.waited_too_long = mark == 3;
        f.overdue = mark == 4;
        f.agent_absent = mark == 5;
        f.answered_by = who;
        f.hung_up_here = (flags & 1) != 0;
        f.left_voicemail = (flags & 2) != 0;
        f.limit_s = f.talked_s = f.rang_s = (flags & 4) != 0 ? 600 : 0;
        then();
      }
    }
  };
  for (int status = static_cast<int>(S::completed); status <= static_cast<int>(S::unknown);
       ++status) {
    for (const bool is_phone : {phone, web}) {
      for (const char* ultravox : {"", "unjoined", "hangup", "agent_hangup", "timeout",
                                   "connection_error", "system_error", "?"}) {
        f = facts(static_cast<S>(status), is_phone, ultravox);
        for (const int error : errors) {
          f.twilio_error = error;
          every_mark([&] { sentences.hear(f); });
        }
        f.twilio_error = 0;
        for (const int code : sips) {
          f.sip_code = code;
          every_mark([&] { sentences.hear(f); });
        }
        f.sip_code = 0;
        for (const char* word :
             {"completed", "busy", "failed", "no-answer", "canceled", "ringing", "?"}) {
          f.twilio_status = word;
          every_mark([&] { sentences.hear(f); });
        }
      }
    }
  }
  for (const std::string& stranger : sentences.strangers) {
    FAIL_CHECK("not checked above: " << stranger);
  }
  CHECK(sentences.strangers.empty());
}

}  // namespace
}  // namespace voxdial
