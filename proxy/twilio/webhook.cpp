#include "proxy/twilio/webhook.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "proxy/crypto/digest.h"
#include "proxy/twilio/web_url.h"
#include "shared/time_text.h"

namespace voxdial::twilio {
namespace {

using http::field;

/// JavaScript sorts by UTF-16 units: characters past U+FFFF (UTF-8 lead F0 and up) come before
/// U+E000..U+FFFF (leads EE and EF). Otherwise the order of UTF-8 bytes is the same.
bool utf16_less(const std::string& a, const std::string& b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_b == b.end()) return false;
  if (in_a == a.end()) return true;
  const auto weight = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0xEE || byte == 0xEF ? byte + 0x10 : int{byte};
  };
  return weight(*in_a) < weight(*in_b);
}

/// Name and value of every parameter, by name and then value, each pair once.
std::string signed_params(const Form& params) {
  Form sorted = params;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.first == b.first ? utf16_less(a.second, b.second) : utf16_less(a.first, b.first);
  });
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::string out;
  for (const auto& [name, value] : sorted) out += name + value;
  return out;
}

/// The address without a port, and with one.
std::array<std::string, 2> port_writings(std::string_view url, bool secure) {
  const auto start = url.find("://") + 3;
  const auto end = std::min(url.find_first_of("/?#", start), url.size());
  const std::string_view authority = url.substr(start, end - start);
  const auto at = authority.rfind('@');
  const auto host = at == std::string_view::npos ? 0 : at + 1;
  // In an IPv6 address only a colon behind the bracket begins the port.
  const auto bracket = authority.find(']', host);
  const auto colon = authority.find(':', bracket == std::string_view::npos ? host : bracket);
  const std::string head(url.substr(0, start + std::min(colon, authority.size())));
  const std::string rest(url.substr(end));
  if (colon != std::string_view::npos) return {head + rest, std::string(url)};
  return {head + rest, head + (secure ? ":443" : ":80") + rest};
}

/// Twilio is not of one mind about how it writes the address it signs: as it stands or as the URL
/// standard has it, with or without the port, with the query as it came or in an older writing.
/// These are the writings its SDK tries (versions 5 and 6 together).
std::vector<std::string> writings(std::string_view url, const WebUrl& parsed) {
  const bool secure = parsed.scheme == "https";
  std::vector<std::string> out;
  for (std::string& one : port_writings(url, secure)) out.push_back(std::move(one));
  for (std::string& one : port_writings(parsed.href(), secure)) {
    const auto mark = one.find('?');
    if (mark != std::string::npos) {
      // An empty query is also signed without its mark.
      const std::string query = legacy_query(std::string_view(one).substr(mark + 1));
      out.push_back(one.substr(0, mark) + (query.empty() ? "" : "?") + query);
    }
    out.push_back(std::move(one));
  }
  return out;
}

int number(std::string_view text, int otherwise) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 && !text.empty()
             ? value
             : otherwise;
}

/// A required field that is a plain word: an id or a status.
Result<std::string> word(const Form& form, const char* name) {
  const std::string_view value = field(form, name);
  if (value.empty()) return fail(ErrorCode::missing_field, {}, name);
  const bool plain = value.size() <= 64 && std::all_of(value.begin(), value.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '_';
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
  if (auth_token.empty() || signature.empty()) return false;
  const auto parsed = parse_web_url(url);
  if (!parsed) return false;
  const std::string tail = signed_params(params);
  bool valid = false;
  for (const std::string& written : writings(url, *parsed)) {
    valid |= crypto::constant_time_equal(
        signature, crypto::to_base64(crypto::hmac_sha1(auth_token, written + tail)));
  }
  return valid;
}

bool body_signature_valid(const Secret& auth_token, std::string_view url, std::string_view raw_body,
                          std::string_view signature) {
  const auto parsed = parse_web_url(url);
  if (!parsed) return false;
  const auto hash = query_value(parsed->query.value_or(""), "bodySHA256");
  const std::string expected =
      crypto::to_hex(crypto::sha256(raw_body.empty() ? std::string_view("{}") : raw_body));
  return hash && crypto::constant_time_equal(*hash, expected) &&
         signature_valid(auth_token, url, {}, signature);
}

bool request_signature_valid(const Secret& auth_token, std::string_view url,
                             std::string_view raw_body, std::string_view signature) {
  if (url.find("bodySHA256") != std::string_view::npos) {
    return body_signature_valid(auth_token, url, raw_body, signature);
  }
  const auto form = http::parse_form(raw_body);
  return form && signature_valid(auth_token, url, *form, signature);
}

Result<StatusCallback> parse_status_callback(const Form& form) {
  auto call_sid = word(form, "CallSid");
  if (!call_sid) return fail(std::move(call_sid).error());
  auto account_sid = word(form, "AccountSid");
  if (!account_sid) return fail(std::move(account_sid).error());
  auto status = word(form, "CallStatus");
  if (!status) return fail(std::move(status).error());
  StatusCallback out;
  out.call_sid = std::move(*call_sid);
  out.account_sid = std::move(*account_sid);
  out.to = std::string(field(form, "To").substr(0, 64));
  out.from = std::string(field(form, "From").substr(0, 64));
  out.status = std::move(*status);
  out.answered_by = short_text(form, "AnsweredBy");
  out.sequence = number(field(form, "SequenceNumber"), -1);
  out.duration_s = number(field(form, "CallDuration"), 0);
  out.sip_code = number(field(form, "SipResponseCode"), 0);
  out.error_code = number(field(form, "ErrorCode"), 0);
  out.at = from_rfc2822(field(form, "Timestamp")).value_or(0);
  return out;
}

Result<AmdCallback> parse_amd_callback(const Form& form) {
  auto call_sid = word(form, "CallSid");
  if (!call_sid) return fail(std::move(call_sid).error());
  auto account_sid = word(form, "AccountSid");
  if (!account_sid) return fail(std::move(account_sid).error());
  const std::string answered_by = short_text(form, "AnsweredBy");
  AmdCallback out;
  out.call_sid = std::move(*call_sid);
  out.account_sid = std::move(*account_sid);
  out.answered_by = answered_by.empty() ? "unknown" : answered_by;  // it gave up without a word
  out.detection_ms = number(field(form, "MachineDetectionDuration"), 0);
  return out;
}

}  // namespace voxdial::twilio
