#include "wasm-ui/core/call_form.h"

#include <algorithm>

#include "shared/ascii.h"
#include "shared/codec.h"
#include "shared/e164.h"
#include "wasm-ui/core/model.h"

namespace voxdial::ui {
namespace {

constexpr int check_after_ms = 350;  // long enough that a number typed fluently is asked about once

bool nothing_typed(const CallForm& form) { return trimmed(form.number).empty(); }

void number_changed(Model& model, Effects& effects) {
  CallForm& form = model.form;
  form.check.clear();
  form.quiet_hours_override = false;
  form.placed.clear();
  if (!nothing_typed(form)) effects.push_back(SetTimer{Timer::phone_check, check_after_ms});
}

/// Whether what is typed begins with "+", and so means the same in every country.
bool names_country(std::string_view typed) {
  const std::size_t first = typed.find_first_of("+0123456789");
  return first != typed.npos && typed[first] == '+';
}

bool same_number(std::string_view a, std::string_view b) {
  return names_country(a) == names_country(b) && digits_of(a) == digits_of(b);
}

void group(CallForm& form, Effects& effects) {
  if (nothing_typed(form)) return;
  form.grouping = true;
  effects.push_back(GroupNumber{form.number, form.region});
}

void on(Model& model, const MediumChosen& a, Effects& effects) {
  model.form.medium = a.medium;
  model.form.number_left = false;  // what was pressed was the other kind's button
  model.form.placed.clear();
  effects.push_back(StoreSetting{"medium", a.medium == MediumType::web ? "web" : "phone"});
}
void on(Model& model, const RegionChosen& a, Effects& effects) {
  model.form.region = a.region;
  effects.push_back(StoreSetting{"region", a.region});
  number_changed(model, effects);
  group(model.form, effects);
}
void on(Model& model, const NumberTyped& a, Effects& effects) {
  // Who takes a bracket away from the groups would not get past it if it came back.
  const bool ungrouped = model.form.grouping || !same_number(model.form.number, a.text);
  model.form.number = a.text;
  model.form.number_left = false;
  number_changed(model, effects);
  if (ungrouped) group(model.form, effects);
}
void on(Model& model, const NumberGrouped& a, Effects&) {
  if (model.form.number != a.typed) return;  // more was typed meanwhile, and ordered
  model.form.number = a.grouped;
  model.form.grouping = false;
}
void on(Model& model, const NumberLeft&, Effects&) {
  // Here and not in the view: what was typed just before may come in the same frame.
  if (!model.form.number.empty()) model.form.number_left = true;
}
void on(Model& model, const AgentChosen& a, Effects& effects) {
  CallForm& form = model.form;
  form.stored_agent = a.id == "ultravox:";
  form.agent = a.id;
  form.overrides.reset();
  form.recording.reset();
  form.voicemail.reset();
  form.placed.clear();
  if (!form.stored_agent) effects.push_back(StoreSetting{"agent", a.id});
}
void on(Model& model, const StoredAgentTyped& a, Effects&) {
  model.form.agent = "ultravox:" + std::string(trimmed(a.id));
}
void on(Model& model, const OverridesDropped&, Effects&) { model.form.overrides.reset(); }
void on(Model& model, const RecordingSet& a, Effects&) { model.form.recording = a.on; }
void on(Model& model, const VoicemailChosen& a, Effects&) { model.form.voicemail = a.choice; }
void on(Model& model, const QuietHoursOverridden& a, Effects&) {
  model.form.quiet_hours_override = a.on;
}
void on(Model& model, const MoreToggled&, Effects&) { model.form.more = !model.form.more; }
void on(Model& model, const PadToggled&, Effects&) { model.form.pad = !model.form.pad; }

void ask_for_key(CallForm& form, Effects& effects) {
  form.making_key = true;
  effects.push_back(MakeKey{});
}

void ask_about_number(Model& model, Effects& effects) {
  CallForm& form = model.form;
  const RequestId id = model.new_id();
  form.check.start(id);
  effects.push_back(HttpCall{.id = id,
                             .method = "POST",
                             .url = "/api/phone/check",
                             .body = encode(PhoneCheckRequest{form.number, form.region})});
}

/// The number was read, or the server could not be asked: a press that waited for it goes on.
void number_read(Model& model, Effects& effects) {
  CallForm& form = model.form;
  const PhoneCheck* check = form.check.value();
  if (check != nullptr && check->region.size() == 2 && is_upper(check->region[0]) &&
      names_country(form.number)) {
    form.region = check->region;
  }
  if (!form.awaiting_check) return;
  form.awaiting_check = false;
  if (form.check.value() != nullptr && why_not(model).empty()) {
    ask_for_key(form, effects);
  } else {
    effects.push_back(FocusField{"number"});
  }
}

/// First of all: a call that nobody can speak into is not created.
void ask_for_microphone(Model& model, Effects& effects) {
  // Who has read that another tab is in a call, and presses again, wants both.
  const Error* said = model.form.placed.failure();
  const bool beside = said != nullptr && said->code == ErrorCode::call_elsewhere;
  model.form.placed.clear();
  model.form.asking_microphone = true;
  effects.push_back(PrepareMicrophone{model.settings.microphone, beside});
}

void on(Model& model, const PlacePressed&, Effects& effects) {
  CallForm& form = model.form;
  form.trial.reset();
  form.number_left = true;
  if (!why_not(model).empty()) {
    if (form.medium == MediumType::twilio) effects.push_back(FocusField{"number"});
    return;
  }
  if (form.medium == MediumType::twilio) {
    form.placed.clear();
    ask_to_notify(model.settings, effects);
    if (form.check.value() != nullptr) {
      ask_for_key(form, effects);
    } else {
      if (!form.check.busy()) ask_about_number(model, effects);
      form.awaiting_check = true;
    }
    return;
  }
  ask_for_microphone(model, effects);
}

void on(Model& model, const KeyMade& a, Effects& effects) {
  CallForm& form = model.form;
  if (!form.making_key) return;
  form.making_key = false;
  std::string body = encode(call_request(model));
  // A key without a body has had its answer (see take_form_reply); one with a body is unanswered.
  if (form.key.empty() || form.key_body != body) {
    form.key = a.key;
    form.key_body = body;
  }
  const RequestId id = model.new_id();
  form.placed.start(id);
  HttpCall call{.id = id, .method = "POST", .url = "/api/calls", .body = std::move(body)};
  call.headers.push_back({"Idempotency-Key", form.key});
  call.timeout_ms = 40'000;  // two vendors, each with its own limit in the proxy
  effects.push_back(std::move(call));
}

void on(Model& model, const CallAgainPressed& a, Effects& effects) {
  CallForm& form = model.form;
  form.medium = a.call.medium;
  form.placed.clear();
  const AgentList* agents = model.agents.list.value();
  const bool known =
      a.call.agent.rfind("ultravox:", 0) == 0 ||
      (agents && std::any_of(agents->agents.begin(), agents->agents.end(),
                             [&](const Agent& agent) { return agent.id == a.call.agent; }));
  if (known && form.agent != a.call.agent) {
    form.agent = a.call.agent;
    form.stored_agent = a.call.agent.rfind("ultravox:", 0) == 0;
    form.overrides.reset();
  }
  // A masked number cannot be dialled; the field then waits for it.
  form.number = is_masked(a.call.to) ? std::string() : a.call.to;
  form.number_left = false;
  if (!a.call.to_region.empty()) form.region = a.call.to_region;
  number_changed(model, effects);
  group(form, effects);
  navigate(model, Route{Screen::call, {}}, effects);
}

}  // namespace

std::string number_to_call(const CallForm& form) {
  const PhoneCheck* check = form.check.value();
  return check != nullptr ? check->e164 : std::string();
}

const Agent* chosen_agent(const Model& model) {
  const AgentList* list = model.agents.list.value();
  if (list == nullptr) return nullptr;
  for (const Agent& agent : list->agents) {
    if (agent.id == model.form.agent) return &agent;
  }
  return nullptr;
}

CallRequest call_request(const Model& model) {
  const CallForm& form = model.form;
  if (form.trial) return *form.trial;
  CallRequest request;
  request.agent = form.agent;
  if (form.overrides) request.settings = *form.overrides;
  if (!form.query_model.empty()) {
    const bool whole = form.query_model.find('/') != std::string::npos;
    request.settings.model = whole ? form.query_model : "fixie-ai/" + form.query_model;
  }
  if (form.recording) request.settings.recording_enabled = form.recording;
  request.medium.type = form.medium;
  if (form.medium == MediumType::twilio) {
    request.medium.phone_number = number_to_call(form);
    if (form.voicemail) request.settings.voicemail = form.voicemail;
    request.quiet_hours_override = form.quiet_hours_override;
  } else {
    request.settings.voicemail.reset();
    request.settings.voicemail_message.reset();
  }
  return request;
}

std::string why_not(const Model& model) {
  const CallForm& form = model.form;
  const auto word = [&](Word one) { return std::string(tr(model.words, one)); };
  if (form.agent == "ultravox:") return word(Word::enter_agent_id);
  if (form.agent.empty() && !form.overrides) return word(Word::choose_an_agent);
  if (form.medium == MediumType::web) {
    return model.web.active() ? word(Word::in_web_call) : std::string();
  }
  const ServerConfig* config = model.config.value();
  if (config && !config->phone) return said(model.words, config->phone_off_reason);
  if (nothing_typed(form)) return word(Word::enter_number);
  const PhoneCheck* check = form.check.value();
  if (check && !check->allowed && !(check->quiet_hours && form.quiet_hours_override)) {
    return check->reason ? said(model.words, *check->reason) : word(Word::number_not_allowed);
  }
  return {};
}

void update(Model& model, const FormAction& action, Effects& effects) {
  // What was asked for stays what it was until the answer is there. The fields are closed
  // meanwhile, but what was typed into them may still be on its way.
  const bool harmless =
      std::holds_alternative<KeyMade>(action) || std::holds_alternative<NumberGrouped>(action) ||
      std::holds_alternative<NumberLeft>(action) || std::holds_alternative<MoreToggled>(action) ||
      std::holds_alternative<PadToggled>(action);
  if (model.form.placing() && !harmless) return;
  if (model.form.asking_microphone && !harmless) {
    if (std::holds_alternative<PlacePressed>(action)) return;
    model.form.asking_microphone = false;
    effects.push_back(ReleaseMicrophone{});
  }
  std::visit([&](const auto& a) { on(model, a, effects); }, action);
}

bool take_form_reply(Model& model, const HttpReplied& reply, Effects& effects) {
  CallForm& form = model.form;
  if (form.check.awaits(reply.id)) {
    form.check.finish(read(reply, decode<PhoneCheck>));
    number_read(model, effects);
    return true;
  }
  if (!form.placed.awaits(reply.id)) return false;
  Result<CallPlaced> placed = read(reply, decode<CallPlaced>);
  if (!placed) {
    Error error = std::move(placed).error();
    if (error.code == ErrorCode::network || error.code == ErrorCode::bad_reply) {
      // The key is kept: pressing again asks about the same call.
      error = make_error(ErrorCode::answer_lost);
    } else {
      form.key.clear();
    }
    // Night has fallen there since the number was read: only a new reading offers to call anyway.
    if (error.code == ErrorCode::quiet_hours) ask_about_number(model, effects);
    form.placed.fail(std::move(error));
    if (form.trial || form.medium == MediumType::web) effects.push_back(ReleaseMicrophone{});
    return true;
  }
  form.key.clear();
  form.key_body.clear();
  form.placed.clear();
  form.number_left = false;
  call_placed(model, *placed, effects);
  return true;
}

void place_trial(Model& model, CallRequest request, Effects& effects) {
  if (model.form.pressed() || model.web.active()) return;
  model.form.trial = std::move(request);
  ask_for_microphone(model, effects);
}

void launch_form(Model& model, const Launched& launched) {
  CallForm& form = model.form;
  for (const auto& [key, value] : launched.stored) {
    if (key == "medium" && value == "phone") form.medium = MediumType::twilio;
    if (key == "region" && value.size() == 2 && is_upper(value[0]) && is_upper(value[1]))
      form.region = value;
    if (key == "agent") form.agent = value;
    if (key == "number") form.number = value;
    if (key == "agent") form.stored_agent = value.rfind("ultravox:", 0) == 0;
  }
  form.query_model = launched.query_model;
}

void settle_form(Model& model) {
  CallForm& form = model.form;
  const AgentList* list = model.agents.list.value();
  if (list != nullptr && chosen_agent(model) == nullptr && form.agent.rfind("ultravox:", 0) != 0) {
    form.agent.clear();
    for (const Agent& agent : list->agents) {
      const bool suits = agent.media.empty() || std::find(agent.media.begin(), agent.media.end(),
                                                          form.medium) != agent.media.end();
      if (suits && form.agent.empty()) form.agent = agent.id;
    }
    if (form.agent.empty() && !list->agents.empty()) form.agent = list->agents.front().id;
  }
}

void check_number(Model& model, Effects& effects) {
  const CallForm& form = model.form;
  const ServerConfig* config = model.config.value();
  if (config == nullptr || !config->phone || nothing_typed(form) || !form.check.idle()) return;
  ask_about_number(model, effects);
}

void microphone_answered(Model& model, const std::optional<Error>& refusal, Effects& effects) {
  CallForm& form = model.form;
  if (!form.asking_microphone) return;
  form.asking_microphone = false;
  if (refusal) {
    form.placed.fail(*refusal);
    return;
  }
  ask_for_key(form, effects);
}

}  // namespace voxdial::ui
