// The record of calls: filters and the list. Only the rows in view are drawn.
#include <algorithm>
#include <array>
#include <cmath>

#include "wasm-ui/core/words.h"
#include "wasm-ui/views/screens.h"

namespace voxdial::ui {
namespace {

constexpr float row_h = 64;
constexpr int rows_ahead = 20;  // so close to the end the next page is asked for

constexpr CallStatus statuses[] = {
    CallStatus::talking,   CallStatus::ringing, CallStatus::queued,
    CallStatus::completed, CallStatus::busy,    CallStatus::no_answer,
    CallStatus::canceled,  CallStatus::failed,  CallStatus::unknown};

void draw_filters(Ui& ui, Area& area, const Model& model) {
  const HistoryFilter& filter = model.history.filter;
  const FieldResult search = textbox(ui, area, node_id("history-search"),
                                     {.label = "Search",
                                      .value = filter.search,
                                      .placeholder = "Search number, agent or reason",
                                      .input = Input::search,
                                      .hide_label = true,
                                      .icon = Icon::search});
  if (search.changed) ui.act(SearchTyped{*search.changed});
  area.skip(space::s);

  const bool two_rows = area.w < 560;
  const int columns = two_rows ? 2 : 4;
  const float w =
      (area.w - space::s * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  float bottom = area.y;
  int n = 0;
  const auto cell = [&](Field field, Options options) {
    field.hide_label = true;
    const int row = n / columns, column = n % columns;
    Area place{area.x + static_cast<float>(column) * (w + space::s),
               area.y + static_cast<float>(row) * (ui.control + space::s), w};
    auto chosen = select(ui, place, ui.id(field.label), field, std::move(options));
    bottom = std::max(bottom, place.y);
    ++n;
    return chosen;
  };
  HistoryFilter next = filter;
  Options kinds;
  kinds.add("", "Web and phone").add("web", "Web").add("twilio", "Phone");
  const std::string_view kind = !filter.medium                      ? ""
                                : *filter.medium == MediumType::web ? "web"
                                                                    : "twilio";
  if (auto chosen = cell({.label = "Kind", .value = kind}, std::move(kinds))) {
    next.medium.reset();
    if (*chosen == "web") next.medium = MediumType::web;
    if (*chosen == "twilio") next.medium = MediumType::twilio;
  }
  Options states;
  states.add("", "Any state");
  for (const CallStatus status : statuses) {
    states.add(wire_name(status), state_word(status, MediumType::twilio));
  }
  const std::string_view state = filter.status ? wire_name(*filter.status) : "";
  if (auto chosen = cell({.label = "State", .value = state}, std::move(states))) {
    next.status = call_status(*chosen);
  }
  Options agents;
  agents.add("", "Any agent");
  if (const AgentList* list = model.agents.list.value()) {
    for (const Agent& agent : list->agents) agents.add(agent.id, agent.name);
  }
  if (auto chosen = cell({.label = "Agent", .value = filter.agent}, std::move(agents))) {
    next.agent = *chosen;
  }
  constexpr std::array<std::string_view, 4> ranges{"all", "day", "week", "month"};
  Options dates;
  dates.add("all", "Any date").add("day", "Last 24 hours");
  dates.add("week", "Last 7 days").add("month", "Last 30 days");
  if (auto chosen = cell({.label = "Date", .value = ranges[static_cast<std::size_t>(filter.range)]},
                         std::move(dates))) {
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if (*chosen == ranges[i]) next.range = static_cast<Range>(i);
    }
  }
  if (!(next == filter)) ui.act(FilterChanged{next});
  area.y = bottom;
}

Token colour_of(CallStatus status) {
  if (!is_terminal(status)) return Token::accent;
  return status == CallStatus::completed ? Token::good : Token::text_quiet;
}

void draw_row(Ui& ui, const Box& box, const Call& call) {
  ui.push_scope("call:" + call.id);
  const std::uint32_t id = ui.id("row");
  const Ui::Press press = ui.press(id, box);
  if (press.pressed) ui.act(CallOpened{call.id});
  if (press.hovered || press.held) {
    fill(ui, {box.x - space::s, box.y, box.w + 2 * space::s, box.h}, Token::surface,
         radius::control);
  }
  const bool phone = call.medium == MediumType::twilio;
  ui.list().AddCircleFilled({box.x + 18, box.y + box.h / 2}, 18, ui.ink(Token::raised));
  draw_icon(ui.list(), phone ? Icon::phone : Icon::globe, box.x + 18, box.y + box.h / 2, 18,
            ui.ink(Token::text_quiet));

  const std::string when = ui.services.local_time(call.created_at, TimeStyle::date_time);
  const TextStyle time_style{type::small, Face::tabular, Token::text_quiet};
  const float time_w = text_width(ui, time_style, when);
  const float x = box.x + 36 + space::m;
  const float right = box.x + box.w;
  const float top = box.y + 10;
  glyphs(ui, right - time_w, top + 1, time_style, when);
  const std::string party = call_party(call);
  const TextStyle party_style{type::body, phone ? Face::tabular_semibold : Face::semibold,
                              Token::text};
  glyphs(ui, x, top, party_style, elided(ui, party_style, party, right - time_w - space::m - x));

  const std::string state(state_word(call.status, call.medium));
  const TextStyle state_style{type::small, Face::semibold, colour_of(call.status)};
  const float state_w = text_width(ui, state_style, state);
  glyphs(ui, x, top + 24, state_style, state);
  std::string facts;
  if (call.answered_at != 0 && call.ended_at != 0)
    facts += clock_text(call.ended_at - call.answered_at);
  if (!call.agent_name.empty()) facts += (facts.empty() ? "" : " \xC2\xB7 ") + call.agent_name;
  if (is_terminal(call.status) && call.status != CallStatus::completed &&
      !call.end.sentence.empty()) {
    facts += (facts.empty() ? "" : " \xC2\xB7 ") + call.end.sentence;
  }
  const float facts_x = x + state_w + space::m;
  glyphs(ui, facts_x, top + 24, small_text,
         elided(ui, small_text, facts, right - facts_x, Elide::end));
  if (press.focused) focus_ring(ui, {box.x, box.y + 2, box.w, box.h - 4}, radius::control);
  ui.node(id, Role::button,
          party + ", " + state + (facts.empty() ? "" : ", " + facts) + ", " + when, box);
  ui.pop_scope();
}

void draw_rows(Ui& ui, const Box& box, const Model& model) {
  const History& h = model.history;
  const std::uint32_t id = ui.id("history-rows");
  Area area = ui.begin_scroll(id, {box.x - space::m, box.y, box.w + 2 * space::m, box.h});
  area.x = box.x;
  area.w = box.w;
  const float top = area.y;
  if (const Error* error = h.first_page.failure()) {
    area.skip(space::m);
    if (failed_panel(ui, area, ui.id("history-failed"), *error)) ui.act(HistoryRetried{});
  } else if (h.rows.empty() && !h.first_page.value()) {
    area.skip(space::m);
    for (int i = 0; i < 5; ++i) {
      skeleton(ui, area, node_id("loading", static_cast<std::uint32_t>(i + 1)), 2);
      area.skip(space::s);
    }
  } else if (h.rows.empty()) {
    const bool filtered = !(h.filter == HistoryFilter{});
    empty_state(ui, area, ui.id("history-empty"), Icon::history,
                filtered ? "No call fits" : "No calls yet",
                filtered ? "Change the search or the filters to see other calls."
                         : "Every call placed here is kept, with what was said and how it ended.");
    if (!filtered) {
      const Button spec{.label = "Place a call", .icon = Icon::phone};
      const float w = button_width(ui, spec);
      if (button(ui, Box{area.x + (area.w - w) / 2, area.take(ui.control).y, w, ui.control},
                 ui.id("first-call"), spec)) {
        ui.act(Navigated{Route{}});
      }
    }
  } else {
    const int count = static_cast<int>(h.rows.size());
    const int first =
        std::clamp(static_cast<int>(std::floor((box.y - area.y) / row_h)) - 2, 0, count);
    const int last =
        std::clamp(static_cast<int>(std::ceil((box.y + box.h - area.y) / row_h)) + 2, 0, count);
    ui.begin_group(ui.id("rows"), Role::group,
                   std::to_string(count) + (h.next_cursor.empty() ? " calls" : " calls so far"));
    for (int i = first; i < last; ++i) {
      const Box row{area.x, area.y + row_h * static_cast<float>(i), area.w, row_h};
      draw_row(ui, row, h.rows[static_cast<std::size_t>(i)]);
      if (i + 1 < count) divider(ui, row.x + 36 + space::m, row.y + row.h, row.w - 36 - space::m);
    }
    const float all = row_h * static_cast<float>(count);
    ui.end_group({area.x, area.y, area.w, all});
    area.skip(all);
    if (last + rows_ahead >= count && !h.next_cursor.empty() && h.next_page.failure() == nullptr &&
        !h.next_page.busy()) {
      ui.act(MoreWanted{});
    }
    if (h.next_page.busy()) skeleton(ui, area, ui.id("more-loading"), 2);
    if (const Error* later = h.next_page.failure()) {
      area.skip(space::m);
      if (failed_panel(ui, area, ui.id("more-failed"), *later)) ui.act(MoreWanted{});
    }
  }
  area.skip(space::xl);
  ui.end_scroll(area.y - top);
}

}  // namespace

void draw_history(Ui& ui, const Box& box, const Model& model) {
  const History& h = model.history;
  Area area{box.x, box.y + (is_narrow(model) ? space::l : space::xxl), box.w};
  const float title_y = area.y;
  heading(ui, area, ui.id("title"), {type::display, Face::semibold, Token::text}, "History", 1);
  // The exports stand at the title's right.
  const Button csv{.label = "CSV",
                   .icon = Icon::download,
                   .busy = h.exported.busy() && h.exporting == ExportFormat::csv};
  const Button json{.label = "JSON",
                    .icon = Icon::download,
                    .busy = h.exported.busy() && h.exporting == ExportFormat::json};
  const float csv_w = button_width(ui, csv), json_w = button_width(ui, json);
  float x = box.x + box.w - csv_w - json_w - space::s;
  const float y = title_y + (line_of(type::display) - ui.control) / 2;
  if (button(ui, Box{x, y, csv_w, ui.control}, ui.id("csv"), csv))
    ui.act(ExportPressed{ExportFormat::csv});
  x += csv_w + space::s;
  if (button(ui, Box{x, y, json_w, ui.control}, ui.id("json"), json))
    ui.act(ExportPressed{ExportFormat::json});
  if (const Error* error = h.exported.failure()) {
    area.skip(space::s);
    error_note(ui, area, ui.id("export-failed"), *error);
  }
  area.skip(space::l);
  draw_filters(ui, area, model);
  area.skip(space::m);
  divider(ui, area.x, area.y, area.w);
  area.skip(1);
  draw_rows(ui, {area.x, area.y, area.w, box.y + box.h - area.y}, model);
}

}  // namespace voxdial::ui
