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

template <class Decode>
void round_trip(Decode decode, std::string_view input) {
  const auto value = decode(input);
  if (!value) {
    require(!value.error().message.empty(), "an error says what is wrong");
    const auto error = decode<Error>(encode(value.error()));
    require(error.has_value() && *error == value.error(), "an error can be sent");
    return;
  }
  const std::string text = encode(*value);
  const auto again = decode(text);
  require(again.has_value(), "what was encoded decodes");
  require(*again == *value, "it means the same");
  require(encode(*again) == text, "it is written the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  round_trip(decode<CallRequest>, input);
  round_trip(decode<SayRequest>, input);
  round_trip(decode<HangUpRequest>, input);
  round_trip(decode<PhoneCheckRequest>, input);
  round_trip(decode<Agent>, input);
  round_trip(decode<Error>, input);
  round_trip(decode<CallPlaced>, input);
  round_trip(decode<Call>, input);
  round_trip(decode<CallDetail>, input);
  round_trip(decode<CallPage>, input);
  round_trip(decode<Transcript>, input);
  round_trip(decode<ServerConfig>, input);
  round_trip(decode<AgentList>, input);
  round_trip(decode<VoiceList>, input);
  round_trip(decode<ModelList>, input);
  round_trip(decode<DoctorReport>, input);
  round_trip(decode<PhoneCheck>, input);
  round_trip(decode<VendorHealth>, input);
  round_trip(decode<ServerTime>, input);

  if (const auto query = decode_call_query(input)) {
    const auto again = decode_call_query(encode_query(*query));
    require(again.has_value() && *again == *query, "a query reads back");
  }
  const std::string masked = mask_number(input);
  require(masked.empty() || is_masked(masked), "a masked number says that it is one");
  require(digits_of(group_number(input)) == digits_of(input),
          "a grouped number is the same number");
  if (const auto at = from_rfc3339(input)) {
    require(from_rfc3339(to_rfc3339(*at)) == at, "a moment reads back");
  }
  (void)from_rfc2822(input);
  return 0;
}
