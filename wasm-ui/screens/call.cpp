// The call screen: what kind of call, to whom, with which agent, and one button.
#include <algorithm>
#include <array>

#include "wasm-ui/core/call_words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

// ----------------------------------------------------------------------------------- the agent

Options agent_options(Ui& ui, const Model& model) {
  Options options;
  if (const AgentList* list = model.agents.list.value()) {
    for (const Agent& agent : list->agents) options.add(agent.id, agent.name);
  }
  const std::string_view stored =
      model.form.stored_agent ? std::string_view(model.form.agent) : "ultravox:";
  options.add(stored, ui.tr(Word::stored_agent));
  return options;
}

std::string first_line(const std::string& prompt) { return prompt.substr(0, prompt.find('\n')); }

void draw_agent_facts(Ui& ui, const Model& model, const Agent& agent) {
  const CallSettings& s = model.form.overrides ? *model.form.overrides : agent.settings;
  std::string facts;
  const auto add = [&facts](const std::string& fact) {
    if (!fact.empty()) facts += (facts.empty() ? "" : dot) + fact;
  };
  add(s.voice ? ui.tr({Word::voice_is, "name"}, voice_name(model, *s.voice)) : "");
  add(s.language_hint ? ui.format(Format::language, 0, *s.language_hint) : "");
  add(s.max_duration_s ? ui.tr({Word::up_to, "time"}, ui.duration(*s.max_duration_s)) : "");
  if (!facts.empty()) line(ui, facts, small_text, "agent-facts");
  // Who talks to the agent is told what it is for, who sends it to a phone what it is told.
  const std::string prompt = s.system_prompt ? first_line(*s.system_prompt) : agent.description;
  if (model.form.medium == MediumType::web && !agent.overview.empty()) {
    text(ui, agent.overview, quiet_text, Role::text, "overview");
  } else if (!prompt.empty()) {
    line(ui, prompt, quiet_text, "agent-prompt");
  }
  if (model.form.overrides) {
    gap(space::s);
    remark(ui, "agent-edited", icon::edit, Token::text_quiet, ui.tr(Word::edited_for_next_call));
    if (button(ui, "agent-original",
               {.label = ui.tr(Word::use_saved_agent), .icon = icon::retry, .look = Look::quiet})) {
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
  const Button edit{.label = ui.tr(Word::edit), .icon = icon::edit, .disabled = form.placing()};
  if (agent != nullptr) ImGui::SetNextItemWidth(-button_width(ui, edit) - space::s);
  if (auto chosen = select(ui, "agent",
                           {.label = ui.tr(Word::agent),
                            .value = form.agent,
                            .placeholder = ui.tr(Word::choose_agent),
                            .disabled = form.placing()},
                           agent_options(ui, model))) {
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
                {.label = ui.tr(Word::stored_agent_id),
                 .value = std::string_view(form.agent).substr(std::string_view("ultravox:").size()),
                 .placeholder = "00000000-0000-0000-0000-000000000000",
                 .hint = ui.tr(Word::stored_agent_hint),
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
             {.label = ui.tr(form.more ? Word::fewer_options : Word::more_options),
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
                                 ? ui.said(config->recording_notice)
                                 : std::string(ui.tr(Word::record_call_hint));
  if (toggle(ui, "recording", ui.tr(Word::record_call), notice, recording, form.placing())) {
    ui.act(RecordingSet{!recording});
  }
  gap(space::m);
  if (form.medium == MediumType::twilio) {
    const Voicemail now = form.voicemail.value_or(
        agent && agent->settings.voicemail ? *agent->settings.voicemail : Voicemail::carry_on);
    const char* values[] = {"hang-up", "leave-message", "carry-on"};
    if (auto chosen = select(ui, "voicemail",
                             {.label = ui.tr(Word::on_voicemail),
                              .value = values[static_cast<int>(now)],
                              .disabled = form.placing()},
                             std::move(Options()
                                           .add("hang-up", ui.tr(Word::hang_up))
                                           .add("leave-message", ui.tr(Word::leave_message))
                                           .add("carry-on", ui.tr(Word::keep_talking))))) {
      for (int i = 0; i < 3; ++i) {
        if (*chosen == values[i]) ui.act(VoicemailChosen{static_cast<Voicemail>(i)});
      }
    }
  } else {
    if (toggle(ui, "mute-first", ui.tr(Word::start_muted), ui.tr(Word::start_muted_hint),
               model.web.mic_muted)) {
      ui.act(MicMuteSet{!model.web.mic_muted});
    }
    gap(space::m);
    draw_devices(ui, model);
  }
}

// ---------------------------------------------------------------------------------- the button

std::string button_label(Ui& ui, const Model& model) {
  const CallForm& form = model.form;
  const bool placing = form.placing();
  if (form.medium == MediumType::web) {
    return std::string(ui.tr(form.asking_microphone ? Word::asking_microphone
                             : placing              ? Word::starting_web_call
                                                    : Word::start_web_call));
  }
  if (form.awaiting_check) return std::string(ui.tr(Word::checking_number));
  const PhoneCheck* check = form.check.value();
  const std::string number = check != nullptr ? check->international : std::string();
  if (number.empty()) return std::string(ui.tr(placing ? Word::calling : Word::call));
  return placing ? ui.tr({Word::calling_number, "number"}, number)
                 : ui.tr({Word::call_number, "number"}, number);
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

void draw_form(Ui& ui, const Model& model) {
  const bool web = model.form.medium == MediumType::web;
  // In the smallest windows the choice itself has to be in sight above the pinned button.
  const bool no_room = pins_call(model) && model.page.height < 300;
  const Word sentence = web ? Word::new_call_web : Word::new_call_phone;
  screen_title(ui, ui.tr(Word::new_call), no_room ? "" : ui.tr(sentence));

  const std::array<Choice, 2> media{Choice{ui.tr(Word::web), icon::globe},
                                    Choice{ui.tr(Word::phone), icon::phone}};
  if (auto chosen = segmented(ui, "medium", ui.tr(Word::kind_of_call), media, web ? 0 : 1,
                              model.form.placing())) {
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
             config->phone_off_reason.empty() ? std::string(ui.tr(Word::phone_off))
                                              : ui.said(config->phone_off_reason),
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
  if (!pins_call(model)) draw_place_button(ui, model);
  draw_outcome(ui, model);
  gap(space::xxl);
}

}  // namespace

void draw_place_button(Ui& ui, const Model& model) {
  const CallForm& form = model.form;
  const ServerConfig* config = model.config.value();
  const bool off = form.medium == MediumType::twilio && config && !config->phone;
  const bool in_call = form.medium == MediumType::web && model.web.active();
  if (button(ui, "place",
             {.label = button_label(ui, model),
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
  if (h.rows.empty() && h.first_page.value() != nullptr) {
    empty_state(ui, icon::phone, ui.tr(Word::no_calls_yet), ui.tr(Word::no_calls_yet_beside));
    return;
  }
  heading(ui, ui.tr(Word::recent_calls), 2, lead_text);
  gap(space::s);
  if (h.rows.empty()) {
    if (h.first_page.failure() == nullptr) skeleton(ui, "recent-loading", 6);
    return;
  }
  const float row_h = ui.control + space::m;
  const auto fit =
      static_cast<std::size_t>(std::max(4.0F, ImGui::GetContentRegionAvail().y / row_h));
  if (!ImGui::BeginTable("recent", 1,
                         ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_SizingStretchSame))
    return;
  for (std::size_t i = 0; i < h.rows.size() && i < fit; ++i) {
    const Call& call = h.rows[i];
    ImGui::PushID(call.id.c_str());
    ImGui::TableNextRow(0, row_h);
    ImGui::TableNextColumn();
    if (call_row(ui, model, "again", call, row_h)) ui.act(CallAgainPressed{call});
    ui.mirror.back().description = ui.tr(Word::fills_the_form);
    draw_call_lines(ui, model, call, Format::date_time, row_h);
    ImGui::PopID();
  }
  ImGui::EndTable();
}

void draw_call_screen(Ui& ui, const Model& model) {
  gap(is_narrow(model) ? space::l : space::xxl);
  // With a call beside it and room left, the calls placed last stand next to the form, which is in
  // a table of one column otherwise: as another item it would lose the keyboard's focus.
  const float side = is_narrow(model) ? space::l : space::xl;
  const float room = ImGui::GetContentRegionAvail().x - 2 * side;
  const bool recent = !model.live.cards.empty() && room >= call_form_and_recent_w;
  const Column column("form", recent ? call_form_and_recent_w : call_form_w, side);
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {space::l, 0});  // both sides of what is between
  const bool open = ImGui::BeginTable("beside", recent ? 2 : 1, ImGuiTableFlags_NoClip);
  ImGui::PopStyleVar();
  if (!open) return;
  ImGui::TableSetupColumn("form", ImGuiTableColumnFlags_WidthStretch);
  if (recent) ImGui::TableSetupColumn("recent", ImGuiTableColumnFlags_WidthFixed, recent_calls_w);
  ImGui::TableNextColumn();
  draw_form(ui, model);
  if (recent) {
    ImGui::TableNextColumn();
    gap(space::m);
    draw_recent_calls(ui, model);
  }
  ImGui::EndTable();
}

}  // namespace voxdial::ui
