#include "shared/codec.h"

#include "shared/fields_replies.h"
#include "shared/fields_requests.h"
#include "shared/json_reader.h"

namespace voxdial {

std::string encode(const CallRequest& v) { return to_json(v); }
Result<CallRequest> decode_call_request(std::string_view json) {
  return from_request<CallRequest>(json);
}
std::string encode(const SayRequest& v) { return to_json(v); }
Result<SayRequest> decode_say_request(std::string_view json) {
  return from_request<SayRequest>(json);
}
std::string encode(const HangUpRequest& v) { return to_json(v); }
Result<HangUpRequest> decode_hang_up_request(std::string_view json) {
  return from_request<HangUpRequest>(json);
}
std::string encode(const PhoneCheckRequest& v) { return to_json(v); }
Result<PhoneCheckRequest> decode_phone_check_request(std::string_view json) {
  return from_request<PhoneCheckRequest>(json);
}
std::string encode(const CallPlaced& v) { return to_json(v); }
Result<CallPlaced> decode_call_placed(std::string_view json) {
  return from_reply<CallPlaced>(json);
}
std::string encode(const Call& v) { return to_json(v); }
Result<Call> decode_call(std::string_view json) { return from_reply<Call>(json); }
std::string encode(const CallDetail& v) { return to_json(v); }
Result<CallDetail> decode_call_detail(std::string_view json) {
  return from_reply<CallDetail>(json);
}
std::string encode(const CallPage& v) { return to_json(v); }
Result<CallPage> decode_call_page(std::string_view json) { return from_reply<CallPage>(json); }
std::string encode(const Transcript& v) { return to_json(v); }
Result<Transcript> decode_transcript(std::string_view json) { return from_reply<Transcript>(json); }
std::string encode(const Agent& v) { return to_json(v); }
Result<Agent> decode_agent(std::string_view json) {
  auto saved = from_request<AgentAsRequest>(json);
  if (!saved) return fail(std::move(saved).error());
  return std::move(saved->agent);
}
std::string encode(const AgentList& v) { return to_json(v); }
Result<AgentList> decode_agent_list(std::string_view json) { return from_reply<AgentList>(json); }
std::string encode(const Error& v) { return to_json(ErrorEnvelope{v}); }
Result<Error> decode_error(std::string_view json) {
  auto envelope = from_reply<ErrorEnvelope>(json);
  if (!envelope) return fail(std::move(envelope).error());
  return std::move(*envelope->error);
}
std::string encode(const ServerConfig& v) { return to_json(v); }
Result<ServerConfig> decode_server_config(std::string_view json) {
  return from_reply<ServerConfig>(json);
}
std::string encode(const VoiceList& v) { return to_json(v); }
Result<VoiceList> decode_voice_list(std::string_view json) { return from_reply<VoiceList>(json); }
std::string encode(const ModelList& v) { return to_json(v); }
Result<ModelList> decode_model_list(std::string_view json) { return from_reply<ModelList>(json); }
std::string encode(const DoctorReport& v) { return to_json(v); }
Result<DoctorReport> decode_doctor_report(std::string_view json) {
  return from_reply<DoctorReport>(json);
}
std::string encode(const PhoneCheck& v) { return to_json(v); }
Result<PhoneCheck> decode_phone_check(std::string_view json) {
  return from_reply<PhoneCheck>(json);
}
std::string encode(const ServerTime& v) { return to_json(v); }
Result<ServerTime> decode_server_time(std::string_view json) {
  return from_reply<ServerTime>(json);
}
std::string encode(const VendorHealth& v) { return to_json(v); }
Result<VendorHealth> decode_vendor_health(std::string_view json) {
  return from_reply<VendorHealth>(json);
}

CallSettings merge(CallSettings base, const CallSettings& over) {
  JsonValue given = to_json_value(over);
  Reading state{.request = false, .error = std::nullopt};
  JsonReader reader(given, nullptr, state);
  fields(reader, base);  // a member that is not given stays as it is
  return base;
}

}  // namespace voxdial
