// Live calls: the card that shows a call while it happens.
#include <algorithm>
#include <cmath>

#include "wasm-ui/core/words.h"
#include "wasm-ui/views/live_parts.h"

namespace voxdial::ui {
namespace {

/// One's own web call broke, and the browser knows why better than the server.
bool broke(const Model& model, const Call& call) {
  return own(model, call) && is_terminal(call.status) && model.web.end.has_value();
}

std::string_view state_of(const Model& model, const Call& call) {
  if (own(model, call) && !is_terminal(call.status)) {
    if (model.web.leaving || call.ending) return "Ending";
    if (model.web.active()) return phase_word(model.web.phase);
    return "Ending";
  }
  if (call.ending && !is_terminal(call.status)) return "Ending";
  // The server heard of the broken join as of a call given up.
  if (broke(model, call) && call.status == CallStatus::canceled) return "Failed";
  return state_word(call.status, call.medium);
}

Millis talk_ms(const Model& model, const Call& call) {
  if (call.answered_at == 0) return 0;
  return (call.ended_at != 0 ? call.ended_at : server_now(model)) - call.answered_at;
}

/// Live timers move by themselves: a frame at the next whole second.
void tick(Ui& ui, Millis ms) {
  ui.want_frame_in(static_cast<double>(1000 - std::max<Millis>(ms, 0) % 1000) + 5);
}

struct Figure {
  std::string_view label;
  std::string text;
};

void draw_timers(Ui& ui, Area& area, const Model& model, const Call& call) {
  std::vector<Figure> timers;
  const Millis now = server_now(model);
  const bool over = is_terminal(call.status);
  if (call.ringing_at != 0) {
    const Millis until = call.answered_at ? call.answered_at : call.ended_at ? call.ended_at : now;
    timers.push_back({"Rang", clock_text(until - call.ringing_at)});
  }
  if (call.answered_at != 0) {
    const Millis talked = talk_ms(model, call);
    timers.push_back({"Talk", clock_text(talked)});
    if (!over && call.max_duration_s > 0) {
      timers.push_back(
          {"Time left", clock_text(Millis{call.max_duration_s} * 1000 - talked + 999)});
    }
    if (!over) tick(ui, talked);
  } else if (!over) {
    const Millis since = now - (call.ringing_at ? call.ringing_at : call.created_at);
    if (call.ringing_at == 0) timers.push_back({"Waiting", clock_text(since)});
    tick(ui, since);
  }
  if (timers.empty()) return;
  const TextStyle figure{type::lead, Face::tabular_semibold, Token::text};
  float x = area.x;
  const Box row = area.take(line_of(type::small) + line_of(type::lead));
  for (const Figure& timer : timers) {
    const float w =
        std::max(text_width(ui, figure, timer.text), text_width(ui, label_text, timer.label));
    glyphs(ui, x, row.y, label_text, timer.label);
    glyphs(ui, x, row.y + line_of(type::small), figure, timer.text);
    ui.node(ui.id(timer.label), Role::text, std::string(timer.label) + ' ' + timer.text,
            {x, row.y, w, row.h});
    x += w + space::xl;
  }
}

void draw_head(Ui& ui, Area& area, const Model& model, const Call& call) {
  const bool over = is_terminal(call.status);
  const std::string_view state = state_of(model, call);
  const TextStyle word{type::display, Face::semibold, Token::text};
  const Box row = area.take(line_of(type::display));
  const bool reconnecting = own(model, call) && model.web.phase == WebPhase::reconnecting;
  const Token dot = over ? Token::line : reconnecting ? Token::warn : Token::accent;
  if (over) {
    ui.list().AddCircle({row.x + 6, row.y + row.h / 2}, 5, ui.ink(dot), 0, 2);
  } else {
    ui.list().AddCircleFilled({row.x + 6, row.y + row.h / 2}, 6, ui.ink(dot));
  }
  const float away_w = over ? ui.control : 0;
  line(ui, {row.x + 24, row.y, row.w - 24 - away_w, row.h}, ui.id("state"), word, state, 0,
       Role::status);
  if (over &&
      button(ui,
             Box{row.x + row.w - away_w + space::s, row.y + (row.h - away_w) / 2, away_w, away_w},
             ui.id("dismiss"),
             {.label = "Put away", .icon = Icon::close, .look = Look::quiet, .icon_only = true})) {
    ui.act(LiveDismissed{call.id});
  }
  line(ui, area.take(line_of(type::lead)), ui.id("party"), lead_text, call_party(call));
  std::string facts = call.agent_name;
  if (call.recording) facts += (facts.empty() ? "" : " \xC2\xB7 ") + std::string("Recorded");
  if (call.left_voicemail)
    facts += (facts.empty() ? "" : " \xC2\xB7 ") + std::string("Message left");
  if (!facts.empty()) line(ui, area.take(line_of(type::body)), ui.id("facts"), quiet_text, facts);
  area.skip(space::m);
  draw_timers(ui, area, model, call);
  area.skip(space::s);

  std::string meaning = broke(model, call) ? "" : state_meaning(call);
  if (own(model, call) && !over && model.web.active()) {
    meaning = model.web.phase == WebPhase::reconnecting ? "The line broke. Trying to connect again."
              : microphone_silent(model)                ? "Your microphone is muted."
                                                        : "";
    if (model.web.phase == WebPhase::connecting) meaning = "Joining the agent.";
  }
  if (!meaning.empty()) paragraph(ui, area, ui.id("meaning"), quiet_text, meaning);
  const std::string_view by =
      over && !broke(model, call) ? ended_by_word(call.end.by) : std::string_view();
  if (!by.empty()) paragraph(ui, area, ui.id("ended-by"), small_text, by);
  if (!call.warning.empty()) {
    area.skip(space::xs);
    remark(ui, area, ui.id("warning"), Icon::warning, Token::warn, call.warning, Role::status);
  }
}

std::string quality_text(const WebCall& web) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    text += (text.empty() ? "" : " \xC2\xB7 ") + part;
  };
  // No line ends between a value and its unit.
  const auto time = [&add](const char* what, auto ms) {
    if (ms >= 0) add(what + std::to_string(std::lround(ms)) + "\xC2\xA0ms");
  };
  time("Answers after ", web.latency_ms);
  time("Round trip ", web.round_trip_ms);
  time("Jitter ", web.jitter_ms);
  if (web.loss >= 0) {
    const long tenths = std::lround(web.loss * 1000);
    add("Loss " + std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + '%');
  }
  return text;
}

