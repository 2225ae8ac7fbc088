// The foot of a live card: what can be done with the call.
#include <algorithm>

#include "wasm-ui/core/words.h"
#include "wasm-ui/views/live_parts.h"

namespace voxdial::ui {
namespace {

struct SayChoice {
  SayRequest::Kind kind;
  const char* value;
  const char* label;
};
constexpr SayChoice say_choices[] = {
    {SayRequest::Kind::text, "text", "Tell the agent"},
    {SayRequest::Kind::say, "say", "Say these words now"},
    {SayRequest::Kind::wrap_up, "wrap_up", "Wrap up soon"},
    {SayRequest::Kind::goodbye, "goodbye", "Say goodbye and hang up"},
};

/// Of the row that End stands in.
float end_height(const Ui& ui) { return std::max(ui.control, 44.0F); }

}  // namespace

void draw_say(Ui& ui, Area& area, const LiveCall& live) {
  const SayChoice& kind = say_choices[static_cast<int>(live.say_kind)];
  const Call& call = live.call;
  Options options;
  for (const SayChoice& choice : say_choices) options.add(choice.value, choice.label);
  if (auto chosen =
          select(ui, area, ui.id("say-kind"),
                 {.label = "What to do with the words", .value = kind.value, .hide_label = true},
                 std::move(options))) {
    for (const SayChoice& choice : say_choices) {
      if (*chosen == choice.value) ui.act(SayKindChosen{call.id, choice.kind});
    }
  }
  area.skip(space::s);
  const Box row{area.x, area.y, area.w, ui.control};
  Area field{row.x, row.y, row.w - ui.control - space::s};
  const FieldResult typed =
      textbox(ui, field, ui.id("say"),
              {.label = needs_words(kind.kind) ? "Words for the agent" : "Last words, if any",
               .value = live.say,
               .placeholder = needs_words(kind.kind) ? "Type a message" : "Last words, if any",
               .hide_label = true});
  if (typed.changed) ui.act(SayTyped{call.id, *typed.changed});
  const bool pressed =
      button(ui, Box{row.x + row.w - ui.control, row.y, ui.control, ui.control}, ui.id("send"),
             {.label = "Send",
              .icon = Icon::send,
              .disabled = live.say.empty() && needs_words(kind.kind),
              .busy = live.said.busy(),
              .icon_only = true});
  if (pressed || typed.submitted) ui.act(SayPressed{call.id});
  area.y = row.y + row.h;
  if (const Error* error = live.said.failure()) {
    area.skip(space::s);
    error_note(ui, area, ui.id("say-failed"), *error);
  }
}

void draw_controls(Ui& ui, Area& area, const Model& model, const LiveCall& live) {
  const Call& call = live.call;
  const WebCall& web = model.web;
  const bool mine = own(model, call) && web.active();
  const float h = end_height(ui);
  const float control = ui.control;
  ui.control = h;
  if (mine && model.settings.push_to_talk) {
    const Box box = area.take(h);
    const std::uint32_t id = ui.id("talk");
    const Ui::Press press = ui.press(id, box);
    const bool held = press.held || web.talk_held;
    if (press.held && !web.talk_held) ui.act(TalkHeld{true});
    if (press.released) ui.act(TalkHeld{false});
    fill(ui, box, held ? Token::accent : Token::raised, radius::control);
    const TextStyle style{type::body, Face::semibold, held ? Token::on_accent : Token::text};
    const std::string label = "Hold to talk (" + model.settings.talk_key + ")";
    const float w = text_width(ui, style, label);
    glyphs(ui, box.x + (box.w - w) / 2, box.y + (box.h - line_of(type::body)) / 2, style, label);
    if (press.focused) focus_ring(ui, box, radius::control);
    MirrorNode& node = ui.node(id, Role::toggle, label, box);
    node.checked = held;
    node.hold = true;
    if (ui.happened(id, MirrorEvent::Kind::activate)) ui.act(TalkHeld{!web.talk_held});
    area.skip(space::s);
  }
  const Box row = area.take(h);
  float x = row.x;
  const auto icon_button = [&](std::string_view name, std::string_view label, Icon icon, bool on) {
    const bool pressed = button(ui, Box{x, row.y, h, h}, ui.id(name),
                                {.label = label, .icon = icon, .icon_only = true, .on = on});
    x += h + space::s;
    return pressed;
  };
  if (mine) {
    if (icon_button("mic", web.mic_muted ? "Unmute microphone" : "Mute microphone",
                    web.mic_muted ? Icon::mic_off : Icon::mic, web.mic_muted)) {
      ui.act(MicMuteSet{!web.mic_muted});
    }
    if (model.settings.speaker_mute &&
        icon_button("speaker", web.speaker_muted ? "Unmute speaker" : "Mute speaker",
                    web.speaker_muted ? Icon::speaker_off : Icon::speaker, web.speaker_muted)) {
      ui.act(SpeakerMuteSet{!web.speaker_muted});
    }
    if (icon_button("output", web.text_output ? "Let the agent speak" : "Let the agent write",
                    Icon::note, web.text_output)) {
      ui.act(OutputSet{!web.text_output});
    }
  }
  // Never closed while the call may live: what was asked once may have been lost on its way.
  if (button(ui, Box{x, row.y, row.x + row.w - x, h}, ui.id("end"),
             {.label = call.ending ? "End again" : "End call",
              .icon = Icon::hang_up,
              .look = Look::danger})) {
    ui.act(HangUpPressed{call.id});
  }
  ui.control = control;
  if (const Error* error = live.hang_up.failure()) {
    area.skip(space::s);
    error_note(ui, area, ui.id("end-failed"), *error);
  }
}

void draw_after(Ui& ui, Area& area, const Call& call) {
  const Box row = area.take(ui.control);
  float x = row.x;
  const auto next = [&](std::string_view name, const Button& spec) {
    const float w = button_width(ui, spec);
    const bool pressed = button(ui, Box{x, row.y, w, row.h}, ui.id(name), spec);
    x += w + space::s;
    return pressed;
  };
  if (next("again", {.label = "Call again", .icon = Icon::phone})) ui.act(CallAgainPressed{call});
  // Below the middle of the card lay End: its keyboard focus falls to this one, which changes
  // nothing.
  if (next("details", {.label = "Details", .icon = Icon::history})) ui.act(CallOpened{call.id});
  // Where End was a second press meets nothing.
  area.skip(space::s);
  const Box place = area.take(end_height(ui));
  if (call.ended_at == 0) return;
  std::string when = "Ended at " + ui.services.local_time(call.ended_at, TimeStyle::clock_seconds);
  if (call.answered_at != 0) when += " after " + clock_text(call.ended_at - call.answered_at);
  line(ui, {place.x, place.y + (place.h - line_of(type::small)) / 2, place.w, line_of(type::small)},
       ui.id("ended-at"), small_text, when);
}

}  // namespace voxdial::ui
