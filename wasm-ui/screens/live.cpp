// Live calls: the card that shows a call while it happens.
#include <imgui_internal.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <optional>

#include "wasm-ui/core/call_words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

/// What a transcript keeps in a low window, where the card scrolls; and in the lowest, a line.
constexpr float least_words = 120, one_line = 56;
/// What a card needs to be seen whole, and what the list above it has around its rows.
constexpr float card_h = 440, list_edge_h = 96;

/// One's own web call broke, and the browser knows why better than the server.
bool broke(const Model& model, const Call& call) {
  return own(model, call) && is_terminal(call.status) && model.web.end.has_value();
}

/// The form beside the card says why this call was not placed.
bool told_by_form(const Model& model, const Call& call) {
  const Error* error = model.form.placed.failure();
  return error != nullptr && error->message == call.end.sentence && !is_narrow(model) &&
         model.route.screen == Screen::call;
}

bool has_remark(const WebCall& web, std::string_view about) {
  return std::any_of(web.remarks.begin(), web.remarks.end(),
                     [about](const Remark& known) { return known.about == about; });
}

Word state_of(const Model& model, const Call& call) {
  if (own(model, call) && !is_terminal(call.status)) {
    const auto phase = phase_word(model.web.phase);
    return phase && !model.web.leaving && !call.ending ? *phase : Word::state_ending;
  }
  if (call.ending && !is_terminal(call.status)) return Word::state_ending;
  // The server heard of the broken join as of a call given up.
  if (broke(model, call) && call.status == CallStatus::canceled) return Word::state_failed;
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

void draw_timer(Ui& ui, Word what, const std::string& time) {
  const std::string_view label = ui.tr(what);
  ImGui::BeginGroup();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {space::s, 0});
  paint(ui, label, label_text);
  paint(ui, time, {type::lead, Face::tabular_semibold, Token::text});
  ImGui::PopStyleVar();
  ImGui::EndGroup();
  ui.node(ImGui::GetID(static_cast<int>(what)), Role::text,
          ui.tr({Word::fact, "what value"}, label, time),
          box_of(ImGui::GetItemRectMin(), ImGui::GetItemRectMax()));
  ImGui::SameLine(0, space::xl);
}

void draw_timers(Ui& ui, const Model& model, const Call& call) {
  const Millis now = server_now(model);
  const bool over = is_terminal(call.status);
  const Millis rang = rang_ms(call, now);
  const bool rings = !over && call.ringing_at != 0;
  if (over && rang == 0 && call.answered_at == 0) return;
  gap(space::m);
  if (rang > 0 || rings) draw_timer(ui, Word::rang, clock_text(rang));
  if (call.answered_at != 0) {
    const Millis talked = talk_ms(model, call);
    draw_timer(ui, Word::talk, clock_text(talked));
    if (!over && call.max_duration_s > 0) {
      draw_timer(ui, Word::time_left,
                 clock_text(Millis{call.max_duration_s} * 1000 - talked + 999));
    }
    if (!over) tick(ui, talked);
  } else if (!over) {
    const Millis since = now - (call.ringing_at ? call.ringing_at : call.created_at);
    if (call.ringing_at == 0) draw_timer(ui, Word::waiting, clock_text(since));
    tick(ui, since);
  }
  ImGui::NewLine();
}

