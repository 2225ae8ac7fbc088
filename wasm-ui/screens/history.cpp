// The record of calls: filters, the table, and beside it the call that is open. Only the rows in
// view are laid out.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "wasm-ui/core/call_words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

constexpr int rows_ahead = 20;     // so close to the end the next page is asked for
constexpr int rows_around = 3;     // out of view, for the keyboard to go on to
constexpr float pane_from = 1000;  // room for the table and a call beside it
constexpr float table_from = 900;  // room for a column a fact
constexpr float widest_record = 1440;
constexpr float head_h = 28;  // of the table's own row of titles

constexpr CallStatus statuses[] = {
    CallStatus::talking,   CallStatus::ringing, CallStatus::queued,
    CallStatus::completed, CallStatus::busy,    CallStatus::no_answer,
    CallStatus::canceled,  CallStatus::failed,  CallStatus::unknown};

void draw_selects(Ui& ui, const Model& model) {
  const HistoryFilter& filter = model.history.filter;
  HistoryFilter next = filter;
  const int columns = ImGui::GetContentRegionAvail().x < 560 ? 2 : 4;
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {space::xs, space::xs});
  if (!ImGui::BeginTable("filters", columns, ImGuiTableFlags_SizingStretchSame)) {
    ImGui::PopStyleVar();
    return;
  }
  const auto cell = [&](const char* id, Field field, Options options) {
    ImGui::TableNextColumn();
    field.hide_label = true;
    return select(ui, id, field, std::move(options));
  };
  Options kinds;
  kinds.add("", ui.tr(Word::web_and_phone));
  kinds.add("web", ui.tr(Word::web)).add("twilio", ui.tr(Word::phone));
  const std::string_view kind = !filter.medium                      ? ""
                                : *filter.medium == MediumType::web ? "web"
                                                                    : "twilio";
  if (auto chosen = cell("kind", {.label = ui.tr(Word::kind), .value = kind}, std::move(kinds))) {
    next.medium.reset();
    if (*chosen == "web") next.medium = MediumType::web;
    if (*chosen == "twilio") next.medium = MediumType::twilio;
  }
  Options states;
  states.add("", ui.tr(Word::any_state));
  for (const CallStatus status : statuses) {
    states.add(wire_name(status), ui.tr(state_word(status, MediumType::twilio)));
  }
  const std::string_view state = filter.status ? wire_name(*filter.status) : "";
  if (auto chosen =
          cell("state", {.label = ui.tr(Word::state), .value = state}, std::move(states))) {
    next.status = call_status(*chosen);
  }
  Options agents;
  agents.add("", ui.tr(Word::any_agent));
  if (const AgentList* list = model.agents.list.value()) {
    for (const Agent& agent : list->agents) agents.add(agent.id, agent.name);
  }
  if (auto chosen =
          cell("agent", {.label = ui.tr(Word::agent), .value = filter.agent}, std::move(agents))) {
    next.agent = *chosen;
  }
  Options dates;
  dates.add("all", ui.tr(Word::any_date)).add("day", ui.tr(Word::last_24_hours));
  dates.add("week", ui.tr(Word::last_7_days)).add("month", ui.tr(Word::last_30_days));
  if (auto chosen = cell("date",
                         {.label = ui.tr(Word::date),
                          .value = range_names[static_cast<std::size_t>(filter.range)]},
                         std::move(dates))) {
    for (std::size_t i = 0; i < std::size(range_names); ++i) {
      if (*chosen == range_names[i]) next.range = static_cast<Range>(i);
    }
  }
  ImGui::EndTable();
  ImGui::PopStyleVar();
  if (!(next == filter)) ui.act(FilterChanged{next});
}

void draw_filters(Ui& ui, const Model& model) {
  const FieldResult search = textbox(ui, "history-search",
                                     {.label = ui.tr(Word::search),
                                      .value = model.history.filter.search,
                                      .placeholder = ui.tr(Word::search_hint),
                                      .input = Input::search,
                                      .hide_label = true});
  if (search.changed) ui.act(SearchTyped{*search.changed});
  draw_selects(ui, model);
}

Token colour_of(CallStatus status) {
  if (!is_terminal(status)) return Token::accent;
  return status == CallStatus::completed ? Token::good : Token::text_quiet;
}

/// Why it came to nothing; what to do about it is for who opens the call.
std::string reason_of(const Ui& ui, const Model& model, const Call& call) {
  if (!is_terminal(call.status) || call.status == CallStatus::completed ||
      call.end.sentence.empty()) {
    return {};
  }
  const std::string all = state_meaning(ui.words(), call, is_mine(model, call), ui.services.format);
  const std::size_t end = all.find(". ");
  return end == std::string::npos ? all : all.substr(0, end + 1);
}

