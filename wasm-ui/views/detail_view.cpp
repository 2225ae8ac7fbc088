// One call of the record: facts, timeline, transcript, recording.
#include <algorithm>

#include "shared/percent.h"
#include "wasm-ui/core/words.h"
#include "wasm-ui/views/screens.h"

namespace voxdial::ui {
namespace {

void fact(Ui& ui, Area& area, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  const float label_w = 120;
  const float w = area.w - label_w;
  const float h = wrapped_height(ui, body_text, text, w);
  glyphs(ui, area.x, area.y, quiet_text, label);
  Area words{area.x + label_w, area.y, w};
  paragraph(ui, words, ui.id(label), body_text, text);
  ui.mirror.back().name = std::string(label) + ": " + std::string(text);
  area.skip(h + space::xs);
}

std::string transcript_text(const Transcript& transcript) {
  std::string text;
  for (const TranscriptEntry& entry : transcript.entries) {
    switch (entry.role) {
      case TranscriptEntry::Role::agent:
        text += "Agent: " + entry.text + '\n';
        break;
      case TranscriptEntry::Role::user:
        text += "Person: " + entry.text + '\n';
        break;
      case TranscriptEntry::Role::tool_call:
        text += "[used " + entry.tool_name + "]\n";
        break;
      case TranscriptEntry::Role::tool_result:
        break;
    }
  }
  return text;
}

void draw_facts(Ui& ui, Area& area, const Call& call) {
  const auto time = [&](Millis at) {
    return at == 0 ? std::string() : ui.services.local_time(at, TimeStyle::date_time);
  };
  fact(ui, area, "Placed", time(call.created_at));
  fact(ui, area, "By", call.user);
  fact(ui, area, "Agent", call.agent_name);
  if (call.ringing_at != 0) {
    const Millis until = call.answered_at ? call.answered_at : call.ended_at;
    if (until > call.ringing_at) fact(ui, area, "Rang", clock_text(until - call.ringing_at));
  }
  if (call.answered_at != 0 && call.ended_at != 0)
    fact(ui, area, "Talk", clock_text(call.ended_at - call.answered_at));
  fact(ui, area, "Answered by", call.answered_by);
  fact(ui, area, "Message", call.left_voicemail ? "A message was left." : "");
  fact(ui, area, "End", call.end.sentence);
  fact(ui, area, "", ended_by_word(call.end.by));
  if (!call.price.empty()) {
    // Twilio writes what it charges as a negative amount.
    fact(ui, area, "Price",
         (call.price[0] == '-' ? call.price.substr(1) : call.price) + ' ' + call.price_unit);
  }
  fact(ui, area, "Warning", call.warning);
  fact(ui, area, "Call id", call.id);
}

void draw_recording(Ui& ui, Area& area, const Model& model, const Call& call) {
  if (!call.recording || !is_terminal(call.status)) return;
  const std::string url = "/api/calls/" + percent_encode(call.id) + "/recording";
  const bool mine = model.audio == url;
  const bool playing = mine && model.audio_state == AudioState::playing;
  area.skip(space::m);
  if (button(ui, area, ui.id("play"),
             {.label = playing ? "Stop the recording" : "Play the recording",
              .icon = playing ? Icon::stop : Icon::play,
              .busy = mine && model.audio_state == AudioState::loading})) {
    ui.act(AudioPressed{url});
  }
  if (mine && model.audio_state == AudioState::failed) {
    area.skip(space::xs);
    remark(ui, area, ui.id("play-failed"), Icon::warning, Token::bad,
           "The recording cannot be played. It may not be ready yet: try again in a minute.",
           Role::alert);
  }
}

void draw_timeline(Ui& ui, Area& area, const std::vector<TimelineEntry>& timeline) {
  int n = 0;
  const TextStyle time_style{type::body, Face::tabular, Token::text_quiet};
  float time_w = 0;  // clocks of twelve hours are longer than those of twenty-four
  for (const TimelineEntry& entry : timeline) {
    time_w = std::max(
        time_w,
        text_width(ui, time_style, ui.services.local_time(entry.at, TimeStyle::clock_seconds)));
  }
  time_w += space::m;
  ui.begin_group(ui.id("timeline"), Role::list, "Timeline");
  const float top = area.y;
  for (const TimelineEntry& entry : timeline) {
    const std::string time = ui.services.local_time(entry.at, TimeStyle::clock_seconds);
    const std::string what = timeline_word(entry.what);
    const float x = area.x + time_w + space::l;
    const float w = area.w - time_w - space::l;
    const float start = area.y;
    glyphs(ui, area.x, area.y, time_style, time);
    glyphs(ui, x, area.y, strong_text, elided(ui, strong_text, what, w));
    float y = area.y + line_of(type::body);
    if (!entry.detail.empty()) {
      for (const std::string_view text : wrapped(ui, quiet_text, entry.detail, w)) {
        glyphs(ui, x, y, quiet_text, text);
        y += line_of(type::body);
      }
    }
    const float dot_x = area.x + time_w + 2;
    if (n + 1 < static_cast<int>(timeline.size())) {
      ui.list().AddLine({dot_x, start + 16}, {dot_x, y + space::s + 6}, ui.ink(Token::line, 0.3F),
                        1);
    }
    ui.list().AddCircleFilled({dot_x, start + 10}, 3, ui.ink(Token::line));
    std::string words = time;
    words.append(" ").append(what);
    if (!entry.detail.empty()) words.append(": ").append(entry.detail);
    ui.node(node_id(std::to_string(n), ui.id("timeline")), Role::listitem, words,
            {area.x, start, area.w, y - start});
    area.y = y + space::s;
    ++n;
  }
  ui.end_group({area.x, top, area.w, area.y - top});
}

void section(Ui& ui, Area& area, std::string_view title) {
  area.skip(space::xl);
  heading(ui, area, ui.id(title), lead_text, title, 2);
  area.skip(space::s);
}

}  // namespace

void draw_call_detail(Ui& ui, Area& area, const Model& model) {
  const History& h = model.history;
  if (quiet_button(ui, area, ui.id("back"), {.label = "History", .icon = Icon::back})) {
    ui.act(Navigated{Route{Screen::history, {}}});
  }
  area.skip(space::s);
  if (const Error* error = h.detail.failure()) {
    if (failed_panel(ui, area, ui.id("detail-failed"), *error)) ui.act(HistoryRetried{});
    return;
  }
  const CallDetail* detail = h.detail.value();
  if (detail == nullptr) {
    skeleton(ui, area, ui.id("detail-loading"), 6);
    return;
  }
  const Call& call = detail->call;
  heading(ui, area, ui.id("title"), {type::display, Face::semibold, Token::text}, call_party(call),
          1);
  area.skip(space::xs);
  const Box chips = area.take(22);
  const Token colour = !is_terminal(call.status)              ? Token::accent
                       : call.status == CallStatus::completed ? Token::good
                                                              : Token::warn;
  chip(ui, chips.x, chips.y, ui.id("state"), colour, state_word(call.status, call.medium));
  area.skip(space::l);

  const Transcript* transcript = h.transcript.value();
  const Box row = area.take(ui.control);
  float x = row.x;
  const auto next = [&](std::string_view name, const Button& spec) {
    const float w = std::min(button_width(ui, spec), row.x + row.w - x);
    const bool pressed = button(ui, Box{x, row.y, w, row.h}, ui.id(name), spec);
    x += w + space::s;
    return pressed;
  };
  if (!is_terminal(call.status)) {
    if (next("end", {.label = call.ending ? "End again" : "End call",
                     .icon = Icon::hang_up,
                     .look = Look::danger})) {
      ui.act(HangUpPressed{call.id});
    }
  } else if (next("again", {.label = "Call again", .icon = Icon::phone})) {
    ui.act(CallAgainPressed{call});
  }
  const bool words = transcript != nullptr && !transcript->entries.empty();
  if (next("copy", {.label = model.copied ? "Copied" : "Copy transcript",
                    .icon = model.copied ? Icon::check : Icon::copy,
                    .disabled = !words})) {
    ui.act(CopyPressed{transcript_text(*transcript)});
  }
  draw_recording(ui, area, model, call);
  area.skip(space::l);
  draw_facts(ui, area, call);

  section(ui, area, "Transcript");
  if (const Error* error = h.transcript.failure()) {
    error_note(ui, area, ui.id("transcript-failed"), *error);
  } else if (transcript == nullptr) {
    skeleton(ui, area, ui.id("transcript-loading"), 4);
  } else if (transcript->entries.empty()) {
    paragraph(ui, area, ui.id("no-words"), quiet_text,
              "Nothing was said, or the words are not kept any more.");
  } else {
    draw_transcript(ui, area, ui.id("log"), model, transcript->entries, {}, "Person");
  }
  section(ui, area, "Timeline");
  draw_timeline(ui, area, detail->timeline);
}

}  // namespace voxdial::ui