/// Who speaks, at the left of the state that says it: three bars as high as the voice is loud, the
/// agent's in its colour and the reader's in the text's; three dots while nobody does. Where
/// nothing is to move or nothing can be measured they stand still while the agent speaks.
void draw_speaker(Ui& ui, const Model& model, ImVec2 left) {
  const WebCall& web = model.web;
  const bool still = model.page.reduced_motion || has_remark(web, "meter");
  const bool agent = still || web.agent_level > 0 || web.mic_level == 0;
  const float level = still ? (web.phase == WebPhase::speaking ? 0.7F : 0)
                            : std::max(web.agent_level, agent ? 0 : web.mic_level);
  const ImU32 ink = ui.ink(agent ? Token::accent : Token::text);
  constexpr float thin = 4, step = 7, shares[] = {0.6F, 1, 0.75F};
  float x = left.x - 1;
  for (const float share : shares) {
    const float half = thin / 2 + std::round(9 * std::min(level, 1.0F) * share);
    ImGui::GetWindowDrawList()->AddRectFilled({x, left.y - half}, {x + thin, left.y + half}, ink,
                                              thin / 2);
    x += step;
  }
  if (still) return;
  MirrorNode& node = ui.node(ImGui::GetID("speaker"), Role::meter,
                             ui.tr({Word::level_of, "who"}, ui.tr(agent ? Word::agent : Word::you)),
                             {left.x, left.y - 11, 18, 22});
  node.max = 1;
  node.number = level;
}

void draw_state(Ui& ui, const Model& model, const Call& call) {
  const bool over = is_terminal(call.status);
  const bool reconnecting = own(model, call) && model.web.phase == WebPhase::reconnecting;
  const Token dot = over ? Token::line : reconnecting ? Token::warn : Token::accent;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const TextStyle& style = is_low(model) ? lead_text : display_text;
  const ImVec2 centre(at.x + 6, at.y + line_of(style.size) / 2);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (over) {
    list.AddCircle(centre, 5, ui.ink(dot), 0, 2);
  } else if (own(model, call) && model.web.joined()) {
    draw_speaker(ui, model, {at.x, centre.y});
  } else {
    list.AddCircleFilled(centre, 6, ui.ink(dot));
  }
  const float room = ImGui::GetContentRegionAvail().x, away = over ? ui.control : 0;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + 24);
  line(ui, ui.tr(state_of(model, call)), style, "state", Role::status, room - 24 - away - space::s);
  if (!over) return;
  ImGui::SameLine(ImGui::GetWindowWidth() - away - space::s);
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + (line_of(style.size) - ui.control) / 2);
  if (button(ui, "dismiss",
             {.label = ui.tr(Word::dismiss),
              .icon = icon::close,
              .look = Look::quiet,
              .icon_only = true})) {
    ui.act(LiveDismissed{call.id});
  }
}

void draw_head(Ui& ui, const Model& model, const Call& call) {
  const bool over = is_terminal(call.status);
  heading(ui, call_party(ui.words(), call), model.route.screen == Screen::live ? 1 : 2, lead_text,
          "party");
  std::string facts = call.agent_name;
  const auto add = [&](Word fact) { facts.append(facts.empty() ? "" : dot).append(ui.tr(fact)); };
  if (call.recording) add(Word::recorded);
  if (call.left_voicemail) add(Word::message_left);
  if (!facts.empty()) line(ui, facts, quiet_text, "facts");
  draw_timers(ui, model, call);
  gap(space::s);

  std::string meaning;
  if (own(model, call) && !over && model.web.active()) {
    const WebPhase phase = model.web.phase;
    if (phase == WebPhase::reconnecting) {
      meaning = ui.tr(Word::reconnecting_call);
    } else if (phase == WebPhase::connecting) {
      meaning = ui.tr(Word::is_joining);
    } else if (microphone_silent(model)) {
      meaning = ui.tr(Word::mic_is_muted);
    }
  } else if (!broke(model, call) && !told_by_form(model, call)) {
    meaning = state_meaning(ui.words(), call, is_mine(model, call), ui.services.format);
  }
  if (!meaning.empty()) text(ui, meaning, quiet_text, Role::text, "meaning");
  if (!call.warning.empty())
    remark(ui, "warning", icon::warning, Token::warn, ui.said(call.warning), Role::status);
}

