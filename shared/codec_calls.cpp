// What the page is told about calls.
#include "shared/codec.h"
#include "shared/json_reader.h"
#include "shared/json_writer.h"
#include "shared/wire_words.h"

namespace voxdial {

// Not in an unnamed namespace: JsonReader and JsonWriter find these by their argument's type.

template <class Io>
void fields(Io& io, typename Io::template Of<CallPlaced::Ultravox>& v) {
  io.text("callId", v.call_id);
  io.text("created", v.created);
  io.text("joinUrl", v.join_url);
}

template <class Io>
void fields(Io& io, typename Io::template Of<CallPlaced::Twilio>& v) {
  io.text("sid", v.sid);
  io.text("status", v.status);
}

template <class Io>
void fields(Io& io, typename Io::template Of<CallPlaced>& v) {
  io.text("id", v.id, required_text);
  io.word("medium", v.medium, medium_words);
  io.word("status", v.status, call_status_words);
  io.require("ultravox");
  io.object("ultravox", v.ultravox);
  io.object("twilio", v.twilio);
}

template <class Io>
void fields(Io& io, typename Io::template Of<EndReason>& v) {
  io.require("by");
  io.word("by", v.by, ended_by_words);
  io.text("code", v.code);
  io.text("sentence", v.sentence);
}

template <class Io>
void fields(Io& io, typename Io::template Of<Call>& v) {
  io.text("id", v.id, required_text);
  io.integer("version", v.version);
  io.word("medium", v.medium, medium_words);
  io.word("status", v.status, call_status_words);
  io.text("agent", v.agent);
  io.text("agentName", v.agent_name);
  io.text("user", v.user);
  io.text("to", v.to);
  io.text("toRegion", v.to_region);
  io.moment("createdAt", v.created_at);
  io.moment("ringingAt", v.ringing_at);
  io.moment("answeredAt", v.answered_at);
  io.moment("endedAt", v.ended_at);
  io.seconds("maxDuration", v.max_duration_s, 0, INT32_MAX);
  io.flag("recording", v.recording);
  io.flag("ending", v.ending);
  io.text("answeredBy", v.answered_by);
  io.flag("leftVoicemail", v.left_voicemail);
  if constexpr (Io::reading) {
    io.object("end", v.end);
    io.rule(v.end == EndReason{} || v.end.by != EndedBy::nobody_yet, "end.by", "");
  } else if (v.end.by != EndedBy::nobody_yet) {
    io.object("end", v.end);
  }
  io.text("price", v.price);
  io.text("priceUnit", v.price_unit);
  io.text("warning", v.warning);
}

template <class Io>
void fields(Io& io, typename Io::template Of<TimelineEntry>& v) {
  io.moment("at", v.at);
  io.text("what", v.what);
  io.text("source", v.source);
  io.text("detail", v.detail);
}

template <class Io>
void fields(Io& io, typename Io::template Of<CallDetail>& v) {
  io.require("call");
  io.object("call", v.call);
  io.list("timeline", v.timeline);
}

template <class Io>
void fields(Io& io, typename Io::template Of<CallPage>& v) {
  io.require("calls");
  io.list("calls", v.calls);
  io.text("nextCursor", v.next_cursor);
}

template <class Io>
void fields(Io& io, typename Io::template Of<TranscriptEntry>& v) {
  io.integer("index", v.index);
  io.word("role", v.role, role_words);
  io.text("text", v.text);
  io.text("toolName", v.tool_name);
  io.text("invocationId", v.invocation_id);
  io.flag("final", v.final);
  io.integer("atMs", v.at_ms);
}

template <class Io>
void fields(Io& io, typename Io::template Of<Transcript>& v) {
  io.text("callId", v.call_id, required_text);
  io.require("entries");
  io.list("entries", v.entries);
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

}  // namespace voxdial
