// What is sent to Ultravox: URLs and JSON bodies.
#include <algorithm>
#include <cassert>

#include "proxy/vendors/ultravox/ultravox.h"
#include "shared/fields_settings.h"
#include "shared/percent.h"
#include "shared/time_text.h"

namespace voxdial::ultravox {
namespace {

using json = JsonValue;

// Creating a call takes Ultravox a second or two when it is well; a reply may be slower under load.
constexpr int create_timeout_ms = 15'000;
constexpr std::size_t max_audio_bytes = std::size_t{256} << 20;  // 4 h of 8 kHz 16 bit, mono

// How long a person who picks up may take to say hello before the agent speaks. Ultravox's own
// example of an outgoing call waits 10 s (https://docs.ultravox.ai/telephony/telephony-platforms).
constexpr int hello_delay_s = 8;

constexpr std::string_view hang_up_tool = "hangUp";
constexpr std::string_view hang_up_tool_id = "56294126-5a7d-4948-b67d-3b7e13d55ea7";

VendorRequest request(std::string method, std::string path) {
  VendorRequest out;
  out.vendor = Vendor::ultravox;
  out.method = std::move(method);
  out.path = std::move(path);
  return out;
}

VendorRequest post(std::string path, const json& body) {
  VendorRequest out = request("POST", std::move(path));
  out.content_type = "application/json";
  out.body = to_text(body);
  return out;
}

std::string call_path(std::string_view call_id, std::string_view rest = {}) {
  return "/api/calls/" + percent_encode(call_id) + std::string(rest);
}

std::string with_cursor(std::string path, std::string_view cursor) {
  if (cursor.empty()) return path;
  path += path.find('?') == std::string::npos ? '?' : '&';
  return path + "cursor=" + percent_encode(cursor);
}

FirstSpeaker phone_first_speaker(std::optional<FirstSpeaker> wanted) {
  if (wanted && wanted->agent && wanted->uninterruptible) return *wanted;
  FirstSpeaker out = wanted.value_or(FirstSpeaker{});
  out.agent = false;
  if (!out.delay_s) out.delay_s = hello_delay_s;
  return out;
}

bool selected(const std::vector<SelectedTool>& tools, std::string_view built_in) {
  return std::any_of(tools.begin(), tools.end(), [&](const SelectedTool& tool) {
    return tool.tool_name == built_in || tool.name_override == built_in ||
           (built_in == hang_up_tool && tool.tool_id == hang_up_tool_id);
  });
}

SelectedTool built_in(std::string_view name) {
  SelectedTool tool;
  tool.tool_name = name;
  return tool;
}

/// The tools of a phone call: none that the page would have to carry out, the built-in ones always.
std::vector<SelectedTool> phone_tools(const CallSettings& settings) {
  std::vector<SelectedTool> tools = settings.selected_tools.value_or(std::vector<SelectedTool>{});
  std::erase_if(tools, [](const SelectedTool& tool) { return tool.temporary_tool.has_value(); });
  if (!selected(tools, hang_up_tool)) {
    SelectedTool tool = built_in(hang_up_tool);
    if (settings.voicemail == Voicemail::hang_up) {
      tool.description_override =
          "Ends the call. Use it when the conversation is over, and at once, without speaking, "
          "when a voicemail greeting or an answering machine is heard.";
    }
    tools.push_back(std::move(tool));
  }
  if (settings.voicemail == Voicemail::leave_message && !selected(tools, voicemail_tool)) {
    SelectedTool tool = built_in(voicemail_tool);
    if (settings.voicemail_message && !settings.voicemail_message->empty()) {
      tool.parameter_overrides = Json{to_text({{"message", *settings.voicemail_message}})};
    }
    tools.push_back(std::move(tool));
  }
  return tools;
}

/// What a call and a call of a stored agent have in common. Our settings are Ultravox's, in its own
/// shape and names, but for what is to be done about machines: that became words and tools.
json common_fields(const CallPlan& plan) {
  CallSettings settings = plan.settings;
  const bool phone = plan.medium == MediumType::twilio;
  settings.voicemail.reset();
  settings.voicemail_message.reset();
  if (phone) {
    settings.initial_output_medium.reset();  // written words reach nobody on the phone
    settings.first_speaker_settings = phone_first_speaker(settings.first_speaker_settings);
  }
  if (settings.initial_messages && settings.initial_messages->empty()) {
    settings.initial_messages.reset();
  }
  if (settings.selected_tools && settings.selected_tools->empty()) settings.selected_tools.reset();
  json out = to_json_value(settings);
  out["medium"] = phone ? json{{"twilio", json::object()}} : json{{"webRtc", json::object()}};
  out["joinTimeout"] = std::to_string(plan.join_timeout_s) + "s";
  if (plan.callbacks) {
    const json callback = {{"url", plan.callbacks->url}, {"secrets", plan.callbacks->secrets}};
    out["callbacks"] = {{"joined", callback}, {"ended", callback}, {"billed", callback}};
  }
  for (const auto& [key, value] : plan.metadata) {
    assert(!key.starts_with("ultravox."));
    out["metadata"][key] = value;
  }
  return out;
}

}  // namespace

int phone_join_timeout_s(int ring_timeout_s) {
  constexpr int queue_s = 60;   // one dial a second per account: sixty presses ahead of this one
  constexpr int buffer_s = 10;  // Twilio may ring 5 s longer than told, and then opens the stream
  return ring_timeout_s + queue_s + buffer_s;
}

VendorRequest create_call(const CallPlan& plan) {
  json body = common_fields(plan);
  if (plan.medium == MediumType::twilio) {
    CallSettings tools;
    tools.selected_tools = phone_tools(plan.settings);
    body.update(to_json_value(tools));
  }
  VendorRequest out = post("/api/calls", body);
  out.timeout_ms = create_timeout_ms;
  return out;
}

Result<VendorRequest> create_agent_call(std::string_view agent_id, const CallPlan& plan) {
  const CallSettings& settings = plan.settings;
  const std::pair<const char*, bool> fixed[] = {
      {"systemPrompt", settings.system_prompt.has_value()},
      {"model", settings.model.has_value()},
      {"languageHint", settings.language_hint.has_value()},
      {"temperature", settings.temperature.has_value()},
      {"timeExceededMessage", settings.time_exceeded_message.has_value()}};
  for (const auto& [name, given] : fixed) {
    if (given) {
      return fail(ErrorCode::invalid_field,
                  "An agent stored at Ultravox keeps its own " + std::string(name) +
                      ". Leave it out, or change it there.",
                  name);
    }
  }
  CallPlan added = plan;
  if (plan.medium == MediumType::twilio && settings.selected_tools) {
    std::erase_if(*added.settings.selected_tools,
                  [](const SelectedTool& tool) { return tool.temporary_tool.has_value(); });
  }
  json body = common_fields(added);
  if (const auto tools = body.find("selectedTools"); tools != body.end()) {
    body["toolOverrides"] = {{"add", *tools}};
    body.erase("selectedTools");
  }
  VendorRequest out = post("/api/agents/" + percent_encode(agent_id) + "/calls", body);
  out.timeout_ms = create_timeout_ms;
  return out;
}

VendorRequest get_call(std::string_view call_id) { return request("GET", call_path(call_id)); }

VendorRequest list_messages(std::string_view call_id, std::string_view cursor) {
  VendorRequest out = request(
      "GET", with_cursor(call_path(call_id, "/messages?mode=in_call&pageSize=200"), cursor));
  out.max_reply_bytes = 8 << 20;  // a page of long tool results
  return out;
}

VendorRequest send_data_message(std::string_view call_id, const SayRequest& say) {
  json body;
  switch (say.kind) {
    case SayRequest::Kind::text:
      body = {{"type", "user_text_message"}, {"text", say.text}, {"urgency", say.urgency}};
      break;
    case SayRequest::Kind::say:
      body = {{"type", "forced_agent_message"}, {"content", say.text}, {"urgency", say.urgency}};
      break;
    case SayRequest::Kind::wrap_up: {
      // Ultravox's guide marks words to the agent, as opposed to the user's, with this tag.
      std::string words = "Bring the conversation to a friendly end now, say goodbye and hang up.";
      if (!say.text.empty()) words += " " + say.text;
      body = {{"type", "user_text_message"},
              {"text", "<instruction>" + words + "</instruction>"},
              {"urgency", say.urgency}};
      break;
    }
    case SayRequest::Kind::goodbye:
      return hang_up(call_id, say.text);
  }
  return post(call_path(call_id, "/send_data_message"), body);
}

VendorRequest hang_up(std::string_view call_id, std::string_view message) {
  json body = {{"type", "hang_up"}};
  if (!message.empty()) body["message"] = message;
  return post(call_path(call_id, "/send_data_message"), body);
}

VendorRequest get_recording(std::string_view call_id) {
  VendorRequest out = request("GET", call_path(call_id, "/recording"));
  out.redirect_is_reply = true;
  out.max_reply_bytes = max_audio_bytes;
  out.in_pieces = true;
  return out;
}

VendorRequest voice_preview(std::string_view voice_id) {
  VendorRequest out = request("GET", "/api/voices/" + percent_encode(voice_id) + "/preview");
  out.redirect_is_reply = true;
  out.max_reply_bytes = 8 << 20;
  out.in_pieces = true;
  return out;
}

VendorRequest list_calls(Millis from, std::string_view cursor) {
  VendorRequest out =
      request("GET", with_cursor("/api/calls?pageSize=100&fromDate=" + to_rfc3339(from), cursor));
  out.max_reply_bytes = 8 << 20;  // with all their prompts
  return out;
}

VendorRequest list_voices(std::string_view cursor) {
  return request("GET", with_cursor("/api/voices?pageSize=200", cursor));
}

VendorRequest list_models(std::string_view cursor) {
  return request("GET", with_cursor("/api/models?pageSize=100", cursor));
}

VendorRequest account_me() { return request("GET", "/api/accounts/me"); }

}  // namespace voxdial::ultravox