std::string quality_text(const Ui& ui, const WebCall& web) {
  std::string words;
  const auto add = [&words](const std::string& part) {
    words += (words.empty() ? "" : dot) + part;
  };
  const auto ms = [&](float value) { return ui.format(Format::milliseconds, value); };
  if (web.latency_ms >= 0) add(ui.tr({Word::quality_answers, "time"}, ms(web.latency_ms)));
  if (web.round_trip_ms >= 0) add(ui.tr({Word::quality_round_trip, "time"}, ms(web.round_trip_ms)));
  if (web.jitter_ms >= 0) add(ui.tr({Word::quality_jitter, "time"}, ms(web.jitter_ms)));
  if (web.loss >= 0)
    add(ui.tr({Word::quality_loss, "share"}, ui.format(Format::percent, web.loss)));
  return words;
}

void draw_sound(Ui& ui, const Model& model) {
  const WebCall& web = model.web;
  const std::string quality = quality_text(ui, web);
  if (!quality.empty()) text(ui, quality, small_text, Role::text, "quality");
  for (const Remark& known : web.remarks) {
    remark(ui, ("remark-" + known.about).c_str(), icon::warning, Token::warn, ui.tr(known.word),
           Role::alert);
  }
  if (web.problem)
    remark(ui, "problem", icon::warning, Token::warn, ui.tr(*web.problem), Role::alert);
}

void draw_debug(Ui& ui, const WebCall& web) {
  heading(ui, ui.tr(Word::debug_messages), 3, label_text, "debug-title");
  Log lines{.name = ui.tr(Word::debug_messages), .lines = {}, .follow = true};
  if (web.debug.empty()) lines.lines.push_back({.text = std::string(ui.tr(Word::none_yet))});
  for (const std::string& message : web.debug) lines.lines.push_back({.text = message});
  log(ui, "debug", std::move(lines), 120);
}

/// The order or the note of an agent's tool, at most half of what is left.
void draw_tools(Ui& ui, const Panels& panels) {
  const float room = std::max(80.0F, ImGui::GetContentRegionAvail().y * 0.5F);
  ImGui::SetNextWindowSizeConstraints({0, 0}, {FLT_MAX, room});
  ImGui::BeginChild("panels", {0, 0}, ImGuiChildFlags_AutoResizeY);
  gap(space::m);
  draw_panels(ui, panels);
  ImGui::EndChild();
  ImGui::Separator();
}

void draw_words(Ui& ui, const Model& model, const LiveCall& live, float height) {
  std::vector<LogEntry> lines = transcript_lines(ui, model, live.transcript, live.tools,
                                                 own(model, live.call) ? Word::you : Word::person);
  if (lines.empty()) {
    lines.push_back(
        {.text = std::string(
             ui.tr(is_terminal(live.call.status) ? Word::nothing_said : Word::words_appear_here))});
  }
  const Error* error = live.catching_up.failure();
  const float note = error == nullptr ? 0 : 60;
  log(ui, "log", {.name = ui.tr(Word::transcript), .lines = std::move(lines), .follow = true},
      height - note);
  if (error != nullptr) error_note(ui, "words-failed", *error);
}

/// What is known of the call, above its words.
void draw_top(Ui& ui, const Model& model, const LiveCall& live) {
  const bool mine = own(model, live.call);
  draw_head(ui, model, live.call);
  if (mine && model.web.active()) draw_sound(ui, model);
  if (mine && model.web.end) error_note(ui, "broke", *model.web.end);
}
void draw_bottom(Ui& ui, const Model& model, const LiveCall& live) {
  if (own(model, live.call) && model.settings.debug_messages) draw_debug(ui, model.web);
  if (live.call.status == CallStatus::talking) draw_live_say(ui, live);
}
void draw_own_tools(Ui& ui, const Model& model, const LiveCall& live) {
  const Panels& panels = model.web.panels;
  if (own(model, live.call) && (panels.order || panels.note)) draw_tools(ui, panels);
}

