// Whether a webhook is Ultravox's (https://docs.ultravox.ai/webhooks/securing-webhooks).
#include "proxy/crypto/digest.h"
#include "proxy/vendors/ultravox/ultravox.h"
#include "shared/ascii.h"
#include "shared/time_text.h"

namespace voxdial::ultravox {

bool webhook_signature_valid(std::string_view secret, std::string_view raw_body,
                             std::string_view timestamp_header, std::string_view signature_header,
                             Millis now) {
  if (secret.empty()) return false;  // anybody can sign with nothing
  const auto at = from_rfc3339(timestamp_header);
  if (!at || *at < now - webhook_window_ms || *at > now + webhook_window_ms) return false;
  const std::string signed_text = std::string(raw_body) + std::string(timestamp_header);
  const std::string expected = crypto::to_hex(crypto::hmac_sha256(secret, signed_text));
  bool valid = false;
  for (const std::string_view one : list_items(signature_header)) {
    valid |= crypto::constant_time_equal(one, expected);  // all of them: time does not tell which
  }
  return valid;
}

}  // namespace voxdial::ultravox