void draw_sound(Ui& ui, Area& area, const Model& model) {
  const WebCall& web = model.web;
  const bool silent = microphone_silent(model);
  const float label_w = 48;
  const auto bar = [&](std::string_view name, float level, bool off) {
    const Box row = area.take(20);
    glyphs(ui, row.x, row.y + 1, label_text, name);
    meter(ui, {row.x + label_w, row.y + 7, row.w - label_w, 6}, ui.id(name),
          std::string(name) + " level", off ? 0 : level, off ? Token::line : Token::accent);
  };
  const bool unmeasured = std::any_of(web.remarks.begin(), web.remarks.end(),
                                      [](const Remark& known) { return known.about == "meter"; });
  if (!unmeasured) {
    bar("You", web.mic_level, silent);
    bar("Agent", web.agent_level, web.speaker_muted);
  }
  const std::string quality = quality_text(web);
  if (!quality.empty()) paragraph(ui, area, ui.id("quality"), small_text, quality);
  for (const Remark& known : web.remarks) {
    area.skip(space::xs);
    remark(ui, area, ui.id("remark-" + known.about), Icon::warning, Token::warn, known.sentence,
           Role::alert);
  }
  if (!web.problem.empty()) {
    area.skip(space::xs);
    remark(ui, area, ui.id("problem"), Icon::warning, Token::warn, web.problem, Role::alert);
  }
}

void draw_debug(Ui& ui, Area& area, const WebCall& web) {
  heading(ui, area, ui.id("debug-title"), label_text, "Debug messages", 3);
  const Box box = area.take(120);
  fill(ui, box, Token::bg, radius::control);
  Area inner = ui.begin_scroll(ui.id("debug"), box, true);
  const float top = inner.y;
  inner.x += space::s;
  inner.w -= 2 * space::s;
  inner.skip(space::xs);
  const TextStyle style{type::small, Face::mono, Token::text_quiet};
  if (web.debug.empty()) paragraph(ui, inner, ui.id("debug-none"), small_text, "None yet.");
  int n = 0;
  for (const std::string& text : web.debug) {
    paragraph(ui, inner, node_id(std::to_string(n++), ui.id("debug")), style, text);
  }
  ui.end_scroll(inner.y - top + space::xs);
  area.skip(space::s);
}