/// A card wide and low, as on a phone on its side: the words beside what can be done.
void draw_side_by_side(Ui& ui, const Model& model, const LiveCall& live) {
  const float height = ImGui::GetContentRegionAvail().y;
  if (!ImGui::BeginTable("sides", 2, ImGuiTableFlags_SizingStretchSame)) return;
  ImGui::TableNextColumn();
  draw_state(ui, model, live.call);
  const bool flat = height < 260;  // End is seen without scrolling
  if (flat) draw_live_foot(ui, model, live);
  draw_top(ui, model, live);
  gap(space::s);
  if (!flat) draw_live_foot(ui, model, live);
  ImGui::TableNextColumn();
  draw_own_tools(ui, model, live);
  const bool talking = live.call.status == CallStatus::talking;
  const float say_h = talking ? 2 * ui.control + space::s : space::s;
  draw_words(ui, model, live, std::max(least_words, height - say_h));
  if (talking) draw_live_say(ui, live);
  if (own(model, live.call) && model.settings.debug_messages) draw_debug(ui, model.web);
  ImGui::EndTable();
}

/// In a low window End and the newest words are seen without scrolling; the rest comes below.
void draw_stacked(Ui& ui, const Model& model, const LiveCall& live) {
  const bool low = is_low(model);
  const auto about = [&] {
    draw_top(ui, model, live);
    gap(space::m);
    ImGui::Separator();
    draw_own_tools(ui, model, live);
  };
  draw_state(ui, model, live.call);
  if (low) {
    draw_live_foot(ui, model, live);
  } else {
    about();
  }
  // The transcript takes what the rest leaves; how high that is was seen in the pass before.
  ImGuiStorage& seen = *ImGui::GetStateStorage();
  const ImGuiID foot = ImGui::GetID("foot");
  const float spacing = ImGui::GetStyle().ItemSpacing.y, left = ImGui::GetContentRegionAvail().y;
  const float least = low ? std::clamp(left, one_line, least_words) : least_words;
  draw_words(ui, model, live,
             std::max(least, std::floor(left - seen.GetFloat(foot, 120) - spacing)));
  const float top = ImGui::GetCursorPosY();
  if (low) about();
  draw_bottom(ui, model, live);
  if (!low) {
    if (live.call.status == CallStatus::talking) gap(space::m);
    draw_live_foot(ui, model, live);
  }
  seen.SetFloat(foot, ImGui::GetCursorPosY() - top - spacing);
}

void draw_card(Ui& ui, const Model& model, const LiveCall& live) {
  ImGui::PushID(live.call.id.c_str());
  ImGui::PushStyleVar(ImGuiStyleVar_Alpha, ui.appeared(ImGui::GetID("card")));
  {
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const Card card(ui, "card", std::max(1.0F, room.y));
    const Group group(ui, Role::group,
                      ui.tr({Word::call_with, "party"}, call_party(ui.words(), live.call)));
    if (room.x >= 560 && room.y < 460) {
      draw_side_by_side(ui, model, live);
    } else {
      draw_stacked(ui, model, live);
    }
  }
  ImGui::PopStyleVar();
  ImGui::PopID();
}

