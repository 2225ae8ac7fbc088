#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "proxy/vendors/ultravox/ultravox.h"

using namespace voxdial;
using namespace voxdial::ultravox;
using nlohmann::json;

namespace {

const std::string call_id = "1b2c3d4e-0000-4000-8000-000000000001";

json body_of(const VendorRequest& request) {
  CHECK(request.content_type == "application/json");
  return json::parse(request.body);
}

json created(const CallPlan& plan) { return body_of(create_call(plan)); }

SelectedTool named(std::string name) {
  SelectedTool tool;
  tool.tool_name = std::move(name);
  return tool;
}

SelectedTool client_tool() {
  SelectedTool tool;
  tool.temporary_tool = ClientTool{
      .model_tool_name = "updateOrder",
      .description = "Takes the order down.",
      .dynamic_parameters = {{.name = "items",
                              .schema = Json{R"({"type":"array","items":{"type":"string"}})"},
                              .required = true}}};
  return tool;
}

FirstSpeaker opening(bool agent, std::string text, std::string prompt, std::optional<int> delay_s,
                     bool uninterruptible) {
  return {.agent = agent,
          .text = std::move(text),
          .prompt = std::move(prompt),
          .delay_s = delay_s,
          .uninterruptible = uninterruptible};
}

CallPlan full_plan() {
  CallPlan plan;
  plan.settings.system_prompt = "You are \"kind\".";
  plan.settings.model = "ultravox-v0.7";
  plan.settings.voice = "Mark";
  plan.settings.language_hint = "en";
  plan.settings.temperature = 0.4;
  plan.settings.max_duration_s = 600;
  plan.settings.time_exceeded_message = "Time is up.";
  plan.settings.initial_messages = {{{.role = "MESSAGE_ROLE_USER", .text = "Hello"}}};
  plan.settings.selected_tools = {{client_tool(), named("hangUp")}};
  plan.settings.first_speaker_settings = opening(true, "Hi!", "", 2, false);
  plan.settings.recording_enabled = true;
  plan.settings.initial_output_medium = "MESSAGE_MEDIUM_TEXT";
  plan.join_timeout_s = 40;
  plan.metadata = {{"voxdial.call", "call_1"}};
  return plan;
}

}  // namespace

TEST_CASE("A web call sends every setting in Ultravox's words", "[ultravox]") {
  const VendorRequest request = create_call(full_plan());
  CHECK(request.vendor == Vendor::ultravox);
  CHECK(request.method == "POST");
  CHECK(request.path == "/api/calls");
  CHECK(body_of(request) == json::parse(R"({
    "systemPrompt": "You are \"kind\".", "model": "ultravox-v0.7", "voice": "Mark",
    "languageHint": "en", "temperature": 0.4, "maxDuration": "600s",
    "timeExceededMessage": "Time is up.", "joinTimeout": "40s", "medium": {"webRtc": {}},
    "initialMessages": [{"role": "MESSAGE_ROLE_USER", "text": "Hello"}],
    "selectedTools": [
      {"temporaryTool": {"modelToolName": "updateOrder", "description": "Takes the order down.",
        "client": {}, "dynamicParameters": [{"name": "items",
          "location": "PARAMETER_LOCATION_BODY", "required": true,
          "schema": {"type": "array", "items": {"type": "string"}}}]}},
      {"toolName": "hangUp"}],
    "firstSpeakerSettings": {"agent": {"text": "Hi!", "delay": "2s"}},
    "recordingEnabled": true, "initialOutputMedium": "MESSAGE_MEDIUM_TEXT",
    "metadata": {"voxdial.call": "call_1"}})"));
}

TEST_CASE("What was not set is not sent", "[ultravox]") {
  CHECK(created({}) == json::parse(R"({"medium":{"webRtc":{}},"joinTimeout":"30s"})"));
}

TEST_CASE("A phone call goes over Twilio's medium, without the page's tools", "[ultravox]") {
  CallPlan plan = full_plan();
  plan.medium = MediumType::twilio;
  plan.join_timeout_s = phone_join_timeout_s(45);
  const json body = created(plan);
  CHECK(body["medium"] == json::parse(R"({"twilio":{}})"));
  CHECK(body["joinTimeout"] == "115s");
  CHECK(body["selectedTools"] == json::parse(R"([{"toolName":"hangUp"}])"));
  CHECK_FALSE(body.contains("initialOutputMedium"));
}

TEST_CASE("The join address outlasts queue and ringing", "[ultravox]") {
  for (const int ring : {5, 30, 45, 60, 600}) {
    CAPTURE(ring);
    CHECK(phone_join_timeout_s(ring) >= ring + 5 + 60);
  }
}