void draw_words(Ui& ui, const Box& box, const Model& model, const LiveCall& live) {
  if (box.h < 24) return;
  const std::uint32_t id = ui.id("words");
  Area area = ui.begin_scroll(id, box, true);
  const float top = area.y;
  area.w -= 12;
  area.skip(space::s);
  if (live.transcript.empty() && live.tools.empty()) {
    const bool over = is_terminal(live.call.status);
    paragraph(ui, area, ui.id("no-words"), quiet_text,
              over ? "Nothing was said." : "The words of both sides appear here.");
  }
  draw_transcript(ui, area, ui.id("log"), model, live.transcript, live.tools,
                  own(model, live.call) ? "You" : "Person");
  if (const Error* error = live.catching_up.failure()) {
    error_note(ui, area, ui.id("words-failed"), *error);
  }
  ui.end_scroll(area.y - top + space::s);
  if (!ui.scrolled_to_end(id)) {
    const Button spec{.label = "Newest", .icon = Icon::chevron_down};
    const float w = button_width(ui, spec);
    const Box at{box.x + (box.w - w) / 2, box.y + box.h - ui.control - space::s, w, ui.control};
    if (button(ui, at, ui.id("newest"), spec)) ui.scroll_to_end(id);
  }
}

void draw_card(Ui& ui, const Box& box, const Model& model, const LiveCall& live) {
  ui.push_scope("live:" + live.call.id);
  const float before = ui.alpha;
  ui.alpha *= ui.appeared(ui.id("card"));
  fill(ui, box, Token::surface, radius::card);
  outline(ui, box, Token::line, radius::card, 0.18F);
  ui.begin_group(ui.id("card"), Role::group, "Call: " + call_party(live.call));
  Area area{box.x + space::l, box.y + space::l, box.w - 2 * space::l};
  const bool over = is_terminal(live.call.status);
  draw_head(ui, area, model, live.call);
  if (own(model, live.call) && model.web.active()) {
    area.skip(space::s);
    draw_sound(ui, area, model);
  }
  if (own(model, live.call) && model.web.end) {
    area.skip(space::s);
    error_note(ui, area, ui.id("broke"), *model.web.end);
  }
  area.skip(space::m);
  divider(ui, area.x, area.y, area.w);
  area.skip(1);

  // The foot stands at the bottom, so its height must be known before it is drawn.
  const float foot_h = ui.remembered(ui.id("foot"), 0);
  const float bottom = box.y + box.h - space::l;
  float words_bottom = bottom - foot_h - space::m;
  if (own(model, live.call) && (model.web.panels.order || model.web.panels.note)) {
    const float room = std::max(0.0F, (words_bottom - area.y) * 0.5F);
    const std::uint32_t panels_id = ui.id("panels");
    const float wanted = ui.remembered(panels_id, room);
    const Box place{area.x, area.y, area.w, std::min(room, wanted)};
    Area inner = ui.begin_scroll(ui.id("panels-scroll"), place);
    const float top = inner.y;
    inner.w -= 8;
    inner.skip(space::m);
    draw_panels(ui, inner, model.web.panels);
    ui.end_scroll(inner.y - top);
    ui.remember(panels_id, inner.y - top);
    area.y = place.y + place.h;
    divider(ui, area.x, area.y, area.w);
    area.skip(1);
  }
  draw_words(ui, {area.x, area.y, area.w, words_bottom - area.y}, model, live);

  Area foot{area.x, bottom - foot_h, area.w};
  const float foot_top = foot.y;
  if (own(model, live.call) && model.settings.debug_messages) draw_debug(ui, foot, model.web);
  if (over) {
    draw_after(ui, foot, live.call);
  } else {
    if (live.call.status == CallStatus::talking) {
      draw_say(ui, foot, live);
      foot.skip(space::m);
    }
    draw_controls(ui, foot, model, live);
  }
  ui.remember(ui.id("foot"), foot.y - foot_top);
  ui.end_group(box);
  ui.alpha = before;
  ui.pop_scope();
}

