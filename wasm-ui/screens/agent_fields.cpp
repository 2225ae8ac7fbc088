// The fields of an agent: what it is told, and how it talks.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "shared/percent.h"
#include "wasm-ui/core/call_words.h"
#include "wasm-ui/core/tools/registry.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

/// Tools that Ultravox carries out itself (docs.ultravox.ai/tools/built-in-tools).
struct BuiltInTool {
  std::string_view name;
  Word label;
};
constexpr BuiltInTool built_in_tools[] = {
    {"hangUp", Word::tool_hang_up},
    {"leaveVoicemail", Word::tool_voicemail},
    {"playDtmfSounds", Word::tool_keypad},
};

/// A text that is absent when it is empty.
void optional_text(const FieldResult& typed, std::optional<std::string>& value, bool& changed) {
  if (!typed.changed) return;
  value = typed.changed->empty() ? std::nullopt : typed.changed;
  changed = true;
}
std::string_view words_of(const std::optional<std::string>& value) {
  return value ? std::string_view(*value) : std::string_view();
}

/// One line of words.
FieldResult words_field(Ui& ui, const char* id, Word label, std::string_view value) {
  return textbox(ui, id, {.label = ui.tr(label), .value = value, .input = Input::prose});
}

void draw_voice(Ui& ui, const Model& model, Agent& next, bool& changed) {
  const std::string current = next.settings.voice.value_or("");
  Options options;
  options.add("", ui.tr(Word::default_choice));
  const VoiceList* voices = model.agents.voices.value();
  std::string chosen_id = current;
  bool preview = false;
  if (voices != nullptr) {
    for (const Voice& voice : voices->voices) {
      options.add(voice.id, voice.language.empty()
                                ? voice.name
                                : ui.tr({Word::voice_and_language, "voice language"}, voice.name,
                                        ui.format(Format::language, 0, voice.language)));
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
  const Button listen{.label = ui.tr(playing ? Word::stop : Word::listen),
                      .icon = playing ? icon::stop : icon::play,
                      .disabled = !preview,
                      .busy = model.audio == url && model.audio_state == AudioState::loading};
  const float listen_w = std::max(button_width(ui, listen), 104.0F);
  const std::string hint =
      model.agents.voices.failure()
          ? ui.tr({Word::voices_failed, "reason"}, ui.said(*model.agents.voices.failure()))
          : std::string();
  ImGui::SetNextItemWidth(-listen_w - space::s);
  if (auto chosen =
          select(ui, "voice", {.label = ui.tr(Word::voice), .value = chosen_id, .hint = hint},
                 std::move(options))) {
    next.settings.voice = chosen->empty() ? std::nullopt : std::optional<std::string>(*chosen);
    changed = true;
  }
  ImGui::SameLine();
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + line_of(type::small) + space::xs);
  if (button(ui, "listen", listen, listen_w)) ui.act(VoicePreviewed{chosen_id});
}

void draw_model_and_language(Ui& ui, const Model& model, CallSettings& s, bool& changed) {
  Options options;
  options.add("", ui.tr(Word::default_choice));
  const std::string current = s.model.value_or("");
  if (const ModelList* list = model.agents.models.value()) {
    for (const std::string& name : list->models) options.add(name, name);
  }
  if (!options.has(current)) options.add(current, current);
  if (auto chosen = select(ui, "model", {.label = ui.tr(Word::model), .value = current},
                           std::move(options))) {
    s.model = chosen->empty() ? std::nullopt : std::optional<std::string>(*chosen);
    changed = true;
  }
  gap(space::m);
  optional_text(textbox(ui, "language",
                        {.label = ui.tr(Word::language),
                         .value = words_of(s.language_hint),
                         .placeholder = "en, de, pt-BR"}),
                s.language_hint, changed);
}

struct Slide {
  std::string_view label;
  std::string_view words;  ///< the value as text, at the right of the label
  float value = 0, min = 0, max = 1, step = 0.1F;
};
std::optional<float> slider(Ui& ui, const char* id, const Slide& slide) {
  const TextStyle style{type::small, Face::tabular, Token::text};
  const float w = ImGui::GetContentRegionAvail().x, words_w = text_width(ui, style, slide.words);
  paint(ui, slide.label, label_text, w - words_w - space::s);
  ImGui::SameLine(w - words_w);
  paint(ui, slide.words, style);
  MirrorNode& node = native(ui, id, Role::slider, slide.label, {w, ui.control});
  node.number = slide.value;
  node.min = slide.min;
  node.max = slide.max;
  node.step = slide.step;
  node.value = std::string(slide.words);
  const std::string* words = ui.told(ImGui::GetID(id), MirrorEvent::Kind::change);
  if (words == nullptr) return std::nullopt;
  char* end = nullptr;
  const float moved = std::strtof(words->c_str(), &end);
  if (end == words->c_str()) return std::nullopt;
  return std::clamp(moved, slide.min, slide.max);
}

void draw_sliders(Ui& ui, CallSettings& s, bool& changed) {
  const auto temperature = static_cast<float>(s.temperature.value_or(0.4));
  const std::string words = ui.format(Format::decimal, s.temperature.value_or(0.4));
  if (auto moved = slider(ui, "temperature",
                          {.label = ui.tr(Word::temperature),
                           .words = words,
                           .value = temperature,
                           .min = 0,
                           .max = 1,
                           .step = 0.05F})) {
    s.temperature = std::round(*moved * 100) / 100;
    changed = true;
  }
  gap(space::s);
  const int limit = s.max_duration_s.value_or(600);
  const std::string length = ui.duration(limit);
  if (auto moved = slider(ui, "length",
                          {.label = ui.tr(Word::length_limit),
                           .words = length,
                           .value = static_cast<float>(limit) / 60,
                           .min = 1,
                           .max = 60,
                           .step = 1})) {
    s.max_duration_s = static_cast<int>(std::lround(*moved)) * 60;
    changed = true;
  }
}

void draw_first_speaker(Ui& ui, CallSettings& s, bool& changed) {
  FirstSpeaker first = s.first_speaker_settings.value_or(FirstSpeaker{});
  paint(ui, ui.tr(Word::who_speaks_first), label_text);
  const std::array<Choice, 2> who{Choice{ui.tr(Word::the_agent)},
                                  Choice{ui.tr(Word::the_other_side)}};
  if (auto chosen =
          segmented(ui, "first", ui.tr(Word::who_speaks_first), who, first.agent ? 0 : 1)) {
    first.agent = *chosen == 0;
    if (!first.agent) first.uninterruptible = false;
    s.first_speaker_settings = first;
    changed = true;
  }
  gap(space::m);
  const FieldResult typed =
      textbox(ui, "greeting",
              {.label = ui.tr(first.agent ? Word::greeting : Word::fallback_greeting),
               .value = first.text,
               .placeholder = ui.tr(first.agent ? Word::greeting_example : Word::fallback_example),
               .hint = ui.tr(Word::greeting_hint),
               .input = Input::prose});
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

void draw_tools(Ui& ui, Agent& next, bool& changed) {
  std::vector<SelectedTool> tools =
      next.settings.selected_tools.value_or(std::vector<SelectedTool>{});
  heading(ui, ui.tr(Word::tools), 2, label_text, "tools");
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
    if (toggle(ui, std::string(tool.name).c_str(), ui.tr(tool.label), {}, on)) {
      SelectedTool fresh;
      fresh.tool_name = std::string(tool.name);
      flip(tool.name, on, std::move(fresh));
    }
  }
  for (const ClientToolSpec& tool : client_tools()) {
    const bool on = has_tool(tools, tool.name);
    const std::string label = ui.tr({Word::tool_of_page, "tool"}, tool.name);
    if (toggle(ui, std::string(tool.name).c_str(), label, {}, on))
      flip(tool.name, on, selected_tool(tool));
  }
  // Tools of the account or of an import that this page does not know by name are kept and shown.
  for (const SelectedTool& tool : tools) {
    const std::string& name = tool.temporary_tool      ? tool.temporary_tool->model_tool_name
                              : tool.tool_name.empty() ? tool.tool_id
                                                       : tool.tool_name;
    const bool known = find_tool(name) != nullptr ||
                       std::any_of(std::begin(built_in_tools), std::end(built_in_tools),
                                   [&](const BuiltInTool& one) { return one.name == name; });
    if (!known && toggle(ui, ("other:" + name).c_str(), name, {}, true)) {
      drop_tool(tools, name);
      next.settings.selected_tools = tools;
      changed = true;
      break;
    }
  }
}

}  // namespace

