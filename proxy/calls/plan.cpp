#include "proxy/calls/plan.h"

#include <algorithm>

#include "proxy/crypto/digest.h"
#include "shared/codec.h"

namespace voxdial {
namespace {

/// What the agent's prompt says of answering machines. Its tools leaveVoicemail and hangUp do the
/// rest, and where PUBLIC_BASE_URL is set Twilio's machine detection tells it.
std::string voicemail_instruction(const CallSettings& settings) {
  switch (settings.voicemail.value_or(Voicemail::carry_on)) {
    case Voicemail::hang_up:
      return "\n\nIf a voicemail greeting or a machine answers, say nothing and use the hangUp "
             "tool.";
    case Voicemail::leave_message:
      if (!settings.voicemail_message || settings.voicemail_message->empty()) {
        return "\n\nIf a voicemail greeting or a machine answers, use the leaveVoicemail tool with "
               "a short message that says who is calling and why.";
      }
      return "\n\nIf a voicemail greeting or a machine answers, use the leaveVoicemail tool with "
             "exactly this message: " +
             *settings.voicemail_message;
    case Voicemail::carry_on:
      break;
  }
  return {};
}

}  // namespace

Marks::Marks(const Config& config)
    : key_(crypto::derive_key(config.ultravox_key, "marks of presses")) {}

std::string Marks::of_press(std::string_view person, std::string_view key) const {
  if (key.empty()) return {};
  return crypto::to_hex(
      crypto::hmac_sha256(key_, "press\n" + std::string(person) + "\n" + std::string(key)));
}

std::string Marks::of_person(std::string_view person) const {
  if (person.empty()) return {};
  return crypto::to_hex(crypto::hmac_sha256(key_, "person\n" + std::string(person)));
}

Result<CallPlan> plan_call(const CallRequest& request, const std::optional<Agent>& preset,
                           const std::string& call_id, const Config& config) {
  const bool phone = request.medium.type == MediumType::twilio;
  if (preset && !preset->media.empty() &&
      std::find(preset->media.begin(), preset->media.end(), request.medium.type) ==
          preset->media.end()) {
    return fail(ErrorCode::invalid_field,
                "The agent \"" + preset->name + "\" is made for " +
                    (phone ? "web calls. Choose another agent, or call from the browser."
                           : "phone calls. Choose another agent, or call a phone."),
                "agent");
  }

  CallPlan plan;
  CallSettings settings = merge(preset ? preset->settings : CallSettings{}, request.settings);
  plan.max_duration_s =
      std::min(settings.max_duration_s.value_or(config.max_call_s), config.max_call_s);
  settings.max_duration_s = plan.max_duration_s;
  if (phone) {
    // An agent stored at Ultravox keeps its own prompt.
    if (const std::string more = voicemail_instruction(settings);
        !more.empty() && request.agent.rfind(stored_agent_prefix, 0) != 0) {
      settings.system_prompt = settings.system_prompt.value_or("") + more;
    }
  } else {
    settings.voicemail.reset();
    settings.voicemail_message.reset();
  }
  if (request.agent.rfind(stored_agent_prefix, 0) == 0) {
    plan.stored_agent = request.agent.substr(stored_agent_prefix.size());
  }

  const std::string& callbacks = config.public_base_url;
  plan.ultravox.medium = request.medium.type;
  plan.ultravox.metadata = {{ultravox::our_id_key, call_id}};
  if (phone) plan.ultravox.join_timeout_s = ultravox::phone_join_timeout_s(config.ring_timeout_s);
  if (!callbacks.empty()) {
    plan.ultravox.callbacks = ultravox::Callbacks{
        .url = callbacks + "/api/ultravox/events?call=" + call_id,
        .secrets = {crypto::derive_key(config.ultravox_key, "ultravox callbacks")}};
  }
  if (phone) {
    const Voicemail voicemail = settings.voicemail.value_or(Voicemail::carry_on);
    plan.twilio = twilio::CallPlan{
        .to = {},
        .from = config.twilio_number,
        .twiml = {},
        .ring_timeout_s = config.ring_timeout_s,
        // Ultravox ends the call at the limit, with a last sentence; Twilio cuts it if that fails.
        .time_limit_s = plan.max_duration_s + 15,
        .status_callback =
            callbacks.empty() ? "" : callbacks + "/api/twilio/status?call=" + call_id,
        .amd_callback = callbacks.empty() || voicemail == Voicemail::carry_on
                            ? ""
                            : callbacks + "/api/twilio/amd?call=" + call_id,
        .wait_for_beep = voicemail == Voicemail::leave_message};
  }
  plan.cost_per_minute = phone ? config.price_phone_per_minute : config.price_web_per_minute;
  plan.ultravox.settings = std::move(settings);
  return plan;
}

}  // namespace voxdial
