// The call screen: what kind of call, to whom, with which agent, and one button.
#include <algorithm>
#include <array>

#include "shared/ascii.h"
#include "wasm-ui/core/call_words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

const std::string dot = " \xC2\xB7 ";

// ---------------------------------------------------------------------------------- the number

/// The verdict in words: hint when it is none yet or good, fault when something must change.
struct Verdict {
  std::string hint;
  std::string fault;
};

Verdict verdict_of(Ui& ui, const Model& model) {
  const CallForm& form = model.form;
  if (trimmed(form.number).empty()) {
    const std::string from = country_of(model, form.region).name;
    return {from == form.region ? std::string(ui.tr(Word::number_hint))
                                : ui.tr({Word::number_hint_in, "country"}, from),
            form.number_left ? std::string(ui.tr(Word::enter_number)) : std::string()};
  }
  if (const Error* error = form.check.failure()) {
    return {{}, ui.said(*error) + ' ' + std::string(ui.tr(Word::number_unread))};
  }
  const PhoneCheck* check = form.check.value();
  if (check == nullptr) return {std::string(ui.tr(Word::checking_number)), {}};
  const std::string number = check->international.empty() ? check->e164 : check->international;
  if (!check->allowed) {
    const std::optional<Error>& why = check->reason;
    // While it is typed a number is not wrong yet.
    if (why && why->code == ErrorCode::invalid_number && !form.number_left) {
      return {std::string(ui.tr(Word::number_unfinished)), {}};
    }
    return {{},
            (number.empty() ? "" : number + dot) +
                (why ? ui.said(*why) : std::string(ui.tr(Word::number_not_allowed)))};
  }
  std::string facts = ui.tr({Word::number_reads_as, "number"}, number) + dot;
  facts += check->region == "001" ? std::string(ui.tr(Word::number_worldwide))
                                  : country_of(model, check->region).name;
  if (!check->type.empty() && check->type != "unknown") facts += dot + ui.said(check->type);
  if (!check->local_time.empty())
    facts += dot + ui.tr({Word::local_time, "time"},
                         ui.format(Format::time_of_day, 0, check->local_time));
  return {facts, {}};
}

/// Keys that type the number, as large as a finger.
void draw_pad(Ui& ui, const CallForm& form) {
  constexpr std::string_view keys[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "+", "0", ""};
  const Group pad(ui, Role::group, ui.tr(Word::dial_pad));
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {space::xs, space::xs});
  const float w = std::min(ImGui::GetContentRegionAvail().x, 320.0F);
  if (ImGui::BeginTable("pad", 3, ImGuiTableFlags_SizingStretchSame, {w, 0})) {
    for (const std::string_view key : keys) {
      ImGui::TableNextColumn();
      const bool erase = key.empty();
      Button spec{.label = erase ? ui.tr(Word::delete_digit) : key, .disabled = form.placing()};
      if (erase) spec.icon = icon::back, spec.icon_only = true;
      if (!button(ui, erase ? "erase" : std::string(key).c_str(), spec, -1, 48)) continue;
      std::string number = form.number + std::string(key);
      const auto inner = [&] {
        return (static_cast<unsigned char>(number.back()) & 0xC0U) == 0x80;
      };
      while (erase && !number.empty() && inner()) number.pop_back();
      if (erase && !number.empty()) number.pop_back();
      ui.act(NumberTyped{std::move(number)});
    }
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
}

/// Numbers that exist in the sandbox only, by what comes of calling them: a press fills the field.
void draw_sandbox_numbers(Ui& ui, const CallForm& form) {
  struct Sample {
    Word what;
    const char* number;
  };
  constexpr Sample samples[] = {{Word::answered_human, "+1 202-555-0100"},
                                {Word::answered_machine, "+1 202-555-0104"},
                                {Word::state_busy, "+1 202-555-0101"},
                                {Word::state_no_answer, "+1 202-555-0102"},
                                {Word::state_failed, "+1 202-555-0103"}};
  const Group group(ui, Role::group, ui.tr(Word::sandbox_numbers));
  gap(space::s);
  paint(ui, ui.tr(Word::sandbox_numbers), label_text);
  for (const Sample& sample : samples) {
    if (&sample != samples) ImGui::SameLine();
    if (button(ui, sample.number,
               {.label = ui.tr(sample.what),
                .disabled = form.placing(),
                .description = sample.number})) {
      ui.act(NumberTyped{sample.number});
    }
  }
}

void draw_number(Ui& ui, const Model& model) {
  const CallForm& form = model.form;
  const CountryName chosen = country_of(model, form.region);
  std::string face = flag(ui, chosen.region);
  if (!chosen.calling_code.empty()) face += " +" + chosen.calling_code;
  const bool busy = form.placing();
  constexpr float height = 44;  // both, with a mouse as well: the number is set larger
  ImGui::SetNextItemWidth(116);
  if (auto list = choice_field(ui, "country",
                               {.label = ui.tr(Word::country),
                                .value = form.region,
                                .placeholder = chosen.name,
                                .face = face,
                                .disabled = busy,
                                .height = height},
                               ui.tr(Word::no_matching_countries))) {
    for (const CountryName& one : model.countries) {
      if (list->option({one.region, one.name, flag(ui, one.region), '+' + one.calling_code})) {
        ui.act(RegionChosen{one.region});
      }
    }
  }
  ImGui::SameLine();
  const Verdict verdict = verdict_of(ui, model);
  const FieldResult typed =
      textbox(ui, "number",
              {.label = ui.tr(Word::phone_number),
               .value = form.number,
               .placeholder = chosen.calling_code == "1" ? "415 555 0123" : ui.tr(Word::number),
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
  if (const ServerConfig* config = model.config.value(); config && config->sandbox)
    draw_sandbox_numbers(ui, form);
  if (button(ui, "pad-toggle",
             {.label = ui.tr(Word::dial_pad),
              .icon = form.pad ? icon::chevron_down : icon::chevron_right,
              .look = Look::quiet,
              .expanded = form.pad})) {
    ui.act(PadToggled{});
  }
  if (form.pad) draw_pad(ui, form);
  const PhoneCheck* check = form.check.value();
  if (check != nullptr && check->quiet_hours) {
    gap(space::s);
    if (checkbox(ui, "quiet-hours", ui.tr(Word::call_at_night), form.quiet_hours_override, busy)) {
      ui.act(QuietHoursOverridden{!form.quiet_hours_override});
    }
  }
}

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
