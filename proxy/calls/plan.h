// From what a person asked for to what each vendor is asked: pure.
//
// Owns the merging of preset and request, the length limit, and the rules that make a phone call a
// phone call. Decides nothing about who may call whom (proxy/policy, proxy/store).
#pragma once

#include <optional>
#include <string>

#include "proxy/config/config.h"
#include "proxy/vendors/twilio/twilio.h"
#include "proxy/vendors/ultravox/ultravox.h"
#include "shared/api.h"
#include "shared/result.h"

namespace voxdial {

/// Ids of agents stored at Ultravox begin with this in CallRequest::agent.
constexpr std::string_view stored_agent_prefix = "ultravox:";

/// What is asked of the vendors for one call.
struct CallPlan {
  std::string stored_agent;  ///< id of an agent stored at Ultravox, or empty
  ultravox::CallPlan ultravox;
  /// Phone only; `to` and `twiml` are filled in when they are known.
  std::optional<twilio::CallPlan> twilio;
  int max_duration_s = 0;
  Micros cost_per_minute = 0;
};

/// `preset` is the one the request names, or nothing. `call_id` is ours; it travels as metadata so
/// that the call can be found again on Ultravox's side, and in the callbacks' addresses, so that a
/// callback tells whose it is also when the reply to the dial request was lost. Errors:
/// invalid_field for a setting that does not fit the kind of call.
Result<CallPlan> plan_call(const CallRequest& request, const std::optional<Agent>& preset,
                           const std::string& call_id, const Config& config);

/// What the vendors are told of a press: whose it was and with which key, so that only whoever has
/// this server's settings can tell.
class Marks {
 public:
  explicit Marks(const Config& config);
  std::string of_press(std::string_view person, std::string_view key) const;  ///< empty without key
  std::string of_person(std::string_view person) const;  ///< empty without a name

 private:
  const std::string key_;
};

}  // namespace voxdial
