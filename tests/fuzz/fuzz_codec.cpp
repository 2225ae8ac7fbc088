// Any bytes into every decoder of the contract. What is accepted must come out of its encoder in a
// form that is accepted again and means the same.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "shared/ascii.h"
#include "shared/codec.h"
#include "shared/e164.h"
#include "shared/time_text.h"

namespace {

using namespace voxdial;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

template <class T>
void round_trip(std::string_view input) {
  const auto value = decode<T>(input);
  if (!value) {
    require(!value.error().message.empty(), "an error says what is wrong");
    const auto error = decode<Error>(encode(value.error()));
    require(error.has_value() && *error == value.error(), "an error can be sent");
    return;
  }
  const std::string text = encode(*value);
  const auto again = decode<T>(text);
  require(again.has_value(), "what was encoded decodes");
  require(*again == *value, "it means the same");
  require(encode(*again) == text, "it is written the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  round_trip<CallRequest>(input);
  round_trip<SayRequest>(input);
  round_trip<HangUpRequest>(input);
  round_trip<PhoneCheckRequest>(input);
  round_trip<Agent>(input);
  round_trip<Error>(input);
  round_trip<CallPlaced>(input);
  round_trip<Call>(input);
  round_trip<CallDetail>(input);
  round_trip<CallPage>(input);
  round_trip<Transcript>(input);
  round_trip<ServerConfig>(input);
  round_trip<AgentList>(input);
  round_trip<VoiceList>(input);
  round_trip<ModelList>(input);
  round_trip<DoctorReport>(input);
  round_trip<PhoneCheck>(input);
  round_trip<VendorHealth>(input);
  round_trip<ServerTime>(input);

  if (const auto query = decode_call_query(input)) {
    const auto again = decode_call_query(encode_query(*query));
    require(again.has_value() && *again == *query, "a query reads back");
  }
  const std::string masked = mask_number(input);
  require(masked.empty() || is_masked(masked), "a masked number says that it is one");
  for (const auto& at : {from_rfc3339(input), from_rfc2822(input)}) {
    if (at) require(from_rfc3339(to_rfc3339(*at)) == at, "a moment reads back");
  }
  return 0;
}
