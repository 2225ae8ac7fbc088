#include "wasm-ui/core/history.h"

#include <algorithm>
#include <utility>

#include "shared/codec.h"
#include "shared/percent.h"
#include "wasm-ui/core/model.h"

namespace voxdial::ui {
namespace {

constexpr int page_rows = 100;
constexpr int export_rows = 500;  // the most one request gives
constexpr int search_after_ms = 250;
constexpr Millis day_ms = 24LL * 60 * 60 * 1000;

std::string list_url(const Model& model, int limit, const std::string& cursor) {
  CallQuery query = query_of(model);
  query.limit = limit;
  query.cursor = cursor;
  const std::string text = encode_query(query);
  return text.empty() ? "/api/calls" : "/api/calls?" + text;
}

RequestId ask_rows(Model& model, const std::string& cursor, Effects& effects) {
  return ask(model, list_url(model, page_rows, cursor), effects);
}

void on(Model& model, const FilterChanged& a, Effects& effects) {
  if (model.history.filter == a.filter) return;
  model.history.filter = a.filter;
  model.route.query = filter_text(a.filter);
  effects.push_back(PushRoute{route_text(model.route)});
  fetch_history(model, effects);
}
void on(Model& model, const SearchTyped& a, Effects& effects) {
  model.history.filter.search = a.text;
  model.route.query = filter_text(model.history.filter);
  effects.push_back(PushRoute{route_text(model.route), true});  // not an entry a letter
  effects.push_back(SetTimer{Timer::history_search, search_after_ms});
}
void on(Model& model, const MoreWanted&, Effects& effects) {
  History& h = model.history;
  if (h.next_cursor.empty() || h.next_page.busy() || h.first_page.busy()) return;
  h.next_page.start(ask_rows(model, h.next_cursor, effects));
}
void on(Model& model, const RecentCallsWanted&, Effects& effects) {
  if (model.history.first_page.idle()) fetch_history(model, effects);
}
void on(Model& model, const CallOpened& a, Effects& effects) {
  navigate(model, history_route(model, a.id), effects);
}
void on(Model& model, const RowReached& a, Effects&) { model.history.at = a.id; }
void on(Model& model, const RowWanted& a, Effects& effects) {
  const std::vector<Call>& rows = model.history.rows;
  if (rows.empty()) return;
  const auto here = std::find_if(rows.begin(), rows.end(),
                                 [&](const Call& row) { return row.id == model.history.at; });
  const auto last = static_cast<std::ptrdiff_t>(rows.size()) - 1;
  const std::ptrdiff_t to =
      here == rows.end() ? 0 : std::clamp<std::ptrdiff_t>(here - rows.begin() + a.further, 0, last);
  effects.push_back(FocusField{"row:" + rows[static_cast<std::size_t>(to)].id});
}
void on(Model& model, const HistoryRetried&, Effects& effects) { renew_history(model, effects); }

void ask_export(Model& model, const std::string& cursor, Effects& effects) {
  std::string url = list_url(model, export_rows, cursor);
  if (*model.history.exporting == ExportFormat::csv) {
    CallQuery query = query_of(model);
    const std::string text = encode_query(query);
    url = text.empty() ? "/api/calls.csv" : "/api/calls.csv?" + text;
  }
  model.history.exported.start(ask(model, std::move(url), effects));
}

void on(Model& model, const ExportPressed& a, Effects& effects) {
  History& h = model.history;
  if (h.exported.busy()) return;
  h.exporting = a.format;
  h.collected.clear();
  ask_export(model, {}, effects);
}

std::string url_of_open(const History& h) { return "/api/calls/" + percent_encode(h.open); }

/// How it went, and what was said.
void renew_detail(Model& model, Effects& effects) {
  History& h = model.history;
  h.detail.renew(ask(model, url_of_open(h), effects));
  h.transcript.renew(ask(model, url_of_open(h) + "/messages", effects));
}

bool waits(const History& h) {
  return h.first_page.asked() || h.next_page.asked() || h.detail.asked();
}

void take_export(Model& model, const HttpReplied& reply, Effects& effects) {
  History& h = model.history;
  if (auto error = error_of(reply)) {
    h.exported.fail(std::move(*error));
    return;
  }
  if (*h.exporting == ExportFormat::csv) {
    h.exported.set({});
    // With the byte order mark that Excel needs and the browser took away when it read the reply.
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    std::string text(mark);
    text += reply.body.starts_with(mark) ? std::string_view(reply.body).substr(mark.size())
                                         : reply.body;
    effects.push_back(Download{"voxdial-calls.csv", "text/csv", std::move(text)});
    return;
  }
  Result<CallPage> page = decode<CallPage>(reply.body);
  if (!page) {
    h.exported.fail(make_error(ErrorCode::bad_reply));
    return;
  }
  for (Call& call : page->calls) h.collected.push_back(std::move(call));
  if (!page->next_cursor.empty()) {
    ask_export(model, page->next_cursor, effects);
    return;
  }
  h.exported.set({});
  effects.push_back(Download{"voxdial-calls.json", "application/json",
                             encode(CallPage{std::move(h.collected), {}})});
  h.collected.clear();
}

}  // namespace

CallQuery query_of(const Model& model) {
  const HistoryFilter& filter = model.history.filter;
  CallQuery query;
  query.medium = filter.medium;
  query.status = filter.status;
  query.agent = filter.agent;
  query.q = filter.search;
  const Millis spans[] = {0, day_ms, 7 * day_ms, 30 * day_ms};
  const Millis span = spans[static_cast<int>(filter.range)];
  // Whole minutes, so that the same filter is the same question for a while.
  if (span > 0) query.from = (server_now(model) - span) / 60'000 * 60'000;
  return query;
}

std::string filter_text(const HistoryFilter& filter) {
  std::string text;
  const auto add = [&text](const char* name, std::string_view value) {
    if (!value.empty())
      text.append(text.empty() ? "" : "&").append(name).append(percent_encode(value));
  };
  if (filter.medium) add("kind=", *filter.medium == MediumType::web ? "web" : "phone");
  if (filter.status) add("state=", wire_name(*filter.status));
  add("agent=", filter.agent);
  if (filter.range != Range::all) add("date=", range_names[static_cast<int>(filter.range)]);
  add("search=", filter.search);
  return text;
}

HistoryFilter parse_filter(std::string_view text) {
  HistoryFilter filter;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = part.substr(0, equals);
    const std::string value =
        percent_decoded(part.substr(std::min(part.size(), equals + 1))).value_or("");
    if (name == "kind" && value == "web") filter.medium = MediumType::web;
    if (name == "kind" && value == "phone") filter.medium = MediumType::twilio;
    if (name == "state") filter.status = call_status(value);
    if (name == "agent") filter.agent = value;
    if (name == "search") filter.search = value;
    for (int i = 0; name == "date" && i < 4; ++i) {
      if (value == range_names[i]) filter.range = static_cast<Range>(i);
    }
  }
  return filter;
}

