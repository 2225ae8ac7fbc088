// JSON in and out of every value in shared/api.h. What a value is made of stands in one list for
// both directions (shared/fields_*.h).
//
// Decoding a REQUEST is strict, for what a stranger sends: unknown or doubled fields, wrong types,
// out-of-range values, NUL, over-long text and too deep nesting are errors that name the field by
// its path ("settings.selectedTools[2].temporaryTool.modelToolName"). Decoding a REPLY (by the
// page, or by a script's tests) ignores unknown fields, so that an older page survives a newer
// proxy, and is as strict about the known ones; what makes the answer that kind of answer must be
// there, and every error is bad_reply with the path of the field. Nothing here throws.
// encode(decode(x)) == x and decode(encode(v)) == v for every valid value.
#pragma once

#include <string>
#include <string_view>

#include "shared/api.h"
#include "shared/result.h"

namespace voxdial {

/// Limits on a request before it is looked into; a reply may be larger (8 MiB, 500,000 values).
constexpr std::size_t max_request_bytes = 256 * 1024;
constexpr int max_json_depth = 24;
constexpr int max_json_fields = 2000;  ///< members and elements, all levels together

// Requests: encoded by the page, decoded (strictly) by the proxy.
std::string encode(const CallRequest&);
Result<CallRequest> decode_call_request(std::string_view json);
std::string encode(const SayRequest&);
Result<SayRequest> decode_say_request(std::string_view json);
std::string encode(const HangUpRequest&);
Result<HangUpRequest> decode_hang_up_request(std::string_view json);
std::string encode(const PhoneCheckRequest&);
Result<PhoneCheckRequest> decode_phone_check_request(std::string_view json);
std::string encode(const Agent&);
Result<Agent> decode_agent(std::string_view json);  ///< strict: it is a request (PUT) and a file

// Replies: encoded by the proxy, decoded by the page.
std::string encode(
    const Error&);  ///< the one envelope: {"error":{code,message,field,provider,retryAfter}}
Result<Error> decode_error(std::string_view json);
std::string encode(const CallPlaced&);
Result<CallPlaced> decode_call_placed(std::string_view json);
std::string encode(const Call&);
Result<Call> decode_call(std::string_view json);
std::string encode(const CallDetail&);
Result<CallDetail> decode_call_detail(std::string_view json);
std::string encode(const CallPage&);
Result<CallPage> decode_call_page(std::string_view json);
std::string encode(const Transcript&);
Result<Transcript> decode_transcript(std::string_view json);
std::string encode(const ServerConfig&);
Result<ServerConfig> decode_server_config(std::string_view json);
std::string encode(const AgentList&);
Result<AgentList> decode_agent_list(std::string_view json);
std::string encode(const VoiceList&);
Result<VoiceList> decode_voice_list(std::string_view json);
std::string encode(const ModelList&);
Result<ModelList> decode_model_list(std::string_view json);
std::string encode(const DoctorReport&);
Result<DoctorReport> decode_doctor_report(std::string_view json);
std::string encode(const PhoneCheck&);
Result<PhoneCheck> decode_phone_check(std::string_view json);
std::string encode(const ServerTime&);
Result<ServerTime> decode_server_time(std::string_view json);
std::string encode(const VendorHealth&);
Result<VendorHealth> decode_vendor_health(std::string_view json);

/// `over`'s members where it has them, else `base`'s.
CallSettings merge(CallSettings base, const CallSettings& over);

/// The query string of GET /api/calls and back; unknown or malformed parameters are errors.
std::string encode_query(const CallQuery&);
Result<CallQuery> decode_call_query(std::string_view query);

}  // namespace voxdial