void draw_row(Ui& ui, const Box& box, const Model& model, const LiveCall& live, bool open) {
  ui.push_scope("row:" + live.call.id);
  const std::uint32_t id = ui.id("row");
  const Ui::Press press = ui.press(id, box);
  if (press.pressed) ui.act(LiveSelected{live.call.id});
  fill(ui, box, open ? Token::raised : Token::surface, radius::control,
       open || !press.hovered ? 1 : 0.7F);
  const bool over = is_terminal(live.call.status);
  ui.list().AddCircleFilled({box.x + 16, box.y + box.h / 2}, 4,
                            ui.ink(over ? Token::line : Token::accent));
  const std::string state(state_of(model, live.call));
  const std::string time = live.call.answered_at != 0 ? clock_text(talk_ms(model, live.call)) : "";
  const TextStyle figure{type::body, Face::tabular, Token::text_quiet};
  const float time_w = text_width(ui, figure, time);
  const std::string text = call_party(live.call) + " \xC2\xB7 " + state;
  const float y = box.y + (box.h - line_of(type::body)) / 2;
  glyphs(ui, box.x + 30, y, body_text,
         elided(ui, body_text, text, box.w - 30 - time_w - 2 * space::m));
  glyphs(ui, box.x + box.w - time_w - space::m, y, figure, time);
  if (press.focused) focus_ring(ui, box, radius::control);
  ui.node(id, Role::radio, text, box).checked = open;
  ui.pop_scope();
}

}  // namespace

void draw_live(Ui& ui, const Box& box, const Model& model) {
  const LiveCall* open = selected_live(model);
  if (open == nullptr) return;
  Box rest = box;
  if (model.live.cards.size() > 1) {
    const float row_h = std::max(ui.control, 40.0F);
    const std::size_t shown = std::min<std::size_t>(model.live.cards.size(), 4);
    const Box list{box.x, box.y, box.w, static_cast<float>(shown) * (row_h + 4)};
    Area area = ui.begin_scroll(ui.id("live-list"), list);
    const float top = area.y;
    ui.begin_group(ui.id("live-rows"), Role::radiogroup, "Calls");
    for (const LiveCall& live : model.live.cards) {
      draw_row(ui, area.take(row_h), model, live, &live == open);
      area.skip(4);
    }
    ui.end_group(list);
    ui.end_scroll(area.y - top);
    rest.y += list.h + space::s;
    rest.h -= list.h + space::s;
  }
  draw_card(ui, rest, model, *open);
}

void draw_live_bar(Ui& ui, const Box& box, const Model& model) {
  const LiveCall* open = selected_live(model);
  if (open == nullptr) return;
  const std::uint32_t id = ui.id("live-bar");
  const Ui::Press press = ui.press(id, box);
  if (press.pressed) ui.act(Navigated{Route{Screen::live, {}}});
  fill(ui, box, Token::raised, 0, press.hovered ? 0.85F : 1);
  const bool over = is_terminal(open->call.status);
  ui.list().AddCircleFilled({box.x + 20, box.y + box.h / 2}, 5,
                            ui.ink(over ? Token::line : Token::accent));
  const int others = static_cast<int>(model.live.cards.size()) - 1;
  std::string state(state_of(model, open->call));
  if (others > 0) state += " \xC2\xB7 " + std::to_string(others) + " more";
  const float w = box.w - 40 - 96;
  glyphs(ui, box.x + 36, box.y + 9, strong_text, elided(ui, strong_text, state, w));
  const std::string party = call_party(open->call);
  glyphs(ui, box.x + 36, box.y + 31, small_text, elided(ui, small_text, party, w));
  if (open->call.answered_at != 0) {
    const std::string time = clock_text(talk_ms(model, open->call));
    const TextStyle figure{type::lead, Face::tabular_semibold, Token::text};
    glyphs(ui, box.x + box.w - 44 - text_width(ui, figure, time),
           box.y + (box.h - line_of(type::lead)) / 2, figure, time);
    if (!over) tick(ui, talk_ms(model, open->call));
  }
  draw_icon(ui.list(), Icon::chevron_right, box.x + box.w - 24, box.y + box.h / 2, 16,
            ui.ink(Token::text_quiet));
  if (press.focused) focus_ring(ui, {box.x + 4, box.y + 4, box.w - 8, box.h - 8}, radius::control);
  ui.node(id, Role::button, "Open the call: " + state + ", " + party, box);
}

}  // namespace voxdial::ui
