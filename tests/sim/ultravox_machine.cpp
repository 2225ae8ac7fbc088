#include "tests/sim/ultravox_machine.h"

#include <nlohmann/json.hpp>

namespace voxdial::sim {
namespace {

using nlohmann::json;

constexpr std::size_t messages_a_page = 3;

Millis seconds(const json& body, const char* name, Millis otherwise) {
  const auto text = body.value(name, std::string());
  return text.empty() ? otherwise : std::stoll(text) * 1000;
}

}  // namespace

AgentCall* UltravoxMachine::find(std::string_view id) {
  for (AgentCall& call : calls) {
    if (call.id == id) return &call;
  }
  return nullptr;
}

AgentCall* UltravoxMachine::of_join_url(std::string_view url) {
  for (AgentCall& call : calls) {
    if (url.find(call.id) != url.npos) return &call;
  }
  return nullptr;
}

std::string UltravoxMachine::json(const AgentCall& call) const {
  return R"({"callId":")" + call.id + R"(","created":)" + json_time(call.created, rfc3339) +
         R"(,"joined":)" + json_time(call.joined, rfc3339) + R"(,"ended":)" +
         json_time(call.ended, rfc3339) + R"(,"endReason":)" +
         (call.end_reason.empty() ? "null" : '"' + call.end_reason + '"') + R"(,"joinUrl":")" +
         call.join_url() +
         R"(","billingStatus":"BILLING_STATUS_PENDING","recordingEnabled":false,"medium":{")" +
         (call.phone ? "twilio" : "webRtc") + R"(":{}},"metadata":{"voxdial.call":")" + call.ours +
         R"("}})";
}

VendorReply UltravoxMachine::create(const VendorRequest& request) {
  const auto body = json::parse(request.body);
  AgentCall call;
  const std::string number = std::to_string(calls.size() + 1);
  call.name = "agent " + number;
  call.id = "0c0e0000-0000-4000-8000-" + std::string(12 - number.size(), '0') + number;
  call.ours = body.at("metadata").at("voxdial.call").get<std::string>();
  call.phone = body.at("medium").contains("twilio");
  call.created = stage_.time.now();
  call.max_ms = seconds(body, "maxDuration", 3'600'000);
  if (body.contains("callbacks")) {
    call.callback_joined = body["callbacks"].at("joined").at("url").get<std::string>();
    call.callback_ended = body["callbacks"].at("ended").at("url").get<std::string>();
  }
  call.endless = stage_.strikes(Fault::endless_pages);
  if (call.endless)
    stage_.tell("Ultravox", call.name + "'s message pages will always have a successor");
  calls.push_back(call);
  stage_.time.after(seconds(body, "joinTimeout", 30'000), [this, id = call.id] {
    AgentCall* waiting = find(id);
    if (waiting->joined == 0) end(*waiting, "unjoined");
  });
  return json_reply(201, json(calls.back()));
}

VendorReply UltravoxMachine::page(AgentCall& call, std::string_view query) {
  const auto fields = fields_of(query);
  const std::string cursor = field(fields, "cursor");
  const std::size_t from = cursor.empty() ? 0 : std::stoul(cursor);
  std::string results;
  std::size_t at = from;
  for (; at < call.messages.size() && at < from + messages_a_page; ++at) {
    results += (results.empty() ? "" : ",") + call.messages[at];
  }
  const bool more = at < call.messages.size() || call.endless;
  if (call.endless && at == from) ++at;
  return json_reply(
      200,
      R"({"results":[)" + results + R"(],"next":)" +
          (more ? R"("https://api.ultravox.ai/x?cursor=)" + std::to_string(at) + '"' : "null") +
          "}");
}

VendorReply UltravoxMachine::handle(const VendorRequest& request) {
  const std::string_view path(request.path);
  if (request.method == "POST" && path == "/api/calls") return create(request);
  constexpr std::string_view calls_path = "/api/calls/";
  if (!path.starts_with(calls_path)) return json_reply(404, R"({"detail":"Not found."})");
  const auto rest = path.substr(calls_path.size());
  AgentCall* call = find(rest.substr(0, rest.find_first_of("/?")));
  if (call == nullptr) return json_reply(404, R"({"detail":"Not found."})");
  const bool live = call->joined != 0 && call->ended == 0;
  if (request.method == "POST") {  // send_data_message
    if (!live) return json_reply(422, R"({"detail":"The call is not active."})");
    if (json::parse(request.body).value("type", "") == "hang_up") {
      stage_.time.after(300, [this, id = call->id] { end(*find(id), "agent_hangup"); });
    }
    return json_reply(204, "");
  }
  if (request.method == "DELETE") {
    if (live) return json_reply(422, R"({"detail":"The call is active."})");
    end(*call, "unjoined");
    return json_reply(204, "");
  }
  if (path.find("/messages") != path.npos)
    return page(*call, path.substr(std::min(path.size(), path.find('?') + 1)));
  return json_reply(200, json(*call));
}

VendorReply UltravoxMachine::about_another(const VendorRequest& request) {
  AgentCall other;
  other.id = "0c0e0000-0000-4000-8000-00000000ffff";
  other.ours = "call_somebodyelses";
  other.created = other.joined = stage_.time.now() - 60'000;
  other.ended = stage_.time.now() - 1'000;
  other.end_reason = "hangup";
  for (const AgentCall& call : calls) {
    if (request.path.find(call.id) == std::string::npos) other = call;
  }
  return json_reply(request.method == "POST" ? 201 : 200, json(other));
}

bool UltravoxMachine::join(AgentCall& call) {
  if (call.joined != 0 || call.ended != 0) return false;
  call.joined = stage_.time.now();
  stage_.tell("Ultravox", call.name + " is joined");
  stage_.time.after(call.max_ms, [this, id = call.id] { end(*find(id), "timeout"); });
  report(call, "call.joined", call.callback_joined);
  return true;
}

void UltravoxMachine::say(AgentCall& call, const std::string& role, const std::string& text) {
  if (call.joined == 0 || call.ended != 0) return;
  call.messages.push_back(R"({"role":"MESSAGE_ROLE_)" + role + R"(","text":")" + text +
                          R"(","medium":"MESSAGE_MEDIUM_VOICE"})");
}

void UltravoxMachine::end(AgentCall& call, const std::string& reason) {
  if (call.ended != 0) return;
  say(call, "AGENT", "Goodbye.");
  call.ended = stage_.time.now();
  call.end_reason = reason;
  stage_.tell("Ultravox", call.name + " is over: " + reason);
  report(call, "call.ended", call.callback_ended);
  if (call.on_end) call.on_end();
}

void UltravoxMachine::report(const AgentCall& call, const std::string& event,
                             const std::string& url) {
  if (url.empty() || !post) return;
  const auto path = url.find('/', 8);
  const auto query = url.find('?');
  post({.vendor = Vendor::ultravox,
        .path = url.substr(path, query == url.npos ? url.npos : query - path),
        .query = query == url.npos ? "" : url.substr(query + 1),
        .body = R"({"event":")" + event + R"(","call":)" + json(call) + "}",
        .words = event + " of " + call.name});
}

}  // namespace voxdial::sim