TEST_CASE("On the phone the one who was called speaks first", "[ultravox]") {
  CallPlan plan;
  plan.medium = MediumType::twilio;
  const auto speaker = [&](std::optional<FirstSpeaker> wanted) {
    plan.settings.first_speaker_settings = std::move(wanted);
    return created(plan)["firstSpeakerSettings"];
  };
  CHECK(speaker({}) == json::parse(R"({"user":{"fallback":{"delay":"8s"}}})"));
  CHECK(speaker(opening(false, "", "", {}, false)) ==
        json::parse(R"({"user":{"fallback":{"delay":"8s"}}})"));
  CHECK(speaker(opening(false, "", "Ask who it is.", 5, false)) ==
        json::parse(R"({"user":{"fallback":{"delay":"5s","prompt":"Ask who it is."}}})"));
  CHECK(speaker(opening(true, "Hello, this is Ann.", "", {}, false)) ==
        json::parse(R"({"user":{"fallback":{"delay":"8s","text":"Hello, this is Ann."}}})"));
  // A notice that must be said first.
  CHECK(speaker(opening(true, "This call is recorded.", "", 1, true)) ==
        json::parse(R"({"agent":{"text":"This call is recorded.","delay":"1s",
                        "uninterruptible":true}})"));
}

TEST_CASE("On the web the settings decide who speaks first", "[ultravox]") {
  CallPlan plan;
  plan.settings.first_speaker_settings = opening(false, "", "", {}, false);
  CHECK(created(plan)["firstSpeakerSettings"] == json::parse(R"({"user":{}})"));
  plan.settings.first_speaker_settings = opening(true, "", "", {}, false);
  CHECK(created(plan)["firstSpeakerSettings"] == json::parse(R"({"agent":{}})"));
  // Exact words win over a prompt: Ultravox takes one of them.
  plan.settings.first_speaker_settings = opening(true, "Hi", "Greet", {}, false);
  CHECK(created(plan)["firstSpeakerSettings"] == json::parse(R"({"agent":{"text":"Hi"}})"));
}

TEST_CASE("On the phone the agent can always hang up, once", "[ultravox]") {
  CallPlan plan;
  plan.medium = MediumType::twilio;
  const auto tools = [&] { return created(plan)["selectedTools"]; };
  CHECK(tools() == json::parse(R"([{"toolName":"hangUp"}])"));
  plan.settings.selected_tools = {{named("queryCorpus"), named("hangUp")}};
  CHECK(tools().size() == 2);
  SelectedTool by_id;
  by_id.tool_id = "56294126-5a7d-4948-b67d-3b7e13d55ea7";
  plan.settings.selected_tools = {{by_id}};
  CHECK(tools().size() == 1);
  SelectedTool renamed = named("mine");
  renamed.name_override = "hangUp";
  plan.settings.selected_tools = {{renamed}};
  CHECK(tools() == json::parse(R"([{"toolName":"mine","nameOverride":"hangUp"}])"));
}

TEST_CASE("What to do with a machine becomes a tool", "[ultravox]") {
  CallPlan plan;
  plan.medium = MediumType::twilio;
  const auto tools = [&] { return created(plan)["selectedTools"]; };
  plan.settings.voicemail = Voicemail::hang_up;
  CHECK(tools()[0]["toolName"] == "hangUp");
  CHECK(tools()[0]["descriptionOverride"].get<std::string>().find("answering machine") !=
        std::string::npos);
  plan.settings.voicemail = Voicemail::leave_message;
  CHECK(tools() == json::parse(R"([{"toolName":"hangUp"},{"toolName":"leaveVoicemail"}])"));
  plan.settings.voicemail_message = "Call \"us\" back.";
  CHECK(tools()[1] == json::parse(R"({"toolName":"leaveVoicemail",
                                     "parameterOverrides":{"message":"Call \"us\" back."}})"));
  plan.settings.selected_tools = {{named("leaveVoicemail"), named("hangUp")}};
  CHECK(tools() == json::parse(R"([{"toolName":"leaveVoicemail"},{"toolName":"hangUp"}])"));
  plan.medium = MediumType::web;
  plan.settings.selected_tools.reset();
  CHECK_FALSE(created(plan).contains("selectedTools"));
}

TEST_CASE("Callbacks go to one address with their secrets", "[ultravox]") {
  CallPlan plan;
  plan.callbacks = Callbacks{.url = "https://example.com/api/ultravox/events", .secrets = {"s1"}};
  CHECK(created(plan)["callbacks"] == json::parse(R"({
    "joined": {"url": "https://example.com/api/ultravox/events", "secrets": ["s1"]},
    "ended": {"url": "https://example.com/api/ultravox/events", "secrets": ["s1"]},
    "billed": {"url": "https://example.com/api/ultravox/events", "secrets": ["s1"]}})"));
}

