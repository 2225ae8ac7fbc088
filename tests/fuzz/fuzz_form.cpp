// Any bytes as a callback's form: what is accepted says the same when it is written again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proxy/vendors/twilio/webhook.h"
#include "shared/percent.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace voxdial;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto form = http::parse_form(body);
  if (!form) return 0;
  std::string again;
  for (const auto& [name, value] : *form) {
    if (!again.empty()) again += '&';
    again += percent_encode(name) + '=' + percent_encode(value);
  }
  // Writing in percents makes it up to three times as long, past the limit perhaps.
  if (again.size() <= http::max_form_bytes && *http::parse_form(again) != *form) std::abort();
  if (const auto status = twilio::parse_status_callback(*form)) {
    if (status->call_sid.empty() || status->duration_s < 0) std::abort();
  }
  if (const auto machine = twilio::parse_amd_callback(*form)) {
    if (machine->answered_by.empty()) std::abort();
  }
  return 0;
}
