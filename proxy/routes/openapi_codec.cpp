#include "proxy/routes/openapi_codec.h"

#include <algorithm>
#include <map>

#include "proxy/routes/routes.h"
#include "proxy/routes/schema_codec.h"
#include "shared/ascii.h"
#include "shared/fields_replies.h"
#include "shared/fields_requests.h"

namespace voxdial {
namespace {

constexpr Shape error_shape = shape<ErrorEnvelope>("ErrorReply");

JsonValue reference(const Shape& shape) {
  return {{"$ref", "#/components/schemas/" + std::string(shape.name)}};
}

JsonValue content(std::string_view type, JsonValue schema) {
  return {{std::string(type), {{"schema", std::move(schema)}}}};
}

JsonValue request_body(const Route& route) {
  switch (route.body) {
    case Body::json:
    case Body::optional_json:
      return {{"required", route.body == Body::json},
              {"content", content("application/json", reference(route.description.takes))}};
    case Body::form:
      return {{"required", true},
              {"content",
               content("application/x-www-form-urlencoded",
                       {{"type", "object"},
                        {"properties",
                         {{"name", {{"type", "string"}}}, {"password", {{"type", "string"}}}}},
                        {"required", {"name", "password"}}})}};
    case Body::callback:
      return {{"required", true}, {"content", {{"*/*", JsonValue::object()}}}};
    case Body::none:
    case Body::probe:
      break;
  }
  return nullptr;
}

JsonValue parameters(const Route& route) {
  JsonValue list = JsonValue::array();
  if (route.path.find("{id}") != route.path.npos) {
    list.push_back(
        {{"name", "id"}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  for (const Parameter& parameter : route.description.parameters) {
    list.push_back({{"name", parameter.name},
                    {"in", parameter.in},
                    {"description", parameter.description},
                    {"schema", JsonValue::parse(parameter.schema)}});
  }
  return list;
}

JsonValue responses(const Route& route) {
  const Reply& gives = route.description.gives;
  JsonValue good = {{"description", route.description.summary}};
  if (gives.shape.schema != nullptr) {
    good["content"] = content(gives.type, reference(gives.shape));
  } else if (!gives.type.empty()) {
    good["content"] = {{std::string(gives.type), JsonValue::object()}};
  }
  JsonValue all = {{std::to_string(gives.status), std::move(good)}};

  std::map<int, std::string> refusals;
  for (const ErrorCode code : errors_of(route)) {
    std::string& words = refusals[http_status(code)];
    if (!words.empty()) words += '\n';
    words.append("- `").append(wire_name(code)).append("`: ").append(sentence(code));
  }
  for (const auto& [status, words] : refusals) {
    all[std::to_string(status)] = {
        {"description", words}, {"content", content("application/json", reference(error_shape))}};
  }
  all["default"] = {{"description", "Any other error."},
                    {"content", content("application/json", reference(error_shape))}};
  return all;
}

JsonValue operation(const Route& route) {
  JsonValue out = {{"operationId", route.description.name}, {"summary", route.description.summary}};
  // Alternatives: either will do. Where nobody has to log in, neither is asked for.
  if (route.who == Who::anyone || route.who == Who::vendor) out["security"] = JsonValue::array();
  if (JsonValue list = parameters(route); !list.empty()) out["parameters"] = std::move(list);
  if (JsonValue body = request_body(route); !body.is_null()) out["requestBody"] = std::move(body);
  out["responses"] = responses(route);
  return out;
}

}  // namespace

template std::string schema_text<Agent>(SchemaOf);
template std::string schema_text<AgentList>(SchemaOf);
template std::string schema_text<Call>(SchemaOf);
template std::string schema_text<CallDetail>(SchemaOf);
template std::string schema_text<CallPage>(SchemaOf);
template std::string schema_text<CallPlaced>(SchemaOf);
template std::string schema_text<CallRequest>(SchemaOf);
template std::string schema_text<DoctorReport>(SchemaOf);
template std::string schema_text<ErrorEnvelope>(SchemaOf);
template std::string schema_text<HangUpRequest>(SchemaOf);
template std::string schema_text<ModelList>(SchemaOf);
template std::string schema_text<PhoneCheck>(SchemaOf);
template std::string schema_text<PhoneCheckRequest>(SchemaOf);
template std::string schema_text<SayRequest>(SchemaOf);
template std::string schema_text<ServerConfig>(SchemaOf);
template std::string schema_text<Transcript>(SchemaOf);
template std::string schema_text<VoiceList>(SchemaOf);

std::string describe_api() {
  JsonValue paths = JsonValue::object();
  JsonValue schemas = JsonValue::object();
  const auto define = [&schemas](const Shape& shape, SchemaOf kind) {
    if (shape.schema != nullptr) schemas[shape.name] = JsonValue::parse(shape.schema(kind));
  };
  define(error_shape, SchemaOf::reply);
  for (const Route& route : routes()) {
    std::string method(route.method);
    for (char& c : method) c = lower(c);
    paths[std::string(route.path)][method] = operation(route);
    define(route.description.takes, SchemaOf::request);
    define(route.description.gives.shape, SchemaOf::reply);
  }
  return to_text(
      {{"openapi", "3.1.0"},
       {"info",
        {{"title", "voxdial"},
         {"version", "1.0.0"},
         {"description",
          "Calls anyone with an AI agent, from a browser's microphone or by phone. Times are UTC; "
          "replies may gain fields, requests with unknown ones are refused."},
         {"license", {{"name", "MIT"}, {"identifier", "MIT"}}}}},
       {"servers", JsonValue::array({{{"url", "/"}}})},
       {"security",
        JsonValue::array({{{"token", JsonValue::array()}}, {{"session", JsonValue::array()}}})},
       {"paths", std::move(paths)},
       {"components",
        {{"schemas", std::move(schemas)},
         {"securitySchemes",
          {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
           {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-voxdial"}}}}}}}});
}

}  // namespace voxdial
