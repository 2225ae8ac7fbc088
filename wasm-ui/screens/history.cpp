// The record of calls: filters, the table, and beside it the call that is open. Only the rows in
// view are laid out.
#include <algorithm>
#include <cmath>

#include "wasm-ui/core/call_words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

constexpr int rows_ahead = 20;     // so close to the end the next page is asked for
constexpr int rows_around = 3;     // out of view, for the keyboard to go on to
constexpr float pane_from = 1000;  // room for the table and a call beside it
constexpr float table_from = 760;  // room for a column a fact

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
                                      .hide_label = true,
                                      .icon = icon::search});
  if (search.changed) ui.act(SearchTyped{*search.changed});
  draw_selects(ui, model);
}

Token colour_of(CallStatus status) {
  if (!is_terminal(status)) return Token::accent;
  return status == CallStatus::completed ? Token::good : Token::text_quiet;
}

std::string talk_of(const Call& call) {
  return call.answered_at != 0 && call.ended_at != 0 ? clock_text(call.ended_at - call.answered_at)
                                                     : std::string();
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

struct Row {
  const Call* call = nullptr;
  std::string reason;
};

/// A column a fact.
void draw_wide_row(Ui& ui, const Row& of, float row_h) {
  const Call& call = *of.call;
  const bool phone = call.medium == MediumType::twilio;
  const float h = line_of(type::body);
  const auto cell = [&](std::string_view words, const TextStyle& style) {
    ImGui::TableNextColumn();
    into_row(row_h, h);
    paint(ui, words, style);
  };
  into_row(row_h, h);
  paint(ui, phone ? icon::phone : icon::globe, quiet_text);
  ImGui::SameLine();
  paint(ui, call_party(ui.words(), call),
        {type::body, phone ? Face::tabular_semibold : Face::semibold, Token::text});
  cell(call.agent_name, quiet_text);
  ImGui::TableNextColumn();
  into_row(row_h, h);
  paint(ui, ui.tr(state_word(call.status, call.medium)),
        {type::body, Face::regular, colour_of(call.status)});
  if (!of.reason.empty()) {
    ImGui::SameLine(0, space::m);
    paint(ui, of.reason, quiet_text);
  }
  cell(talk_of(call), {type::body, Face::tabular, Token::text});
  cell(ui.time(call.created_at, Format::clock), {type::body, Face::tabular, Token::text_quiet});
}

/// Two lines, for a narrow table.
void draw_narrow_row(Ui& ui, const Row& of, float row_h) {
  const Call& call = *of.call;
  const std::string when = ui.time(call.created_at, Format::clock);
  const TextStyle time_style{type::small, Face::tabular, Token::text_quiet};
  const bool phone = call.medium == MediumType::twilio;
  into_row(row_h, line_of(type::body) + line_of(type::small));
  ImGui::BeginGroup();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {space::s, 0});
  const float left = ImGui::GetCursorPosX(), room = ImGui::GetContentRegionAvail().x;
  const float time_w = text_width(ui, time_style, when);
  const auto rest = [&] { return left + room - time_w - space::m - ImGui::GetCursorPosX(); };
  paint(ui, phone ? icon::phone : icon::globe, quiet_text);
  ImGui::SameLine();
  paint(ui, call_party(ui.words(), call),
        {type::body, phone ? Face::tabular_semibold : Face::semibold, Token::text}, rest());
  if (!call.agent_name.empty()) {
    ImGui::SameLine(0, space::m);
    if (rest() > 40) paint(ui, call.agent_name, small_text, rest());
  }
  ImGui::SameLine(left + room - time_w);
  paint(ui, when, time_style);
  paint(ui, ui.tr(state_word(call.status, call.medium)),
        {type::small, Face::semibold, colour_of(call.status)});
  ImGui::SameLine(0, space::m);
  paint(ui, of.reason.empty() ? talk_of(call) : of.reason, small_text);
  ImGui::PopStyleVar();
  ImGui::EndGroup();
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
    if (day == 0) day = static_cast<int>(node_key(ui.time(calls[i].created_at, Format::date)) | 1U);
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
  const float width = ImGui::GetContentRegionAvail().x + ImGui::GetStyle().ScrollbarSize;
  if (!ImGui::BeginTable("calls", wide ? 5 : 1,
                         ImGuiTableFlags_ScrollY | ImGuiTableFlags_BordersInnerH,
                         {width, height})) {
    return;
  }
  ui.scrolls_page();
  if (wide) {
    ImGui::TableSetupColumn("with", ImGuiTableColumnFlags_WidthStretch, 1.3F);
    ImGui::TableSetupColumn("agent", ImGuiTableColumnFlags_WidthStretch, 1);
    ImGui::TableSetupColumn("state", ImGuiTableColumnFlags_WidthStretch, 2.2F);
    ImGui::TableSetupColumn("talk", ImGuiTableColumnFlags_WidthFixed, 56);
    ImGui::TableSetupColumn("time", ImGuiTableColumnFlags_WidthFixed, 72);
    ImGui::TableSetupScrollFreeze(0, 1);
    ImGui::TableNextRow(ImGuiTableRowFlags_Headers, 28);
    for (const Word column : {Word::with, Word::agent, Word::state, Word::talk, Word::time}) {
      ImGui::TableNextColumn();
      paint(ui, ui.tr(column), label_text);
    }
  }
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
        line(ui, ui.time(first.created_at, Format::date), strong_text, nullptr, Role::heading);
        ui.mirror.back().level = 2;
        continue;
      }
      const Call& call = h.rows[static_cast<std::size_t>(place)];
      ImGui::PushID(call.id.c_str());
      const Row shown{&call, reason_of(ui, model, call)};
      std::string name = call_party(ui.words(), call);
      const auto add = [&name](std::string_view fact) {
        if (!fact.empty()) name.append(", ").append(fact);
      };
      add(ui.tr(state_word(call.status, call.medium)));
      add(talk_of(call));
      add(call.agent_name);
      add(shown.reason);
      add(ui.time(call.created_at, Format::date_time));
      if (call_row(ui, "row", call, name, row_h, call.id == model.route.id))
        ui.act(CallOpened{call.id});
      if (wide) {
        draw_wide_row(ui, shown, row_h);
      } else {
        draw_narrow_row(ui, shown, row_h);
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
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {is_narrow(model) ? space::l : space::xl, 0});
  ImGui::BeginChild("record", size, ImGuiChildFlags_AlwaysUseWindowPadding,
                    is_low(model) ? 0 : ImGuiWindowFlags_NoScrollbar);
  ImGui::PopStyleVar();
  gap(is_narrow(model) ? space::m : space::xxl);
  // The exports stand at the title's right.
  const float exports = button_width(ui, {.label = "CSV", .icon = icon::download}) +
                        button_width(ui, {.label = "JSON", .icon = icon::download}) + space::s;
  const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x - exports;
  heading(ui, ui.tr(Word::nav_history), 1, display_text,
          model.route.id.empty() ? "title" : "record-title");
  ImGui::SameLine(right);
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

bool call_row(Ui& ui, const char* id, const Call& call, std::string_view name, float height,
              bool chosen) {
  const bool pressed = row(ui, id, name, height, chosen);
  MirrorNode& node = ui.mirror.back();
  node.key = node_key("row:" + call.id);
  if (ui.happened(node.id, MirrorEvent::Kind::focus)) ui.act(RowReached{call.id});
  return pressed;
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
