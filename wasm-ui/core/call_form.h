// The call form: what kind of call, to whom, with which agent, and the one press that places it.
//
// Owns the form's fields, the server's reading of the number and the request that places the call.
// What a number means is the server's to say: the page sends what was typed and the chosen country,
// and calls the number of the answer, never one of its own making. A press waits for that answer.
// It places at most one call per press: presses while one is under way do nothing, and a press
// after an answer was lost repeats the same Idempotency-Key, so that the server places no second
// one.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "shared/api.h"
#include "wasm-ui/core/effect.h"

namespace voxdial::ui {

struct Model;
struct HttpReplied;
struct Launched;

struct CallForm {
  MediumType medium = MediumType::web;
  std::string region;                     ///< chosen, or a number's with "+"; empty: not known yet
  std::string number;                     ///< as typed, in groups
  bool grouping = false;                  ///< ordered and not answered yet
  std::string agent;                      ///< preset id, "ultravox:..." or empty
  bool stored_agent = false;              ///< the id of a stored Ultravox agent is typed by hand
  std::optional<CallSettings> overrides;  ///< an agent edited for this call only
  std::optional<CallRequest>
      trial;                      ///< of the agent on its own page: asked for instead of the form
  std::string query_model;        ///< the template's URL parameter, or empty
  std::optional<bool> recording;  ///< nothing chosen: as the agent says
  std::optional<Voicemail> voicemail;
  bool quiet_hours_override = false;
  bool more = false;  ///< the less common choices are shown
  bool pad = false;   ///< the dial pad is shown

  /// The server's reading of `number` in `region`; forgotten when either changes.
  Request<PhoneCheck> check;
  bool number_left = false;  ///< the field was left or the button pressed: a fault may be shown

  bool awaiting_check = false;  ///< pressed before the number was read: the answer decides
  bool asking_microphone = false;
  bool making_key = false;
  Request<Done> placed;  ///< the answer itself goes to the live card; its join address nowhere
  std::string key;       ///< of the last request
  std::string key_body;  ///< what it asked for

  /// The fields are closed. While the browser asks for the microphone they are not: a question that
  /// nobody answers must not hold the form, and going on with it takes the press back.
  bool placing() const { return awaiting_check || making_key || placed.busy(); }
  bool pressed() const { return placing() || asking_microphone; }
  friend bool operator==(const CallForm&, const CallForm&) = default;
};

/// The number that a press calls, as the server reads the field; empty while it has not.
std::string number_to_call(const CallForm& form);
/// What the press will ask for.
CallRequest call_request(const Model& model);
/// The preset that is chosen, or nothing while it is not loaded or is one stored at Ultravox.
const Agent* chosen_agent(const Model& model);
/// Why the primary button cannot place a call at the moment, in words; empty when it can, or when
/// the number has to be read first.
std::string why_not(const Model& model);

struct MediumChosen {
  MediumType medium = MediumType::web;
};
struct RegionChosen {
  std::string region;
};
struct NumberTyped {
  std::string text;
};
/// The text in groups, as people of its country write it: the same digits.
struct NumberGrouped {
  std::string typed, grouped;
};
struct NumberLeft {};
struct AgentChosen {
  std::string id;
};
struct StoredAgentTyped {
  std::string id;  ///< without "ultravox:"
};
struct OverridesDropped {};
struct RecordingSet {
  bool on = false;
};
struct VoicemailChosen {
  std::optional<Voicemail> choice;
};
struct QuietHoursOverridden {
  bool on = false;
};
struct MoreToggled {};
struct PadToggled {};
struct PlacePressed {};
struct KeyMade {
  std::string key;
};
/// Fills the form with a call of the past.
struct CallAgainPressed {
  Call call;
};

using FormAction =
    std::variant<MediumChosen, RegionChosen, NumberTyped, NumberLeft, AgentChosen, StoredAgentTyped,
                 OverridesDropped, RecordingSet, VoicemailChosen, QuietHoursOverridden, MoreToggled,
                 PadToggled, PlacePressed, KeyMade, CallAgainPressed, NumberGrouped>;
void update(Model& model, const FormAction& action, Effects& effects);
bool take_form_reply(Model& model, const HttpReplied& reply, Effects& effects);

/// Places a web call that is no matter of the form's fields; the microphone comes first.
void place_trial(Model& model, CallRequest request, Effects& effects);

void launch_form(Model& model, const Launched& launched);
/// The agents or the configuration arrived: choose what is still open.
void settle_form(Model& model);
/// The debounce is over: ask the server about the number.
void check_number(Model& model, Effects& effects);
/// The browser's answer about the microphone, asked for by a press. Nothing: it is ours to use.
void microphone_answered(Model& model, const std::optional<Error>& refusal, Effects& effects);

}  // namespace voxdial::ui
