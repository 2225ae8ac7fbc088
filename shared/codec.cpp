#include "shared/codec.h"

#include <type_traits>

#include "shared/fields_replies.h"
#include "shared/fields_requests.h"
#include "shared/json_reader.h"

namespace voxdial {
namespace {

template <class T>
constexpr bool is_request =
    std::is_same_v<T, CallRequest> || std::is_same_v<T, SayRequest> ||
    std::is_same_v<T, HangUpRequest> || std::is_same_v<T, PhoneCheckRequest>;

}  // namespace

template <class T>
std::string encode(const T& value) {
  return to_json(value);
}
template <class T>
Result<T> decode(std::string_view json) {
  return from_json<T>(json, {.request = is_request<T>, .error = std::nullopt});
}

template <>
std::string encode(const Error& error) {
  return to_json(ErrorEnvelope{error});
}
template <>
Result<Error> decode(std::string_view json) {
  auto envelope = from_reply<ErrorEnvelope>(json);
  if (!envelope) return fail(std::move(envelope).error());
  return std::move(*envelope->error);
}
template <>
Result<Agent> decode(std::string_view json) {
  auto saved = from_request<AgentAsRequest>(json);
  if (!saved) return fail(std::move(saved).error());
  return std::move(saved->agent);
}

CallSettings merge(CallSettings base, const CallSettings& over) {
  JsonValue given = to_json_value(over);
  Reading state{.request = false, .error = std::nullopt};
  JsonReader reader(given, nullptr, state);
  fields(reader, base);  // a member that is not given stays as it is
  return base;
}

#define CODEC(Type)                         \
  template std::string encode(const Type&); \
  template Result<Type> decode(std::string_view json);
CODEC(CallRequest)
CODEC(SayRequest)
CODEC(HangUpRequest)
CODEC(PhoneCheckRequest)
CODEC(CallPlaced)
CODEC(Call)
CODEC(CallDetail)
CODEC(CallPage)
CODEC(Transcript)
CODEC(ServerConfig)
CODEC(AgentList)
CODEC(VoiceList)
CODEC(ModelList)
CODEC(DoctorReport)
CODEC(PhoneCheck)
CODEC(ServerTime)
CODEC(VendorHealth)
#undef CODEC
template std::string encode(const Agent&);

}  // namespace voxdial