void draw_list(Ui& ui, const Model& model, const LiveCall* open) {
  const float row_h = std::max(ui.control, 40.0F);
  // The card below is seen whole, End included; the list scrolls.
  const float room = ImGui::GetContentRegionAvail().y - list_edge_h - card_h;
  const float most = std::clamp(std::floor(room / row_h), 2.0F, 4.0F);
  const float shown = std::min(static_cast<float>(model.live.cards.size()), most);
  std::optional<Card> card;  // where there is no room for an edge the rows stand alone
  if (!is_low(model)) {
    card.emplace(ui, "live-list");
    heading(ui, ui.tr(Word::live_calls), 2, label_text);
  }
  const Group group(ui, Role::radiogroup, ui.tr(Word::calls));
  if (!ImGui::BeginTable("live-rows", 2, ImGuiTableFlags_ScrollY, {0, shown * row_h})) return;
  ImGui::TableSetupColumn("who", ImGuiTableColumnFlags_WidthStretch);
  ImGui::TableSetupColumn("time", ImGuiTableColumnFlags_WidthFixed, 64);
  for (const LiveCall& live : model.live.cards) {
    ImGui::PushID(live.call.id.c_str());
    ImGui::TableNextRow(0, row_h);
    ImGui::TableNextColumn();
    const std::string name =
        call_party(ui.words(), live.call) + dot + std::string(ui.tr(state_of(model, live.call)));
    if (row(ui, "row", name, row_h, &live == open, Role::radio)) ui.act(LiveSelected{live.call.id});
    into_row(row_h, line_of(type::body));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::GetWindowDrawList()->AddCircleFilled(
        {at.x + space::s, at.y + line_of(type::body) / 2}, 4,
        ui.ink(is_terminal(live.call.status) ? Token::line : Token::accent));
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + 24);
    paint(ui, name, body_text);
    ImGui::TableNextColumn();
    into_row(row_h, line_of(type::body));
    if (live.call.answered_at != 0) {
      paint(ui, clock_text(talk_ms(model, live.call)),
            {type::body, Face::tabular, Token::text_quiet});
    }
    ImGui::PopID();
  }
  ImGui::EndTable();
  const auto over = [](const LiveCall& live) { return is_terminal(live.call.status); };
  const auto& cards = model.live.cards;
  if (std::count_if(cards.begin(), cards.end(), over) < 2) return;
  if (!button(ui, "dismiss-ended",
              {.label = ui.tr(Word::dismiss_ended), .icon = icon::close, .look = Look::quiet})) {
    return;
  }
  for (const LiveCall& live : cards) {
    if (over(live)) ui.act(LiveDismissed{live.call.id});
  }
}

}  // namespace

void draw_live(Ui& ui, const Model& model) {
  const LiveCall* open = selected_live(model);
  if (open == nullptr) return;
  if (model.live.cards.size() > 1) {
    draw_list(ui, model, open);
    gap(space::s);
  }
  draw_card(ui, model, *open);
}

void draw_live_bar(Ui& ui, const Model& model) {
  const LiveCall* open = selected_live(model);
  if (open == nullptr) return;
  // What still costs money is never behind what is over.
  if (const LiveCall* lives = newest_live(model);
      lives != nullptr && is_terminal(open->call.status))
    open = lives;
  const bool over = is_terminal(open->call.status);
  const auto others = model.live.cards.size() - 1;
  std::string state(ui.tr(state_of(model, open->call)));
  if (others > 0) state += dot + ui.tr(Word::more_calls, static_cast<int>(others));
  const std::string party = call_party(ui.words(), open->call);
  const float h = ImGui::GetContentRegionAvail().y, room = ImGui::GetContentRegionAvail().x;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  if (row(ui, "live-bar", ui.tr({Word::open_the_call, "state party"}, state, party), h)) {
    ui.act(LiveSelected{open->call.id});
    ui.act(Navigated{Route{Screen::live, {}}});
  }
  ImGui::GetWindowDrawList()->AddCircleFilled({at.x + 20, at.y + h / 2}, 5,
                                              ui.ink(over ? Token::line : Token::accent));
  ImGui::SetCursorPos({36, (h - 2 * line_of(type::body)) / 2});
  ImGui::BeginGroup();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {space::s, 0});
  paint(ui, state, strong_text, room - 36 - 110);
  paint(ui, party, small_text, room - 36 - 110);
  ImGui::PopStyleVar();
  ImGui::EndGroup();
  if (open->call.answered_at != 0) {
    ImGui::SetCursorPos({room - 100, (h - line_of(type::lead)) / 2});
    paint(ui, clock_text(talk_ms(model, open->call)),
          {type::lead, Face::tabular_semibold, Token::text});
    if (!over) tick(ui, talk_ms(model, open->call));
  }
  ImGui::SetCursorPos({room - 32, (h - line_of(type::body)) / 2});
  paint(ui, icon::chevron_right, quiet_text);
}

}  // namespace voxdial::ui
