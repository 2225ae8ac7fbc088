#include "proxy/doctor.h"

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

DoctorCheck check(State state, std::string id, std::string title, std::string detail,
                  std::string remedy = {}) {
  return {.state = state,
          .id = std::move(id),
          .title = std::move(title),
          .detail = std::move(detail),
          .remedy = std::move(remedy)};
}

/// A check whose question the vendor did not answer.
DoctorCheck unanswered(std::string id, std::string title, const Error& error) {
  const bool refused = error.code == ErrorCode::vendor_unauthorized;
  return check(refused ? State::failed : State::unknown, std::move(id), std::move(title),
               refused ? "The provider refused the question." : "Could not be checked.",
               error.message);
}

DoctorCheck clock_check(const World& world) {
  const std::string title = "Clock";
  const SendResult sent = world.send(ultravox::account_me());
  std::optional<Millis> server_date;
  if (sent) server_date = http_date(header(*sent, "date"));
  if (!server_date) {
    return check(State::unknown, "clock", title, "Ultravox's time could not be read.",
                 "Compare this machine's clock with the real time.");
  }
  const Millis skew = world.now() - *server_date;
  if (skew > clock_tolerance_ms || skew < -clock_tolerance_ms) {
    return check(State::failed, "clock", title,
                 "This machine's clock is off by " + std::to_string(skew / 1000) + " s.",
                 "Set the clock (turn on NTP): the signatures of callbacks fail otherwise.");
  }
  return check(State::ok, "clock", title, "Agrees with Ultravox.");
}

Checks ultravox_checks(const World& world) {
  const auto account = ask(world, ultravox::account_me(), ultravox::parse_account);
  Checks checks;
  if (!account) {
    checks.push_back(unanswered("ultravox_key", "Ultravox key", account.error()));
    return checks;
  }
  checks.push_back(check(State::ok, "ultravox_key", "Ultravox key", "Accepted."));
  if (account->allowed_concurrent_calls) {
    const int allowed = *account->allowed_concurrent_calls;
    const std::string detail = std::to_string(account->active_calls) + " of " +
                               std::to_string(allowed) + " calls at once are in use.";
    checks.push_back(
        account->active_calls < allowed
            ? check(State::ok, "ultravox_concurrency", "Ultravox calls at once", detail)
            : check(State::failed, "ultravox_concurrency", "Ultravox calls at once", detail,
                    "Wait for a call to end, or raise the plan."));
  } else {
    checks.push_back(
        check(State::ok, "ultravox_concurrency", "Ultravox calls at once", "No fixed limit."));
  }
  if (account->has_active_subscription) {
    checks.push_back(check(State::ok, "ultravox_minutes", "Ultravox minutes",
                           "There is an active subscription."));
  } else if (!account->free_seconds_remaining) {
    checks.push_back(check(State::unknown, "ultravox_minutes", "Ultravox minutes",
                           "The free time left is not known.",
                           "Look at the account's usage page."));
  } else {
    const auto minutes = static_cast<int>(*account->free_seconds_remaining / 60);
    checks.push_back(
        minutes > 0 ? check(minutes < 5 ? State::warning : State::ok, "ultravox_minutes",
                            "Ultravox minutes", std::to_string(minutes) + " free minutes are left.",
                            minutes < 5 ? "Add a subscription before they run out." : "")
                    : check(State::failed, "ultravox_minutes", "Ultravox minutes",
                            "The free minutes are used up.", "Add a subscription."));
  }
  return checks;
}

DoctorCheck caller_number_check(const Config& config, const World& world) {
  const std::string id = "twilio_number", title = "Caller number";
  const auto listed = [&](const VendorRequest& request) {
    return ask(world, request, twilio::parse_numbers);
  };
  const auto holds = [&](const std::vector<std::string>& numbers) {
    for (const auto& number : numbers) {
      if (number == config.twilio_number) return true;
    }
    return false;
  };
  const auto owned = listed(twilio::owned_numbers(config.twilio_account_sid, config.twilio_number));
  if (owned && holds(*owned)) {
    return check(State::ok, id, title, config.twilio_number + " belongs to the account.");
  }
  const auto verified =
      listed(twilio::verified_callers(config.twilio_account_sid, config.twilio_number));
  if (verified && holds(*verified)) {
    return check(State::ok, id, title, config.twilio_number + " is a verified caller ID.");
  }
  if (!owned) return unanswered(id, title, owned.error());
  if (!verified) return unanswered(id, title, verified.error());
  return check(State::failed, id, title, config.twilio_number + " is neither owned nor verified.",
               "Set TWILIO_PHONE_NUMBER to a number of this account, or verify it at Twilio under "
               "Verified caller IDs.");
}