TEST_CASE("A stored agent's call sends what may be overridden", "[ultravox]") {
  CallPlan plan;
  plan.settings.voice = "Mark";
  plan.settings.max_duration_s = 60;
  plan.settings.recording_enabled = false;
  plan.settings.selected_tools = {{named("hangUp")}};
  plan.metadata = {{"voxdial.call", "call_1"}};
  const auto request = create_agent_call("agent/1", plan);
  REQUIRE(request);
  CHECK(request->path == "/api/agents/agent%2F1/calls");
  CHECK(body_of(*request) == json::parse(R"({
    "voice": "Mark", "maxDuration": "60s", "recordingEnabled": false, "joinTimeout": "30s",
    "medium": {"webRtc": {}}, "toolOverrides": {"add": [{"toolName": "hangUp"}]},
    "metadata": {"voxdial.call": "call_1"}})"));
}

TEST_CASE("A stored agent on the phone keeps its own tools", "[ultravox]") {
  CallPlan plan;
  plan.medium = MediumType::twilio;
  plan.settings.selected_tools = {{client_tool()}};
  const auto request = create_agent_call(call_id, plan);
  REQUIRE(request);
  const json body = body_of(*request);
  CHECK_FALSE(body.contains("toolOverrides"));
  CHECK(body["medium"] == json::parse(R"({"twilio":{}})"));
  CHECK(body["firstSpeakerSettings"]["user"]["fallback"]["delay"] == "8s");
}

TEST_CASE("What a stored agent keeps for itself cannot be set", "[ultravox]") {
  const auto field_refused = [](auto set) {
    CallPlan plan;
    set(plan.settings);
    const auto request = create_agent_call(call_id, plan);
    REQUIRE_FALSE(request);
    CHECK(request.error().code == ErrorCode::invalid_field);
    return request.error().field;
  };
  CHECK(field_refused([](CallSettings& s) { s.system_prompt = "x"; }) == "systemPrompt");
  CHECK(field_refused([](CallSettings& s) { s.model = "x"; }) == "model");
  CHECK(field_refused([](CallSettings& s) { s.language_hint = "en"; }) == "languageHint");
  CHECK(field_refused([](CallSettings& s) { s.temperature = 1; }) == "temperature");
  CHECK(field_refused([](CallSettings& s) { s.time_exceeded_message = "x"; }) ==
        "timeExceededMessage");
}

TEST_CASE("Words into a live call", "[ultravox]") {
  const auto sent = [](SayRequest::Kind kind, std::string text, std::string urgency) {
    const VendorRequest request = send_data_message(
        call_id, {.kind = kind, .text = std::move(text), .urgency = std::move(urgency)});
    CHECK(request.path == "/api/calls/" + call_id + "/send_data_message");
    CHECK(request.method == "POST");
    return body_of(request);
  };
  using Kind = SayRequest::Kind;
  CHECK(sent(Kind::text, "I am late", "later") ==
        json::parse(R"({"type":"user_text_message","text":"I am late","urgency":"later"})"));
  CHECK(sent(Kind::say, "One moment.", "immediate") ==
        json::parse(
            R"({"type":"forced_agent_message","content":"One moment.","urgency":"immediate"})"));
  const json wrap_up = sent(Kind::wrap_up, "", "soon");
  CHECK(wrap_up["type"] == "user_text_message");
  CHECK(wrap_up["text"].get<std::string>().starts_with("<instruction>"));
  CHECK(sent(Kind::goodbye, "Bye!", "soon") ==
        json::parse(R"({"type":"hang_up","message":"Bye!"})"));
  CHECK(sent(Kind::goodbye, "", "soon") == json::parse(R"({"type":"hang_up"})"));
  CHECK(body_of(hang_up(call_id)) == json::parse(R"({"type":"hang_up"})"));
}

TEST_CASE("Every other request goes where Ultravox expects it", "[ultravox]") {
  CHECK(get_call(call_id).path == "/api/calls/" + call_id);
  CHECK(get_call(call_id).method == "GET");
  CHECK(get_call(call_id).body.empty());
  CHECK(list_messages(call_id).path ==
        "/api/calls/" + call_id + "/messages?mode=in_call&pageSize=200");
  CHECK(list_messages(call_id, "a=b&c").path ==
        "/api/calls/" + call_id + "/messages?mode=in_call&pageSize=200&cursor=a%3Db%26c");
  CHECK(get_recording(call_id).path == "/api/calls/" + call_id + "/recording");
  CHECK(voice_preview(call_id).path == "/api/voices/" + call_id + "/preview");
  CHECK(list_voices().path == "/api/voices?pageSize=200");
  CHECK(list_voices("x").path == "/api/voices?pageSize=200&cursor=x");
  CHECK(list_models().path == "/api/models?pageSize=100");
  CHECK(account_me().path == "/api/accounts/me");
  CHECK(get_call("../accounts/me?x#y").path == "/api/calls/..%2Faccounts%2Fme%3Fx%23y");
}
