// Twilio's REST API, as two pure halves: what to ask (VendorRequest) and what the answer says.
//
// Owns the shape of every request to api.twilio.com/2010-04-01, as Twilio's pages have it
// (https://www.twilio.com/docs/voice/api/call-resource). Sends nothing, keeps nothing, knows no
// token. Replies are taken as hostile: any bytes give a value or an Error. Account sids and call
// sids are escaped on their way into a path.
//
// Every parser maps a refusal by map_failure, so a caller looks at the Result alone. `now` is the
// wall clock; it only turns a Retry-After date into seconds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/world.h"
#include "shared/result.h"
#include "shared/told.h"

namespace voxdial::twilio {

// --------------------------------------------------------------------------- placing a call

struct CallPlan {
  std::string to;               ///< E.164
  std::string from;             ///< E.164
  std::string twiml;            ///< twiml_stream()
  int ring_timeout_s = 45;      ///< clamped to 5..600
  int time_limit_s = 0;         ///< hard length limit, from the answer on; 0 = the account's own
  std::string status_callback;  ///< absolute URL, or empty: polling alone tells
  std::string amd_callback;     ///< absolute URL for asynchronous machine detection, or empty: none
  /// Wait for the beep before reporting a machine (a message is to be left), or report at once.
  bool wait_for_beep = false;
  friend bool operator==(const CallPlan&, const CallPlan&) = default;
};

/// POST Calls.json: MAKES A TELEPHONE RING. Never sent twice for one press: Twilio takes no key
/// that would tell a repeated request from a new one.
VendorRequest create_call(std::string_view account_sid, const CallPlan& plan);

struct Call : Told {
  std::string sid;
  std::string status;  ///< Twilio's word: queued, ringing, in-progress, completed, busy, ...
  std::string to;
  std::string from;
  int duration_s = 0;       ///< 0 while it lasts and when it was not answered
  std::string answered_by;  ///< human, machine_start, fax, unknown, ..., or empty
  std::string direction;    ///< outbound-api: made by a request like create_call's; or empty
  Millis created_at = 0;    ///< times are in our clock, by the reply's Date
  Millis ended_at = 0;
  /// Not by a telephone that called in, or by another call. What is not told is taken for ours.
  bool by_request() const { return direction.empty() || direction == "outbound-api"; }
  friend bool operator==(const Call&, const Call&) = default;
};

/// Of create_call. What is not a clear refusal may have dialled: a 5xx, and a success that cannot
/// be read, are outcome_unknown (look with find_calls).
Result<Call> parse_created_call(const VendorReply& reply, Millis now);

/// <Response><Connect><Stream url="..."/></Connect></Response>. The address is checked
/// (ultravox::valid_join_url) and escaped; error vendor_bad_reply for one that cannot be used, also
/// because the whole would pass 4000 characters.
Result<std::string> twiml_stream(std::string_view join_url);

// --------------------------------------------------------------------------- a call's life

VendorRequest fetch_call(std::string_view account_sid, std::string_view call_sid);
/// Ends a call in any live state (Status=completed), or only before it is answered
/// (Status=canceled).
VendorRequest hang_up(std::string_view account_sid, std::string_view call_sid);
VendorRequest cancel(std::string_view account_sid, std::string_view call_sid);
/// Of all three. The error call_not_live (21220) says that the call cannot be ended so in its
/// state: often it is over already, and fetching it tells.
Result<Call> parse_call(const VendorReply& reply, Millis now);
/// The newest calls between two numbers, for a create request whose answer was lost.
VendorRequest find_calls(std::string_view account_sid, std::string_view to, std::string_view from);
/// Their times are exact to what whole seconds allow: up to 1.5 s early.
Result<std::vector<Call>> parse_calls(const VendorReply& reply, Millis now);
/// A page of those to anybody, the latest first; `next_page` is a page's word for the one after it.
/// Not filtered by a time: see find_calls.
VendorRequest list_calls(std::string_view account_sid, std::string_view from,
                         std::string_view next_page = {});
struct CallPage {
  std::vector<Call> calls;
  std::string next_page;  ///< empty at the end
  friend bool operator==(const CallPage&, const CallPage&) = default;
};
Result<CallPage> parse_call_page(const VendorReply& reply, Millis now);

/// What went wrong on a call according to Twilio's debugger: stream errors, carrier refusals
/// (https://www.twilio.com/docs/voice/api/call-notification-resource).
VendorRequest call_notifications(std::string_view account_sid, std::string_view call_sid);
struct Notifications {
  int cause = 0;          ///< the newest error's code, else the newest warning's; 0: none
  int callback_code = 0;  ///< a callback address did not answer: never the cause; 0: they all did
  friend bool operator==(const Notifications&, const Notifications&) = default;
};
Result<Notifications> parse_notifications(const VendorReply& reply, Millis now);

// --------------------------------------------------------------------------- the account

struct Account {
  std::string status;  ///< active, suspended, closed
  std::string type;    ///< Trial, Full
  friend bool operator==(const Account&, const Account&) = default;
};
VendorRequest fetch_account(std::string_view account_sid);
Result<Account> parse_account(const VendorReply& reply, Millis now);

struct Balance {
  std::string balance;   ///< decimal text
  std::string currency;  ///< "USD"
  friend bool operator==(const Balance&, const Balance&) = default;
};
VendorRequest fetch_balance(std::string_view account_sid);
Result<Balance> parse_balance(const VendorReply& reply, Millis now);

/// Whether the account owns `e164`
/// (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource); whether it is a
/// verified caller id (https://www.twilio.com/docs/voice/api/outgoing-caller-ids).
VendorRequest owned_numbers(std::string_view account_sid, std::string_view e164);
VendorRequest verified_callers(std::string_view account_sid, std::string_view e164);
/// The E.164 numbers of either list.
Result<std::vector<std::string>> parse_numbers(const VendorReply& reply, Millis now);

/// What may be dialled in a country (voice.twilio.com,
/// https://www.twilio.com/docs/voice/api/dialingpermissions-country-resource). `region` is ISO
/// 3166-1 alpha-2.
struct DialingPermissions {
  bool low_risk = false;  ///< ordinary numbers, those that are no risk of toll fraud
  friend bool operator==(const DialingPermissions&, const DialingPermissions&) = default;
};
VendorRequest dialing_permissions(std::string_view region);
Result<DialingPermissions> parse_dialing_permissions(const VendorReply& reply, Millis now);

// --------------------------------------------------------------------------- failures

/// The error for a reply that is a refusal (proxy/vendors/twilio/codes.h). Total; unknown codes go
/// by their HTTP status. Never holds Twilio's words, only its code.
Error map_failure(const VendorReply& reply, Millis now);

}  // namespace voxdial::twilio
