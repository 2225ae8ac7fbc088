// The call screen: what kind of call, to whom, with which agent, and one button.
#include <algorithm>
#include <array>

#include "shared/ascii.h"
#include "shared/countries.h"
#include "shared/e164.h"
#include "wasm-ui/core/words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

constexpr float form_w = 560;
constexpr float recent_w = 400;  // of the calls beside the form, where there is room
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

void draw_number(Ui& ui, const Model& model) {
  const CallForm& form = model.form;
  Options options;
  for (const Country& one : countries()) {
    options.add(one.region, std::string(one.name) + " (+" + std::string(one.calling_code) + ")");
  }
  const Country* chosen = country(form.region);
  const std::string face =
      chosen != nullptr ? std::string(chosen->region) + " +" + std::string(chosen->calling_code)
                        : "";
  const bool busy = form.placing();
  constexpr float height = 44;  // both, with a mouse as well: the number is set larger
  ImGui::SetNextItemWidth(116);
  if (auto region = select(ui, "country",
                           {.label = "Country",
                            .value = form.region,
                            .face = face,
                            .disabled = busy,
                            .height = height},
                           std::move(options))) {
    ui.act(RegionChosen{*region});
  }
  ImGui::SameLine();
  const Verdict verdict = verdict_of(model);
  const FieldResult typed =
      textbox(ui, "number",
              {.label = "Phone number",
               .value = form.number,
               .placeholder = chosen && chosen->calling_code == "1" ? "415 555 0123" : "Number",
               .hint = verdict.hint,
               .fault = verdict.fault,
               .input = Input::tel,
               .disabled = busy,
               .tabular = true,
               .text_size = type::title,
               .height = height});
  if (typed.changed) ui.act(NumberTyped{*typed.changed});
  if (typed.left) ui.act(NumberLeft{});
  if (typed.submitted) ui.act(PlacePressed{});
  const PhoneCheck* check = form.check.value();
  if (check != nullptr && check->quiet_hours) {
    gap(space::s);
    if (checkbox(ui, "quiet-hours", "Call although it is night there", form.quiet_hours_override,
                 busy)) {
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

void draw_agent_facts(Ui& ui, const Model& model, const Agent& agent) {
  const CallSettings& s = model.form.overrides ? *model.form.overrides : agent.settings;
  std::string facts;
  const auto add = [&facts](const std::string& fact) {
    if (!fact.empty()) facts += (facts.empty() ? "" : dot) + fact;
  };
  add(s.voice ? "Voice " + voice_name(model, *s.voice) : "");
  add(s.language_hint ? ui.services.language_name(*s.language_hint) : "");
  add(s.max_duration_s ? "Up to " + span_text(*s.max_duration_s) : "");
  if (!facts.empty()) line(ui, facts, small_text, "agent-facts");
  const std::string prompt = s.system_prompt ? first_line(*s.system_prompt) : agent.description;
  if (!prompt.empty()) line(ui, prompt, quiet_text, "agent-prompt");
  if (model.form.overrides) {
    gap(space::s);
    remark(ui, "agent-edited", icon::edit, Token::text_quiet, "Edited for the next call only.");
    if (button(ui, "agent-original",
               {.label = "Use the saved agent", .icon = icon::retry, .look = Look::quiet})) {
      ui.act(OverridesDropped{});
    }
  }
}

void draw_agent(Ui& ui, const Model& model) {
  if (const Error* error = model.agents.list.failure()) {
    if (failed_panel(ui, "agents-failed", *error)) ui.act(RetryPressed{});
    return;
  }
  const Card card(ui, "agent-card");
  if (model.agents.list.value() == nullptr) {
    skeleton(ui, "agents-loading", 3);
    return;
  }
  const CallForm& form = model.form;
  const Agent* agent = chosen_agent(model);
  const Button edit{.label = "Edit", .icon = icon::edit, .disabled = form.placing()};
  if (agent != nullptr) ImGui::SetNextItemWidth(-button_width(ui, edit) - space::s);
  if (auto chosen = select(ui, "agent",
                           {.label = "Agent",
                            .value = form.agent,
                            .placeholder = "Choose an agent",
                            .disabled = form.placing()},
                           agent_options(model))) {
    ui.act(AgentChosen{*chosen});
  }
  if (agent != nullptr) {
    ImGui::SameLine();
    // Beside the field, below its label.
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + line_of(type::small) + space::xs);
    if (button(ui, "agent-edit", edit)) ui.act(AgentOpened{agent->id});
  }
  if (form.stored_agent) {
    gap(space::m);
    const FieldResult typed =
        textbox(ui, "stored-agent",
                {.label = "Ultravox agent id",
                 .value = std::string_view(form.agent).substr(std::string_view("ultravox:").size()),
                 .placeholder = "00000000-0000-0000-0000-000000000000",
                 .hint = "From the Ultravox console, under Agents.",
                 .disabled = form.placing()});
    if (typed.changed) ui.act(StoredAgentTyped{*typed.changed});
  } else if (agent != nullptr) {
    gap(space::m);
    draw_agent_facts(ui, model, *agent);
  }
}

// --------------------------------------------------------------------------------- the options

void draw_options(Ui& ui, const Model& model) {
  const CallForm& form = model.form;
  if (button(ui, "more",
             {.label = form.more ? "Fewer options" : "More options",
              .icon = form.more ? icon::chevron_down : icon::chevron_right,
              .look = Look::quiet,
              .expanded = form.more})) {
    ui.act(MoreToggled{});
  }
  if (!form.more) return;
  gap(space::s);
  const Card card(ui, "options");
  const ServerConfig* config = model.config.value();
  const Agent* agent = chosen_agent(model);
  const bool recording =
      form.recording.value_or(agent && agent->settings.recording_enabled.value_or(false));
  const std::string notice = config && !config->recording_notice.empty()
                                 ? config->recording_notice
                                 : "Tell the other side that the call is recorded.";
  if (toggle(ui, "recording", "Record the call", notice, recording, form.placing())) {
    ui.act(RecordingSet{!recording});
  }
  gap(space::m);
  if (form.medium == MediumType::twilio) {
    const Voicemail now = form.voicemail.value_or(
        agent && agent->settings.voicemail ? *agent->settings.voicemail : Voicemail::carry_on);
    const char* values[] = {"hang-up", "leave-message", "carry-on"};
    if (auto chosen = select(ui, "voicemail",
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
    if (toggle(ui, "mute-first", "Start with the microphone muted",
               "You can listen first and speak when you choose to.", model.web.mic_muted)) {
      ui.act(MicMuteSet{!model.web.mic_muted});
    }
    gap(space::m);
    draw_devices(ui, model);
  }
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

/// What keeps the button from placing the call, or what came of it.
void draw_outcome(Ui& ui, const Model& model) {
  const CallForm& form = model.form;
  const bool web = form.medium == MediumType::web;
  if (web && model.web.active()) {
    gap(space::s);
    text(ui, why_not(model), small_text, Role::text, "in-call");
  } else if (web && form.number_left && !form.pressed() && !why_not(model).empty()) {
    gap(space::s);
    remark(ui, "why-not", icon::info, Token::warn, why_not(model), Role::alert);
  }
  if (const Error* error = form.placed.failure(); error && !about_number(*error)) {
    gap(space::m);
    error_note(ui, "place-failed", *error);
  }
}

/// The form in its column.
void draw_form(Ui& ui, const Model& model) {
  const Column column("form", form_w, is_narrow(model) ? space::l : space::xl);
  const bool web = model.form.medium == MediumType::web;
  screen_title(ui, "New call",
               web ? "You talk with the agent through this browser's microphone."
                   : "Twilio calls the number, and the agent talks with whoever answers.");

  constexpr std::array<Choice, 2> media{Choice{"Web", icon::globe}, Choice{"Phone", icon::phone}};
  if (auto chosen =
          segmented(ui, "medium", "Kind of call", media, web ? 0 : 1, model.form.placing())) {
    ui.act(MediumChosen{*chosen == 0 ? MediumType::web : MediumType::twilio});
  }
  gap(space::xl);

  const ServerConfig* config = model.config.value();
  if (const Error* error = model.config.failure()) {
    if (failed_panel(ui, "config-failed", *error)) ui.act(RetryPressed{});
    gap(space::l);
  }
  if (!web && config && !config->phone) {
    {
      const Card card(ui, "phone-off");
      remark(ui, "why", icon::info, Token::warn,
             config->phone_off_reason.empty() ? "Phone calls are off." : config->phone_off_reason,
             Role::status);
    }
    gap(space::l);
  } else if (!web) {
    draw_number(ui, model);
    if (const Error* error = model.form.placed.failure(); error && about_number(*error)) {
      gap(space::s);
      error_note(ui, "number-failed", *error);
    }
    gap(space::l);
  }
  draw_agent(ui, model);
  gap(space::m);
  draw_options(ui, model);
  gap(space::l);
  // On a phone it is pinned below the form, where the thumb is.
  if (!is_narrow(model) || model.page.height < 360) draw_place_button(ui, model);
  draw_outcome(ui, model);
  if (is_narrow(model) && web && model.live.cards.empty()) {
    const Agent* agent = chosen_agent(model);
    if (agent != nullptr && !agent->overview.empty()) {
      gap(space::l);
      text(ui, agent->overview, quiet_text, Role::text, "overview");
    }
  }
  gap(space::xxl);
}

}  // namespace

void draw_place_button(Ui& ui, const Model& model) {
  const CallForm& form = model.form;
  const ServerConfig* config = model.config.value();
  const bool off = form.medium == MediumType::twilio && config && !config->phone;
  const bool in_call = form.medium == MediumType::web && model.web.active();
  if (button(ui, "place",
             {.label = button_label(model),
              .icon = form.medium == MediumType::web ? icon::mic : icon::phone,
              .look = Look::primary,
              .disabled = off || in_call,
              .busy = form.pressed()},
             -1, 48)) {
    ui.act(PlacePressed{});
  }
}

void draw_recent_calls(Ui& ui, const Model& model) {
  const History& h = model.history;
  if (h.first_page.idle()) ui.act(RecentCallsWanted{});
  if (!(h.filter == HistoryFilter{})) return;  // what is loaded is a search's answer
  heading(ui, "Recent calls", 2, lead_text);
  gap(space::s);
  if (h.rows.empty()) {
    if (h.first_page.value() != nullptr) {
      empty_state(ui, icon::phone, "No calls yet",
                  "A call you place is shown here while it happens: its state, both sides' words "
                  "and its end.");
    } else if (h.first_page.failure() == nullptr) {
      skeleton(ui, "recent-loading", 6);
    }
    return;
  }
  const float row_h = ui.control + space::m;
  const auto fit =
      static_cast<std::size_t>(std::max(4.0F, ImGui::GetContentRegionAvail().y / row_h));
  if (!ImGui::BeginTable("recent", 2, ImGuiTableFlags_BordersInnerH)) return;
  ImGui::TableSetupColumn("who", ImGuiTableColumnFlags_WidthStretch);
  ImGui::TableSetupColumn("when", ImGuiTableColumnFlags_WidthFixed);
  for (std::size_t i = 0; i < h.rows.size() && i < fit; ++i) {
    const Call& call = h.rows[i];
    ImGui::PushID(call.id.c_str());
    ImGui::TableNextRow(0, row_h);
    ImGui::TableNextColumn();
    const std::string party = call_party(call), state(state_word(call.status, call.medium));
    const std::string when = ui.services.local_time(call.created_at, TimeStyle::date_time);
    std::string name = party;
    name.append(", ").append(state).append(", ").append(when);
    if (row(ui, "again", name, row_h)) ui.act(CallAgainPressed{call});
    ui.mirror.back().description = "Fills the form for another call.";
    into_row(row_h, line_of(type::body) + line_of(type::small));
    ImGui::BeginGroup();
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {space::s, 0});
    paint(ui, party, {type::body, Face::tabular_semibold, Token::text});
    std::string facts = state;
    if (!call.agent_name.empty()) facts.append(dot).append(call.agent_name);
    paint(ui, facts, small_text);
    ImGui::PopStyleVar();
    ImGui::EndGroup();
    ImGui::TableNextColumn();
    into_row(row_h, line_of(type::small));
    paint(ui, when, {type::small, Face::tabular, Token::text_quiet}, -1);
    ImGui::PopID();
  }
  ImGui::EndTable();
}

void draw_call_screen(Ui& ui, const Model& model) {
  gap(is_narrow(model) ? space::l : space::xxl);
  // With a call beside it and room left, the calls placed last stand next to the form.
  const float room = ImGui::GetContentRegionAvail().x;
  const bool recent = !model.live.cards.empty() && room >= form_w + recent_w + 3 * space::xxl;
  if (!recent) {
    draw_form(ui, model);
    return;
  }
  const Column both("both", form_w + recent_w + space::xxl + space::xl, space::xl);
  if (!ImGui::BeginTable("beside", 2)) return;
  ImGui::TableSetupColumn("form", ImGuiTableColumnFlags_WidthStretch);
  ImGui::TableSetupColumn("recent", ImGuiTableColumnFlags_WidthFixed, recent_w);
  ImGui::TableNextColumn();
  draw_form(ui, model);
  ImGui::TableNextColumn();
  gap(space::m);
  draw_recent_calls(ui, model);
  ImGui::EndTable();
}

}  // namespace voxdial::ui