DoctorCheck balance_check(const Config& config, const World& world) {
  const std::string id = "twilio_balance", title = "Twilio balance";
  const auto balance =
      ask(world, twilio::fetch_balance(config.twilio_account_sid), twilio::parse_balance);
  if (!balance) return unanswered(id, title, balance.error());
  const std::string detail = balance->balance + " " + balance->currency + ".";
  char* end = nullptr;
  const double amount = std::strtod(balance->balance.c_str(), &end);
  if (end == balance->balance.c_str()) {
    return check(State::unknown, id, title, "The balance could not be read.",
                 "Look at Twilio's billing page.");
  }
  if (amount <= 0) return check(State::failed, id, title, detail, "Add funds at Twilio.");
  if (amount < low_balance) return check(State::warning, id, title, detail, "Add funds at Twilio.");
  return check(State::ok, id, title, detail);
}

DoctorCheck geo_check(const World& world, const std::string& region) {
  const std::string id = "twilio_geo", title = "Calls to " + region;
  const auto allowed =
      ask(world, twilio::dialing_permissions(region), twilio::parse_dialing_permissions);
  if (!allowed) return unanswered(id, title, allowed.error());
  if (!allowed->low_risk) {
    return check(State::failed, id, title, "Twilio does not dial this country.",
                 "Enable it in the Twilio console under Voice, Settings, Geo permissions.");
  }
  return check(State::ok, id, title, "Enabled at Twilio.");
}

Checks twilio_checks(const Config& config, const World& world, const std::string& region) {
  if (!config.phone) {
    return {check(State::warning, "twilio_key", "Twilio", "Phone calls are off.",
                  config.phone_off_reason)};
  }
  const auto account =
      ask(world, twilio::fetch_account(config.twilio_account_sid), twilio::parse_account);
  Checks checks;
  if (!account) {
    // A standard API key may place calls but not read /Accounts (twilio.com/docs/iam/api-keys).
    const bool key = config.twilio_user != config.twilio_account_sid;
    checks.push_back(key && account.error().code == ErrorCode::vendor_unauthorized
                         ? check(State::unknown, "twilio_key", "Twilio account",
                                 "An API key may not look at the account.",
                                 "Look in the Twilio console whether the account is active.")
                         : unanswered("twilio_key", "Twilio account", account.error()));
    if (!key) return checks;
  } else {
    checks.push_back(account->status == "active"
                         ? check(State::ok, "twilio_key", "Twilio account", "Active.")
                         : check(State::failed, "twilio_key", "Twilio account",
                                 "The account is " + account->status + ".",
                                 "See the Twilio console for what is needed."));
    checks.push_back(account->type == "Trial"
                         ? check(State::warning, "twilio_trial", "Twilio plan",
                                 "A trial account: only verified numbers can be called, for ten "
                                 "minutes at most.",
                                 "Verify the numbers you call, or upgrade the account.")
                         : check(State::ok, "twilio_trial", "Twilio plan", "Not a trial."));
  }
  checks.push_back(caller_number_check(config, world));
  checks.push_back(balance_check(config, world));
  checks.push_back(geo_check(world, region.empty() ? region_of(config.twilio_number) : region));
  return checks;
}

/// Goes out and comes back in: whoever answers must know what only this server's key tells.
DoctorCheck public_address_check(const Config& config, const World& world) {
  const std::string id = "public_address", title = "Public address";
  const std::string& url = config.public_base_url;
  if (url.empty()) {
    return check(State::ok, id, title,
                 "Not set: the state of calls is polled, which needs no public address.");
  }
  if (config.sandbox && !is_loopback_host(url_host(url))) {
    return check(State::unknown, id, title, "In the sandbox nothing outside is asked.",
                 "Open " + url + "/healthz from another network.");
  }
  const std::string challenge = crypto::to_hex(world.random_bytes(16));
  VendorRequest request;
  request.method = "GET";
  request.elsewhere = url + "/healthz?challenge=" + challenge;
  request.timeout_ms = 8'000;
  request.max_reply_bytes = 64 * 1024;
  const SendResult sent = world.send(request);
  const std::string remedy = "Start voxdial and its tunnel or reverse proxy, and let " + url +
                             " lead to this server's port. Until then calls are polled.";
  if (!sent) {
    return check(State::failed, id, title, "Nothing answers at " + url + " (seen from here).",
                 remedy);
  }
  if (sent->body.find(proof_of_identity(config, challenge)) == std::string::npos) {
    return check(State::failed, id, title, "At " + url + " something else answers.", remedy);
  }
  return check(State::ok, id, title, url + " leads to this server.");
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
  const auto writable = store.check_writable();
  report.checks.push_back(writable ? check(State::ok, "store", "Call record", "Can be written.")
                                   : check(State::failed, "store", "Call record",
                                           "Cannot be written, so no call is placed.",
                                           writable.error().message));
  return report;
}

bool healthy(const DoctorReport& report) {
  for (const DoctorCheck& row : report.checks) {
    if (row.state == State::failed) return false;
  }
  return true;
}

}  // namespace voxdial