void draw_agent_prompt(Ui& ui, Agent& next, bool& changed, std::optional<float> bottom) {
  const FieldResult name = words_field(ui, "name", Word::name, next.name);
  if (name.changed) next.name = *name.changed, changed = true;
  gap(space::m);
  const FieldResult about = words_field(ui, "about", Word::purpose, next.description);
  if (about.changed) next.description = *about.changed, changed = true;
  gap(space::m);
  const float top = ImGui::GetCursorScreenPos().y + line_of(type::small) + space::xs;
  optional_text(
      textarea(ui, "prompt",
               {.label = ui.tr(Word::prompt),
                .value = words_of(next.settings.system_prompt),
                .placeholder = ui.tr(Word::prompt_hint),
                .height = std::max(bottom.value_or(top) - top, 12 * line_of(type::body))}),
      next.settings.system_prompt, changed);
}

void draw_agent_manner(Ui& ui, const Model& model, Agent& next, bool& changed) {
  draw_voice(ui, model, next, changed);
  gap(space::m);
  draw_model_and_language(ui, model, next.settings, changed);
  gap(space::l);
  draw_sliders(ui, next.settings, changed);
  gap(space::m);
  draw_first_speaker(ui, next.settings, changed);
  gap(space::l);
  draw_tools(ui, next, changed);
  gap(space::l);
  std::optional<std::string>& closing = next.settings.time_exceeded_message;
  optional_text(words_field(ui, "closing", Word::closing_words, words_of(closing)), closing,
                changed);
  gap(space::m);
  std::optional<std::string>& voicemail = next.settings.voicemail_message;
  optional_text(words_field(ui, "voicemail", Word::voicemail_words, words_of(voicemail)), voicemail,
                changed);
  gap(space::m);
  const FieldResult overview =
      textarea(ui, "overview", {.label = ui.tr(Word::overview_words), .value = next.overview});
  if (overview.changed) next.overview = *overview.changed, changed = true;
}

}  // namespace voxdial::ui
