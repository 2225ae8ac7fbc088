// Any bytes as the address of a call's audio: the instructions are the one element we wrote, or
// none.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proxy/vendors/twilio/twilio.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace voxdial;
  const std::string_view url(reinterpret_cast<const char*>(data), size);
  const auto twiml = twilio::twiml_stream(url);
  if (!twiml) return 0;
  const std::string_view head = "<Response><Connect><Stream url=\"";
  const std::string_view tail = "\"/></Connect></Response>";
  if (!twiml->starts_with(head) || !twiml->ends_with(tail) || twiml->size() > 4000) std::abort();
  std::string_view inside = *twiml;
  inside.remove_prefix(head.size());
  inside.remove_suffix(tail.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const char c = inside[i];
    if (c == '"' || c == '<' || c == '>' || c == '\'' || c < '!' || c > '~') std::abort();
    if (c == '&' && inside.substr(i, 5) != "&amp;") std::abort();
  }
  return 0;
}
