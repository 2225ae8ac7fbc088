// The record of calls: the list with its filters, one call in detail, exports.
//
// Owns what was fetched; never changes a call. Rows are the server's, newest first, and news of a
// call (from events) replaces its row.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "shared/api.h"
#include "wasm-ui/core/effect.h"
#include "wasm-ui/core/page.h"

namespace voxdial::ui {

struct Model;
struct HttpReplied;

enum class Range : std::uint8_t { all, day, week, month };  ///< the last 24 hours, 7, 30 days

struct HistoryFilter {
  std::optional<MediumType> medium;
  std::optional<CallStatus> status;
  std::string agent;
  Range range = Range::all;
  std::string search;
  friend bool operator==(const HistoryFilter&, const HistoryFilter&) = default;
};

enum class ExportFormat : std::uint8_t { csv, json };

struct History {
  HistoryFilter filter;
  std::vector<Call> rows;
  std::string next_cursor;       ///< empty: all rows are here
  Request<CallPage> first_page;  ///< for the states of the list; its rows are moved to `rows`
  Request<CallPage> next_page;

  std::string at;    ///< the row that the keyboard is or was at
  std::string open;  ///< the call in detail; empty: the list
  Request<CallDetail> detail;
  Request<Transcript> transcript;

  std::vector<Call> overtaken;  ///< news while an answer is under way that may be older

  std::optional<ExportFormat> exporting;
  Request<Done> exported;
  std::vector<Call> collected;  ///< rows of the JSON export so far

  friend bool operator==(const History&, const History&) = default;
};

struct FilterChanged {
  HistoryFilter filter;
};
struct SearchTyped {
  std::string text;
};
struct MoreWanted {};         ///< the last rows came into view
struct RecentCallsWanted {};  ///< the calls placed last are shown beside the form
struct CallOpened {
  std::string id;
};
struct RowReached {  ///< by the keyboard
  std::string id;
};
struct RowWanted {
  int further = 1;  ///< down the list, or up
};
struct HistoryRetried {};
struct ExportPressed {
  ExportFormat format = ExportFormat::csv;
};

using HistoryAction =
    std::variant<FilterChanged, SearchTyped, MoreWanted, RecentCallsWanted, CallOpened, RowReached,
                 RowWanted, HistoryRetried, ExportPressed>;
void update(Model& model, const HistoryAction& action, Effects& effects);
bool take_history_reply(Model& model, const HttpReplied& reply, Effects& effects);

/// The screen is shown: fetch what it needs.
void enter_history(Model& model, Effects& effects);
/// The search field rested: fetch anew.
void fetch_history(Model& model, Effects& effects);
/// Events were missed: what is there is asked for again, and stays until then.
void renew_history(Model& model, Effects& effects);
/// News of a call; what an answer under way says of it counts only if it is newer.
void hear_history(Model& model, const Call& call, Effects& effects);
CallQuery query_of(const Model& model);

/// "kind=phone&date=week&search=dent": the filters as they stand in the address.
std::string filter_text(const HistoryFilter& filter);
/// What is not known is left out.
HistoryFilter parse_filter(std::string_view text);
/// The list of calls as it is filtered, or one of them.
Route history_route(const Model& model, std::string id = {});
constexpr std::string_view range_names[] = {"all", "day", "week", "month"};

}  // namespace voxdial::ui
