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

/// Of every type that has a request or a reply to itself; codec.cpp lists them. An Error travels in
/// the one envelope: {"error":{code,message,field,provider,retryAfter}}.
template <class T>
std::string encode(const T&);
/// Strict for CallRequest, SayRequest, HangUpRequest, PhoneCheckRequest and Agent, which is also a
/// file; the others are replies.
template <class T>
Result<T> decode(std::string_view json);
template <>
std::string encode(const Error&);
template <>
Result<Error> decode(std::string_view json);
template <>
Result<Agent> decode(std::string_view json);

/// `over`'s members where it has them, else `base`'s.
CallSettings merge(CallSettings base, const CallSettings& over);

/// The query string of GET /api/calls and back; unknown or malformed parameters are errors.
std::string encode_query(const CallQuery&);
Result<CallQuery> decode_call_query(std::string_view query);

}  // namespace voxdial
