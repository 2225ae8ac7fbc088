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
#include "shared/finding.h"

namespace voxdial {
namespace {

using State = DoctorCheck::State;
using Checks = std::vector<DoctorCheck>;

/// Vendors refuse signatures and certificates when clocks disagree by minutes.
constexpr Millis clock_tolerance_ms = 30'000;
/// Below this many units of the account's currency a call may be cut for lack of funds.
constexpr double low_balance = 1.0;

using Values = std::vector<DoctorValue>;

std::string filled(std::string_view text, const Values& values) {
  std::string out(text);
  for (const DoctorValue& value : values) {
    const std::string name = '{' + value.name + '}';
    for (std::size_t at = 0; (at = out.find(name, at)) != out.npos; at += value.value.size()) {
      out.replace(at, name.size(), value.value);
    }
  }
  return out;
}

/// What is looked at, and what may come of it.
struct Topic {
  CheckName name;
  Values values = {};  ///< of its title

  DoctorCheck is(State state, const Finding& found, Values more = {}) const {
    more.insert(more.end(), values.begin(), values.end());
    return {.state = state,
            .id = std::string(name.id),
            .title = filled(name.title, more),
            .detail = filled(found.found, more),
            .remedy = filled(found.remedy, more),
            .finding = std::string(found.name),
            .values = more};
  }
  /// What is to be done is what the error says.
  DoctorCheck is(State state, const Finding& found, const Error& error) const {
    DoctorCheck check = is(state, found);
    check.error = std::string(wire_name(error.code));
    check.remedy = error.message;
    return check;
  }
  /// The vendor did not answer the question.
  DoctorCheck unanswered(const Error& error) const {
    return error.code == ErrorCode::vendor_unauthorized
               ? is(State::failed, finding::question_refused, error)
               : is(State::unknown, finding::not_answered, error);
  }
};

DoctorCheck clock_check(const World& world) {
  const Topic clock{check::clock};
  const SendResult sent = world.send(ultravox::account_me());
  const auto server_date = sent ? http_date(header(*sent, "date")) : std::nullopt;
  if (!server_date) return clock.is(State::unknown, finding::clock_unread);
  const Millis skew = world.now() - *server_date;
  if (std::abs(skew) > clock_tolerance_ms) {
    return clock.is(State::failed, finding::clock_off,
                    Values{{"seconds", std::to_string(skew / 1000)}});
  }
  return clock.is(State::ok, finding::clock_good);
}

DoctorCheck minutes_check(const ultravox::Account& account) {
  const Topic minutes{check::ultravox_minutes};
  if (account.has_active_subscription) return minutes.is(State::ok, finding::subscribed);
  if (!account.free_seconds_remaining) return minutes.is(State::unknown, finding::minutes_unread);
  const auto left = static_cast<int>(*account.free_seconds_remaining / 60);
  if (left <= 0) return minutes.is(State::failed, finding::minutes_used_up);
  const Values values{{"minutes", std::to_string(left)}};
  return left < 5 ? minutes.is(State::warning, finding::minutes_few, values)
                  : minutes.is(State::ok, finding::minutes_left, values);
}

Checks ultravox_checks(const World& world) {
  const Topic key{check::ultravox_key}, at_once{check::ultravox_concurrency};
  const auto account = ask(world, ultravox::account_me(), ultravox::parse_account);
  if (!account) return {key.unanswered(account.error())};
  Checks checks = {key.is(State::ok, finding::key_accepted)};
  if (const auto allowed = account->allowed_concurrent_calls) {
    const Values values{{"active", std::to_string(account->active_calls)},
                        {"allowed", std::to_string(*allowed)}};
    checks.push_back(account->active_calls < *allowed
                         ? at_once.is(State::ok, finding::calls_in_use, values)
                         : at_once.is(State::failed, finding::all_calls_in_use, values));
  } else {
    checks.push_back(at_once.is(State::ok, finding::calls_unlimited));
  }
  checks.push_back(minutes_check(*account));
  return checks;
}

DoctorCheck caller_number_check(const Config& config, const World& world) {
  const Topic caller{check::twilio_number};
  const std::string &account = config.twilio_account_sid, &number = config.twilio_number;
  const Values values{{"number", number}};
  const auto owned = ask(world, twilio::owned_numbers(account, number), twilio::parse_numbers);
  const auto holds = [&](const Result<std::vector<std::string>>& numbers) {
    return numbers && std::find(numbers->begin(), numbers->end(), number) != numbers->end();
  };
  if (holds(owned)) return caller.is(State::ok, finding::number_owned, values);
  const auto verified =
      ask(world, twilio::verified_callers(account, number), twilio::parse_numbers);
  if (holds(verified)) return caller.is(State::ok, finding::number_verified, values);
  if (!owned) return caller.unanswered(owned.error());
  if (!verified) return caller.unanswered(verified.error());
  return caller.is(State::failed, finding::number_foreign, values);
}

DoctorCheck balance_check(const Config& config, const World& world) {
  const Topic funds{check::twilio_balance};
  const auto balance =
      ask(world, twilio::fetch_balance(config.twilio_account_sid), twilio::parse_balance);
  if (!balance) return funds.unanswered(balance.error());
  char* end = nullptr;
  const double amount = std::strtod(balance->balance.c_str(), &end);
  if (end == balance->balance.c_str()) return funds.is(State::unknown, finding::balance_unread);
  const Values values{{"balance", balance->balance}, {"currency", balance->currency}};
  if (amount >= low_balance) return funds.is(State::ok, finding::balance_good, values);
  return funds.is(amount <= 0 ? State::failed : State::warning, finding::balance_low, values);
}

DoctorCheck geo_check(const World& world, const std::string& region) {
  const Topic geo{check::twilio_geo, Values{{"region", region}}};
  const auto allowed =
      ask(world, twilio::dialing_permissions(region), twilio::parse_dialing_permissions);
  if (!allowed) return geo.unanswered(allowed.error());
  return allowed->low_risk ? geo.is(State::ok, finding::country_enabled)
                           : geo.is(State::failed, finding::country_not_enabled);
}

Checks twilio_checks(const Config& config, const World& world, const std::string& region) {
  const Topic key{check::twilio_key}, plan{check::twilio_trial};
  if (!config.phone) {
    return {key.is(State::warning, finding::phone_off,
                   make_error(ErrorCode::phone_unavailable, config.phone_off_reason))};
  }
  const auto account =
      ask(world, twilio::fetch_account(config.twilio_account_sid), twilio::parse_account);
  Checks checks;
  if (account) {
    checks.push_back(account->status == "active"
                         ? key.is(State::ok, finding::account_active)
                         : key.is(State::failed, finding::account_not_active,
                                  Values{{"status", account->status}}));
    checks.push_back(account->type == "Trial" ? plan.is(State::warning, finding::trial)
                                              : plan.is(State::ok, finding::not_a_trial));
  } else if (config.twilio_user == config.twilio_account_sid) {
    return {key.unanswered(account.error())};
  } else if (account.error().code == ErrorCode::vendor_unauthorized) {
    // A standard API key may place calls but not read /Accounts
    // (https://www.twilio.com/docs/iam/api-keys).
    checks.push_back(key.is(State::unknown, finding::account_hidden));
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
  const Topic address{check::public_address};
  const std::string& url = config.public_base_url;
  const Values values{{"url", url}};
  if (url.empty()) return address.is(State::ok, finding::address_not_set);
  if (config.sandbox && !is_loopback_host(url_host(url))) {
    return address.is(State::unknown, finding::address_not_tried, values);
  }
  const std::string challenge = crypto::to_hex(world.random_bytes(16));
  VendorRequest request;
  request.method = "GET";
  request.elsewhere = url + "/healthz?challenge=" + challenge;
  request.timeout_ms = 8'000;
  request.max_reply_bytes = 64 * 1024;
  const SendResult sent = world.send(request);
  if (sent && sent->body.find(proof_of_identity(config, challenge)) != std::string::npos) {
    return address.is(State::ok, finding::address_good, values);
  }
  return address.is(State::failed, sent ? finding::address_foreign : finding::address_silent,
                    values);
}

/// What the database lets an acknowledged call risk, and what stands between it and this server.
Checks database_checks(const World& world, Store& store) {
  const auto about = store.about_database();
  if (!about || !*about) return {};  // a file; or it cannot be read, which the record's check tells
  const DatabaseReport& is = **about;
  const Topic version{check::database}, safety{check::database_safety}, bell{check::database_bell},
      clock{check::database_clock};
  Checks checks;
  const Values number{{"version", std::to_string(is.version)}};
  checks.push_back(is.version >= 15 ? version.is(State::ok, finding::database_good, number)
                                    : version.is(State::failed, finding::database_old, number));
  checks.push_back(!is.on_disk      ? safety.is(State::warning, finding::database_not_on_disk)
                   : !is.on_standby ? safety.is(State::warning, finding::database_alone)
                                    : safety.is(State::ok, finding::database_safe));
  checks.push_back(is.can_be_heard ? bell.is(State::ok, finding::database_heard)
                   : is.pooled     ? bell.is(State::warning, finding::database_pooled)
                                   : bell.is(State::warning, finding::database_unheard));
  const std::int64_t asked_at = world.steady_ms();
  const auto theirs = store.clock();
  const Millis ours = world.machine_now ? world.machine_now() : world.now();
  if (!theirs || !*theirs) {
    checks.push_back(clock.is(State::unknown, finding::database_clock_unread));
  } else {
    constexpr Millis tolerance_ms = 2'000;
    const Millis ahead = **theirs - ours + (world.steady_ms() - asked_at) / 2;
    const Values seconds{{"seconds", std::to_string(std::abs(ahead) / 1000)}};
    checks.push_back(
        std::abs(ahead) <= tolerance_ms ? clock.is(State::ok, finding::database_clock_good)
        : ahead > 0 ? clock.is(State::warning, finding::database_clock_ahead, seconds)
                    : clock.is(State::warning, finding::database_clock_behind, seconds));
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
  if (config.sandbox) {
    report.checks.insert(report.checks.begin(),
                         Topic{check::sandbox}.is(State::warning, finding::stand_ins));
  }
  report.checks.insert(report.checks.end(), std::make_move_iterator(twilio.begin()),
                       std::make_move_iterator(twilio.end()));
  report.checks.push_back(address.get());
  report.checks.push_back(clock.get());
  for (DoctorCheck& check : database_checks(world, store))
    report.checks.push_back(std::move(check));
  const Topic record{check::store};
  const auto writable = store.check_writable();
  report.checks.push_back(
      writable ? record.is(State::ok, finding::record_writable)
               : record.is(State::failed, finding::record_not_writable, writable.error()));
  return report;
}

bool healthy(const DoctorReport& report) {
  return std::none_of(report.checks.begin(), report.checks.end(),
                      [](const DoctorCheck& row) { return row.state == State::failed; });
}

}  // namespace voxdial
