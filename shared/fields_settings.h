// The members of CallSettings and what it is made of, used wherever settings stand: in a request to
// place a call and in an agent.
//
// One list per type, for every direction: JsonReader and JsonWriter go through it, and so does what
// describes the API. A member that is not in its list does not exist outside.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "shared/json_writer.h"  // TextRule
#include "shared/wire_words.h"

namespace voxdial {

constexpr TextRule prompt_text{.max = 32 * 1024};
constexpr TextRule spoken_text{.max = 1024};
constexpr TextRule name_line{.max = 100, .min = 1, .one_line = true};
constexpr TextRule tool_line{.max = 64, .one_line = true};
constexpr TextRule long_line{.max = 4 * 1024};

inline bool is_tool_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  return name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
         std::string_view::npos;
}
constexpr std::string_view tool_name_rule =
    "A tool's name must be 1 to 64 letters, digits, - or _.";

/// The name the model will know the tool by, or empty when only the vendor knows it.
inline std::string_view final_name(const SelectedTool& tool) {
  if (!tool.name_override.empty()) return tool.name_override;
  if (tool.temporary_tool) return tool.temporary_tool->model_tool_name;
  return tool.tool_name;
}

// Ultravox's shape of FirstSpeaker: exactly one of two objects.
struct AgentFirst {
  std::string text;
  std::string prompt;
  std::optional<int> delay_s;
  std::optional<bool> uninterruptible;
};
struct Fallback {
  std::optional<int> delay_s;
  std::string text;
  std::string prompt;
};
struct UserFirst {
  std::optional<Fallback> fallback;
};
struct FirstSpeakerShape {
  std::optional<AgentFirst> agent;
  std::optional<UserFirst> user;
};

inline FirstSpeakerShape shape_of(const FirstSpeaker& first) {
  FirstSpeakerShape shape;
  const std::string prompt = first.text.empty() ? first.prompt : "";
  if (first.agent) {
    shape.agent = {first.text, prompt, first.delay_s, std::nullopt};
    if (first.uninterruptible) shape.agent->uninterruptible = true;
  } else {
    shape.user.emplace();
    if (first.delay_s || !first.text.empty() || !prompt.empty()) {
      shape.user->fallback = {first.delay_s, first.text, prompt};
    }
  }
  return shape;
}

inline FirstSpeaker first_speaker(FirstSpeakerShape shape) {
  if (shape.agent) {
    AgentFirst& agent = *shape.agent;
    return {true, std::move(agent.text), std::move(agent.prompt), agent.delay_s,
            agent.uninterruptible.value_or(false)};
  }
  FirstSpeaker first;
  first.agent = false;
  if (shape.user && shape.user->fallback) {
    Fallback& fallback = *shape.user->fallback;
    first.text = std::move(fallback.text);
    first.prompt = std::move(fallback.prompt);
    first.delay_s = fallback.delay_s;
  }
  return first;
}

template <class Io, class T>
void words_and_delay(Io& io, T& v) {
  io.text("text", v.text, spoken_text);
  io.text("prompt", v.prompt, spoken_text);
  io.seconds("delay", v.delay_s, 0, 300);
  if constexpr (Io::reading) {
    io.rule(v.text.empty() || v.prompt.empty(), "prompt", "Give either text or prompt, not both.");
  }
}

template <class Io>
void fields(Io& io, typename Io::template Of<AgentFirst>& v) {
  words_and_delay(io, v);
  io.flag("uninterruptible", v.uninterruptible);
}

template <class Io>
void fields(Io& io, typename Io::template Of<Fallback>& v) {
  words_and_delay(io, v);
}

template <class Io>
void fields(Io& io, typename Io::template Of<UserFirst>& v) {
  io.object("fallback", v.fallback);
}

template <class Io>
void fields(Io& io, typename Io::template Of<FirstSpeakerShape>& v) {
  io.object("agent", v.agent);
  io.object("user", v.user);
  if constexpr (Io::reading) {
    io.rule(v.agent.has_value() != v.user.has_value(), "", "Give exactly one of agent and user.");
  }
}

template <class Io>
void fields(Io& io, typename Io::template Of<InitialMessage>& v) {
  io.text("role", v.role, required_text);
  io.text("text", v.text, prompt_text);
  if constexpr (Io::reading) {
    io.rule(v.role == "MESSAGE_ROLE_USER" || v.role == "MESSAGE_ROLE_AGENT", "role",
            "A message's role must be MESSAGE_ROLE_USER or MESSAGE_ROLE_AGENT.");
  }
}

