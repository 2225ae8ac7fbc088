// Any address, body and header, up to the first two NULs: nobody without the token gets through,
// and what the token signed does.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "proxy/crypto/digest.h"
#include "proxy/url.h"
#include "proxy/vendors/twilio/webhook.h"
#include "proxy/vendors/ultravox/ultravox.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace voxdial;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto take = [&rest] {
    const std::string_view part = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
  };
  const std::string_view url = take();
  const std::string_view header = take();
  const std::string_view body = rest;
  static const Secret token(std::string("f00d5a17"));

  const auto form = http::parse_form(body);
  if (form && twilio::signature_valid(token, url, *form, header)) std::abort();
  if (ultravox::webhook_signature_valid("f00d5a17", body, url, header, 1'735'689'600'000)) {
    std::abort();
  }
  if (const auto at = read_url(url)) {
    const std::string written = origin_of(*at) + at->target;
    const std::string signature = crypto::to_base64(crypto::hmac_sha1(token, written));
    if (!twilio::signature_valid(token, url, {}, signature)) std::abort();
  }
  return 0;
}
