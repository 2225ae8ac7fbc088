#include "proxy/vendors/twilio/webhook.h"

#include <algorithm>
#include <climits>

#include "proxy/crypto/digest.h"
#include "proxy/url.h"
#include "shared/ascii.h"

namespace voxdial::twilio {
namespace {

using http::field;

/// Name and value of every parameter, by name and then value, each pair once.
std::string signed_params(Form params) {
  std::sort(params.begin(), params.end());
  params.erase(std::unique(params.begin(), params.end()), params.end());
  std::string out;
  for (const auto& [name, value] : params) out += name + value;
  return out;
}

/// 0 for what is no whole number.
int number(std::string_view text) {
  const auto value = whole_number(text).value_or(0);
  return value <= INT_MAX ? static_cast<int>(value) : 0;
}

/// A required field that is a plain word: an id or a status.
Result<std::string> word(const Form& form, const char* name) {
  const std::string_view value = field(form, name);
  if (value.empty()) return fail(ErrorCode::missing_field, {}, name);
  const bool plain = value.size() <= 64 && std::all_of(value.begin(), value.end(), [](char c) {
                       return is_alnum(c) || c == '-' || c == '_';
                     });
  if (!plain) return fail(ErrorCode::invalid_field, {}, name);
  return std::string(value);
}

std::string short_text(const Form& form, const char* name) {
  auto value = word(form, name);
  return value ? std::move(*value) : std::string();
}

}  // namespace

bool signature_valid(const Secret& auth_token, std::string_view url, const Form& params,
                     std::string_view signature) {
  const auto at = read_url(url);
  if (!at || auth_token.empty() || signature.empty()) return false;
  Url plain = *at;
  plain.port = default_port(at->scheme);
  const std::string host = origin_of(plain);
  const std::string rest = at->target + signed_params(params);
  bool valid = false;
  for (const std::string& written : {host, host + ":" + std::to_string(at->port)}) {
    valid |= crypto::constant_time_equal(
        signature, crypto::to_base64(crypto::hmac_sha1(auth_token, written + rest)));
  }
  return valid;
}

Result<StatusCallback> parse_status_callback(const Form& form) {
  auto call_sid = word(form, "CallSid");
  if (!call_sid) return fail(std::move(call_sid).error());
  auto status = word(form, "CallStatus");
  if (!status) return fail(std::move(status).error());
  StatusCallback out;
  out.call_sid = std::move(*call_sid);
  out.to = std::string(field(form, "To").substr(0, 64));
  out.from = std::string(field(form, "From").substr(0, 64));
  out.status = std::move(*status);
  out.answered_by = short_text(form, "AnsweredBy");
  out.duration_s = number(field(form, "CallDuration"));
  out.sip_code = number(field(form, "SipResponseCode"));
  out.error_code = number(field(form, "ErrorCode"));
  return out;
}

Result<AmdCallback> parse_amd_callback(const Form& form) {
  auto call_sid = word(form, "CallSid");
  if (!call_sid) return fail(std::move(call_sid).error());
  const std::string answered_by = short_text(form, "AnsweredBy");
  AmdCallback out;
  out.call_sid = std::move(*call_sid);
  out.answered_by = answered_by.empty() ? "unknown" : answered_by;  // it gave up without a word
  return out;
}

}  // namespace voxdial::twilio