void paint_icon(Ui& ui, const Call& call) {
  paint(ui, call.medium == MediumType::twilio ? icon::phone : icon::globe, quiet_text);
  ImGui::SameLine();
}

void paint_party(Ui& ui, const Call& call, float width = 0) {
  const bool phone = call.medium == MediumType::twilio;
  paint(ui, call_party(ui.words(), call),
        {type::body, phone ? Face::tabular_semibold : Face::semibold, Token::text}, width);
}

/// At the right of a cell.
void paint_right(Ui& ui, std::string_view words, const TextStyle& style) {
  const float rest = ImGui::GetContentRegionAvail().x - text_width(ui, style, words);
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0F, rest));
  paint(ui, words, style);
}

/// A column a fact.
void draw_wide_row(Ui& ui, const Model& model, const Call& call, float row_h) {
  const auto next = [&] {
    ImGui::TableNextColumn();
    into_row(row_h, line_of(type::body));
  };
  const TextStyle digits{type::body, Face::tabular, Token::text};
  into_row(row_h, line_of(type::body));
  paint_icon(ui, call);
  paint_party(ui, call);
  next();
  paint(ui, ui.tr(state_word(call.status, call.medium)),
        {type::body, Face::regular, colour_of(call.status)});
  if (const std::string reason = reason_of(ui, model, call); !reason.empty()) {
    ImGui::SameLine(0, space::m);
    paint(ui, reason, quiet_text);
  }
  next();
  paint(ui, ui.time(call.created_at, Format::clock),
        {type::body, Face::tabular, Token::text_quiet});
  next();
  paint(ui, call.agent_name, quiet_text);
  next();
  paint_right(ui, talk_of(call), digits);
  next();
  paint_right(ui, price_of(ui, call), digits);
}

/// The rows to show: calls by their place in the record, and before each day its first call's, as
/// -1 - place.
std::vector<int> rows_by_day(Ui& ui, const std::vector<Call>& calls) {
  std::vector<int> rows;
  rows.reserve(calls.size() + 8);
  // A day is written by the browser, once for each call: a frame has no time for a thousand.
  ImGuiStorage& known = *ImGui::GetStateStorage();
  int before = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    int& day = *known.GetIntRef(ImGui::GetID(calls[i].id.c_str()));
    if (day == 0) day = static_cast<int>(node_key(ui.time(calls[i].created_at, Format::day)) | 1U);
    if (day != before) rows.push_back(-1 - static_cast<int>(i));
    before = day;
    rows.push_back(static_cast<int>(i));
  }
  return rows;
}

