#include "wasm-ui/core/page.h"

#include <algorithm>

#include "shared/ascii.h"
#include "shared/codec.h"
#include "wasm-ui/core/call_words.h"
#include "wasm-ui/core/model.h"

namespace voxdial::ui {
namespace {

constexpr int copied_shown_ms = 1500;
constexpr int hidden_poll_ms = 15'000;

/// What a screen needs is fetched when it is shown, not before.
void enter(Model& model, Effects& effects) {
  model.agents.done.reset();
  switch (model.route.screen) {
    case Screen::history:
      enter_history(model, effects);
      break;
    case Screen::agents:
      enter_agents(model, effects);
      break;
    case Screen::doctor:
      enter_doctor(model, effects);
      break;
    case Screen::settings:
      effects.push_back(ListDevices{});
      break;
    default:
      break;
  }
}

void fetch_config(Model& model, Effects& effects) {
  model.config.start(ask(model, "/api/config", effects));
}

/// A phone link of another page ("#call/tel:+12025550100") fills the form and dials nothing. Its
/// number leaves the address: a reload or a way back must not fill it in again.
void take_phone_link(Model& model, Effects& effects) {
  if (model.route.screen != Screen::call || model.route.id.empty()) return;
  std::string_view number = model.route.id;
  if (lower(number.substr(0, 4)) == "tel:") number.remove_prefix(4);
  model.form.medium = MediumType::twilio;
  update(model, FormAction{NumberTyped{std::string(number.substr(0, number.find_first_of(";?")))}},
         effects);
  model.route = {};
  effects.push_back(PushRoute{route_text(model.route), true});
}

/// Where the keyboard goes on when what was pressed is gone: out of a call at its row, else at the
/// title. Empty: it stays where it is.
std::string focus_after(const Route& from, const Route& to) {
  if (to.screen == Screen::live) return "party";
  if (from.id == to.id) return {};
  const bool out = from.screen == Screen::history && to.screen == Screen::history && to.id.empty();
  return out ? "row:" + from.id : "title";
}

void on(Model& model, const Launched& a, Effects& effects) {
  model.page = a.page;
  model.now = a.now;
  model.route = parse_route(a.route);
  launch_settings(model, a, effects);
  launch_form(model, a);
  take_phone_link(model, effects);
  fetch_config(model, effects);
  fetch_agents(model, effects);
  fetch_live(model, effects);
  fetch_kept_cards(model, a, effects);
  enter(model, effects);
}

void on(Model& model, const Ticked& a, Effects&) { model.now = a.now; }

void on(Model& model, const PageChanged& a, Effects& effects) {
  const bool back = model.page.hidden && !a.page.hidden;
  model.page = a.page;
  // Perhaps somebody has logged in in another tab meanwhile.
  if (back && model.logged_out && !model.logging_in.busy()) {
    model.logging_in.start(ask(model, "/api/config", effects));
  }
  // The sheet is for windows without room beside the work.
  if (!is_narrow(model) && model.route.screen == Screen::live) {
    navigate(model, Route{}, effects);
  }
}

void on(Model& model, const PageLeft&, Effects& effects) {
  // The browser's part ends with the page; the server's must not outlive it.
  LiveCall* live = find_live(model, model.web.call_id);
  if (live != nullptr && model.web.active()) hang_up(model, *live, HangUpWhy::tab_closed, effects);
}

void on(Model& model, const RouteChanged& a, Effects& effects) {
  const Route route = parse_route(a.route);
  if (route == model.route) return;
  const Route before = std::exchange(model.route, route);
  if (auto field = focus_after(before, route); !field.empty())
    effects.push_back(FocusField{std::move(field)});
  take_phone_link(model, effects);
  enter(model, effects);
}
void on(Model& model, const Navigated& a, Effects& effects) { navigate(model, a.route, effects); }

/// While the news does not arrive by itself it is asked for, so that cards move and End works.
void poll(Model& model, Effects& effects) {
  const Line::State state = model.line.state;
  model.line.polling =
      (state == Line::State::held || state == Line::State::reconnecting) && !model.logged_out;
  if (!model.line.polling) return;
  // A hidden tab has only a title to keep, and a tone to play.
  if (!model.page.hidden || live_count(model) > 0) poll_live(model, effects);
  effects.push_back(SetTimer{Timer::poll, model.page.hidden ? hidden_poll_ms : poll_ms});
}

void on(Model& model, const StreamChanged& a, Effects& effects) {
  model.line.state = a.state;
  if (a.unauthenticated) model.logged_out = true;
  if (a.state == Line::State::live) {
    model.record_away.reset();  // another server may answer, and says so if it is away there
    end_what_was_to_end(model, effects);
  }
  if (!model.line.polling) poll(model, effects);
}

void on(Model& model, const EventArrived& a, Effects& effects) {
  if (a.event == "call") {
    const Result<Call> call = decode<Call>(a.data);
    if (!call) return;
    hear_call(model, *call, effects);
    hear_history(model, *call, effects);
  } else if (a.event == "transcript") {
    if (const Result<Transcript> transcript = decode<Transcript>(a.data)) {
      hear_transcript(model, *transcript);
    }
  } else if (a.event == "vendors") {
    const Result<VendorHealth> health = decode<VendorHealth>(a.data);
    if (ServerConfig* config = model.config.value(); config && health) config->vendors = *health;
  } else if (a.event == "record") {
    const Result<Error> away = decode<Error>(a.data);
    model.record_away = away ? std::optional(*away) : std::nullopt;
  } else if (a.event == "clock") {
    const Result<ServerTime> time = decode<ServerTime>(a.data);
    if (time && hear_stream_time(model.clock, model.now, time->server_time) &&
        !model.clock.asking) {
      model.clock.asking = true;
      ask(model, "/healthz", effects);
    }
  } else if (a.event == "reload") {
    for (LiveCall& live : model.live.cards) live.catching_up.clear();
    fetch_live(model, effects);
    fetch_config(model, effects);
    renew_history(model, effects);
  }
}

void on(Model& model, const TimerFired& a, Effects& effects) {
  switch (a.timer) {
    case Timer::phone_check:
      check_number(model, effects);
      break;
    case Timer::history_search:
      fetch_history(model, effects);
      break;
    case Timer::poll:
      poll(model, effects);
      break;
    case Timer::copied:
      model.copied = false;
      break;
  }
}

void on(Model&, const CopyPressed& a, Effects& effects) { effects.push_back(CopyText{a.text}); }
void on(Model& model, const Copied& a, Effects& effects) {
  model.copied = a.ok;
  if (a.ok) effects.push_back(SetTimer{Timer::copied, copied_shown_ms});
}

void on(Model& model, const LogOutPressed&, Effects& effects) {
  if (model.logging_out.busy()) return;
  const RequestId id = model.new_id();
  model.logging_out.start(id);
  effects.push_back(HttpCall{.id = id, .method = "POST", .url = "/api/logout"});
}

/// Logs in where nothing is lost by it: a web call ends with its page, so then in another tab.
void on(Model& model, const LogInPressed&, Effects& effects) {
  if (model.web.active()) {
    effects.push_back(GoTo{"/login", true});
    return;
  }
  std::string ids;
  for (const LiveCall& live : model.live.cards) ids += live.call.id + ' ';
  effects.push_back(StoreSetting{"cards", ids});
  effects.push_back(GoTo{"/login#" + route_text(model.route)});
}

/// There is a session again: whoever it is, the page is theirs.
void logged_in(Model& model, Effects& effects) {
  const ServerConfig* before = model.config.value();
  if (before != nullptr && before->user != model.logging_in.value()->user) {
    effects.push_back(GoTo{"/"});  // somebody else's calls are not shown to them
    return;
  }
  model.logged_out = false;
  model.config = model.logging_in;
  model.line.to_open = true;
  fetch_agents(model, effects);
  fetch_live(model, effects);
}

void on(Model& model, const RetryPressed&, Effects& effects) {
  if (model.config.failure()) fetch_config(model, effects);
  if (model.agents.list.failure()) fetch_agents(model, effects);
  if (model.live.list.failure()) fetch_live(model, effects);
}

/// From one call or agent to its list, from the live calls alone to the form.
void leave(Model& model, Effects& effects) {
  if (model.route.screen == Screen::live) {
    navigate(model, Route{}, effects);
  } else if (!model.route.id.empty()) {
    navigate(model, Route{model.route.screen, {}, model.route.query}, effects);
  }
}

void on(Model& model, const ScreenWanted& a, Effects& effects) {
  navigate(model, a.screen == Screen::history ? history_route(model) : Route{a.screen}, effects);
  effects.push_back(FocusField{a.field});
}

/// The keys of the whole page, which are letters: who dictates or types by accident can switch them
/// off.
bool take_shortcut(Model& model, const KeyPressed& a, Effects& effects) {
  if (a.palette) {
    model.palette = Palette::commands;
    return true;
  }
  const Settings& s = model.settings;
  if (a.in_field || a.key.empty() || !s.shortcuts || (s.push_to_talk && a.code == s.talk_key)) {
    return false;
  }
  if (a.key == shortcuts_key) {
    model.palette = Palette::shortcuts;
    return true;
  }
  if (a.key == microphone_key && model.web.active()) {
    update(model, WebAction{MicMuteSet{!model.web.mic_muted}}, effects);
    return true;
  }
  if (a.key == down_key || a.key == up_key) {
    update(model, HistoryAction{RowWanted{a.key == down_key ? 1 : -1}}, effects);
    return true;
  }
  const auto* found = std::find_if(std::begin(screens), std::end(screens),
                                   [&a](const ScreenFacts& one) { return one.key == a.key; });
  if (found == std::end(screens)) return false;
  on(model, ScreenWanted{static_cast<Screen>(found - screens)}, effects);
  return true;
}

void on(Model& model, const PaletteOpened& a, Effects&) { model.palette = a.what; }

void on(Model& model, const KeyPressed& a, Effects& effects) {
  if (a.down && choose_key(model, a.code, effects)) return;
  if (a.down && take_shortcut(model, a, effects)) return;
  if (a.down && a.code == "Escape") return leave(model, effects);
  if (!model.settings.push_to_talk || a.code != model.settings.talk_key) return;
  if (a.down && a.in_field) return;  // typing is not talking
  if (model.web.talk_held != a.down) update(model, WebAction{TalkHeld{a.down}}, effects);
}
void on(Model& model, const KeysReleased&, Effects& effects) {
  if (model.web.talk_held) update(model, WebAction{TalkHeld{false}}, effects);
}

void on(Model& model, const AudioChanged& a, Effects&) {
  model.audio_state = a.state;
  if (a.state == AudioState::stopped) model.audio.clear();
}

}  // namespace

std::string route_text(const Route& route) {
  std::string text(facts_of(route.screen).name);
  if (!route.id.empty()) text += '/' + route.id;
  if (!route.query.empty()) text += '?' + route.query;
  return text;
}

Route parse_route(std::string_view text) {
  const auto cut = [&text](char at) {  // what stands behind it, which is taken off
    const std::size_t end = text.find(at);
    std::string rest(end == text.npos ? std::string_view() : text.substr(end + 1));
    text = text.substr(0, end);
    return rest;
  };
  std::string query = cut('?'), id = cut('/');
  const auto* found = std::find_if(std::begin(screens), std::end(screens),
                                   [text](const ScreenFacts& one) { return one.name == text; });
  if (found == std::end(screens)) return {};
  return {static_cast<Screen>(found - screens), std::move(id), std::move(query)};
}

void navigate(Model& model, const Route& route, Effects& effects) {
  if (route == model.route) return;
  const Route before = std::exchange(model.route, route);
  effects.push_back(PushRoute{route_text(route)});
  if (auto field = focus_after(before, route); !field.empty())
    effects.push_back(FocusField{std::move(field)});
  enter(model, effects);
}

std::string window_title(const Model& model) {
  for (const LiveCall& live : model.live.cards) {
    if (!is_terminal(live.call.status)) {
      return tr(model.words, {Word::title_of_tab, "state"},
                tr(model.words, state_word(live.call.status, live.call.medium)));
    }
  }
  // An end in a background tab stays readable until the person is back.
  if (model.page.hidden && !model.live.cards.empty()) {
    return tr(model.words, {Word::title_of_tab, "state"}, tr(model.words, Word::call_ended));
  }
  return tr(model.words, {Word::title_of_tab, "state"},
            tr(model.words, facts_of(model.route.screen).word));
}

void update(Model& model, const PageAction& action, Effects& effects) {
  std::visit([&](const auto& a) { on(model, a, effects); }, action);
}

bool take_page_reply(Model& model, const HttpReplied& reply, Effects& effects) {
  if (model.logging_out.awaits(reply.id)) {
    model.logging_out.finish(read_done(reply));
    if (model.logging_out.value()) effects.push_back(GoTo{"/login"});
    return true;
  }
  if (model.logging_in.awaits(reply.id)) {
    model.logging_in.finish(read(reply, decode<ServerConfig>));
    if (model.logging_in.value() != nullptr) logged_in(model, effects);
    return true;
  }
  if (!model.config.awaits(reply.id)) return false;
  model.config.finish(read(reply, decode<ServerConfig>));
  if (const ServerConfig* config = model.config.value()) {
    // A country chosen here before, or by the number typed meanwhile, stays.
    if (model.form.region.empty()) {
      model.form.region = config->default_region.empty() ? "US" : config->default_region;
    }
    check_number(model, effects);  // one that a reload has kept
  }
  return true;
}

}  // namespace voxdial::ui
