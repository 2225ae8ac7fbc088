// Any address (or moment), header and body, up to the first two NULs: nobody without the token gets
// through, and what the token signed does.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "proxy/crypto/digest.h"
#include "proxy/url.h"
#include "proxy/vendors/twilio/webhook.h"
#include "proxy/vendors/ultravox/ultravox.h"
#include "shared/time_text.h"

namespace {

using namespace voxdial;

constexpr std::string_view key = "f00d5a17";
constexpr Millis now = 1'735'689'600'000;  // 2025-01-01

/// Twilio signs an address with its port or without, whichever way it was given.
std::vector<std::string> writings(const Url& url) {
  const std::string port = ":" + std::to_string(url.port);
  std::string origin = origin_of(url);
  if (origin.ends_with(port)) origin.resize(origin.size() - port.size());
  return {origin + url.target, origin + port + url.target};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto take = [&rest] {
    const std::string_view part = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
  };
  const std::string_view url = take();
  const std::string_view header = take();
  const std::string_view body = rest;
  static const Secret token{std::string(key)};

  const auto form = http::parse_form(body);
  if (form && twilio::signature_valid(token, url, *form, header)) std::abort();
  if (const auto at = read_url(url); at && form && form->size() <= 1) {
    std::string fields;
    for (const auto& [name, value] : *form) fields += name + value;
    for (const std::string& written : writings(*at)) {
      const std::string signature = crypto::to_base64(crypto::hmac_sha1(token, written + fields));
      if (!twilio::signature_valid(token, url, *form, signature)) std::abort();
    }
  }

  if (ultravox::webhook_signature_valid(key, body, url, header, now)) std::abort();
  if (const auto at = from_rfc3339(url)) {
    const std::string signature =
        crypto::to_hex(crypto::hmac_sha256(key, std::string(body) + std::string(url)));
    const std::string among_others = std::string(header) + "," + signature;
    if (!ultravox::webhook_signature_valid(key, body, url, among_others, *at)) std::abort();
  }
  return 0;
}