void draw_rows(Ui& ui, const Model& model) {
  const History& h = model.history;
  const bool wide = ImGui::GetContentRegionAvail().x >= table_from;
  const float row_h = wide ? ui.control + 4 : 56;
  const std::vector<int> rows = rows_by_day(ui, h.rows);
  const auto count = static_cast<int>(rows.size());
  const auto calls = static_cast<int>(h.rows.size());
  const Group group(
      ui, Role::group,
      h.next_cursor.empty() ? ui.tr(Word::calls_shown, calls) : ui.tr(Word::calls_so_far, calls));
  const float height = std::max(160.0F, ImGui::GetContentRegionAvail().y);
  // The scroll bar lies in the margin: rows end where the fields above them end.
  const bool scrolls = static_cast<float>(count) * row_h + (wide ? head_h : 0) > height;
  const float width =
      ImGui::GetContentRegionAvail().x + (scrolls ? ImGui::GetStyle().ScrollbarSize : 0);
  if (!ImGui::BeginTable("calls", wide ? 6 : 1,
                         ImGuiTableFlags_ScrollY | ImGuiTableFlags_BordersInnerH,
                         {width, height})) {
    return;
  }
  ui.scrolls_page();
  if (wide) {
    ImGui::TableSetupColumn("with", ImGuiTableColumnFlags_WidthStretch, 1.3F);
    ImGui::TableSetupColumn("state", ImGuiTableColumnFlags_WidthStretch, 2.2F);
    ImGui::TableSetupColumn("time", ImGuiTableColumnFlags_WidthFixed, 80);
    ImGui::TableSetupColumn("agent", ImGuiTableColumnFlags_WidthStretch, 1);
    ImGui::TableSetupColumn("talk", ImGuiTableColumnFlags_WidthFixed, 64);
    ImGui::TableSetupColumn("price", ImGuiTableColumnFlags_WidthFixed, 80);
    ImGui::TableSetupScrollFreeze(0, 1);
    ImGui::TableNextRow(ImGuiTableRowFlags_Headers, head_h);
    for (const Word column : {Word::with, Word::state, Word::time, Word::agent}) {
      ImGui::TableNextColumn();
      paint(ui, ui.tr(column), label_text);
    }
    for (const Word column : {Word::talk, Word::price}) {
      ImGui::TableNextColumn();
      paint_right(ui, ui.tr(column), label_text);
    }
  }
  const std::string now = std::to_string(server_now(model));
  ImGuiListClipper clipper;
  clipper.Begin(count, row_h);
  const int top = static_cast<int>(ImGui::GetScrollY() / row_h);
  const int seen = static_cast<int>(ImGui::GetWindowHeight() / row_h) + 1;
  clipper.IncludeItemsByIndex(std::clamp(top - rows_around, 0, count),
                              std::clamp(top + seen + rows_around, 0, count));
  // Around the row the keyboard is at as well, wherever the wheel has gone meanwhile.
  const auto at =
      std::find_if(h.rows.begin(), h.rows.end(), [&](const Call& call) { return call.id == h.at; });
  if (at != h.rows.end()) {
    const auto place = std::find(rows.begin(), rows.end(), at - h.rows.begin()) - rows.begin();
    const int here = static_cast<int>(place);
    clipper.IncludeItemsByIndex(std::clamp(here - rows_around, 0, count),
                                std::clamp(here + rows_around, 0, count));
  }
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const int place = rows[static_cast<std::size_t>(i)];
      ImGui::TableNextRow(0, row_h);
      ImGui::TableNextColumn();
      if (place < 0) {  // a day begins
        const Call& first = h.rows[static_cast<std::size_t>(-1 - place)];
        ImGui::SetCursorPosY(ImGui::GetCursorPosY() + row_h - line_of(type::body) - space::m);
        line(ui, ui.format(Format::day, static_cast<double>(first.created_at), now), strong_text,
             nullptr, Role::heading);
        ui.mirror.back().level = 2;
        continue;
      }
      const Call& call = h.rows[static_cast<std::size_t>(place)];
      ImGui::PushID(call.id.c_str());
      if (call_row(ui, model, "row", call, row_h, call.id == model.route.id))
        ui.act(CallOpened{call.id});
      if (wide) {
        draw_wide_row(ui, model, call, row_h);
      } else {
        draw_call_lines(ui, model, call, Format::clock, row_h);
      }
      ImGui::PopID();
    }
  }
  if (top + seen + rows_ahead >= count && !h.next_cursor.empty() &&
      h.next_page.failure() == nullptr && !h.next_page.busy()) {
    ui.act(MoreWanted{});
  }
  ImGui::EndTable();
}

void draw_list(Ui& ui, const Model& model) {
  const History& h = model.history;
  if (const Error* later = h.next_page.failure()) {
    if (failed_panel(ui, "more-failed", *later)) ui.act(MoreWanted{});
  }
  if (const Error* error = h.first_page.failure()) {
    if (failed_panel(ui, "history-failed", *error)) ui.act(HistoryRetried{});
  } else if (h.rows.empty() && !h.first_page.value()) {
    skeleton(ui, "loading", 10);
  } else if (h.rows.empty()) {
    const bool filtered = !(h.filter == HistoryFilter{});
    const Button first{.label = ui.tr(Word::place_a_call), .icon = icon::phone};
    if (empty_state(ui, icon::history,
                    ui.tr(filtered ? Word::no_matching_calls : Word::no_calls_yet),
                    ui.tr(filtered ? Word::no_matching_hint : Word::no_calls_yet_record),
                    filtered ? Button{} : first)) {
      ui.act(Navigated{Route{}});
    }
  } else {
    draw_rows(ui, model);
  }
}

void draw_export(Ui& ui, const History& h, const char* id, const char* label, ExportFormat format) {
  if (button(ui, id,
             {.label = label,
              .icon = icon::download,
              .busy = h.exported.busy() && h.exporting == format})) {
    ui.act(ExportPressed{format});
  }
}

