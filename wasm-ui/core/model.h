// The model: everything the page knows, as one value. Each part belongs to its feature.
#pragma once

#include <string>
#include <vector>

#include "shared/api.h"
#include "wasm-ui/core/agents.h"
#include "wasm-ui/core/call_form.h"
#include "wasm-ui/core/clock.h"
#include "wasm-ui/core/doctor.h"
#include "wasm-ui/core/history.h"
#include "wasm-ui/core/live_calls.h"
#include "wasm-ui/core/page.h"
#include "wasm-ui/core/reply.h"
#include "wasm-ui/core/settings.h"
#include "wasm-ui/core/web_call.h"
#include "wasm-ui/core/words/words.h"

namespace voxdial::ui {

struct Model {
  Page page;
  Millis now = 0;  ///< this browser's clock, told once a frame
  ServerClock clock;
  Route route;
  Line line;
  Request<ServerConfig> config;
  Words words;                         ///< of the language in use
  std::vector<CountryName> countries;  ///< those that can be called, as the language sorts them
  Request<Done> logging_out;
  bool logged_out = false;           ///< the session ended elsewhere, or its time was over
  std::optional<Error> record_away;  ///< the server cannot reach its record, so it places no call
  Request<ServerConfig> logging_in;  ///< whether there is a session again
  std::string title;                 ///< of the browser's tab, as last ordered
  bool asks_before_leaving = false;  ///< likewise
  std::vector<std::pair<std::string, std::string>> kept;  ///< of the form, for a reload of this tab
  Palette palette = Palette::closed;
  bool copied = false;  ///< something was copied a moment ago
  std::string audio;    ///< the address that plays; empty: silence
  AudioState audio_state = AudioState::stopped;

  CallForm form;
  LiveCalls live;
  WebCall web;
  History history;
  Agents agents;
  Doctor doctor;
  Settings settings;

  std::vector<RequestId> asked_calls;  ///< single calls being looked up after missed events
  std::vector<RequestId> kept_cards;   ///< cards from before a log-in being looked up
  RequestId last_id = 0;

  RequestId new_id() { return ++last_id; }
  friend bool operator==(const Model&, const Model&) = default;
};

/// Orders a GET of ours; the HttpReplied with the id it returns answers it.
inline RequestId ask(Model& model, std::string url, Effects& effects) {
  const RequestId id = model.new_id();
  effects.push_back(HttpCall{.id = id, .url = std::move(url)});
  return id;
}

/// The time as the server has it: what the times of calls are compared with.
inline Millis server_now(const Model& model) { return model.now + model.clock.ahead; }

/// Without room for a card beside the work: one column and a bar at the bottom.
constexpr float wide_from = 900;  // CSS px
inline bool is_narrow(const Model& model) { return model.page.width < wide_from; }
inline bool is_dark(const Model& model) {
  return model.settings.theme == Theme::system ? model.page.dark
                                               : model.settings.theme == Theme::dark;
}

/// Whether the reader placed a call, as far as there are others who might have.
inline bool is_mine(const Model& model, const Call& call) {
  const ServerConfig* config = model.config.value();
  return config == nullptr || !config->login || config->user == call.user;
}
/// A country as the page's language calls it; until that is known, by its code.
CountryName country_of(const Model& model, std::string_view region);

}  // namespace voxdial::ui
