// The editor of one agent: a form over a draft.
#include <algorithm>
#include <array>
#include <cmath>

#include "shared/percent.h"
#include "wasm-ui/core/tools/registry.h"
#include "wasm-ui/core/words.h"
#include "wasm-ui/views/screens.h"

namespace voxdial::ui {
namespace {

/// Tools that Ultravox carries out itself (docs.ultravox.ai/tools/built-in-tools).
struct BuiltInTool {
  std::string_view name, label;
};
constexpr BuiltInTool built_in_tools[] = {
    {"hangUp", "Hang up when the conversation is over"},
    {"leaveVoicemail", "Leave a message when a machine answers"},
    {"playDtmfSounds", "Press keys on the phone's keypad"},
};

void draw_voice(Ui& ui, Area& area, const Model& model, Agent& next, bool& changed) {
  const std::string current = next.settings.voice.value_or("");
  Options options;
  options.add("", "Default");
  const VoiceList* voices = model.agents.voices.value();
  std::string chosen_id = current;
  bool preview = false;
  if (voices != nullptr) {
    for (const Voice& voice : voices->voices) {
      options.add(voice.id,
                  voice.name + (voice.language.empty() ? "" : " (" + voice.language + ")"));
      // Presets may name a voice instead of giving its id.
      if (voice.id == current || voice.name == current) {
        chosen_id = voice.id;
        preview = voice.preview;
      }
    }
  }
  if (!options.has(chosen_id)) options.add(current, voice_name(model, current));
  const std::string url = "/api/voices/" + percent_encode(chosen_id) + "/preview";
  const bool playing = model.audio == url && model.audio_state == AudioState::playing;
  const Button listen{.label = playing ? "Stop" : "Listen",
                      .icon = playing ? Icon::stop : Icon::play,
                      .disabled = !preview,
                      .busy = model.audio == url && model.audio_state == AudioState::loading};
  const float listen_w = std::max(button_width(ui, listen), 104.0F);
  const std::string hint =
      model.agents.voices.failure()
          ? "The voices cannot be listed: " + model.agents.voices.failure()->message
          : std::string();
  Area field{area.x, area.y, area.w - listen_w - space::s};
  const float button_y = area.y + line_of(type::small) + space::xs;
  if (auto chosen =
          select(ui, field, ui.id("voice"), {.label = "Voice", .value = chosen_id, .hint = hint},
                 std::move(options))) {
    next.settings.voice = chosen->empty() ? std::nullopt : std::optional<std::string>(*chosen);
    changed = true;
  }
  if (button(ui, Box{area.x + area.w - listen_w, button_y, listen_w, ui.control}, ui.id("listen"),
             listen)) {
    ui.act(VoicePreviewed{chosen_id});
  }
  area.y = field.y;
}

void draw_model_and_language(Ui& ui, Area& area, const Model& model, Agent& next, bool& changed) {
  CallSettings& s = next.settings;
  const bool stack = area.w < 480;
  const float half = stack ? area.w : (area.w - space::m) / 2;
  Area left{area.x, area.y, half};
  Options options;
  options.add("", "Default");
  const std::string current = s.model.value_or("");
  if (const ModelList* list = model.agents.models.value()) {
    for (const std::string& name : list->models) {
      options.add(name, name);
    }
  }
  if (!options.has(current)) options.add(current, current);
  if (auto chosen = select(ui, left, ui.id("model"), {.label = "Model", .value = current},
                           std::move(options))) {
    s.model = chosen->empty() ? std::nullopt : std::optional<std::string>(*chosen);
    changed = true;
  }
  if (stack) left.skip(space::m);
  Area right{stack ? area.x : area.x + half + space::m, stack ? left.y : area.y, half};
  const std::string language = s.language_hint.value_or("");
  const FieldResult typed =
      textbox(ui, right, ui.id("language"),
              {.label = "Language", .value = language, .placeholder = "en, de, pt-BR"});
  if (typed.changed) {
    s.language_hint = typed.changed->empty() ? std::nullopt : typed.changed;
    changed = true;
  }
  area.y = std::max(left.y, right.y);
}

void draw_sliders(Ui& ui, Area& area, Agent& next, bool& changed) {
  CallSettings& s = next.settings;
  const auto temperature = static_cast<float>(s.temperature.value_or(0.4));
  const long hundredths = std::lround(temperature * 100);
  const std::string words = std::to_string(hundredths / 100) + '.' +
                            (hundredths % 100 < 10 ? "0" : "") + std::to_string(hundredths % 100);
  if (auto moved = slider(ui, area, ui.id("temperature"),
                          {.label = "Temperature: how freely it phrases",
                           .words = words,
                           .value = temperature,
                           .min = 0,
                           .max = 1,
                           .step = 0.05F})) {
    s.temperature = std::round(*moved * 100) / 100;
    changed = true;
  }
  area.skip(space::m);
  const int limit = s.max_duration_s.value_or(600);
  const std::string length = span_text(limit);
  if (auto moved = slider(ui, area, ui.id("length"),
                          {.label = "Length limit",
                           .words = length,
                           .value = static_cast<float>(limit) / 60,
                           .min = 1,
                           .max = 60,
                           .step = 1})) {
    s.max_duration_s = static_cast<int>(std::lround(*moved)) * 60;
    changed = true;
  }
}

void draw_first_speaker(Ui& ui, Area& area, Agent& next, bool& changed) {
  CallSettings& s = next.settings;
  FirstSpeaker first = s.first_speaker_settings.value_or(FirstSpeaker{});
  glyphs(ui, area.x, area.y, label_text, "Who speaks first");
  area.skip(line_of(type::small) + space::xs);
  constexpr std::array<Choice, 2> who{Choice{"The agent"}, Choice{"The other side"}};
  if (auto chosen = segmented(ui, area.take(ui.control), ui.id("first"), "Who speaks first", who,
                              first.agent ? 0 : 1)) {
    first.agent = *chosen == 0;
    if (!first.agent) first.uninterruptible = false;
    s.first_speaker_settings = first;
    changed = true;
  }
  area.skip(space::m);
  const FieldResult typed =
      textbox(ui, area, ui.id("greeting"),
              {.label = first.agent ? "Greeting" : "What the agent says when nobody speaks",
               .value = first.text,
               .placeholder = first.agent ? "Hello, how can I help?" : "Hello, can you hear me?",
               .hint = "Empty: the agent finds its own words."});
  if (typed.changed) {
    first.text = *typed.changed;
    if (!first.text.empty()) first.prompt.clear();
    s.first_speaker_settings = first;
    changed = true;
  }
}

bool has_tool(const std::vector<SelectedTool>& tools, std::string_view name) {
  return std::any_of(tools.begin(), tools.end(), [name](const SelectedTool& tool) {
    return tool.tool_name == name ||
           (tool.temporary_tool && tool.temporary_tool->model_tool_name == name);
  });
}

void drop_tool(std::vector<SelectedTool>& tools, std::string_view name) {
  std::erase_if(tools, [name](const SelectedTool& tool) {
    return tool.tool_name == name ||
           (tool.temporary_tool && tool.temporary_tool->model_tool_name == name);
  });
}

void draw_tools(Ui& ui, Area& area, Agent& next, bool& changed) {
  std::vector<SelectedTool> tools =
      next.settings.selected_tools.value_or(std::vector<SelectedTool>{});
  heading(ui, area, ui.id("tools"), label_text, "Tools", 3);
  const auto flip = [&](std::string_view name, bool on, SelectedTool tool) {
    if (on) {
      drop_tool(tools, name);
    } else {
      tools.push_back(std::move(tool));
    }
    next.settings.selected_tools = tools;
    changed = true;
  };
  for (const BuiltInTool& tool : built_in_tools) {
    const bool on = has_tool(tools, tool.name);
    if (checkbox(ui, area, ui.id(tool.name), tool.label, on)) {
      SelectedTool fresh;
      fresh.tool_name = std::string(tool.name);
      flip(tool.name, on, std::move(fresh));
    }
  }
  for (const ClientToolSpec& tool : client_tools()) {
    const bool on = has_tool(tools, tool.name);
    const std::string label = std::string(tool.name) + " on this page (web calls)";
    if (checkbox(ui, area, ui.id(tool.name), label, on)) flip(tool.name, on, selected_tool(tool));
  }
  // Tools of the account or of an import that this page does not know by name are kept and shown.
  for (const SelectedTool& tool : tools) {
    const std::string& name = tool.temporary_tool      ? tool.temporary_tool->model_tool_name
                              : tool.tool_name.empty() ? tool.tool_id
                                                       : tool.tool_name;
    const bool known = find_tool(name) != nullptr ||
                       std::any_of(std::begin(built_in_tools), std::end(built_in_tools),
                                   [&](const BuiltInTool& one) { return one.name == name; });
    if (!known && checkbox(ui, area, node_id(name, ui.id("other")), name, true)) {
      drop_tool(tools, name);
      next.settings.selected_tools = tools;
      changed = true;
      break;
    }
  }
}

void draw_editor_buttons(Ui& ui, Area& area, const Model& model, const Agent& draft) {
  const Agents& agents = model.agents;
  const bool fresh = agents.draft_of.empty();
  const std::string fault = draft_fault(draft);
  const bool busy = agents.saving.busy();
  float x = area.x, y = area.y;
  const auto next = [&](std::string_view name, const Button& spec) {
    const float w = std::min(button_width(ui, spec), area.w);
    if (x > area.x && x + w > area.x + area.w) {
      x = area.x;
      y += ui.control + space::s;
    }
    const bool pressed = button(ui, Box{x, y, w, ui.control}, ui.id(name), spec);
    x += w + space::s;
    return pressed;
  };
  if (next("save", {.label = fresh ? "Save agent" : "Save changes",
                    .icon = Icon::check,
                    .look = Look::primary,
                    .disabled = !agents.changed || !fault.empty(),
                    .busy = busy})) {
    ui.act(DraftSaved{});
  }
  if (next("use", {.label = agents.changed ? "Use for next call only" : "Call with it",
                   .icon = Icon::phone,
                   .disabled = busy})) {
    ui.act(DraftUsed{});
  }
  if (!fresh &&
      next("copy",
           {.label = "Save as new", .icon = Icon::plus, .disabled = busy || !fault.empty()})) {
    ui.act(DraftSavedAsNew{});
  }
  if (next("export", {.label = "Export", .icon = Icon::download})) ui.act(DraftExported{});
  const bool shipped = draft.built_in;
  if (!fresh && (!shipped || draft.edited)) {
    const std::string label = agents.sure ? (shipped ? "Really reset?" : "Really delete?")
                                          : (shipped ? "Reset" : "Delete");
    if (next("remove", {.label = label,
                        .icon = shipped ? Icon::retry : Icon::trash,
                        .look = Look::quiet,
                        .disabled = busy})) {
      ui.act(DraftRemoved{});
    }
  }
  area.y = y + ui.control;
  if (!fault.empty()) {
    area.skip(space::s);
    remark(ui, area, ui.id("fault"), Icon::info, Token::warn, fault, Role::status);
  }
  if (const Error* error = agents.saving.failure()) {
    area.skip(space::m);
    error_note(ui, area, ui.id("save-failed"), *error);
  }
}

}  // namespace

void draw_agent_editor(Ui& ui, Area& area, const Model& model) {
  const Agents& agents = model.agents;
  if (quiet_button(ui, area, ui.id("back"), {.label = "Agents", .icon = Icon::back})) {
    ui.act(Navigated{Route{Screen::agents, {}}});
  }
  area.skip(space::s);
  const bool right_one = agents.draft && (agents.draft_of == model.route.id ||
                                          (agents.draft_of.empty() && model.route.id == "new"));
  if (!right_one) {
    if (const Error* error = agents.list.failure()) {
      if (failed_panel(ui, area, ui.id("agents-failed"), *error)) ui.act(AgentsRetried{});
    } else if (agents.list.value() != nullptr) {
      empty_state(ui, area, ui.id("no-agent"), Icon::agents, "There is no such agent",
                  "It may have been deleted. Choose another from the list.");
    } else {
      skeleton(ui, area, ui.id("agent-loading"), 8);
    }
    return;
  }
  Agent next = *agents.draft;
  bool changed = false;
  heading(ui, area, ui.id("title"), {type::display, Face::semibold, Token::text},
          next.name.empty() ? "Agent" : next.name, 1);
  area.skip(space::l);
  draw_editor_buttons(ui, area, model, *agents.draft);
  area.skip(space::xl);

  const FieldResult name = textbox(ui, area, ui.id("name"), {.label = "Name", .value = next.name});
  if (name.changed) next.name = *name.changed, changed = true;
  area.skip(space::m);
  const FieldResult about =
      textbox(ui, area, ui.id("about"), {.label = "What it is for", .value = next.description});
  if (about.changed) next.description = *about.changed, changed = true;
  area.skip(space::m);
  const std::string prompt = next.settings.system_prompt.value_or("");
  const FieldResult typed =
      textarea(ui, area, ui.id("prompt"),
               {.label = "Prompt",
                .value = prompt,
                .placeholder = "Who the agent is, what it knows, how it behaves",
                .rows = 12});
  if (typed.changed) {
    next.settings.system_prompt = typed.changed->empty() ? std::nullopt : typed.changed;
    changed = true;
  }
  area.skip(space::m);
  draw_voice(ui, area, model, next, changed);
  area.skip(space::m);
  draw_model_and_language(ui, area, model, next, changed);
  area.skip(space::l);
  draw_sliders(ui, area, next, changed);
  area.skip(space::m);
  const FieldResult closing =
      textbox(ui, area, ui.id("closing"),
              {.label = "Last words at the length limit",
               .value = next.settings.time_exceeded_message
                            ? std::string_view(*next.settings.time_exceeded_message)
                            : std::string_view()});
  if (closing.changed) {
    next.settings.time_exceeded_message = closing.changed->empty() ? std::nullopt : closing.changed;
    changed = true;
  }
  area.skip(space::l);
  draw_first_speaker(ui, area, next, changed);
  area.skip(space::l);
  const FieldResult overview =
      textarea(ui, area, ui.id("overview"),
               {.label = "Text shown before a web call", .value = next.overview, .rows = 3});
  if (overview.changed) next.overview = *overview.changed, changed = true;
  area.skip(space::m);
  const std::string message = next.settings.voicemail_message.value_or("");
  const FieldResult left = textbox(ui, area, ui.id("voicemail"),
                                   {.label = "Message to leave on a machine", .value = message});
  if (left.changed) {
    next.settings.voicemail_message = left.changed->empty() ? std::nullopt : left.changed;
    changed = true;
  }
  area.skip(space::l);
  draw_tools(ui, area, next, changed);
  if (changed) ui.act(DraftChanged{std::move(next)});
}

}  // namespace voxdial::ui
