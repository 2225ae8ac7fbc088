#include "proxy/routes/routes.h"

#include <array>
#include <set>

#include "proxy/routes/handlers.h"

namespace voxdial {
namespace {

using enum ErrorCode;

constexpr ErrorCode vendor_failures[] = {
    vendor_unauthorized, vendor_account,   vendor_refused, vendor_busy,  vendor_unreachable,
    vendor_failed,       vendor_bad_reply, vendor_timeout, circuit_open, overloaded};
constexpr ErrorCode bad_callbacks[] = {bad_signature, invalid_json, invalid_field, missing_field,
                                       payload_too_large};
constexpr ErrorCode placing[] = {invalid_header,      invalid_number,        number_not_allowed,
                                 region_not_allowed,  do_not_call,           quiet_hours,
                                 phone_unavailable,   rate_limited,          too_many_calls,
                                 spend_limit,         idempotency_mismatch,  conflict,
                                 outcome_unknown,     destination_refused,   geo_permission,
                                 destination_blocked, caller_number_refused, trial_restriction,
                                 not_found,           shutting_down};
constexpr ErrorCode saying[] = {call_not_live, outcome_unknown};
constexpr ErrorCode playing[] = {no_recording, range_not_satisfiable};
constexpr ErrorCode previewing[] = {range_not_satisfiable};
constexpr ErrorCode querying[] = {invalid_field, unknown_field};
constexpr ErrorCode exporting[] = {invalid_field, unknown_field, overloaded};
constexpr ErrorCode following[] = {rate_limited, overloaded, shutting_down};
constexpr ErrorCode asking[] = {invalid_field};
constexpr ErrorCode busy[] = {invalid_field, overloaded};
constexpr ErrorCode saving[] = {conflict, forbidden};
constexpr ErrorCode logging_in[] = {login_failed, rate_limited, overloaded, invalid_field};
constexpr ErrorCode not_ready[] = {circuit_open};

constexpr std::string_view moment = R"({"type":"string","format":"date-time"})";
constexpr Parameter calls_wanted[] = {
    {"query", "medium", "web or twilio.", R"({"type":"string","enum":["web","twilio"]})"},
    {"query", "status", "The call's state."},
    {"query", "live", "true: calls that have not ended.", R"({"type":"boolean"})"},
    {"query", "agent", "The id of an agent."},
    {"query", "from", "Created at or after.", moment},
    {"query", "to", "Created before.", moment},
    {"query", "q", "Part of a number, an agent's name, a person or an end reason."},
    {"query", "limit", "At most so many.", R"({"type":"integer","minimum":1,"maximum":500})"},
    {"query", "cursor", "The nextCursor of the page before."},
};
constexpr Parameter key[] = {{"header", "Idempotency-Key",
                              "1 to 128 visible characters, the same for every repetition of one "
                              "request: it is carried out once. Without it a request stands for "
                              "itself."}};
constexpr Parameter last_event[] = {{"header", "Last-Event-ID", "Go on after this event."}};
constexpr Parameter part[] = {{"header", "Range", "The part of the sound that is wanted."}};
constexpr Parameter region[] = {{"query", "region", "Two capital letters: where calls are to go."}};
constexpr Parameter before[] = {
    {"query", "before", "The nextBefore of the page before.", R"({"type":"integer","minimum":1})"}};
constexpr Parameter challenge[] = {
    {"query", "challenge", "Is answered with a proof that it is this server."}};

constexpr std::string_view json = "application/json";
constexpr Shape status{"Status", [](SchemaOf) {
                         return std::string(R"({"type":"object","required":["status"],)"
                                            R"("properties":{"status":{"type":"string"},)"
                                            R"("proof":{"type":"string"}}})");
                       }};
constexpr Shape calls{"CallExport", [](SchemaOf kind) {
                        return R"({"type":"array","items":)" + schema_text<Call>(kind) + '}';
                      }};
constexpr Reply none{204, ""}, see_other{303, ""}, html{200, "text/html"}, sound{200, "audio/*"};

/// A row in the order it is read in.
constexpr Route row(std::string_view method, std::string_view path, Who who, Body body,
                    http::Response (*handler)(App&, const Ask&), Description description,
                    bool audited = false) {
  return {method, path, who, body, handler, description, audited};
}

constexpr std::array table = {
    row("POST", "/api/calls", Who::person, Body::json, handlers::place_call,
        {.name = "placeCall",
         .summary = "Places a call.",
         .takes = shape<CallRequest>("CallRequest"),
         .gives = {201, json, shape<CallPlaced>("CallPlaced")},
         .parameters = key,
         .errors = placing,
         .asks_vendor = true},
        /*audited=*/true),
    row("GET", "/api/calls", Who::person, Body::none, handlers::list_calls,
        {.name = "listCalls",
         .summary = "Calls, newest first.",
         .gives = {200, json, shape<CallPage>("CallPage")},
         .parameters = calls_wanted,
         .errors = querying}),
    row("GET", "/api/calls.csv", Who::person, Body::none, handlers::export_csv,
        {.name = "exportCallsAsCsv",
         .summary = "All calls that are wanted, as a table.",
         .gives = {200, "text/csv"},
         .parameters = calls_wanted,
         .errors = exporting}),
    row("GET", "/api/calls.json", Who::person, Body::none, handlers::export_json,
        {.name = "exportCalls",
         .summary = "All calls that are wanted, with everything that is known of them.",
         .gives = {200, json, calls},
         .parameters = calls_wanted,
         .errors = exporting}),
    row("GET", "/api/calls/{id}", Who::person, Body::none, handlers::call_detail,
        {.name = "getCall",
         .summary = "One call and what happened to it.",
         .gives = {200, json, shape<CallDetail>("CallDetail")}}),
    row("POST", "/api/calls/{id}/hangup", Who::ending, Body::optional_json, handlers::hang_up,
        {.name = "endCall",
         .summary = "Ends a call. Without a body: End was pressed.",
         .takes = shape<HangUpRequest>("HangUpRequest"),
         .gives = {200, json, shape<Call>("Call")}}),
    row("POST", "/api/calls/{id}/messages", Who::person, Body::json, handlers::say,
        {.name = "sayIntoCall",
         .summary = "Says something into a live call.",
         .takes = shape<SayRequest>("SayRequest"),
         .gives = none,
         .errors = saying,
         .asks_vendor = true}),
    row("GET", "/api/calls/{id}/messages", Who::person, Body::none, handlers::messages,
        {.name = "getTranscript",
         .summary = "What was said in a call.",
         .gives = {200, json, shape<Transcript>("Transcript")}}),
    row("GET", "/api/calls/{id}/recording", Who::person, Body::none, handlers::recording,
        {.name = "getRecording",
         .summary = "The recording of a call.",
         .gives = sound,
         .parameters = part,
         .errors = playing,
         .asks_vendor = true}),
    row("GET", "/api/events", Who::person, Body::none, handlers::events,
        {.name = "getEvents",
         .summary = "A stream of what happens: call (a Call), transcript (a Transcript with what "
                    "is new), vendors, agents, record (an error while the server cannot reach its "
                    "record, {} once it can), clock, reload (fetch everything again).",
         .gives = {200, "text/event-stream"},
         .parameters = last_event,
         .errors = following}),
    row("GET", "/api/config", Who::person, Body::none, handlers::config,
        {.name = "getConfig",
         .summary = "What this server can do, and for whom.",
         .gives = {200, json, shape<ServerConfig>("ServerConfig")}}),
    row("GET", "/api/agents", Who::person, Body::none, handlers::list_agents,
        {.name = "listAgents",
         .summary = "The agents that can call.",
         .gives = {200, json, shape<AgentList>("AgentList")}}),
    row("POST", "/api/agents", Who::person, Body::json, handlers::create_agent,
        {.name = "createAgent",
         .summary = "Makes an agent.",
         .takes = shape<Agent>("AgentToSave"),
         .gives = {201, json, shape<Agent>("Agent")},
         .errors = saving}),
    row("PUT", "/api/agents/{id}", Who::person, Body::json, handlers::save_agent,
        {.name = "saveAgent",
         .summary = "Changes an agent, or makes it.",
         .takes = shape<Agent>("AgentToSave"),
         .gives = {200, json, shape<Agent>("Agent")},
         .errors = saving}),
    row("DELETE", "/api/agents/{id}", Who::person, Body::none, handlers::remove_agent,
        {.name = "removeAgent",
         .summary = "Removes an agent; one that is shipped gets its own settings back.",
         .gives = none,
         .errors = saving}),
    row("GET", "/api/voices", Who::person, Body::none, handlers::voices,
        {.name = "listVoices",
         .summary = "Voices that an agent can have.",
         .gives = {200, json, shape<VoiceList>("VoiceList")},
         .asks_vendor = true}),
    row("GET", "/api/voices/{id}/preview", Who::person, Body::none, handlers::voice_preview,
        {.name = "getVoicePreview",
         .summary = "How a voice sounds.",
         .gives = sound,
         .parameters = part,
         .errors = previewing,
         .asks_vendor = true}),
    row("GET", "/api/models", Who::person, Body::none, handlers::models,
        {.name = "listModels",
         .summary = "Models that an agent can run on.",
         .gives = {200, json, shape<ModelList>("ModelList")},
         .asks_vendor = true}),
    row("GET", "/api/doctor", Who::person, Body::none, handlers::doctor,
        {.name = "examine",
         .summary = "Looks at everything that can stop a call, with a remedy each.",
         .gives = {200, json, shape<DoctorReport>("DoctorReport")},
         .parameters = region,
         .errors = busy}),
    row("POST", "/api/phone/check", Who::person, Body::json, handlers::check_phone,
        {.name = "checkNumber",
         .summary = "Whether a number may be called, without calling it.",
         .takes = shape<PhoneCheckRequest>("PhoneCheckRequest"),
         .gives = {200, json, shape<PhoneCheck>("PhoneCheck")}}),
    row("POST", "/api/twilio/status", Who::vendor, Body::callback, handlers::twilio_status,
        {.name = "onTwilioStatus", .summary = "Twilio tells a call's state.", .gives = none}),
    row("POST", "/api/twilio/amd", Who::vendor, Body::callback, handlers::twilio_amd,
        {.name = "onTwilioAmd", .summary = "Twilio tells who answered.", .gives = none}),
    row("POST", "/api/ultravox/events", Who::vendor, Body::callback, handlers::ultravox_events,
        {.name = "onUltravoxEvent", .summary = "Ultravox tells of a call.", .gives = none}),
    row("GET", "/login", Who::anyone, Body::none, handlers::login_page,
        {.name = "getLogInPage", .summary = "The page to log in on.", .gives = html}),
    row("GET", "/login.css", Who::anyone, Body::none, handlers::login_style,
        {.name = "getLogInStyle", .summary = "How it looks.", .gives = {200, "text/css"}}),
    row("POST", "/login", Who::anyone, Body::form, handlers::log_in,
        {.name = "logIn", .summary = "Logs in.", .gives = see_other, .errors = logging_in}),
    row("GET", "/api/login", Who::anyone, Body::none, handlers::login_page,
        {.name = "getApiLogInPage", .summary = "The page to log in on.", .gives = html}),
    row("POST", "/api/login", Who::anyone, Body::form, handlers::log_in,
        {.name = "apiLogIn", .summary = "Logs in.", .gives = see_other, .errors = logging_in}),
    row("POST", "/api/logout", Who::person, Body::none, handlers::log_out,
        {.name = "logOut", .summary = "Logs out.", .gives = none}),
    row("GET", "/healthz", Who::anyone, Body::probe, handlers::health,
        {.name = "isAlive",
         .summary = "The server runs.",
         .gives = {200, json, status},
         .parameters = challenge}),
    row("GET", "/readyz", Who::anyone, Body::probe, handlers::ready,
        {.name = "isReady",
         .summary = "Calls can be placed.",
         .gives = {200, json, status},
         .errors = not_ready}),
    row("GET", "/metrics", Who::supervisor, Body::none, handlers::metrics,
        {.name = "getMetrics",
         .summary = "Numbers, for Prometheus.",
         .gives = {200, "text/plain"}}),
    row("GET", "/api/audit", Who::supervisor, Body::none, handlers::audit,
        {.name = "getAudit",
         .summary = "Every attempt and refusal, newest first.",
         .gives = {200, json, shape<AuditPage>("AuditPage")},
         .parameters = before,
         .errors = asking}),
    row("GET", "/api/openapi.json", Who::anyone, Body::none, handlers::description,
        {.name = "describe", .summary = "This description.", .gives = {200, json}}),
};

constexpr ErrorCode bad_bodies[] = {invalid_json,  invalid_field,     missing_field,
                                    unknown_field, payload_too_large, unsupported_media_type};

/// Whether `path` fits `pattern`; fills in what stands for {id}.
bool matches(std::string_view pattern, std::string_view path, std::string& id) {
  const auto hole = pattern.find("{id}");
  if (hole == pattern.npos) return pattern == path;
  const std::string_view before = pattern.substr(0, hole), after = pattern.substr(hole + 4);
  if (path.size() <= before.size() + after.size() || path.substr(0, hole) != before ||
      path.substr(path.size() - after.size()) != after) {
    return false;
  }
  const auto segment = path.substr(hole, path.size() - before.size() - after.size());
  if (segment.find('/') != segment.npos) return false;
  id = segment;
  return true;
}

}  // namespace

std::span<const Route> routes() { return table; }

std::vector<ErrorCode> errors_of(const Route& route) {
  std::set<ErrorCode> codes = {internal, store_unavailable};
  const auto add = [&codes](std::span<const ErrorCode> more) {
    codes.insert(more.begin(), more.end());
  };
  add(route.description.errors);
  if (route.description.asks_vendor) add(vendor_failures);
  if (route.path.find("{id}") != route.path.npos) add({{not_found}});
  if (route.body == Body::json || route.body == Body::optional_json) add(bad_bodies);
  if (route.body == Body::callback) add(bad_callbacks);
  if (route.body != Body::probe) add({{bad_origin}});
  if (route.who == Who::supervisor) add({{forbidden}});
  if (route.who != Who::anyone && route.who != Who::vendor) add({{unauthenticated}});
  return {codes.begin(), codes.end()};
}

const Route* find_route(std::string_view method, std::string_view path, std::string& id,
                        std::string& allowed) {
  for (const Route& row : table) {
    if (!matches(row.path, path, id)) continue;
    if (row.method == method) return &row;
    allowed += (allowed.empty() ? "" : ", ") + std::string(row.method);
  }
  return nullptr;
}

}  // namespace voxdial
