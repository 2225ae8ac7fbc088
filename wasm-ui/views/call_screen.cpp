// The call screen: what kind of call, to whom, with which agent, and one button.
#include <algorithm>
#include <array>

#include "shared/ascii.h"
#include "shared/countries.h"
#include "shared/e164.h"
#include "wasm-ui/core/words.h"
#include "wasm-ui/views/screens.h"

namespace voxdial::ui {
namespace {

constexpr float form_w = 560;
const std::string dot = " \xC2\xB7 ";

// ---------------------------------------------------------------------------------- the number

/// The verdict in words: hint when it is none yet or good, fault when something must change.
struct Verdict {
  std::string hint;
  std::string fault;
};

std::string region_name(std::string_view region) {
  if (region == "001") return "Worldwide number";
  const Country* known = country(region);
  return known != nullptr ? std::string(known->name) : std::string(region);
}

Verdict verdict_of(const Model& model) {
  const CallForm& form = model.form;
  if (trimmed(form.number).empty()) {
    const Country* from = country(form.region);
    std::string hint = "With a country code (+44 ...)";
    if (from != nullptr) hint += ", or as it is dialled in " + std::string(from->name);
    return {hint + ".",
            form.number_left && form.placed.failure() ? "Type the number to call." : ""};
  }
  if (const Error* error = form.check.failure()) {
    return {{}, error->message + " Without the server's reading nothing is dialled: press again."};
  }
  const PhoneCheck* check = form.check.value();
  if (check == nullptr) return {"Reading the number.", {}};
  const std::string number = check->international.empty() ? check->e164 : check->international;
  if (!check->allowed) {
    const Error why = check->reason.value_or(make_error(ErrorCode::number_not_allowed));
    // While it is typed a number is not wrong yet.
    if (why.code == ErrorCode::invalid_number && !form.number_left) {
      return {"Not complete yet.", {}};
    }
    return {{}, (number.empty() ? "" : number + dot) + why.message};
  }
  std::string said = "Calls " + number + dot + region_name(check->region);
  if (!check->type.empty() && check->type != "unknown") said += ", " + check->type;
  said += '.';
  if (!check->local_time.empty()) said += ' ' + check->local_time + " there.";
  return {said, {}};
}

void draw_number(Ui& ui, Area& area, const Model& model) {
  const CallForm& form = model.form;
  const float country_w = 116;
  Options options;
  for (const Country& one : countries()) {
    options.add(one.region, std::string(one.name) + " (+" + std::string(one.calling_code) + ")");
  }
  const Country* chosen = country(form.region);
  const std::string face =
      chosen != nullptr ? std::string(chosen->region) + " +" + std::string(chosen->calling_code)
                        : "";
  const bool busy = form.placing();

  Area left{area.x, area.y, country_w};
  const float control = ui.control;
  ui.control = 44;  // as tall as the number beside it
  if (auto region =
          select(ui, left, node_id("country"),
                 {.label = "Country", .value = form.region, .face = face, .disabled = busy},
                 std::move(options))) {
    ui.act(RegionChosen{*region});
  }
  ui.control = control;
  Area right{area.x + country_w + space::s, area.y, area.w - country_w - space::s};
  const Verdict verdict = verdict_of(model);
  const FieldResult typed =
      textbox(ui, right, node_id("number"),
              {.label = "Phone number",
               .value = form.number,
               .placeholder = chosen && chosen->calling_code == "1" ? "415 555 0123" : "Number",
               .hint = verdict.hint,
               .fault = verdict.fault,
               .input = Input::tel,
               .disabled = busy,
               .tabular = true,
               .text_size = type::title});
  if (typed.changed) ui.act(NumberTyped{*typed.changed});
  if (typed.left) ui.act(NumberLeft{});
  if (typed.submitted) ui.act(PlacePressed{});
  area.y = std::max(left.y, right.y);
  const PhoneCheck* check = form.check.value();
  if (check != nullptr && check->quiet_hours) {
    area.skip(space::s);
    if (checkbox(ui, area, ui.id("quiet-hours"), "Call although it is night there",
                 form.quiet_hours_override, busy)) {
      ui.act(QuietHoursOverridden{!form.quiet_hours_override});
    }
  }
}

// ----------------------------------------------------------------------------------- the agent

Options agent_options(const Model& model) {
  Options options;
  if (const AgentList* list = model.agents.list.value()) {
    for (const Agent& agent : list->agents) options.add(agent.id, agent.name);
  }
  const std::string_view stored =
      model.form.stored_agent ? std::string_view(model.form.agent) : "ultravox:";
  options.add(stored, "An agent stored at Ultravox");
  return options;
}

std::string first_line(const std::string& prompt) { return prompt.substr(0, prompt.find('\n')); }

void draw_agent_facts(Ui& ui, Area& area, const Model& model, const Agent& agent) {
  const CallSettings& s = model.form.overrides ? *model.form.overrides : agent.settings;
  std::string facts;
  const auto add = [&facts](const std::string& fact) {
    if (!fact.empty()) facts += (facts.empty() ? "" : dot) + fact;
  };
  add(s.voice ? "Voice " + voice_name(model, *s.voice) : "");
  add(s.language_hint ? ui.services.language_name(*s.language_hint) : "");
  add(s.max_duration_s ? "Up to " + span_text(*s.max_duration_s) : "");
  if (!facts.empty()) {
    line(ui, area.take(line_of(type::small)), ui.id("agent-facts"), small_text, facts);
  }
  const std::string prompt = s.system_prompt ? first_line(*s.system_prompt) : agent.description;
  if (!prompt.empty()) {
    area.skip(space::xs);
    line(ui, area.take(line_of(type::body)), ui.id("agent-prompt"), quiet_text, prompt, 0,
         Role::text, Elide::end);
  }
  if (model.form.overrides) {
    area.skip(space::s);
    remark(ui, area, ui.id("agent-edited"), Icon::edit, Token::text_quiet,
           "Edited for the next call only.");
    area.skip(space::xs);
    if (quiet_button(ui, area, ui.id("agent-original"),
                     {.label = "Use the saved agent", .icon = Icon::retry})) {
      ui.act(OverridesDropped{});
    }
  }
}

void draw_agent(Ui& ui, Area& area, const Model& model) {
  if (const Error* error = model.agents.list.failure()) {
    if (failed_panel(ui, area, ui.id("agents-failed"), *error)) ui.act(RetryPressed{});
    return;
  }
  Area inner;
  const Card card = begin_card(ui, area, inner);
  if (model.agents.list.value() == nullptr) {
    skeleton(ui, inner, ui.id("agents-loading"), 3);
    end_card(ui, area, inner, card);
    return;
  }
  const CallForm& form = model.form;
  const Agent* agent = chosen_agent(model);
  const Button edit{.label = "Edit", .icon = Icon::edit, .disabled = form.placing()};
  const float edit_w = agent != nullptr ? button_width(ui, edit) + space::s : 0;
  const Box row{inner.x, inner.y, inner.w, 0};
  Area field{inner.x, inner.y, inner.w - edit_w};
  if (auto chosen = select(ui, field, node_id("agent"),
                           {.label = "Agent",
                            .value = form.agent,
                            .placeholder = "Choose an agent",
                            .disabled = form.placing()},
                           agent_options(model))) {
    ui.act(AgentChosen{*chosen});
  }
  if (agent != nullptr && button(ui,
                                 Box{row.x + row.w - edit_w + space::s, field.y - ui.control,
                                     edit_w - space::s, ui.control},
                                 ui.id("agent-edit"), edit)) {
    ui.act(AgentOpened{agent->id});
  }
  inner.y = field.y;
  if (form.stored_agent) {
    inner.skip(space::m);
    const FieldResult typed =
        textbox(ui, inner, node_id("stored-agent"),
                {.label = "Ultravox agent id",
                 .value = std::string_view(form.agent).substr(std::string_view("ultravox:").size()),
                 .placeholder = "00000000-0000-0000-0000-000000000000",
                 .hint = "From the Ultravox console, under Agents.",
                 .disabled = form.placing()});
    if (typed.changed) ui.act(StoredAgentTyped{*typed.changed});
  } else if (agent != nullptr) {
    inner.skip(space::m);
    draw_agent_facts(ui, inner, model, *agent);
  }
  end_card(ui, area, inner, card);
}

// --------------------------------------------------------------------------------- the options

void draw_options(Ui& ui, Area& area, const Model& model) {
  const CallForm& form = model.form;
  const Button disclosure{.label = form.more ? "Fewer options" : "More options",
                          .icon = form.more ? Icon::chevron_down : Icon::chevron_right,
                          .expanded = form.more};
  if (quiet_button(ui, area, ui.id("more"), disclosure)) ui.act(MoreToggled{});
  if (!form.more) return;
  area.skip(space::s);
  Area inner;
  const Card card = begin_card(ui, area, inner);
  const ServerConfig* config = model.config.value();
  const Agent* agent = chosen_agent(model);
  const bool recording =
      form.recording.value_or(agent && agent->settings.recording_enabled.value_or(false));
  const std::string notice = config && !config->recording_notice.empty()
                                 ? config->recording_notice
                                 : "Tell the other side that the call is recorded.";
  if (toggle(ui, inner, ui.id("recording"), "Record the call", notice, recording, form.placing())) {
    ui.act(RecordingSet{!recording});
  }
  if (form.medium == MediumType::twilio) {
    inner.skip(space::m);
    const Voicemail now = form.voicemail.value_or(
        agent && agent->settings.voicemail ? *agent->settings.voicemail : Voicemail::carry_on);
    const char* values[] = {"hang-up", "leave-message", "carry-on"};
    if (auto chosen = select(ui, inner, ui.id("voicemail"),
                             {.label = "When a machine answers",
                              .value = values[static_cast<int>(now)],
                              .disabled = form.placing()},
                             std::move(Options()
                                           .add("hang-up", "Hang up")
                                           .add("leave-message", "Leave a message")
                                           .add("carry-on", "Carry on talking")))) {
      for (int i = 0; i < 3; ++i) {
        if (*chosen == values[i]) ui.act(VoicemailChosen{static_cast<Voicemail>(i)});
      }
    }
  } else {
    inner.skip(space::s);
    if (toggle(ui, inner, ui.id("mute-first"), "Start with the microphone muted",
               "You can listen first and speak when you choose to.", model.web.mic_muted)) {
      ui.act(MicMuteSet{!model.web.mic_muted});
    }
    inner.skip(space::m);
    draw_devices(ui, inner, model);
  }
  end_card(ui, area, inner, card);
}

// ---------------------------------------------------------------------------------- the button

std::string button_label(const Model& model) {
  const CallForm& form = model.form;
  if (form.medium == MediumType::web) {
    if (form.asking_microphone) return "Asking for the microphone";
    return form.placing() ? "Starting the web call" : "Start web call";
  }
  if (form.awaiting_check) return "Reading the number";
  const std::string number = number_to_call(form);
  const std::string whom = number.empty() ? std::string() : ' ' + group_number(number);
  return (form.placing() ? "Calling" : "Call") + whom;
}

/// Failures that are about the number are shown under the number's own field.
bool about_number(const Error& error) { return error.field == "medium.phoneNumber"; }

void draw_place_button(Ui& ui, Area& area, const Model& model) {
  const CallForm& form = model.form;
  const ServerConfig* config = model.config.value();
  const bool off = form.medium == MediumType::twilio && config && !config->phone;
  const bool in_call = form.medium == MediumType::web && model.web.active();
  const std::string label = button_label(model);
  const Box box = area.take(48);
  if (button(ui, box, node_id("place"),
             {.label = label,
              .icon = form.medium == MediumType::web ? Icon::mic : Icon::phone,
              .look = Look::primary,
              .disabled = off || in_call,
              .busy = form.pressed()})) {
    ui.act(PlacePressed{});
  }
  if (in_call) {
    area.skip(space::s);
    paragraph(ui, area, ui.id("in-call"), small_text, why_not(model));
  } else if (form.number_left && !form.pressed() && form.medium == MediumType::web &&
             !why_not(model).empty()) {
    area.skip(space::s);
    remark(ui, area, ui.id("why-not"), Icon::info, Token::warn, why_not(model), Role::alert);
  }
  if (const Error* error = form.placed.failure(); error && !about_number(*error)) {
    area.skip(space::m);
    error_note(ui, area, ui.id("place-failed"), *error);
  }
}

}  // namespace

void draw_call_screen(Ui& ui, Area& area, const Model& model) {
  const float w = std::min(area.w, form_w);
  Area form{area.x + (area.w - w) / 2, area.y, w};
  const bool web = model.form.medium == MediumType::web;
  screen_title(ui, form, "New call",
               web ? "You talk with the agent through this browser's microphone."
                   : "Twilio calls the number, and the agent talks with whoever answers.");

  constexpr std::array<Choice, 2> media{Choice{"Web", Icon::globe}, Choice{"Phone", Icon::phone}};
  if (auto chosen = segmented(ui, form.take(44), ui.id("medium"), "Kind of call", media,
                              web ? 0 : 1, model.form.placing())) {
    ui.act(MediumChosen{*chosen == 0 ? MediumType::web : MediumType::twilio});
  }
  form.skip(space::xl);

  const ServerConfig* config = model.config.value();
  if (const Error* error = model.config.failure()) {
    if (failed_panel(ui, form, ui.id("config-failed"), *error)) ui.act(RetryPressed{});
    form.skip(space::l);
  }
  if (!web && config && !config->phone) {
    Area inner;
    const Card card = begin_card(ui, form, inner);
    remark(ui, inner, ui.id("phone-off"), Icon::info, Token::warn,
           config->phone_off_reason.empty() ? "Phone calls are off." : config->phone_off_reason,
           Role::status);
    end_card(ui, form, inner, card);
    form.skip(space::l);
  } else if (!web) {
    draw_number(ui, form, model);
    if (const Error* error = model.form.placed.failure(); error && about_number(*error)) {
      form.skip(space::s);
      error_note(ui, form, ui.id("number-failed"), *error);
    }
    form.skip(space::l);
  }
  draw_agent(ui, form, model);
  form.skip(space::m);
  draw_options(ui, form, model);
  form.skip(space::l);
  draw_place_button(ui, form, model);
  if (is_narrow(model) && web && model.live.cards.empty()) {
    const Agent* agent = chosen_agent(model);
    if (agent != nullptr && !agent->overview.empty()) {
      form.skip(space::l);
      paragraph(ui, form, ui.id("overview"), quiet_text, agent->overview);
    }
  }
  area.y = form.y;
}

}  // namespace voxdial::ui
