#include "proxy/doctor.h"

#include <algorithm>
#include <cstdlib>
#include <future>
#include <iterator>

#include "proxy/crypto/digest.h"
#include "proxy/policy/number.h"
#include "proxy/vendors/common/ask.h"
#include "proxy/vendors/twilio/twilio.h"
#include "proxy/vendors/ultravox/ultravox.h"

namespace voxdial {
namespace {

using State = DoctorCheck::State;
using Checks = std::vector<DoctorCheck>;

/// Vendors refuse signatures and certificates when clocks disagree by minutes.
constexpr Millis clock_tolerance_ms = 30'000;
/// Below this many units of the account's currency a call may be cut for lack of funds.
constexpr double low_balance = 1.0;

/// What is looked at, and what may come of it.
struct Topic {
  std::string id, title;

  DoctorCheck is(State state, std::string detail, std::string remedy = {}) const {
    return {.state = state,
            .id = id,
            .title = title,
            .detail = std::move(detail),
            .remedy = std::move(remedy)};
  }
  /// The vendor did not answer the question.
  DoctorCheck unanswered(const Error& error) const {
    return error.code == ErrorCode::vendor_unauthorized
               ? is(State::failed, "The provider refused the question.", error.message)
               : is(State::unknown, "Could not be checked.", error.message);
  }
};

DoctorCheck clock_check(const World& world) {
  const Topic clock{"clock", "Clock"};
  const SendResult sent = world.send(ultravox::account_me());
  const auto server_date = sent ? http_date(header(*sent, "date")) : std::nullopt;
  if (!server_date) {
    return clock.is(State::unknown, "Ultravox's time could not be read.",
                    "Compare this machine's clock with the real time.");
  }
  const Millis skew = world.now() - *server_date;
  if (std::abs(skew) > clock_tolerance_ms) {
    return clock.is(State::failed,
                    "This machine's clock is off by " + std::to_string(skew / 1000) + " s.",
                    "Set the clock (turn on NTP): the signatures of callbacks fail otherwise.");
  }
  return clock.is(State::ok, "Agrees with Ultravox.");
}

DoctorCheck minutes_check(const ultravox::Account& account) {
  const Topic minutes{"ultravox_minutes", "Ultravox minutes"};
  if (account.has_active_subscription) {
    return minutes.is(State::ok, "There is an active subscription.");
  }
  if (!account.free_seconds_remaining) {
    return minutes.is(State::unknown, "The free time left is not known.",
                      "Look at the account's usage page.");
  }
  const auto left = static_cast<int>(*account.free_seconds_remaining / 60);
  if (left <= 0) {
    return minutes.is(State::failed, "The free minutes are used up.", "Add a subscription.");
  }
  const std::string detail = std::to_string(left) + " free minutes are left.";
  return left < 5 ? minutes.is(State::warning, detail, "Add a subscription before they run out.")
                  : minutes.is(State::ok, detail);
}

Checks ultravox_checks(const World& world) {
  const Topic key{"ultravox_key", "Ultravox key"};
  const Topic at_once{"ultravox_concurrency", "Ultravox calls at once"};
  const auto account = ask(world, ultravox::account_me(), ultravox::parse_account);
  if (!account) return {key.unanswered(account.error())};
  Checks checks = {key.is(State::ok, "Accepted.")};
  if (const auto allowed = account->allowed_concurrent_calls) {
    const std::string detail = std::to_string(account->active_calls) + " of " +
                               std::to_string(*allowed) + " calls at once are in use.";
    checks.push_back(
        account->active_calls < *allowed
            ? at_once.is(State::ok, detail)
            : at_once.is(State::failed, detail, "Wait for a call to end, or raise the plan."));
  } else {
    checks.push_back(at_once.is(State::ok, "No fixed limit."));
  }
  checks.push_back(minutes_check(*account));
  return checks;
}

DoctorCheck caller_number_check(const Config& config, const World& world) {
  const Topic caller{"twilio_number", "Caller number"};
  const std::string &account = config.twilio_account_sid, &number = config.twilio_number;
  const auto owned = ask(world, twilio::owned_numbers(account, number), twilio::parse_numbers);
  const auto holds = [&](const Result<std::vector<std::string>>& numbers) {
    return numbers && std::find(numbers->begin(), numbers->end(), number) != numbers->end();
  };
  if (holds(owned)) return caller.is(State::ok, number + " belongs to the account.");
  const auto verified =
      ask(world, twilio::verified_callers(account, number), twilio::parse_numbers);
  if (holds(verified)) return caller.is(State::ok, number + " is a verified caller ID.");
  if (!owned) return caller.unanswered(owned.error());
  if (!verified) return caller.unanswered(verified.error());
  return caller.is(State::failed, number + " is neither owned nor verified.",
                   "Set TWILIO_PHONE_NUMBER to a number of this account, or verify it at Twilio "
                   "under Verified caller IDs.");
}

DoctorCheck balance_check(const Config& config, const World& world) {
  const Topic funds{"twilio_balance", "Twilio balance"};
  const auto balance =
      ask(world, twilio::fetch_balance(config.twilio_account_sid), twilio::parse_balance);
  if (!balance) return funds.unanswered(balance.error());
  char* end = nullptr;
  const double amount = std::strtod(balance->balance.c_str(), &end);
  if (end == balance->balance.c_str()) {
    return funds.is(State::unknown, "The balance could not be read.",
                    "Look at Twilio's billing page.");
  }
  const std::string detail = balance->balance + " " + balance->currency + ".";
  if (amount >= low_balance) return funds.is(State::ok, detail);
  return funds.is(amount <= 0 ? State::failed : State::warning, detail, "Add funds at Twilio.");
}

DoctorCheck geo_check(const World& world, const std::string& region) {
  const Topic geo{"twilio_geo", "Calls to " + region};
  const auto allowed =
      ask(world, twilio::dialing_permissions(region), twilio::parse_dialing_permissions);
  if (!allowed) return geo.unanswered(allowed.error());
  return allowed->low_risk
             ? geo.is(State::ok, "Enabled at Twilio.")
             : geo.is(State::failed, "Twilio does not dial this country.",
                      "Enable it in the Twilio console under Voice, Settings, Geo permissions.");
}

Checks twilio_checks(const Config& config, const World& world, const std::string& region) {
  if (!config.phone) {
    return {Topic{"twilio_key", "Twilio"}.is(State::warning, "Phone calls are off.",
                                             config.phone_off_reason)};
  }
  const Topic key{"twilio_key", "Twilio account"}, plan{"twilio_trial", "Twilio plan"};
  const auto account =
      ask(world, twilio::fetch_account(config.twilio_account_sid), twilio::parse_account);
  Checks checks;
  if (account) {
    checks.push_back(account->status == "active"
                         ? key.is(State::ok, "Active.")
                         : key.is(State::failed, "The account is " + account->status + ".",
                                  "See the Twilio console for what is needed."));
    checks.push_back(account->type == "Trial"
                         ? plan.is(State::warning,
                                   "A trial account: only verified numbers can be called, for ten "
                                   "minutes at most.",
                                   "Verify the numbers you call, or upgrade the account.")
                         : plan.is(State::ok, "Not a trial."));
  } else if (config.twilio_user == config.twilio_account_sid) {
    return {key.unanswered(account.error())};
  } else if (account.error().code == ErrorCode::vendor_unauthorized) {
    // A standard API key may place calls but not read /Accounts
    // (https://www.twilio.com/docs/iam/api-keys).
    checks.push_back(key.is(State::unknown, "An API key may not look at the account.",
                            "Look in the Twilio console whether the account is active."));
  } else {
    checks.push_back(key.unanswered(account.error()));
  }
  checks.push_back(caller_number_check(config, world));
  checks.push_back(balance_check(config, world));
  checks.push_back(geo_check(world, region.empty() ? region_of(config.twilio_number) : region));
  return checks;
}

/// Goes out and comes back in: whoever answers must know what only this server's key tells.
DoctorCheck public_address_check(const Config& config, const World& world) {
  const Topic address{"public_address", "Public address"};
  const std::string& url = config.public_base_url;
  if (url.empty()) {
    return address.is(State::ok,
                      "Not set: the state of calls is polled, which needs no public address.");
  }
  if (config.sandbox && !is_loopback_host(url_host(url))) {
    return address.is(State::unknown, "In the sandbox nothing outside is asked.",
                      "Open " + url + "/healthz from another network.");
  }
  const std::string challenge = crypto::to_hex(world.random_bytes(16));
  VendorRequest request;
  request.method = "GET";
  request.elsewhere = url + "/healthz?challenge=" + challenge;
  request.timeout_ms = 8'000;
  request.max_reply_bytes = 64 * 1024;
  const SendResult sent = world.send(request);
  if (sent && sent->body.find(proof_of_identity(config, challenge)) != std::string::npos) {
    return address.is(State::ok, url + " leads to this server.");
  }
  return address.is(State::failed,
                    sent ? "At " + url + " something else answers."
                         : "Nothing answers at " + url + " (seen from here).",
                    "Start voxdial and its tunnel or reverse proxy, and let " + url +
                        " lead to this server's port. Until then calls are polled.");
}

/// What the database lets an acknowledged call risk, and what stands between it and this server.
Checks database_checks(const World& world, Store& store) {
  const auto about = store.about_database();
  if (!about || !*about) return {};  // a file; or it cannot be read, which the record's check tells
  const DatabaseReport& is = **about;
  Checks checks;

  const Topic version{"database", "Database"};
  const std::string name = "PostgreSQL " + std::to_string(is.version) + ".";
  checks.push_back(is.version >= 15
                       ? version.is(State::ok, name)
                       : version.is(State::failed, name, "Update it to PostgreSQL 15 or newer."));

  const Topic safety{"database_safety", "Last calls"};
  if (!is.on_disk) {
    checks.push_back(safety.is(State::warning,
                               "The database confirms calls before they are on its disk: when it "
                               "stops, the last ones are lost.",
                               "Turn fsync and synchronous_commit on."));
  } else if (!is.on_standby) {
    checks.push_back(
        safety.is(State::warning,
                  "Each call is on the database's disk before it is dialled, and on no other: with "
                  "that disk the last ones are lost.",
                  "Add a standby, name it in synchronous_standby_names, and leave "
                  "synchronous_commit on."));
  } else {
    checks.push_back(safety.is(State::ok, "A standby has each call before it is dialled."));
  }

  const Topic bell{"database_bell", "News of other proxies"};
  if (is.can_be_heard) {
    checks.push_back(bell.is(State::ok, "Arrives at once."));
  } else {
    checks.push_back(bell.is(
        State::warning,
        is.pooled ? "A pooler stands before the database and passes no notifications on, so pages "
                    "hear of other proxies' calls twice a second."
                  : "The database cannot be listened to, so pages hear of other proxies' calls "
                    "twice a second.",
        "Let DATABASE_LISTEN_URL lead to the database itself."));
  }

  const Topic clock{"database_clock", "Database's clock"};
  const std::int64_t asked_at = world.steady_ms();
  const auto theirs = store.clock();
  const Millis ours = world.machine_now ? world.machine_now() : world.now();
  if (!theirs || !*theirs) {
    checks.push_back(clock.is(State::unknown, "It could not be read.", "Ask again."));
  } else {
    constexpr Millis tolerance_ms = 2'000;
    const Millis ahead = **theirs - ours + (world.steady_ms() - asked_at) / 2;
    checks.push_back(
        std::abs(ahead) <= tolerance_ms
            ? clock.is(State::ok, "Agrees with this machine's.")
            : clock.is(State::warning,
                       "It is " + std::to_string(std::abs(ahead) / 1000) + " s " +
                           (ahead > 0 ? "ahead of" : "behind") +
                           " this machine's. Limits and quiet hours go by the database's.",
                       "Turn on NTP at both."));
  }
  return checks;
}

}  // namespace

std::string proof_of_identity(const Config& config, std::string_view challenge) {
  const std::string key = crypto::derive_key(config.ultravox_key, "public address");
  return crypto::to_hex(crypto::hmac_sha256(key, challenge));
}

DoctorReport examine(const Config& config, const World& world, Store& store,
                     const std::string& region) {
  auto ultravox = std::async(std::launch::async, [&] { return ultravox_checks(world); });
  auto clock = std::async(std::launch::async, [&] { return clock_check(world); });
  auto address =
      std::async(std::launch::async, [&] { return public_address_check(config, world); });
  Checks twilio = twilio_checks(config, world, region);

  DoctorReport report{.at = world.now(), .checks = ultravox.get()};
  report.checks.insert(report.checks.end(), std::make_move_iterator(twilio.begin()),
                       std::make_move_iterator(twilio.end()));
  report.checks.push_back(address.get());
  report.checks.push_back(clock.get());
  for (DoctorCheck& check : database_checks(world, store))
    report.checks.push_back(std::move(check));
  const Topic record{"store", "Call record"};
  const auto writable = store.check_writable();
  report.checks.push_back(writable
                              ? record.is(State::ok, "Can be written.")
                              : record.is(State::failed, "Cannot be written, so no call is placed.",
                                          writable.error().message));
  return report;
}

bool healthy(const DoctorReport& report) {
  return std::none_of(report.checks.begin(), report.checks.end(),
                      [](const DoctorCheck& row) { return row.state == State::failed; });
}

}  // namespace voxdial
