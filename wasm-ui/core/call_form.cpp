#include "wasm-ui/core/call_form.h"

#include <algorithm>

#include "shared/ascii.h"
#include "shared/codec.h"
#include "shared/countries.h"
#include "shared/e164.h"
#include "wasm-ui/core/model.h"

namespace voxdial::ui {
namespace {

constexpr int check_after_ms = 350;  // long enough that a number typed fluently is asked about once

/// National digits behind the country's code. Most countries write a trunk 0 that is not dialled
/// from abroad; Italy and San Marino keep theirs. The server's reading replaces this one when it
/// arrives.
std::string internationalised(std::string_view national, const Country& from) {
  std::string digits;
  for (const char c : national) {
    if (digits.empty() && c == '0' && from.calling_code != "39" && from.calling_code != "378")
      continue;
    digits += c;
  }
  return '+' + std::string(from.calling_code) + digits;
}

void forget_check(CallForm& form) {
  form.check.clear();
  form.checked.clear();
  form.quiet_hours_override = false;
}

void number_changed(Model& model, Effects& effects) {
  CallForm& form = model.form;
  forget_check(form);
  form.placed.clear();
  if (!typed_number(form).e164.empty())
    effects.push_back(SetTimer{Timer::phone_check, check_after_ms});
}

/// A number as it is written, while it is typed: groups appear as digits do. Nothing is grouped
/// that would not have the same digits afterwards.
void group_typed(CallForm& form) {
  const std::string e164 = typed_number(form).e164;
  if (e164.empty()) return;
  std::string grouped = group_number(e164, false);
  const std::string_view typed = trimmed(form.number);
  const std::string digits = digits_of(typed);
  if (typed.front() != '+') {  // national: without the country code, with the trunk 0
    grouped.erase(0, grouped.find(' ') + 1);
    const std::size_t trunk = digits.size() - std::min(digits.size(), digits_of(grouped).size());
    grouped.insert(0, trunk, '0');
  }
  if (digits_of(grouped) == digits) form.number = grouped;
}

void on(Model& model, const MediumChosen& a, Effects& effects) {
  model.form.medium = a.medium;
  model.form.placed.clear();
  effects.push_back(StoreSetting{"medium", a.medium == MediumType::web ? "web" : "phone"});
}
void on(Model& model, const RegionChosen& a, Effects& effects) {
  model.form.region = a.region;
  effects.push_back(StoreSetting{"region", a.region});
  // A number already typed with a country code follows the choice of country.
  CallForm& form = model.form;
  const std::string_view typed = trimmed(form.number);
  if (!typed.empty() && typed.front() == '+') {
    const Country* old_one = country_of_number(typed);
    const Country* new_one = country(a.region);
    std::string digits = digits_of(typed);
    if (new_one != nullptr && old_one != nullptr) {
      digits.erase(0, old_one->calling_code.size());
      form.number = '+' + std::string(new_one->calling_code) + digits;
      group_typed(form);
    }
  }
  number_changed(model, effects);
}
void on(Model& model, const NumberTyped& a, Effects& effects) {
  CallForm& form = model.form;
  form.number = a.text;
  group_typed(form);
  form.number_left = false;
  const std::string_view typed = trimmed(form.number);
  if (!typed.empty() && typed.front() == '+') {
    const Country* here = country_of_number(typed);
    const Country* chosen = country(form.region);
    // +1 is shared: a chosen Canada stays Canada.
    const bool shared = here && chosen && here->calling_code == chosen->calling_code;
    if (here != nullptr && !shared) form.region = std::string(here->region);
  }
  number_changed(model, effects);
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

void ask_for_key(CallForm& form, Effects& effects) {
  form.making_key = true;
  effects.push_back(MakeKey{});
}

void on(Model& model, const PlacePressed&, Effects& effects) {
  CallForm& form = model.form;
  form.number_left = true;
  if (!why_not(model).empty()) {
    if (form.medium == MediumType::twilio) effects.push_back(FocusField{"number"});
    return;
  }
  form.placed.clear();
  if (form.medium == MediumType::twilio) {
    ask_for_key(form, effects);
    return;
  }
  // The microphone first: a call that nobody can speak into is not created (webcall-notes, rule 1).
  form.asking_microphone = true;
  effects.push_back(PrepareMicrophone{model.settings.microphone});
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
  form.number = parse_e164(a.call.to) ? a.call.to : std::string();
  if (!a.call.to_region.empty()) form.region = a.call.to_region;
  number_changed(model, effects);
  navigate(model, Route{Screen::call, {}}, effects);
}

}  // namespace

TypedNumber typed_number(const CallForm& form) {
  const std::string_view typed = trimmed(form.number);
  if (typed.empty()) return {};
  const Country* from = country(form.region);
  const bool international = typed.front() == '+' || from == nullptr;
  // Only digits and what people put between them.
  const bool plain = typed.find_first_not_of("0123456789 -.()/") == std::string_view::npos;
  const std::string candidate =
      international || !plain ? std::string(typed) : internationalised(digits_of(typed), *from);
  Result<std::string> parsed = parse_e164(candidate);
  if (parsed) return {*parsed, {}};
  return {{}, parsed.error().message};
}

std::string number_to_call(const CallForm& form) {
  if (const PhoneCheck* check = form.check.value(); check && !check->e164.empty())
    return check->e164;
  return typed_number(form).e164;
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
  if (form.agent == "ultravox:") return "Type the id of the Ultravox agent.";
  if (form.agent.empty() && !form.overrides) return "Choose an agent.";
  if (form.medium == MediumType::web) {
    return model.web.active() ? "You are in a web call. End it to start another." : "";
  }
  const ServerConfig* config = model.config.value();
  if (config && !config->phone) return config->phone_off_reason;
  const TypedNumber typed = typed_number(form);
  if (typed.e164.empty()) return typed.fault.empty() ? "Type the number to call." : typed.fault;
  const PhoneCheck* check = form.check.value();
  if (check && !check->allowed && !(check->quiet_hours && form.quiet_hours_override)) {
    return check->reason ? check->reason->message : "This number may not be called.";
  }
  return {};
}

void update(Model& model, const FormAction& action, Effects& effects) {
  // What was asked for stays what it was until the answer is there. The fields are closed
  // meanwhile, but what was typed into them may still be on its way.
  const bool harmless = std::holds_alternative<KeyMade>(action) ||
                        std::holds_alternative<NumberLeft>(action) ||
                        std::holds_alternative<MoreToggled>(action);
  if (model.form.placing() && !harmless) return;
  std::visit([&](const auto& a) { on(model, a, effects); }, action);
}

bool take_form_reply(Model& model, const HttpReplied& reply, Effects& effects) {
  CallForm& form = model.form;
  if (form.check.awaits(reply.id)) {
    form.check.finish(read(reply, decode_phone_check));
    return true;
  }
  if (!form.placed.awaits(reply.id)) return false;
  Result<CallPlaced> placed = read(reply, decode_call_placed);
  if (!placed) {
    Error error = std::move(placed).error();
    if (error.code == ErrorCode::network || error.code == ErrorCode::bad_reply) {
      // The key is kept: pressing again asks about the same call.
      error = make_error(ErrorCode::network,
                         "The voxdial server's answer did not arrive. Press again to find out: the "
                         "same call is not placed twice.");
    } else {
      form.key.clear();
    }
    form.placed.fail(std::move(error));
    if (form.medium == MediumType::web) effects.push_back(ReleaseMicrophone{});
    return true;
  }
  form.key.clear();
  form.key_body.clear();
  form.placed.clear();
  form.number_left = false;
  call_placed(model, *placed, effects);
  return true;
}

void launch_form(Model& model, const Launched& launched) {
  CallForm& form = model.form;
  for (const auto& [key, value] : launched.stored) {
    if (key == "medium" && value == "phone") form.medium = MediumType::twilio;
    if (key == "region" && country(value) != nullptr) form.region = value;
    if (key == "agent") form.agent = value;
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
  CallForm& form = model.form;
  const ServerConfig* config = model.config.value();
  if (config == nullptr || !config->phone || typed_number(form).e164.empty()) return;
  const RequestId id = model.new_id();
  form.check.start(id);
  form.checked = form.number;
  const bool international = !form.number.empty() && trimmed(form.number).front() == '+';
  effects.push_back(
      HttpCall{.id = id,
               .method = "POST",
               .url = "/api/phone/check",
               .body = encode(PhoneCheckRequest{std::string(trimmed(form.number)),
                                                international ? std::string() : form.region})});
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