void draw_record(Ui& ui, const Model& model, ImVec2 size) {
  const History& h = model.history;
  const float rest = ImGui::GetContentRegionAvail().x - widest_record;
  const float side = is_narrow(model)         ? space::l
                     : model.route.id.empty() ? std::max(space::xl, std::floor(rest / 2))
                                              : space::xl;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {side, 0});
  ImGui::BeginChild("record", size, ImGuiChildFlags_AlwaysUseWindowPadding,
                    is_low(model) ? 0 : ImGuiWindowFlags_NoScrollbar);
  ImGui::PopStyleVar();
  gap(is_narrow(model) ? space::m : space::xxl);
  // The exports stand at the title's right.
  const float exports = button_width(ui, {.label = "CSV", .icon = icon::download}) +
                        button_width(ui, {.label = "JSON", .icon = icon::download}) + space::s;
  const float room = ImGui::GetContentRegionAvail().x, right = ImGui::GetCursorPosX() + room;
  const std::string_view title = ui.tr(Word::nav_history);
  heading(ui, title, 1, display_text, model.route.id.empty() ? "title" : "record-title");
  if (text_width(ui, display_text, title) + space::m + exports <= room)
    ImGui::SameLine(right - exports);
  draw_export(ui, h, "csv", "CSV", ExportFormat::csv);
  ImGui::SameLine();
  draw_export(ui, h, "json", "JSON", ExportFormat::json);
  if (const Error* error = h.exported.failure()) error_note(ui, "export-failed", *error);
  gap(space::l);
  draw_filters(ui, model);
  gap(space::m);
  draw_list(ui, model);
  ImGui::EndChild();
}

/// A call in a window of its own that scrolls.
void draw_open_call(Ui& ui, const Model& model, int level) {
  ImGui::BeginChild("call", {0, 0});
  if (level == 1) ui.scrolls_page();
  gap(is_narrow(model) ? space::l : space::xxl);
  {
    const Column column("detail", measure, is_narrow(model) ? space::l : space::xl);
    draw_call_detail(ui, model, level);
  }
  gap(space::xxl);
  ImGui::EndChild();
}

}  // namespace

std::string talk_of(const Call& call) {
  return call.answered_at != 0 && call.ended_at != 0 ? clock_text(call.ended_at - call.answered_at)
                                                     : std::string();
}

std::string price_of(const Ui& ui, const Call& call) {
  if (call.price.empty()) return {};
  // Twilio writes what it charges as a negative amount.
  const double amount = std::fabs(std::strtod(call.price.c_str(), nullptr));
  return ui.format(Format::money, amount, call.price_unit);
}

bool call_row(Ui& ui, const Model& model, const char* id, const Call& call, float height,
              bool chosen) {
  std::string name = call_party(ui.words(), call);
  for (const std::string& fact :
       {std::string(ui.tr(state_word(call.status, call.medium))), talk_of(call), call.agent_name,
        reason_of(ui, model, call), price_of(ui, call),
        ui.time(call.created_at, Format::date_time)}) {
    if (!fact.empty()) name.append(", ").append(fact);
  }
  const bool pressed = row(ui, id, name, height, chosen);
  MirrorNode& node = ui.mirror.back();
  node.key = node_key("row:" + call.id);
  if (ui.told(node.id, MirrorEvent::Kind::focus) != nullptr) ui.act(RowReached{call.id});
  return pressed;
}

void draw_call_lines(Ui& ui, const Model& model, const Call& call, Format when, float row_h) {
  const TextStyle time_style{type::small, Face::tabular, Token::text_quiet};
  const std::string time = ui.time(call.created_at, when), reason = reason_of(ui, model, call);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {space::s, 0});
  into_row(row_h, line_of(type::body) + line_of(type::small));
  paint_icon(ui, call);
  ImGui::BeginGroup();
  const float room = ImGui::GetContentRegionAvail().x - text_width(ui, time_style, time);
  paint_party(ui, call, room - space::m);
  ImGui::SameLine(room);
  paint(ui, time, time_style, -1);
  paint(ui, ui.tr(state_word(call.status, call.medium)),
        {type::small, Face::semibold, colour_of(call.status)});
  for (const std::string& fact : {reason.empty() ? talk_of(call) : reason, call.agent_name}) {
    if (fact.empty()) continue;
    ImGui::SameLine(0, space::m);
    if (ImGui::GetContentRegionAvail().x > space::xxl) paint(ui, fact, small_text);
  }
  ImGui::EndGroup();
  ImGui::PopStyleVar();
}

void draw_history(Ui& ui, const Model& model) {
  const float room = ImGui::GetContentRegionAvail().x;
  if (model.route.id.empty()) {
    draw_record(ui, model, {0, 0});
    return;
  }
  if (room < pane_from) {
    draw_open_call(ui, model, 1);
    return;
  }
  draw_record(ui, model, {std::floor(room * 0.42F), 0});
  ImGui::SameLine(0, 0);
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.ink(Token::surface));
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, 0);
  ImGui::BeginChild("pane", {0, 0});
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  draw_open_call(ui, model, 2);
  ImGui::EndChild();
}

}  // namespace voxdial::ui
