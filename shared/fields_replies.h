// What the page is told: calls, and besides them the configuration, agents, voices, the doctor's
// findings and errors.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "shared/fields_settings.h"

namespace voxdial {

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
void fields(Io& io, typename Io::template Of<Told>& v) {
  each_told(
      [&io](const char*, const char* name, auto& fact) {
        using Fact = std::decay_t<decltype(fact)>;
        if constexpr (std::is_same_v<Fact, std::string>) {
          io.text(name, fact);
        } else {
          auto told = fact == Fact{} ? std::nullopt : std::optional<Fact>(fact);
          if constexpr (std::is_same_v<Fact, bool>) {
            io.flag(name, told);
          } else {
            io.integer(name, told, 0, std::numeric_limits<Fact>::max());
          }
          if constexpr (Io::reading) fact = told.value_or(Fact{});
        }
      },
      v);
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
  io.text("toInternational", v.to_international);
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
    std::optional<EndReason> end;
    io.object("end", end);
    io.rule(!end || *end == EndReason{} || end->by != EndedBy::nobody_yet, "end.by", "");
    if (end) v.end = std::move(*end);
  } else if (v.end.by != EndedBy::nobody_yet) {
    io.object("end", v.end);
  }
  fields(io, static_cast<typename Io::template Of<Told>&>(v));
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
  io.text("lastEventId", v.last_event_id);
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
  io.integer("endMs", v.end_ms);
}

template <class Io>
void fields(Io& io, typename Io::template Of<Transcript>& v) {
  io.text("callId", v.call_id, required_text);
  io.require("entries");
  io.list("entries", v.entries);
}

template <class Io>
void fields(Io& io, typename Io::template Of<VendorHealth>& v) {
  io.require("ultravoxOk");
  io.flag("ultravoxOk", v.ultravox_ok);
  io.flag("twilioOk", v.twilio_ok);
}

template <class Io>
void fields(Io& io, typename Io::template Of<ServerTime>& v) {
  io.require("serverTime");
  io.moment("serverTime", v.server_time);
}

template <class Io>
void fields(Io& io, typename Io::template Of<ServerConfig>& v) {
  io.text("version", v.version);
  io.require("sandbox");
  io.flag("sandbox", v.sandbox);
  io.flag("phone", v.phone);
  io.text("phoneOffReason", v.phone_off_reason);
  io.text("callerNumber", v.caller_number);
  io.text("defaultRegion", v.default_region);
  io.text("user", v.user);
  io.text("role", v.role);
  io.flag("login", v.login);
  io.seconds("maxDuration", v.max_duration_s, 0, INT32_MAX);
  io.text("recordingNotice", v.recording_notice);
  io.object("vendors", v.vendors);
}

inline bool is_agent_id(std::string_view id) {
  constexpr auto allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !id.empty() && id.size() <= 63 && id[0] != '-' &&
         id.find_first_not_of(allowed) == std::string_view::npos;
}

template <class Io>
void fields(Io& io, typename Io::template Of<Agent>& v) {
  io.text("id", v.id, required_text);
  io.text("name", v.name, {.max = 80, .min = 1, .required = true, .one_line = true});
  io.text("description", v.description, {.max = 500, .one_line = true});
  io.text("overview", v.overview, {.max = 8 * 1024});
  io.words("media", v.media, medium_words);
  io.flag("builtIn", v.built_in);
  io.flag("edited", v.edited);
  io.object("settings", v.settings);
}

template <class Io>
void fields(Io& io, typename Io::template Of<AgentList>& v) {
  io.require("agents");
  io.list("agents", v.agents);
}

/// An agent as it is sent in or kept in a file. In a list of agents the id may also be that of one
/// stored at the vendor, which cannot be edited here.
struct AgentAsRequest {
  Agent agent;
};
template <class Io>
void fields(Io& io, typename Io::template Of<AgentAsRequest>& v) {
  fields(io, v.agent);
  io.rule(is_agent_id(v.agent.id), "id",
          "id must be 1 to 63 small letters, digits or hyphens and not begin with a hyphen.");
}

template <class Io>
void fields(Io& io, typename Io::template Of<Voice>& v) {
  io.text("id", v.id, required_text);
  io.text("name", v.name);
  io.text("description", v.description);
  io.text("language", v.language);
  io.text("provider", v.provider);
  io.flag("preview", v.preview);
}

template <class Io>
void fields(Io& io, typename Io::template Of<VoiceList>& v) {
  io.require("voices");
  io.list("voices", v.voices);
}

template <class Io>
void fields(Io& io, typename Io::template Of<ModelList>& v) {
  io.require("models");
  io.texts("models", v.models);
}

template <class Io>
void fields(Io& io, typename Io::template Of<DoctorValue>& v) {
  io.text("name", v.name, required_text);
  io.text("value", v.value);
}

template <class Io>
void fields(Io& io, typename Io::template Of<DoctorCheck>& v) {
  io.word("state", v.state, check_words);
  io.text("id", v.id, required_text);
  io.text("finding", v.finding);
  io.list("values", v.values);
  io.text("error", v.error);
  io.text("title", v.title);
  io.text("detail", v.detail);
  io.text("remedy", v.remedy);
}

template <class Io>
void fields(Io& io, typename Io::template Of<DoctorReport>& v) {
  io.moment("at", v.at);
  io.require("checks");
  io.list("checks", v.checks);
}

template <class Io>
void fields(Io& io, typename Io::template Of<Provider>& v) {
  io.text("name", v.name);
  io.integer("code", v.code);
}

template <class Io>
void fields(Io& io, typename Io::template Of<Error>& v) {
  io.code("code", v.code);
  io.text("message", v.message);
  io.text("field", v.field);
  io.object("provider", v.provider);
  io.integer("retryAfter", v.retry_after_s, 0, INT32_MAX);
}

struct ErrorEnvelope {
  std::optional<Error> error;
};
template <class Io>
void fields(Io& io, typename Io::template Of<ErrorEnvelope>& v) {
  io.require("error");
  io.object("error", v.error);
}

template <class Io>
void fields(Io& io, typename Io::template Of<PhoneCheck>& v) {
  io.require("allowed");
  io.flag("allowed", v.allowed);
  io.text("e164", v.e164);
  io.text("international", v.international);
  io.text("region", v.region);
  io.text("type", v.type);
  io.text("localTime", v.local_time);
  io.flag("quietHours", v.quiet_hours);
  io.object("reason", v.reason);
}

}  // namespace voxdial
