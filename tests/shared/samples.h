// Fully populated values of every struct in shared/api.h, for round trips.
#pragma once

#include "shared/api.h"

namespace voxdial::samples {

inline CallSettings settings() {
  CallSettings s;
  s.system_prompt = "You are \"brief\".\nSay naïve things: 你好 👋 \\ \t end.";
  s.model = "ultravox-v0.7";
  s.voice = "Mark";
  s.language_hint = "pt-BR";
  s.temperature = 0.4;
  s.max_duration_s = 600;
  s.time_exceeded_message = "Time is up.";
  s.initial_messages = {{{"MESSAGE_ROLE_USER", "Hello"}, {"MESSAGE_ROLE_AGENT", "Hi"}}};
  SelectedTool built_in;
  built_in.tool_name = "hangUp";
  built_in.name_override = "end_the_call";
  built_in.description_override = "Ends the call.";
  built_in.parameter_overrides = Json{R"({"strict":true})"};
  SelectedTool by_id;
  by_id.tool_id = "56294126-5a7d-4948-b67d-3b7e13d55ea7";
  SelectedTool client;
  client.temporary_tool =
      ClientTool{"updateOrder",
                 "Shows the order.",
                 {{"items", Json{R"({"type":"array","items":{"type":"object"}})"}, true},
                  {"note", Json{R"({"type":"string"})"}, false}}};
  s.selected_tools = {{built_in, by_id, client}};
  s.first_speaker_settings = FirstSpeaker{true, "Good morning.", "", 2, true};
  s.recording_enabled = true;
  s.initial_output_medium = "MESSAGE_MEDIUM_VOICE";
  return s;
}

inline CallRequest web_request() {
  return {"order-taker", settings(), {MediumType::web, "", ""}, false};
}

inline CallRequest phone_request() {
  CallRequest r{"ultravox:5f2c", settings(), {MediumType::twilio, "(415) 555-0123", "US"}, true};
  r.settings.selected_tools->pop_back();  // the client tool
  r.settings.first_speaker_settings = FirstSpeaker{false, "", "Ask who is there.", 8, false};
  r.settings.voicemail = Voicemail::leave_message;
  r.settings.voicemail_message = "Please call back.";
  return r;
}

inline Call call() {
  Call c;
  c.id = "c-1";
  c.version = 9'007'199'254'740'991;
  c.medium = MediumType::twilio;
  c.status = CallStatus::no_answer;
  c.agent = "assistant";
  c.agent_name = "Assistant";
  c.user = "maria";
  c.to = "+14155550123";
  c.to_international = "+1 415-555-0123";
  c.to_region = "US";
  c.created_at = 1'795'345'044'123;
  c.ringing_at = 1'795'345'045'000;
  c.answered_at = 1'795'345'049'001;
  c.ended_at = 1'795'345'079'999;
  c.max_duration_s = 600;
  c.recording = true;
  c.ending = true;
  c.answered_by = "machine_start";
  c.left_voicemail = true;
  c.end = {EndedBy::callee, "no_answer", "No answer after 30 s."};
  c.price = "-0.0140";
  c.price_unit = "USD";
  c.warning = "The recording could not be kept.";
  return c;
}

inline Agent agent() {
  return {"order-taker",
          "Order taker",
          "Takes an order.",
          "Ask for a doughnut.",
          {MediumType::web, MediumType::twilio},
          true,
          true,
          settings()};
}

inline Error error() {
  return {ErrorCode::geo_permission, "Not enabled.", "medium.phoneNumber",
          Provider{"twilio", 21215}, 30};
}

}  // namespace voxdial::samples
