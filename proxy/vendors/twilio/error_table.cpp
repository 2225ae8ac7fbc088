// Twilio's error codes (twilio.com/docs/api/errors) in our words: the one table.
#include <algorithm>
#include <iterator>

#include "proxy/vendors/twilio/twilio.h"

namespace voxdial::twilio {
namespace {

using enum ErrorCode;

constexpr std::string_view check_request =
    "Twilio does not accept the request as this server made it. Look up the code in Twilio's error "
    "dictionary and report it.";
constexpr std::string_view stream_failed =
    "Twilio could not reach the agent's audio address. Place the call again.";

// Sorted by code.
// clang-format off
constexpr CodeMeaning table[] = {
  {10001, vendor_account, "The Twilio account is not active. Check its state and billing in the Twilio console."},
  {10002, trial_restriction, "A Twilio trial account lacks this feature. Upgrade the account."},
  {10004, too_many_calls, "The Twilio account has too many calls at once. Wait for one to end."},
  {12100, vendor_refused, "Twilio could not read the call's instructions. Report it: this server wrote them."},
  {12200, vendor_refused, "Twilio could not read the call's instructions. Report it: this server wrote them."},
  {13223, invalid_number, "Twilio says that the number is not in international format. Write it with + and country code."},
  {13224, destination_refused, "Twilio cannot call this number: it is invalid or not supported. Check it."},
  {13225, destination_blocked, "Twilio has this number on its block list. Ask Twilio's support if it should not be."},
  {13226, invalid_number, "Twilio does not know the country code. Check the number."},
  {13227, geo_permission, "Calls to this country are not enabled at Twilio. Enable it in the console under Voice, Geographic permissions."},
  {13247, caller_number_refused, "Twilio does not accept the caller number. Check TWILIO_PHONE_NUMBER."},
  {13805, trial_restriction, "A Twilio trial account ends calls after 10 minutes. Shorten the call or upgrade the account."},
  {20001, vendor_refused, check_request},
  {20003, vendor_unauthorized, "Twilio does not accept the server's credentials. Check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and the API key's rights."},
  {20005, vendor_account, "The Twilio account is suspended or closed. Check its state and billing in the Twilio console."},
  {20008, vendor_unauthorized, "Twilio's test credentials cannot do this. Use the live Account SID and Auth Token."},
  {20403, vendor_unauthorized, "The Twilio credentials lack the right to do this. Use the Auth Token or a key that may place calls."},
  {20404, not_found, "Twilio does not know this call or account. Check TWILIO_ACCOUNT_SID."},
  {20409, conflict, "Twilio says that the call changed meanwhile. Look at its state and try again."},
  {20429, vendor_busy, "Twilio is getting too many requests. Nothing was dialled; wait a little and try again."},
  {20500, vendor_failed, "Twilio failed on its side. Look at the call's state before calling again."},
  {20503, vendor_failed, "Twilio is not available. Look at the call's state before calling again."},
  {21201, invalid_number, "Twilio got no number to call."},
  {21202, number_not_allowed, "Twilio does not call premium or short service numbers. Choose another number."},
  {21203, geo_permission, "International calls are off at Twilio. Enable the country in the console under Voice, Geographic permissions."},
  {21205, vendor_refused, "Twilio cannot use the server's public address for its reports. Check PUBLIC_BASE_URL: it must be public, absolute and without underscores in its name."},
  {21208, vendor_refused, "Twilio does not accept the ring time. Set it between 5 and 600 seconds."},
  {21210, caller_number_refused, "The caller number is neither a number of this Twilio account nor verified there. Check TWILIO_PHONE_NUMBER."},
  {21211, invalid_number, "Twilio says that this is not a valid number to call, or that it is the caller's own. Check it."},
  {21212, caller_number_refused, "Twilio does not accept the caller number. Check TWILIO_PHONE_NUMBER."},
  {21213, caller_number_refused, "Twilio got no caller number. Check TWILIO_PHONE_NUMBER."},
  {21214, destination_refused, "Twilio cannot reach this number. Check it."},
  {21215, geo_permission, "Calls to this country or area are not enabled at Twilio. Enable it in the console under Voice, Geographic permissions."},
  {21216, destination_blocked, "Twilio blocks calls to this number for fraud or regulatory reasons. For +1 numbers complete the account's Primary Customer Profile; else ask Twilio's support."},
  {21217, invalid_number, "Twilio says that this is not a valid phone number. Check it."},
  {21218, vendor_refused, check_request},
  {21219, trial_restriction, "A Twilio trial account can only call verified numbers. Verify this number in the Twilio console or upgrade the account."},
  {21220, call_not_live, "The call is over already."},
  {21221, vendor_refused, check_request},
  {21234, vendor_refused, check_request},
  {21262, vendor_refused, check_request},
  {21263, vendor_refused, check_request},
  {22005, vendor_busy, "Twilio's queue of calls for this account is longer than a day. Stop placing calls and wait."},
  {31900, vendor_failed, stream_failed},
  {31901, vendor_failed, stream_failed},
  {31902, vendor_failed, stream_failed},
  {31904, vendor_failed, stream_failed},
  {31910, vendor_failed, stream_failed},
  {31920, vendor_failed, "The agent was no longer waiting when the call was answered. Place the call again."},
  {31921, vendor_failed, "The agent's side closed the audio connection."},
  {31922, vendor_failed, stream_failed},
  {31923, vendor_failed, stream_failed},
  {31924, vendor_failed, stream_failed},
  {31941, vendor_failed, stream_failed},
  {31950, vendor_failed, stream_failed},
  {31951, vendor_failed, stream_failed},
  {32001, vendor_busy, "Twilio is getting too many calls a second. Wait a little and try again."},
  {32002, vendor_refused, check_request},
  {32007, vendor_refused, check_request},
  {32009, destination_refused, "The number is not reachable at the moment. Try again later."},
  {32011, destination_refused, "Twilio could not reach the other side's network. Try again later."},
  {32014, vendor_failed, "Twilio ended the call: no audio came for a long time."},
  {32015, vendor_failed, "Twilio ended the call: it reached the longest time a call may last."},
  {32016, destination_refused, "The phone network took too long to connect the call. Try again later."},
  {32017, destination_blocked, "The callee's carrier blocked the call because of the caller number's reputation. Register the number with the carriers."},
  {32018, vendor_refused, "The call's instructions are too long for Twilio. Report it: this server wrote them."},
  {32019, vendor_refused, check_request},
  {32100, trial_restriction, "A Twilio trial account can only call verified numbers. Verify this number in the Twilio console or upgrade the account."},
  {32203, destination_blocked, "Twilio blocks calls to this number. Ask Twilio's support if it should not be."},
  {32204, caller_number_refused, "Twilio does not accept the caller number. Check TWILIO_PHONE_NUMBER."},
  {32205, geo_permission, "Calls to this country are not enabled at Twilio. Enable it in the console under Voice, Geographic permissions."},
  {32206, caller_number_refused, "Twilio does not accept the caller number. Check TWILIO_PHONE_NUMBER."},
  {70005, vendor_busy, "Twilio has seen too many failing requests lately. Look up why they failed before calling again."},
  {573002, trial_restriction, "A Twilio trial account can only call the numbers on its verified list. Add this number there or upgrade the account."},
  {573005, trial_restriction, "A Twilio trial account can only call the numbers on its verified list. Add this number there or upgrade the account."},
};
// clang-format on

}  // namespace

const CodeMeaning* meaning(int twilio_code) {
  const auto* row = std::lower_bound(std::begin(table), std::end(table), twilio_code,
                                     [](const CodeMeaning& r, int code) { return r.code < code; });
  return row != std::end(table) && row->code == twilio_code ? row : nullptr;
}

}  // namespace voxdial::twilio
