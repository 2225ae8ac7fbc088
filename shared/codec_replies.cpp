// What the page is told besides calls: the configuration, agents, voices, the doctor's findings and
// errors.
#include "shared/codec.h"
#include "shared/codec_settings.h"
#include "shared/wire_words.h"

namespace voxdial {

// Not in an unnamed namespace: JsonReader and JsonWriter find these by their argument's type.

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

static bool is_agent_id(std::string_view id) {
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
void fields(JsonReader& io, AgentAsRequest& v) {
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
void fields(Io& io, typename Io::template Of<DoctorCheck>& v) {
  io.word("state", v.state, check_words);
  io.text("id", v.id, required_text);
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
  if constexpr (Io::reading) {
    std::string code;
    io.text("code", code, required_text);
    // A newer proxy may have codes this page has never heard of; its sentence still holds.
    v.code = error_code(code).value_or(ErrorCode::internal);
  } else {
    io.text("code", std::string(wire_name(v.code)));
  }
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

}  // namespace voxdial
