// Any bytes as a phone number. The first byte chooses the policy. What is allowed is plain E.164,
// means the same again, is nothing that is never dialled, and is refused once it is in the list of
// those not to call.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proxy/policy/phone.h"

namespace {

using namespace voxdial;

constexpr Millis now = 1'768'478'400'000;  // 2026-01-15

bool is_e164(const std::string& text) {
  return text.size() >= 5 && text.size() <= 16 && text[0] == '+' && text[1] >= '1' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  PhonePolicy policy;
  policy.own_region = "US";
  policy.allowed_regions = {"US", "CA", "GB", "DE", "FR", "AU", "JM"};
  policy.quiet_hours = (data[0] & 1) != 0;
  policy.allow_unlisted_numbers = (data[0] & 2) != 0;
  policy.allow_personal_numbers = (data[0] & 4) != 0;
  const char* hints[] = {"", "US", "GB", "DE"};
  const char* hint = hints[data[0] >> 3 & 3];

  const PhoneCheck check = check_phone(text, hint, policy, now);
  if (check.allowed == check.reason.has_value()) std::abort();
  if (!check.e164.empty() && !is_e164(check.e164)) std::abort();
  if (check.allowed) {
    for (const char* never : {"+1600", "+1700", "+1710", "+1900", "+1911", "+6114", "+808", "+870",
                              "+881", "+882", "+883", "+888", "+979"}) {
      if (check.e164.starts_with(never)) std::abort();
    }
    const PhoneCheck again = check_phone(check.e164, "", policy, now);
    if (!again.allowed || again.e164 != check.e164) std::abort();
    policy.do_not_call = {check.e164};
    const PhoneCheck refused = check_phone(text, hint, policy, now);
    if (!refused.reason || refused.reason->code != ErrorCode::do_not_call) std::abort();
  }
  return 0;
}