template <class Io>
void fields(Io& io, typename Io::template Of<ToolParameter>& v) {
  io.text("name", v.name, {.max = 64, .min = 1, .required = true, .one_line = true});
  io.constant("location", "PARAMETER_LOCATION_BODY");
  io.json("schema", v.schema);
  io.flag("required", v.required);
}

template <class Io>
void fields(Io& io, typename Io::template Of<ClientTool>& v) {
  io.text("modelToolName", v.model_tool_name, required_text);
  io.text("description", v.description, long_line);
  io.list("dynamicParameters", v.dynamic_parameters, 32);
  io.empty_object("client");
  if constexpr (Io::reading) {
    io.rule(is_tool_name(v.model_tool_name), "modelToolName", tool_name_rule);
  }
}

template <class Io>
void fields(Io& io, typename Io::template Of<SelectedTool>& v) {
  io.text("toolId", v.tool_id, tool_line);
  io.text("toolName", v.tool_name, tool_line);
  io.object("temporaryTool", v.temporary_tool);
  io.text("nameOverride", v.name_override);
  io.text("descriptionOverride", v.description_override, long_line);
  io.json("parameterOverrides", v.parameter_overrides);
  if constexpr (Io::reading) {
    const int kinds = !v.tool_id.empty() + !v.tool_name.empty() + v.temporary_tool.has_value();
    io.rule(kinds == 1, "", "Give exactly one of toolId, toolName and temporaryTool.");
    io.rule(v.name_override.empty() || is_tool_name(v.name_override), "nameOverride",
            tool_name_rule);
  }
}

template <class Io>
void check(Io& io, const CallSettings& v) {
  if (v.language_hint) {
    constexpr auto tag = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    io.rule(v.language_hint->find_first_not_of(tag) == std::string::npos, "languageHint",
            "languageHint must be a language tag such as \"en\" or \"pt-BR\".");
  }
  if (v.initial_output_medium) {
    io.rule(*v.initial_output_medium == "MESSAGE_MEDIUM_VOICE" ||
                *v.initial_output_medium == "MESSAGE_MEDIUM_TEXT",
            "initialOutputMedium",
            "initialOutputMedium must be MESSAGE_MEDIUM_VOICE or MESSAGE_MEDIUM_TEXT.");
  }
  if (!v.selected_tools) return;
  const auto& tools = *v.selected_tools;
  for (std::size_t i = 0; i < tools.size(); ++i) {
    const std::string_view name = final_name(tools[i]);
    for (std::size_t j = 0; j < i && !name.empty(); ++j) {
      io.rule(final_name(tools[j]) != name, "selectedTools[" + std::to_string(i) + ']',
              "Two tools have the same name; give one of them a nameOverride.");
    }
  }
}

template <class Io>
void fields(Io& io, typename Io::template Of<CallSettings>& v) {
  io.text("systemPrompt", v.system_prompt, prompt_text);
  io.text("model", v.model, name_line);
  io.text("voice", v.voice, name_line);
  io.text("languageHint", v.language_hint, {.max = 16, .min = 1, .one_line = true});
  io.number("temperature", v.temperature, 0, 1);
  io.seconds("maxDuration", v.max_duration_s, 10, 14400);
  io.text("timeExceededMessage", v.time_exceeded_message, spoken_text);
  io.list("initialMessages", v.initial_messages, 100);
  io.list("selectedTools", v.selected_tools, 32);
  if constexpr (Io::reading) {
    std::optional<FirstSpeakerShape> shape;
    io.object("firstSpeakerSettings", shape);
    if (shape) v.first_speaker_settings = first_speaker(std::move(*shape));
  } else if (v.first_speaker_settings) {
    io.object("firstSpeakerSettings", shape_of(*v.first_speaker_settings));
  }
  io.flag("recordingEnabled", v.recording_enabled);
  io.text("initialOutputMedium", v.initial_output_medium);
  io.word("voicemail", v.voicemail, voicemail_words);
  io.text("voicemailMessage", v.voicemail_message, spoken_text);
  if constexpr (Io::reading) check(io, v);
}

}  // namespace voxdial
