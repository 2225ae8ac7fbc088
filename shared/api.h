// The contract between the page and the proxy: every request and reply of the HTTP API (v1), as
// plain values. Nothing else is shared between the halves, and nothing here can hold a secret:
// the one exception, a web call's join URL, is in CallPlaced and nowhere else.
//
// JSON names are the members' names in camelCase (`max_duration_s` travels as "maxDuration":"600s",
// see each member); shared/codec.h turns both ways. Unless a comment says otherwise absent
// optionals and empty text are left out of the JSON, while numbers, switches and lists are always
// there; text is UTF-8 without NUL; times are milliseconds since the Unix epoch in UTC and travel
// as RFC 3339 text ("2026-11-22T10:57:24.123Z"), 0 meaning "not yet" and left out. Enumerators
// travel as words with hyphens ("no-answer", "tool-call"; shared/wire_words.h has them all).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shared/call_state.h"
#include "shared/end_reason.h"
#include "shared/error.h"
#include "shared/told.h"

namespace voxdial {

using Millis = std::int64_t;  ///< since the Unix epoch, UTC

// --------------------------------------------------------------------------- placing a call

enum class MediumType : std::uint8_t { web, twilio };  ///< "web", "twilio"

/// The plan's flat shape: {"type":"twilio","phoneNumber":"+1..."}.
struct Medium {
  MediumType type = MediumType::web;
  std::string phone_number;  ///< required for twilio, forbidden for web; as typed
  std::string region;        ///< how to read a number without "+": "US"; or empty
  friend bool operator==(const Medium&, const Medium&) = default;
};

/// A piece of JSON that passes through unread (a JSON Schema, tool parameters): canonical text,
/// at most 16 KiB and 16 levels deep. Never empty when present.
struct Json {
  std::string text;
  friend bool operator==(const Json&, const Json&) = default;
};

/// {"role":"MESSAGE_ROLE_USER"|"MESSAGE_ROLE_AGENT","text":...}, as Ultravox has it.
struct InitialMessage {
  std::string role;
  std::string text;
  friend bool operator==(const InitialMessage&, const InitialMessage&) = default;
};

/// One parameter of a tool the model fills in; location is always PARAMETER_LOCATION_BODY.
struct ToolParameter {
  std::string name;
  Json schema;
  bool required = false;
  friend bool operator==(const ToolParameter&, const ToolParameter&) = default;
};

/// A tool the page itself carries out (Ultravox: temporaryTool with client{}).
struct ClientTool {
  std::string model_tool_name;  ///< ^[a-zA-Z0-9_-]{1,64}$
  std::string description;
  std::vector<ToolParameter> dynamic_parameters;
  friend bool operator==(const ClientTool&, const ClientTool&) = default;
};

/// Exactly one of tool_id, tool_name, temporary_tool. HTTP tools, auth tokens and anything that
/// makes the vendor call an address are not taken from a browser: whoever may place a call could
/// have the vendor call anything.
struct SelectedTool {
  std::string tool_id;
  std::string
      tool_name;  ///< built in: hangUp, leaveVoicemail, playDtmfSounds, ... or the account's
  std::optional<ClientTool> temporary_tool;
  std::string name_override;
  std::string description_override;
  std::optional<Json> parameter_overrides;  ///< an object
  friend bool operator==(const SelectedTool&, const SelectedTool&) = default;
};

/// Who opens the conversation (Ultravox firstSpeakerSettings, exactly one of agent, user).
/// agent: {"agent":{"text"?,"prompt"?,"delay"?:"2s","uninterruptible"?:bool}}
/// user:  {"user":{"fallback"?:{"delay":"8s","text"?,"prompt"?}}}
struct FirstSpeaker {
  bool agent = true;             ///< false: the other side speaks first
  std::string text;              ///< exact words (agent's opening, or the fallback's)
  std::string prompt;            ///< or an instruction to make them up; excludes text
  std::optional<int> delay_s;    ///< agent: wait before speaking; user: silence before the fallback
  bool uninterruptible = false;  ///< agent only
  friend bool operator==(const FirstSpeaker&, const FirstSpeaker&) = default;
};

/// What to do when a machine answers a phone call.
enum class Voicemail : std::uint8_t { hang_up, leave_message, carry_on };  ///< "hang-up", ...

/// What a call is made of, but for the medium. Every member overrides the agent preset's. Ranges
/// are Ultravox's (https://docs.ultravox.ai/api-reference/calls/calls-post) or tighter; the codec
/// names the field.
struct CallSettings {
  std::optional<std::string> system_prompt;          ///< <= 32,768 characters
  std::optional<std::string> model;                  ///< <= 100 characters; e.g. "ultravox-v0.7"
  std::optional<std::string> voice;                  ///< <= 100 characters; id or unique name
  std::optional<std::string> language_hint;          ///< BCP 47, <= 16 characters
  std::optional<double> temperature;                 ///< 0..1
  std::optional<int> max_duration_s;                 ///< "maxDuration":"600s"; 10..14400
  std::optional<std::string> time_exceeded_message;  ///< <= 1,024 characters
  std::optional<std::vector<InitialMessage>> initial_messages;  ///< <= 100
  std::optional<std::vector<SelectedTool>> selected_tools;      ///< <= 32
  std::optional<FirstSpeaker> first_speaker_settings;
  std::optional<bool> recording_enabled;
  std::optional<std::string>
      initial_output_medium;                     ///< MESSAGE_MEDIUM_VOICE or MESSAGE_MEDIUM_TEXT
  std::optional<Voicemail> voicemail;            ///< phone only
  std::optional<std::string> voicemail_message;  ///< what to leave, <= 1,024 characters; phone only
  friend bool operator==(const CallSettings&, const CallSettings&) = default;
};

/// POST /api/calls. With a header Idempotency-Key (at most 128 visible ASCII) all repetitions of a
/// request are one call; without it each stands for itself.
struct CallRequest {
  std::string agent;  ///< id of a preset, or empty; ids of stored Ultravox agents begin "ultravox:"
  CallSettings settings;              ///< its members stand at the top level of the JSON object
  Medium medium;                      ///< default {"type":"web"}
  bool quiet_hours_override = false;  ///< call although it is night there; audited
  friend bool operator==(const CallRequest&, const CallRequest&) = default;
};

/// 201 of POST /api/calls.
struct CallPlaced {
  std::string id;  ///< ours
  MediumType medium = MediumType::web;
  CallStatus status = CallStatus::requested;
  struct Ultravox {
    std::string call_id;
    std::string created;   ///< RFC 3339 text as Ultravox gave it
    std::string join_url;  ///< web only: a bearer secret of this one call; empty for phone
    friend bool operator==(const Ultravox&, const Ultravox&) = default;
  } ultravox;
  struct Twilio {
    std::string sid;
    std::string status;  ///< Twilio's word, "queued"
    friend bool operator==(const Twilio&, const Twilio&) = default;
  };
  std::optional<Twilio> twilio;  ///< phone only
  friend bool operator==(const CallPlaced&, const CallPlaced&) = default;
};

// --------------------------------------------------------------------------- watching calls

/// One call as a list, a live card or an event shows it.
struct Call : Told {
  std::string id;
  std::uint64_t version = 0;  ///< grows with every change; of two copies the higher one is the news
  MediumType medium = MediumType::web;
  CallStatus status = CallStatus::requested;
  std::string agent;             ///< preset id, or empty
  std::string agent_name;        ///< as it was then
  std::string user;              ///< who placed it, or empty without login
  std::string to;                ///< phone: E.164, masked unless the reader may see it whole
  std::string to_international;  ///< `to` formatted for reading; empty where it is masked
  std::string to_region;         ///< phone: "US", or empty
  Millis created_at = 0;
  Millis ringing_at = 0;
  Millis answered_at = 0;  ///< web: joined
  Millis ended_at = 0;
  int max_duration_s = 0;
  bool recording = false;   ///< recording was asked for
  bool ending = false;      ///< End was pressed and is under way
  std::string answered_by;  ///< Twilio's AnsweredBy, or empty
  bool left_voicemail = false;
  EndReason end;        ///< by is nobody_yet while live; then left out of the JSON
  std::string warning;  ///< something that went wrong without ending the call, in words; or empty
  friend bool operator==(const Call&, const Call&) = default;
};

/// One thing that happened to a call, oldest first.
struct TimelineEntry {
  Millis at = 0;
  std::string
      what;  ///< stable: "requested", "ultravox_created", "twilio_status", "hang_up_asked", ...
  std::string source;  ///< "voxdial", "twilio", "ultravox", "person"
  std::string detail;  ///< words for a person; never a secret
  friend bool operator==(const TimelineEntry&, const TimelineEntry&) = default;
};

/// GET /api/calls/{id}
struct CallDetail {
  Call call;
  std::vector<TimelineEntry> timeline;
  friend bool operator==(const CallDetail&, const CallDetail&) = default;
};

/// GET /api/calls?medium=&status=&agent=&from=&to=&q=&limit=&cursor= ; newest first.
struct CallQuery {
  std::optional<MediumType> medium;
  std::optional<CallStatus> status;
  bool live_only = false;  ///< "live=true"
  std::string agent;
  Millis from = 0;  ///< created at or after
  Millis to = 0;    ///< created before
  std::string q;    ///< part of a number (digits), agent name, user or end reason
  int limit = 50;   ///< 1..500
  std::string cursor;
  friend bool operator==(const CallQuery&, const CallQuery&) = default;
};
struct CallPage {
  std::vector<Call> calls;
  std::string next_cursor{};  ///< empty at the end
  /// A stream of events opened with this Last-Event-ID tells all that has happened since.
  std::string last_event_id{};
  friend bool operator==(const CallPage&, const CallPage&) = default;
};

/// One line of a transcript: a Message of Ultravox's, reduced to what is shown.
struct TranscriptEntry {
  int index = 0;  ///< position; an entry is corrected by a later one of the same index
  enum class Role : std::uint8_t { agent, user, tool_call, tool_result } role = Role::agent;
  std::string text;
  std::string tool_name;      ///< tool entries
  std::string invocation_id;  ///< tool entries
  bool final = true;
  /// Where it begins and ends, since the call was joined; 0 when unknown. Plain numbers in JSON.
  Millis at_ms = 0, end_ms = 0;
  friend bool operator==(const TranscriptEntry&, const TranscriptEntry&) = default;
};
/// GET /api/calls/{id}/messages
struct Transcript {
  std::string call_id;
  std::vector<TranscriptEntry> entries;
  friend bool operator==(const Transcript&, const Transcript&) = default;
};

/// POST /api/calls/{id}/messages: say something into a live call
/// (https://docs.ultravox.ai/apps/datamessages).
struct SayRequest {
  enum class Kind : std::uint8_t {
    text,     ///< a text the agent takes in as the user's (user_text_message)
    say,      ///< the agent is told to say these words now
    wrap_up,  ///< the agent is told to come to an end; text is optional
    goodbye,  ///< say a last sentence and hang up (hang_up with message); text is optional
  } kind = Kind::text;
  std::string text;              ///< 1..4096 bytes where required
  std::string urgency = "soon";  ///< immediate, soon, later
  friend bool operator==(const SayRequest&, const SayRequest&) = default;
};

/// Why whoever asks for a call's end does.
enum class HangUpWhy : std::uint8_t {
  pressed,     ///< somebody pressed End
  line_lost,   ///< the browser's line to the agent broke and did not come back, or never came up
  agent_left,  ///< the agent, or the service, left the browser's call
  tab_closed,  ///< the page of the browser's call went away
};
/// POST /api/calls/{id}/hangup; the body may be left out, and then End was pressed.
struct HangUpRequest {
  HangUpWhy why = HangUpWhy::pressed;  ///< "pressed", "line_lost", "agent_left", "tab_closed"
  friend bool operator==(const HangUpRequest&, const HangUpRequest&) = default;
};

// --------------------------------------------------------------------------- events

/// One event of GET /api/events. SSE `event:` is the kind, `id:` the sequence, `data:` the payload.
///   "call"       a Call that is new or changed
///   "transcript" a Transcript holding only the entries that are new or changed
///   "vendors"    VendorHealth
///   "record"     an Error while the server cannot reach its record, and {} once it can again
///   "clock"      ServerTime, at the start and then every few seconds: the stream flows
///   "reload"     {} : events were missed; fetch everything again
struct VendorHealth {
  bool ultravox_ok = true;
  bool twilio_ok = true;
  friend bool operator==(const VendorHealth&, const VendorHealth&) = default;
};

/// What the server's clock shows. Replies of /api/ and of /healthz carry it as a header, as the
/// same text: the times of calls are the server's, and a browser's own clock may be wrong.
struct ServerTime {
  Millis server_time = 0;
  friend bool operator==(const ServerTime&, const ServerTime&) = default;
};
constexpr const char* server_time_header = "Server-Time";

// --------------------------------------------------------------------------- for the page

/// GET /api/config
struct ServerConfig {
  std::string version;
  bool sandbox = false;          ///< the vendors are stand-ins: no real call is placed
  bool phone = false;            ///< phone calls can be placed
  std::string phone_off_reason;  ///< why not, in words, when !phone
  std::string caller_number;     ///< E.164 shown to the callee, when phone
  std::string default_region;    ///< "US": the region of the caller number
  std::string user;              ///< who is logged in, or empty without login
  std::string role;              ///< "caller" or "supervisor"
  bool login = false;            ///< there is a login, so there is a log-out
  int max_duration_s = 0;        ///< hard limit of a call
  std::string recording_notice;  ///< the consent line shown beside the recording switch
  VendorHealth vendors;
  friend bool operator==(const ServerConfig&, const ServerConfig&) = default;
};

/// A preset ("agent"): one JSON file in the proxy. GET/POST /api/agents, PUT/DELETE
/// /api/agents/{id}
struct Agent {
  std::string id;                 ///< ^[a-z0-9][a-z0-9-]{0,62}$
  std::string name;               ///< 1..80 characters
  std::string description;        ///< one line, what it is for
  std::string overview;           ///< text shown before a web call (template parity), may be empty
  std::vector<MediumType> media;  ///< what it suits; empty means both
  bool built_in = false;  ///< shipped; an edit is saved as a copy over it, reset brings it back
  bool edited = false;    ///< a shipped preset with saved edits
  CallSettings settings;  ///< under "settings"
  friend bool operator==(const Agent&, const Agent&) = default;
};
struct AgentList {
  std::vector<Agent> agents;
  friend bool operator==(const AgentList&, const AgentList&) = default;
};

/// GET /api/voices, from Ultravox.
struct Voice {
  std::string id;
  std::string name;
  std::string description;
  std::string language;  ///< primaryLanguage, or empty
  std::string provider;  ///< or empty
  bool preview = false;  ///< GET /api/voices/{id}/preview has audio
  friend bool operator==(const Voice&, const Voice&) = default;
};
struct VoiceList {
  std::vector<Voice> voices;
  friend bool operator==(const VoiceList&, const VoiceList&) = default;
};
/// GET /api/models
struct ModelList {
  std::vector<std::string> models;
  friend bool operator==(const ModelList&, const ModelList&) = default;
};

/// GET /api/doctor
/// Something that a sentence of the doctor's tells: {"seconds", "42"}.
struct DoctorValue {
  std::string name, value;
  friend bool operator==(const DoctorValue&, const DoctorValue&) = default;
};
/// What is known by its name (shared/finding.h) is said in the reader's language; the sentences are
/// for everybody else.
struct DoctorCheck {
  enum class State : std::uint8_t { ok, warning, failed, unknown } state = State::unknown;
  std::string id;            ///< stable: "ultravox_key", "twilio_balance", ...
  std::string title;         ///< "Ultravox key"
  std::string detail;        ///< what was found
  std::string remedy;        ///< the one thing to do; empty when ok
  std::string finding = {};  ///< stable: "balance_low", ...
  std::vector<DoctorValue> values = {};
  std::string error = {};  ///< the code of the failure that `remedy` tells of, or empty
  friend bool operator==(const DoctorCheck&, const DoctorCheck&) = default;
};
struct DoctorReport {
  Millis at = 0;
  std::vector<DoctorCheck> checks;
  friend bool operator==(const DoctorReport&, const DoctorReport&) = default;
};

/// POST /api/phone/check {"phoneNumber":...,"region":"US"}: the policy's answer without dialling.
struct PhoneCheckRequest {
  std::string phone_number;
  std::string region;  ///< how to read a number without "+", or empty
  friend bool operator==(const PhoneCheckRequest&, const PhoneCheckRequest&) = default;
};
struct PhoneCheck {
  bool allowed = false;
  std::string e164;           ///< empty when the number cannot be understood
  std::string international;  ///< formatted for reading
  std::string region;         ///< "US", "001" for non-geographic
  std::string
      type;  ///< "mobile", "fixed line", "fixed line or mobile", "toll-free", "premium", ...
  std::string local_time;       ///< "14:05" at the destination, or empty
  bool quiet_hours = false;     ///< it is night there: allowed only with the override
  std::optional<Error> reason;  ///< why not allowed
  friend bool operator==(const PhoneCheck&, const PhoneCheck&) = default;
};

}  // namespace voxdial
