// The foot of a live card: what can be done with the call.
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "wasm-ui/core/call_words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

constexpr float end_h = 44;  // of the row that End stands in

struct SayChoice {
  SayRequest::Kind kind;
  const char* value;
  Word label;
};
constexpr SayChoice say_choices[] = {
    {SayRequest::Kind::text, "text", Word::say_text},
    {SayRequest::Kind::say, "say", Word::say_say},
    {SayRequest::Kind::wrap_up, "wrap_up", Word::say_wrap_up},
    {SayRequest::Kind::goodbye, "goodbye", Word::say_goodbye},
};

/// Works while it is held, by a pointer or the key; assistive technology switches it.
void draw_hold_to_talk(Ui& ui, const Model& model) {
  const WebCall& web = model.web;
  const std::string label = ui.tr({Word::hold_to_talk, "key"}, model.settings.talk_key);
  button(ui, "talk", {.label = label, .look = web.talk_held ? Look::primary : Look::secondary}, -1,
         end_h);
  const ImGuiID id = ImGui::GetItemID();
  const bool held = ImGui::IsItemActive() && ImGui::IsMouseDown(ImGuiMouseButton_Left);
  bool& was_held = *ImGui::GetStateStorage()->GetBoolRef(id);
  if (held != was_held) ui.act(TalkHeld{held});
  was_held = held;
  if (ui.told(id, MirrorEvent::Kind::activate) != nullptr) ui.act(TalkHeld{!web.talk_held});
  MirrorNode& node = ui.item(Role::toggle, label);
  node.checked = web.talk_held;
  node.hold = true;
}

void draw_controls(Ui& ui, const Model& model, const LiveCall& live) {
  const Call& call = live.call;
  const WebCall& web = model.web;
  const bool mine = own(model, call) && web.active();
  if (mine && model.settings.push_to_talk) {
    draw_hold_to_talk(ui, model);
    gap(space::s);
  }
  const auto icon_button = [&](const char* id, std::string_view label, const char* icon, bool on) {
    const bool pressed =
        button(ui, id, {.label = label, .icon = icon, .icon_only = true, .on = on}, end_h, end_h);
    ImGui::SameLine();
    return pressed;
  };
  if (mine) {
    if (icon_button("mic", ui.tr(web.mic_muted ? Word::unmute_microphone : Word::mute_microphone),
                    web.mic_muted ? icon::mic_off : icon::mic, web.mic_muted)) {
      ui.act(MicMuteSet{!web.mic_muted});
    }
    if (model.settings.speaker_mute &&
        icon_button("speaker", ui.tr(web.speaker_muted ? Word::unmute_speaker : Word::mute_speaker),
                    web.speaker_muted ? icon::speaker_off : icon::speaker, web.speaker_muted)) {
      ui.act(SpeakerMuteSet{!web.speaker_muted});
    }
    if (icon_button("output", ui.tr(web.text_output ? Word::agent_speaks : Word::agent_writes),
                    icon::note, web.text_output)) {
      ui.act(OutputSet{!web.text_output});
    }
  }
  // Never closed while the call may live: what was asked once may have been lost on its way.
  if (button(ui, "end",
             {.label = ui.tr(call.ending ? Word::end_again : Word::end_call),
              .icon = icon::hang_up,
              .look = Look::danger},
             -1, end_h)) {
    ui.act(HangUpPressed{call.id});
  }
  if (const Error* error = live.hang_up.failure()) error_note(ui, "end-failed", *error);
}

void draw_after(Ui& ui, const Call& call) {
  if (button(ui, "again", {.label = ui.tr(Word::call_again), .icon = icon::phone}))
    ui.act(CallAgainPressed{call});
  ImGui::SameLine();
  // Below lay End: its keyboard focus falls to this one, which changes nothing.
  if (button(ui, "details", {.label = ui.tr(Word::details), .icon = icon::history}))
    ui.act(CallOpened{call.id});
  // Where End was a second press meets nothing.
  const float place = end_h, words_h = line_of(type::small);
  gap(space::s + std::floor((place - words_h) / 2));
  if (call.ended_at != 0) {
    const std::string at = ui.time(call.ended_at, Format::clock_seconds);
    const std::string when = call.answered_at == 0
                                 ? ui.tr({Word::ended_at, "time"}, at)
                                 : ui.tr({Word::ended_at_after, "time talk"}, at,
                                         clock_text(call.ended_at - call.answered_at));
    line(ui, when, small_text, "ended-at");
  } else {
    ImGui::Dummy({0, words_h});
  }
  gap(std::floor((place - words_h) / 2) + space::xs);
}

}  // namespace

void draw_live_say(Ui& ui, const LiveCall& live) {
  const SayChoice& kind = say_choices[static_cast<int>(live.say_kind)];
  const Call& call = live.call;
  Options options;
  for (const SayChoice& choice : say_choices) options.add(choice.value, ui.tr(choice.label));
  if (auto chosen = select(
          ui, "say-kind", {.label = ui.tr(Word::say_what), .value = kind.value, .hide_label = true},
          std::move(options))) {
    for (const SayChoice& choice : say_choices) {
      if (*chosen == choice.value) ui.act(SayKindChosen{call.id, choice.kind});
    }
  }
  ImGui::SetNextItemWidth(-ui.control - space::s);
  const bool words = needs_words(kind.kind);
  const FieldResult typed =
      textbox(ui, "say",
              {.label = ui.tr(words ? Word::say_message : Word::say_last_words),
               .value = live.say,
               .placeholder = ui.tr(words ? Word::say_message_hint : Word::say_last_words),
               .input = Input::message,
               .hide_label = true});
  if (typed.changed) ui.act(SayTyped{call.id, *typed.changed});
  ImGui::SameLine();
  const bool pressed = button(ui, "send",
                              {.label = ui.tr(Word::send),
                               .icon = icon::send,
                               .disabled = live.say.empty() && words,
                               .busy = live.said.busy(),
                               .icon_only = true});
  if (pressed || typed.submitted) ui.act(SayPressed{call.id});
  if (const Error* error = live.said.failure()) error_note(ui, "say-failed", *error);
}

void draw_live_foot(Ui& ui, const Model& model, const LiveCall& live) {
  if (is_terminal(live.call.status)) {
    draw_after(ui, live.call);
    return;
  }
  draw_controls(ui, model, live);
}

}  // namespace voxdial::ui
