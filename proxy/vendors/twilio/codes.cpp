#include "proxy/vendors/twilio/codes.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace voxdial::twilio {
namespace {

using E = ErrorCode;
constexpr auto nothing = Code::Tells::nothing;
constexpr auto failed = Code::Tells::why_failed;
constexpr auto ended = Code::Tells::why_ended;
constexpr auto blocked = Code::Tells::why_blocked;
constexpr auto provider = EndedBy::provider;
constexpr auto carrier = EndedBy::carrier;
constexpr auto server = EndedBy::server;
constexpr auto limit = EndedBy::limit;

constexpr std::string_view account =
    "The Twilio account is not active. Check its state and billing in the Twilio console.";
constexpr std::string_view verify =
    "A Twilio trial account can only call verified numbers. Verify this number in the Twilio "
    "console or upgrade the account.";
constexpr std::string_view enable =
    "Calls to this country are not enabled at Twilio. Enable it in the console under Voice, "
    "Geographic permissions.";
constexpr std::string_view caller =
    "Twilio does not accept the caller number. Check TWILIO_PHONE_NUMBER.";
constexpr std::string_view number =
    "Twilio says that this is not a valid number to call. Check it.";
constexpr std::string_view unreachable =
    "The number cannot be reached. Check it, or try again later.";
constexpr std::string_view failing = "Twilio failed on its side. Try again in a moment.";
constexpr std::string_view request =
    "Twilio does not accept the request as this server made it. Look up the code in Twilio's error "
    "dictionary and report it.";
constexpr std::string_view instructions =
    "Twilio could not follow the call's instructions. Report it: this server wrote them.";
constexpr std::string_view no_agent =
    "Twilio could not reach the agent's audio address. Place the call again.";
constexpr std::string_view audio =
    "The sound between Twilio and the agent broke off. Place the call again.";

// Sorted by code.
// clang-format off
constexpr Code table[] = {
  {10001, E::vendor_account, failed, provider, "account", account},
  {10002, E::trial_restriction, failed, provider, "trial", "A Twilio trial account lacks this feature. Upgrade the account."},
  {10004, E::too_many_calls, failed, provider, "too_many_calls", "The Twilio account has too many calls at once. Wait for one to end."},
  {12100, E::vendor_refused, failed, server, "request_refused", instructions},
  {12200, E::vendor_refused, failed, server, "request_refused", instructions},
  {13223, E::invalid_number, failed, provider, "number_refused", "Twilio says that the number is not in international format. Write it with + and country code."},
  {13224, E::destination_refused, failed, provider, "number_refused", number},
  {13225, E::destination_blocked, failed, provider, "blocked", "Twilio has this number on its block list. Ask Twilio's support if it should not be."},
  {13226, E::invalid_number, failed, provider, "number_refused", "Twilio does not know the country code. Check the number."},
  {13227, E::geo_permission, failed, carrier, "geo_permission", enable},
  {13247, E::caller_number_refused, failed, provider, "caller_number", caller},
  {13805, E::trial_restriction, ended, limit, "trial_limit", "A Twilio trial account ends calls after 10 minutes. Shorten the call or upgrade the account."},
  {20001, E::vendor_refused, failed, server, "request_refused", request},
  {20003, E::vendor_unauthorized, failed, provider, "credentials", "Twilio does not accept the server's credentials. Check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and the API key's rights."},
  {20005, E::vendor_account, failed, provider, "account", account},
  {20008, E::vendor_unauthorized, failed, provider, "credentials", "Twilio's test credentials cannot do this. Use the live Account SID and Auth Token."},
  {20403, E::vendor_unauthorized, failed, provider, "credentials", "The Twilio credentials lack the right to do this. Use the Auth Token or a key that may place calls."},
  {20404, E::not_found, failed, provider, "credentials", "Twilio does not know this call or account. Check TWILIO_ACCOUNT_SID."},
  {20409, E::conflict, nothing, provider, {}, "Twilio says that the call changed meanwhile. Look at its state and try again."},
  {20429, E::vendor_busy, failed, provider, "provider_busy", "Twilio is getting too many requests. Wait a little and try again."},
  {20500, E::vendor_failed, failed, provider, "provider_failed", failing},
  {20503, E::vendor_failed, failed, provider, "provider_failed", failing},
  {21201, E::invalid_number, failed, provider, "number_refused", "Twilio got no number to call."},
  {21202, E::number_not_allowed, failed, provider, "number_refused", "Twilio does not call premium or short service numbers. Choose another number."},
  {21203, E::geo_permission, failed, provider, "geo_permission", "International calls are off at Twilio. Enable the country in the console under Voice, Geographic permissions."},
  {21205, E::vendor_refused, failed, server, "request_refused", "Twilio cannot use the server's public address for its reports. Check PUBLIC_BASE_URL: it must be public, absolute and without underscores in its name."},
  {21208, E::vendor_refused, failed, server, "request_refused", "Twilio does not accept the ring time. Set it between 5 and 600 seconds."},
  {21210, E::caller_number_refused, failed, provider, "caller_number", "The caller number is neither a number of this Twilio account nor verified there. Check TWILIO_PHONE_NUMBER."},
  {21211, E::invalid_number, failed, provider, "number_refused", "Twilio says that this is not a valid number to call, or that it is the caller's own. Check it."},
  {21212, E::caller_number_refused, failed, provider, "caller_number", caller},
  {21213, E::caller_number_refused, failed, provider, "caller_number", "Twilio got no caller number. Check TWILIO_PHONE_NUMBER."},
  {21214, E::destination_refused, failed, carrier, "unreachable", unreachable},
  {21215, E::geo_permission, failed, carrier, "geo_permission", enable},
  {21216, E::destination_blocked, failed, provider, "blocked", "Twilio blocks calls to this number for fraud or regulatory reasons. For +1 numbers complete the account's Primary Customer Profile; else ask Twilio's support."},
  {21217, E::invalid_number, failed, provider, "number_refused", number},
  {21218, E::vendor_refused, failed, server, "request_refused", request},
  {21219, E::trial_restriction, failed, provider, "trial", verify},
  {21220, E::call_not_live, nothing, provider, {}, "The call is over already."},
  {21221, E::vendor_refused, failed, server, "request_refused", request},
  {21234, E::vendor_refused, failed, server, "request_refused", request},
  {21262, E::vendor_refused, failed, server, "request_refused", request},
  {21263, E::vendor_refused, failed, server, "request_refused", request},
  {22005, E::vendor_busy, failed, provider, "queue_full", "Twilio's queue of calls for this account is longer than a day. Stop placing calls and wait."},
  {31900, E::vendor_failed, ended, provider, "audio_failed", audio},
  {31901, E::vendor_failed, ended, provider, "agent_unreachable", no_agent},
  {31902, E::vendor_failed, ended, provider, "agent_unreachable", no_agent},
  {31904, E::vendor_failed, ended, provider, "agent_unreachable", no_agent},
  {31910, E::vendor_failed, ended, provider, "agent_unreachable", no_agent},
  {31920, E::vendor_failed, ended, provider, "agent_not_waiting", "The agent was no longer waiting when the call was answered. Place the call again."},
  // Also when the agent hangs up, which is no failure: Ultravox's own reason tells more.
  {31921, E::vendor_failed, nothing, provider, {}, "The agent's side closed the audio connection."},
  {31922, E::vendor_failed, ended, provider, "audio_failed", audio},
  {31923, E::vendor_failed, ended, provider, "audio_failed", audio},
  {31924, E::vendor_failed, ended, provider, "audio_failed", audio},
  {31941, E::vendor_failed, ended, provider, "audio_failed", audio},
  {31950, E::vendor_failed, ended, provider, "audio_failed", audio},
  {31951, E::vendor_failed, ended, provider, "audio_failed", audio},
  {32001, E::vendor_busy, failed, provider, "provider_busy", "Twilio is getting too many calls a second. Wait a little and try again."},
  {32002, E::vendor_refused, failed, server, "request_refused", request},
  {32007, E::vendor_refused, failed, server, "request_refused", request},
  {32009, E::destination_refused, failed, carrier, "unreachable", unreachable},
  {32011, E::destination_refused, failed, carrier, "unreachable", "Twilio could not reach the other side's network. Try again later."},
  {32014, E::vendor_failed, ended, provider, "silence", "Twilio ended the call: no audio came for a long time."},
  {at_time_limit, E::vendor_failed, ended, limit, "time_limit", "The call reached its length limit."},
  {32016, E::destination_refused, failed, carrier, "no_ringing", "The phone network took too long to connect the call. Try again later."},
  {32017, E::destination_blocked, blocked, carrier, "caller_blocked", "The number's carrier blocked the call because of the caller number's reputation. Register the caller number with Twilio."},
  {32018, E::vendor_refused, failed, server, "request_refused", "The call's instructions are too long for Twilio. Report it: this server wrote them."},
  {32019, E::vendor_refused, failed, server, "request_refused", request},
  {32100, E::trial_restriction, failed, provider, "trial", verify},
  {32203, E::destination_blocked, failed, provider, "blocked", "Twilio blocks calls to this number. Ask Twilio's support if it should not be."},
  {32204, E::caller_number_refused, failed, provider, "caller_number", caller},
  {32205, E::geo_permission, failed, carrier, "geo_permission", enable},
  {32206, E::caller_number_refused, failed, provider, "caller_number", caller},
  {70005, E::vendor_busy, failed, provider, "provider_busy", "Twilio has seen too many failing requests lately. Look up why they failed before calling again."},
  {573002, E::trial_restriction, failed, provider, "trial", verify},
  {573005, E::trial_restriction, failed, provider, "trial", verify},
};
// clang-format on

}  // namespace

const Code* find_code(int code) {
  const auto* row = std::lower_bound(std::begin(table), std::end(table), code,
                                     [](const Code& r, int wanted) { return r.code < wanted; });
  return row != std::end(table) && row->code == code ? row : nullptr;
}

std::optional<CallStatus> status_of(std::string_view word) {
  // https://www.twilio.com/docs/voice/api/call-resource#call-status-values
  constexpr std::pair<std::string_view, CallStatus> words[] = {
      {"queued", CallStatus::queued},       {"initiated", CallStatus::ringing},
      {"ringing", CallStatus::ringing},     {"in-progress", CallStatus::talking},
      {"completed", CallStatus::completed}, {"busy", CallStatus::busy},
      {"failed", CallStatus::failed},       {"no-answer", CallStatus::no_answer},
      {"canceled", CallStatus::canceled}};
  for (const auto& [known, status] : words) {
    if (known == word) return status;
  }
  return std::nullopt;
}

}  // namespace voxdial::twilio
