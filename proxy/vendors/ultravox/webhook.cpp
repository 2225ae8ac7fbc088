// Whether a webhook is Ultravox's (docs.ultravox.ai/webhooks/securing-webhooks).
#include <algorithm>

#include "proxy/crypto/digest.h"
#include "proxy/vendors/ultravox/ultravox.h"
#include "shared/time_text.h"

namespace voxdial::ultravox {

bool webhook_signature_valid(const std::vector<std::string>& secrets, std::string_view raw_body,
                             std::string_view timestamp_header, std::string_view signature_header,
                             Millis now) {
  const auto at = from_rfc3339(timestamp_header);
  if (!at || *at < now - webhook_window_ms || *at > now + webhook_window_ms) return false;
  const std::string signed_text = std::string(raw_body) + std::string(timestamp_header);
  bool valid = false;
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;  // anybody can sign with nothing
    const std::string expected = crypto::to_hex(crypto::hmac_sha256(secret, signed_text));
    std::string_view rest = signature_header;
    while (!rest.empty()) {
      std::string_view one = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      while (one.starts_with(' ')) one.remove_prefix(1);
      while (one.ends_with(' ')) one.remove_suffix(1);
      // Every item is compared with every secret, so time tells neither which nor how many match.
      valid |= crypto::constant_time_equal(one, expected);
    }
  }
  return valid;
}

}  // namespace voxdial::ultravox
