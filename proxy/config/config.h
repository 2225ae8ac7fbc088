// The proxy's configuration: read once from the environment, checked whole, never changed.
//
// .env.example says what each setting is for and its default, and is a part of the program; here
// stand its member and the kind of value it has. It must not touch the environment itself (main
// passes it in), and no secret it holds can be printed or compared (proxy/config/secret.h). All
// mistakes are reported together, each with its remedy.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/secret.h"
#include "proxy/policy/phone.h"
#include "proxy/store/values.h"
#include "proxy/url.h"

namespace voxdial {

struct Config {
  // Ultravox
  Secret ultravox_key;
  std::string ultravox_base_url;

  // Twilio: all or nothing
  std::string twilio_account_sid;
  Secret twilio_auth_token;   ///< also checks callbacks' signatures
  std::string twilio_number;  ///< E.164
  std::string twilio_key_sid;
  Secret twilio_key_secret;
  std::string twilio_base_url;

  std::string public_base_url;  ///< https, no trailing slash; empty = no callbacks
  std::string listen_address;
  int port = 8080;                           ///< 0 = any free port
  std::string tls_cert_file, tls_key_file;   ///< both or neither
  std::vector<std::string> trusted_proxies;  ///< networks whose forwarded headers count
  std::string identity_header;               ///< lower case; empty = none
  std::vector<std::string> allowed_hosts;    ///< besides address, localhost and PUBLIC_BASE_URL

  std::string data_dir, web_root, agents_dir;
  Secret database_url;         ///< empty: a file in data_dir
  Secret database_listen_url;  ///< of the same, not through a pooler; empty: database_url

  CallLimits limits;                ///< counted in the store, so that a restart forgets nothing
  int max_call_s = 0;               ///< hard length limit sent to both vendors
  int ring_timeout_s = 0;           ///< Twilio Timeout
  Micros price_web_per_minute = 0;  ///< estimates
  Micros price_phone_per_minute = 0;
  PhonePolicy phone_policy;
  int retention_days = 0;  ///< 0 = keep for ever
  std::string recording_notice;

  // What follows from these.
  bool phone = false;                 ///< the Twilio values are there
  std::string phone_off_reason;       ///< in words, when !phone
  std::string twilio_user;            ///< the account sid, or the API key's sid when there is one
  Secret twilio_password;             ///< the auth token, or the API key's secret
  std::string twilio_voice_base_url;  ///< voice.twilio.com beside api.twilio.com; else the same
  bool sandbox = false;  ///< both vendors are on this machine: stand-ins, no real call is placed
};

/// Every setting: its variable, its member, and the kind of value it is (setting_reader.h).
template <class Reader>
void settings(Reader& read, Config& c) {
  read.key("ULTRAVOX_API_KEY", c.ultravox_key);
  read.origin("ULTRAVOX_BASE_URL", c.ultravox_base_url);
  read.sid("TWILIO_ACCOUNT_SID", c.twilio_account_sid, "AC");
  read.key("TWILIO_AUTH_TOKEN", c.twilio_auth_token);
  read.phone_number("TWILIO_PHONE_NUMBER", c.twilio_number);
  read.sid("TWILIO_API_KEY_SID", c.twilio_key_sid, "SK");
  read.key("TWILIO_API_KEY_SECRET", c.twilio_key_secret);
  read.origin("TWILIO_BASE_URL", c.twilio_base_url);

  read.origin("PUBLIC_BASE_URL", c.public_base_url);
  read.host("LISTEN_ADDRESS", c.listen_address);
  read.number("PORT", c.port, 0, 65535);
  read.pem_file("TLS_CERT_FILE", c.tls_cert_file);
  read.pem_file("TLS_KEY_FILE", c.tls_key_file);
  read.hosts("ALLOWED_HOSTS", c.allowed_hosts);
  read.networks("TRUSTED_PROXIES", c.trusted_proxies);
  read.name("IDENTITY_HEADER", c.identity_header);

  read.path("DATA_DIR", c.data_dir);
  read.database("DATABASE_URL", c.database_url);
  read.database("DATABASE_LISTEN_URL", c.database_listen_url);
  read.path("WEB_ROOT", c.web_root);
  read.path("AGENTS_DIR", c.agents_dir);

  read.regions("ALLOWED_REGIONS", c.phone_policy.allowed_regions);
  read.prefixes("DENIED_PREFIXES", c.phone_policy.denied_prefixes);
  read.phone_list("DO_NOT_CALL_FILE", c.phone_policy.do_not_call);
  read.quiet_hours("QUIET_HOURS", c.phone_policy);
  read.yes_no("ALLOW_PERSONAL_NUMBERS", c.phone_policy.allow_personal_numbers);
  read.yes_no("ALLOW_UNLISTED_NUMBERS", c.phone_policy.allow_unlisted_numbers);
  read.yes_no("TWILIO_TEST_CREDENTIALS", c.phone_policy.test_credentials);

  read.number("MAX_CALL_SECONDS", c.max_call_s, 30, 14400);
  read.number("RING_TIMEOUT_SECONDS", c.ring_timeout_s, 5, 600);
  read.number("LIMIT_CALLS_PER_USER_HOUR", c.limits.person_hour, 0, 100'000);
  read.number("LIMIT_CALLS_PER_USER_DAY", c.limits.person_day, 0, 1'000'000);
  read.number("LIMIT_CALLS_PER_ADDRESS_HOUR", c.limits.address_hour, 0, 100'000);
  read.number("LIMIT_CALLS_PER_ADDRESS_DAY", c.limits.address_day, 0, 1'000'000);
  read.number("LIMIT_CALLS_PER_DESTINATION_HOUR", c.limits.destination_hour, 0, 100'000);
  read.number("LIMIT_CALLS_PER_DESTINATION_DAY", c.limits.destination_day, 0, 100'000);
  read.number("LIMIT_CONCURRENT_CALLS", c.limits.everyone_live, 0, 10'000);
  read.number("LIMIT_MINUTES_PER_DAY", c.limits.minutes_day, 0, 10'000'000);
  read.money("LIMIT_SPEND_PER_DAY", c.limits.spend_day);
  read.money("PRICE_WEB_PER_MINUTE", c.price_web_per_minute);
  read.money("PRICE_PHONE_PER_MINUTE", c.price_phone_per_minute);
  read.number("RETENTION_DAYS", c.retention_days, 0, 36'500);
  read.text("RECORDING_NOTICE", c.recording_notice);
}

/// .env.example: the defaults of all settings.
extern const std::string_view example_settings;

/// One thing that is wrong, and what to do about it.
struct ConfigProblem {
  std::string variable;
  std::string what;    ///< "is not an E.164 number"
  std::string remedy;  ///< "Write it with + and country code, e.g. +14155550123."
};

struct ConfigReport {
  Config config;
  std::vector<ConfigProblem> problems;  ///< empty = usable
  std::vector<std::string> secrets;     ///< the variables that may hold one
};

/// The value of a variable, or nothing when it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
/// The content of a file, or nothing when it cannot be read.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

ConfigReport read_config(const Environment& environment, const ReadFile& read_file);

}  // namespace voxdial
