#include "shared/codec.h"

#include "shared/fields_replies.h"
#include "shared/fields_requests.h"
#include "shared/json_reader.h"

namespace voxdial {

template <class T>
constexpr bool is_request = false;

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

#define REPLY(Type)                         \
  template std::string encode(const Type&); \
  template Result<Type> decode(std::string_view json);
#define REQUEST(Type)                     \
  template <>                             \
  constexpr bool is_request<Type> = true; \
  REPLY(Type)
REQUEST(CallRequest)
REQUEST(SayRequest)
REQUEST(HangUpRequest)
REQUEST(PhoneCheckRequest)
REPLY(CallPlaced)
REPLY(Call)
REPLY(CallDetail)
REPLY(CallPage)
REPLY(Transcript)
REPLY(ServerConfig)
REPLY(AgentList)
REPLY(VoiceList)
REPLY(ModelList)
REPLY(DoctorReport)
REPLY(PhoneCheck)
REPLY(ServerTime)
REPLY(VendorHealth)
#undef REQUEST
#undef REPLY
template std::string encode(const Agent&);

}  // namespace voxdial
