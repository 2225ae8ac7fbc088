// The proxy's configuration: read once from the environment, checked whole, never changed.
//
// Owns the table of variables (kept equal to .env.example by a test) and the rules about their
// values. It must not touch the environment itself (main passes it in), and no secret it holds can
// be printed or compared (proxy/config/secret.h). All mistakes are reported together, each with its
// remedy.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/secret.h"
#include "proxy/policy/phone.h"
#include "proxy/store/values.h"
#include "proxy/url.h"

namespace voxdial {

/// One row of the table. Variables marked `secret` may also be given as NAME_FILE, the path of a
/// file that holds the value (container secrets).
struct Variable {
  std::string_view name;
  std::string_view fallback;  ///< used when unset or empty; "" = off
  std::string_view help;      ///< the one line in .env.example
  bool secret = false;
};
std::span<const Variable> variables();

struct Config {
  // Ultravox
  Secret ultravox_key;
  std::string ultravox_base_url;

  // Twilio; `phone` says whether it is complete.
  bool phone = false;
  std::string phone_off_reason;  ///< in words, when !phone
  std::string twilio_account_sid;
  Secret twilio_auth_token;   ///< also checks callbacks' signatures
  std::string twilio_user;    ///< the account sid, or the API key's sid when there is one
  Secret twilio_password;     ///< the auth token, or the API key's secret
  std::string twilio_number;  ///< E.164
  std::string twilio_base_url;
  std::string twilio_voice_base_url;  ///< voice.twilio.com beside api.twilio.com; else the same

  /// Both vendors are on this machine: stand-ins, no real call is placed.
  bool sandbox = false;

  std::string public_base_url;  ///< https, no trailing slash; empty = no callbacks
  std::string listen_address;
  int port = 8080;                          ///< 0 = any free port
  std::string tls_cert_file, tls_key_file;  ///< both or neither
  std::vector<std::string>
      trusted_proxies;          ///< addresses or CIDR blocks whose forwarded headers count
  std::string identity_header;  ///< lower case; empty = none
  std::vector<std::string>
      allowed_hosts;  ///< extra Host names besides address, localhost and PUBLIC_BASE_URL

  std::string data_dir, web_root, agents_dir;
  Secret database_url;  ///< empty: a file in data_dir

  CallLimits limits;                ///< counted in the store, so that a restart forgets nothing
  int max_call_s = 0;               ///< hard length limit sent to both vendors
  int ring_timeout_s = 0;           ///< Twilio Timeout
  Micros price_web_per_minute = 0;  ///< estimates
  Micros price_phone_per_minute = 0;
  PhonePolicy phone_policy;  ///< do_not_call is read from DO_NOT_CALL_FILE
  int retention_days = 0;    ///< 0 = keep for ever
  std::string recording_notice;
};

/// One thing that is wrong, and what to do about it.
struct ConfigProblem {
  std::string variable;
  std::string what;    ///< "is not an E.164 number"
  std::string remedy;  ///< "Write it with + and country code, e.g. +14155550123."
};

struct ConfigReport {
  Config config;
  std::vector<ConfigProblem> problems;  ///< empty = usable
};

/// The value of a variable, or nothing when it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
/// The content of a file, or nothing when it cannot be read.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

ConfigReport read_config(const Environment& environment, const ReadFile& read_file);

}  // namespace voxdial
