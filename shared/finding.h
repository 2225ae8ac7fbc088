// What the doctor may find, in one table: its wire name, what is said of it and the one thing to
// do.
//
// The English is for the command line and for whoever reads no other language; the page says a
// finding by its name, in the reader's language (wasm-ui/core/words). `{name}` stands for a value
// that travels beside the name. An empty remedy: nothing is to be done, or what is to be done is
// what an error says.
#pragma once

#include <string_view>

namespace voxdial {

// X(finding, what was found, remedy)
// clang-format off
#define VOXDIAL_FINDINGS(X) \
  X(not_answered,         "Could not be checked.", "") \
  X(stand_ins,            "Stand-ins answer for Ultravox and Twilio here: keys, minutes, balance and numbers are made up.", "Put your own keys into .env and start again to check the real accounts.") \
  X(question_refused,     "The provider refused the question.", "") \
  /* Ultravox */ \
  X(key_accepted,         "Accepted.", "") \
  X(calls_in_use,         "{active} of {allowed} calls at once are in use.", "") \
  X(all_calls_in_use,     "{active} of {allowed} calls at once are in use.", "Wait for a call to end, or raise the plan.") \
  X(calls_unlimited,      "No fixed limit.", "") \
  X(subscribed,           "There is an active subscription.", "") \
  X(minutes_unread,       "The free time left is not known.", "Look at the account's usage page.") \
  X(minutes_used_up,      "The free minutes are used up.", "Add a subscription.") \
  X(minutes_few,          "Free minutes left: {minutes}.", "Add a subscription before they run out.") \
  X(minutes_left,         "Free minutes left: {minutes}.", "") \
  /* Twilio */ \
  X(phone_off,            "Phone calls are off.", "") \
  X(account_active,       "Active.", "") \
  X(account_not_active,   "The account is {status}.", "See the Twilio console for what is needed.") \
  X(account_hidden,       "An API key may not look at the account.", "Look in the Twilio console whether the account is active.") \
  X(trial,                "A trial account: only verified numbers can be called, for ten minutes at most.", "Verify the numbers you call, or upgrade the account.") \
  X(not_a_trial,          "Not a trial.", "") \
  X(number_owned,         "{number} belongs to the account.", "") \
  X(number_verified,      "{number} is a verified caller ID.", "") \
  X(number_foreign,       "{number} is neither owned nor verified.", "Set TWILIO_PHONE_NUMBER to a number of this account, or verify it at Twilio under Verified caller IDs.") \
  X(balance_unread,       "The balance could not be read.", "Look at Twilio's billing page.") \
  X(balance_good,         "{balance} {currency}.", "") \
  X(balance_low,          "{balance} {currency}.", "Add funds at Twilio.") \
  X(country_enabled,      "Enabled at Twilio.", "") \
  X(country_not_enabled,  "Twilio does not dial this country.", "Enable it in the Twilio console under Voice, Settings, Geo permissions.") \
  /* the way here */ \
  X(address_not_set,      "Not set: the state of calls is polled, which needs no public address.", "") \
  X(address_not_tried,    "In the sandbox nothing outside is asked.", "Open {url}/healthz from another network.") \
  X(address_good,         "{url} leads to this server.", "") \
  X(address_foreign,      "At {url} something else answers.", "Start voxdial and its tunnel or reverse proxy, and let {url} lead to this server's port. Until then calls are polled.") \
  X(address_silent,       "Nothing answers at {url} (seen from here).", "Start voxdial and its tunnel or reverse proxy, and let {url} lead to this server's port. Until then calls are polled.") \
  /* the database */ \
  X(database_good,        "PostgreSQL {version}.", "") \
  X(database_old,         "PostgreSQL {version}.", "Update it to PostgreSQL 15 or newer.") \
  X(database_not_on_disk, "The database confirms calls before they are on its disk: when it stops, the last ones are lost.", "Turn fsync and synchronous_commit on.") \
  X(database_alone,       "Each call is on the database's disk before it is dialled, and on no other: with that disk the last ones are lost.", "Add a standby, name it in synchronous_standby_names, and leave synchronous_commit on.") \
  X(database_safe,        "A standby has each call before it is dialled.", "") \
  X(database_heard,       "Arrives at once.", "") \
  X(database_pooled,      "A pooler stands before the database and passes no notifications on, so pages hear of other proxies' calls twice a second.", "Let DATABASE_LISTEN_URL lead to the database itself.") \
  X(database_unheard,     "The database cannot be listened to, so pages hear of other proxies' calls twice a second.", "Let DATABASE_LISTEN_URL lead to the database itself.") \
  X(database_clock_unread, "It could not be read.", "Ask again.") \
  X(database_clock_good,  "Agrees with this machine's.", "") \
  X(database_clock_ahead, "It is {seconds} s ahead of this machine's. Limits and quiet hours go by the database's.", "Turn on NTP at both.") \
  X(database_clock_behind, "It is {seconds} s behind this machine's. Limits and quiet hours go by the database's.", "Turn on NTP at both.") \
  /* this machine */ \
  X(clock_unread,         "Ultravox's time could not be read.", "Compare this machine's clock with the real time.") \
  X(clock_off,            "This machine's clock is off by {seconds} s.", "Set the clock (turn on NTP): the signatures of callbacks fail otherwise.") \
  X(clock_good,           "Agrees with Ultravox.", "") \
  X(record_writable,      "Can be written.", "") \
  X(record_not_writable,  "Cannot be written, so no call is placed.", "")
// clang-format on

struct Finding {
  std::string_view name, found, remedy;
};
inline constexpr Finding findings[] = {
#define X(name, found, remedy) {#name, found, remedy},
    VOXDIAL_FINDINGS(X)
#undef X
};

namespace finding {
#define X(name, found, remedy) inline constexpr Finding name{#name, found, remedy};
VOXDIAL_FINDINGS(X)
#undef X
}  // namespace finding

// X(check, title): what is looked at; the names are stable.
// clang-format off
#define VOXDIAL_CHECKS(X) \
  X(sandbox,              "Sandbox") \
  X(ultravox_key,         "Ultravox key") \
  X(ultravox_concurrency, "Ultravox calls at once") \
  X(ultravox_minutes,     "Ultravox minutes") \
  X(twilio_key,           "Twilio account") \
  X(twilio_trial,         "Twilio plan") \
  X(twilio_number,        "Caller number") \
  X(twilio_balance,       "Twilio balance") \
  X(twilio_geo,           "Calls to {region}") \
  X(public_address,       "Public address") \
  X(clock,                "Clock") \
  X(database,             "Database") \
  X(database_safety,      "Last calls") \
  X(database_bell,        "News of other proxies") \
  X(database_clock,       "Database's clock") \
  X(store,                "Call record")
// clang-format on

struct CheckName {
  std::string_view id, title;
};
inline constexpr CheckName checks[] = {
#define X(id, title) {#id, title},
    VOXDIAL_CHECKS(X)
#undef X
};
namespace check {
#define X(id, title) inline constexpr CheckName id{#id, title};
VOXDIAL_CHECKS(X)
#undef X
}  // namespace check

}  // namespace voxdial
