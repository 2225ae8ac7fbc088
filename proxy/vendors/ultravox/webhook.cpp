// Whether a webhook is Ultravox's (https://docs.ultravox.ai/webhooks/securing-webhooks).
#include "proxy/crypto/digest.h"
#include "proxy/vendors/ultravox/ultravox.h"
#include "shared/ascii.h"
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
    // Every item is compared with every secret, so time tells neither which nor how many match.
    for (const std::string_view one : list_items(signature_header)) {
      valid |= crypto::constant_time_equal(one, expected);
    }
  }
  return valid;
}

}  // namespace voxdial::ultravox
