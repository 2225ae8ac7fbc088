#include "proxy/config/config.h"

#include <algorithm>

#include "proxy/config/setting_reader.h"
#include "proxy/policy/number.h"

namespace voxdial {
namespace {

void need_both(SettingReader& r, const char* one, bool has_one, const char* other, bool has_other) {
  if (has_one == has_other) return;
  r.problem(has_one ? other : one, "is missing while its other half is set",
            "Set both or neither.");
}

void complete_twilio(SettingReader& r, Config& c) {
  c.twilio_voice_base_url = c.twilio_base_url;
  if (const auto at = c.twilio_base_url.find("//api."); at != std::string::npos) {
    c.twilio_voice_base_url.replace(at, 6, "//voice.");
  }
  const bool has_key = !c.twilio_key_sid.empty();
  c.phone = !c.twilio_account_sid.empty() || !c.twilio_auth_token.empty() ||
            !c.twilio_number.empty() || has_key || !c.twilio_key_secret.empty();
  if (!c.phone) {
    c.phone_off_reason =
        "Phone calls are off: no Twilio values are set. Fill in TWILIO_ACCOUNT_SID, "
        "TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER in .env and restart.";
    return;
  }
  for (const auto& [name, missing] :
       {std::pair{"TWILIO_ACCOUNT_SID", c.twilio_account_sid.empty()},
        {"TWILIO_AUTH_TOKEN", c.twilio_auth_token.empty() && !has_key},
        {"TWILIO_PHONE_NUMBER", c.twilio_number.empty()}}) {
    if (!missing) continue;
    r.problem(name, "is missing while other Twilio values are set",
              "Copy it from the Twilio console, or remove all Twilio values for web calls only.");
  }
  need_both(r, "TWILIO_API_KEY_SID", has_key, "TWILIO_API_KEY_SECRET",
            !c.twilio_key_secret.empty());
  c.twilio_user = has_key ? c.twilio_key_sid : c.twilio_account_sid;
  c.twilio_password = has_key ? c.twilio_key_secret : c.twilio_auth_token;
  c.phone_policy.own_region = region_of(c.twilio_number);
}

}  // namespace

ConfigReport read_config(const Environment& environment, const ReadFile& read_file) {
  SettingReader r(environment, read_file);
  Config c;
  settings(r, c);
  if (c.ultravox_key.empty()) {
    r.problem("ULTRAVOX_API_KEY", "is missing",
              "Create one at app.ultravox.ai under Settings, API keys; or run ./run without any "
              "keys for the sandbox.");
  }
  complete_twilio(r, c);
  need_both(r, "TLS_CERT_FILE", !c.tls_cert_file.empty(), "TLS_KEY_FILE", !c.tls_key_file.empty());
  if (!c.identity_header.empty() && c.trusted_proxies.empty()) {
    r.problem("IDENTITY_HEADER", "is set without TRUSTED_PROXIES",
              "Name the reverse proxy's address: otherwise anybody could send the header.");
  }
  c.sandbox = is_loopback_host(url_host(c.ultravox_base_url)) &&
              is_loopback_host(url_host(c.twilio_base_url));
  return {
      .config = std::move(c), .problems = std::move(r.problems), .secrets = std::move(r.secrets)};
}

}  // namespace voxdial