Route history_route(const Model& model, std::string id) {
  return {Screen::history, std::move(id), filter_text(model.history.filter)};
}

void update(Model& model, const HistoryAction& action, Effects& effects) {
  std::visit([&](const auto& a) { on(model, a, effects); }, action);
}

void fetch_history(Model& model, Effects& effects) {
  History& h = model.history;
  h.next_page.clear();
  h.first_page.start(ask_rows(model, {}, effects));
}

void enter_history(Model& model, Effects& effects) {
  History& h = model.history;
  if (HistoryFilter filter = parse_filter(model.route.query); !(filter == h.filter)) {
    h.filter = std::move(filter);
    h.first_page.clear();
  }
  if (model.route.id.empty()) {
    h.open.clear();
    h.detail.clear();
    h.transcript.clear();
    if (h.first_page.idle() || h.first_page.failure()) fetch_history(model, effects);
    return;
  }
  if (h.first_page.idle()) fetch_history(model, effects);  // it stands beside the call
  const bool same = h.open == model.route.id && (h.detail.value() || h.detail.busy());
  h.open = model.route.id;
  if (find_live(model, h.open) != nullptr) model.live.selected = h.open;
  if (same) return;
  h.detail.clear();
  h.transcript.clear();
  renew_detail(model, effects);
}

void renew_history(Model& model, Effects& effects) {
  History& h = model.history;
  if (!h.first_page.idle()) {
    h.next_page.clear();
    h.first_page.renew(ask_rows(model, {}, effects));
  }
  if (!h.detail.idle()) renew_detail(model, effects);
}

void hear_history(Model& model, const Call& call, Effects& effects) {
  History& h = model.history;
  if (waits(h)) h.overtaken.push_back(call);
  if (CallDetail* detail = h.detail.value();
      detail && detail->call.id == call.id && detail->call.version <= call.version) {
    const bool ended = is_terminal(call.status) && !is_terminal(detail->call.status);
    detail->call = call;
    if (ended) renew_detail(model, effects);
  }
  if (h.first_page.idle()) return;
  for (Call& row : h.rows) {
    if (row.id != call.id) continue;
    if (row.version <= call.version) row = call;
    return;
  }
  // A call nobody has seen yet belongs at the top, unless a filter is on: then only the server
  // knows.
  if (h.filter == HistoryFilter{}) {
    const auto older = std::find_if(h.rows.begin(), h.rows.end(), [&](const Call& row) {
      return row.created_at <= call.created_at;
    });
    const bool comes_by_itself = older == h.rows.end() && !h.next_cursor.empty();
    if (!comes_by_itself) h.rows.insert(older, call);
  }
}

namespace {
/// What an answer says of a call may be older than what has been heard of it since it was asked.
void hear_overtaken(Model& model, Effects& effects) {
  for (const Call& call : std::exchange(model.history.overtaken, {})) {
    hear_history(model, call, effects);
  }
}
}  // namespace

bool take_history_reply(Model& model, const HttpReplied& reply, Effects& effects) {
  History& h = model.history;
  if (h.first_page.awaits(reply.id) || h.next_page.awaits(reply.id)) {
    const bool first = h.first_page.awaits(reply.id);
    Request<CallPage>& request = first ? h.first_page : h.next_page;
    request.finish(read(reply, decode<CallPage>));
    if (CallPage* page = request.value()) {
      if (first) h.rows.clear();
      for (Call& call : page->calls) h.rows.push_back(std::move(call));
      page->calls.clear();
      h.next_cursor = page->next_cursor;
    }
    hear_overtaken(model, effects);
    return true;
  }
  if (h.detail.awaits(reply.id)) {
    h.detail.finish(read(reply, decode<CallDetail>));
    hear_overtaken(model, effects);
    return true;
  }
  if (h.transcript.awaits(reply.id)) {
    h.transcript.finish(read(reply, decode<Transcript>));
    return true;
  }
  if (h.exported.awaits(reply.id)) {
    take_export(model, reply, effects);
    return true;
  }
  return false;
}

}  // namespace voxdial::ui
