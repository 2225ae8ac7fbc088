#include "wasm-ui/core/live_calls.h"

#include <algorithm>
#include <utility>

#include "shared/codec.h"
#include "shared/percent.h"
#include "wasm-ui/core/call_words.h"
#include "wasm-ui/core/model.h"

namespace voxdial::ui {
namespace {

constexpr std::size_t ended_cards_kept = 5;  // older ones are in the history

std::string call_url(std::string_view id, std::string_view tail) {
  return "/api/calls/" + percent_encode(id) + std::string(tail);
}

void fetch_transcript(Model& model, LiveCall& live, Effects& effects) {
  live.catching_up.start(ask(model, call_url(live.call.id, "/messages"), effects));
}

/// The card of a call, made when there is none.
LiveCall& card(Model& model, const Call& call) {
  if (LiveCall* known = find_live(model, call.id)) return *known;
  auto& cards = model.live.cards;
  LiveCall fresh;
  fresh.call = call;
  const auto older = std::find_if(cards.begin(), cards.end(), [&](const LiveCall& other) {
    return other.call.created_at <= call.created_at;
  });
  return *cards.insert(older, std::move(fresh));
}

void forget_old_cards(LiveCalls& live) {
  std::size_t ended = 0;
  std::erase_if(live.cards, [&](const LiveCall& card) {
    return is_terminal(card.call.status) && ++ended > ended_cards_kept;
  });
}

/// Somebody who looks at something else is told of their own calls: that one was answered, and how
/// it ended.
void tell_background(const Model& model, const Call& call, Effects& effects) {
  const ServerConfig* config = model.config.value();
  if (!model.page.hidden || !notifies(model.settings)) return;
  if (config == nullptr || config->user != call.user) return;
  effects.push_back(Notify{call.id, call_party(model.words, call),
                           state_meaning(model.words, call, is_mine(model, call), nullptr)});
}

void on(Model& model, const LiveSelected& a, Effects&) { model.live.selected = a.id; }

void on(Model& model, const LiveDismissed& a, Effects& effects) {
  std::erase_if(model.live.cards, [&](const LiveCall& card) {
    return card.call.id == a.id && is_terminal(card.call.status);
  });
  if (find_live(model, model.live.selected) == nullptr) model.live.selected.clear();
  if (model.live.cards.empty() && model.route.screen == Screen::live) {
    navigate(model, Route{}, effects);
  }
}

void on(Model& model, const HangUpPressed& a, Effects& effects) {
  LiveCall* live = find_live(model, a.id);
  const CallDetail* detail = model.history.detail.value();
  if (live == nullptr && detail != nullptr && detail->call.id == a.id) {
    live = &card(model, detail->call);  // pressed in its detail, and no card was there
  }
  if (live == nullptr || is_terminal(live->call.status)) return;
  hang_up(model, *live, HangUpWhy::pressed, effects);
  if (model.web.call_id == a.id) leave_web_call(model, effects);
}

void on(Model& model, const SayTyped& a, Effects&) {
  if (LiveCall* live = find_live(model, a.id)) live->say = a.text;
}
void on(Model& model, const SayKindChosen& a, Effects&) {
  if (LiveCall* live = find_live(model, a.id)) live->say_kind = a.kind;
}
void on(Model& model, const SayPressed& a, Effects& effects) {
  LiveCall* live = find_live(model, a.id);
  if (live == nullptr || live->said.busy()) return;
  if (live->say.empty() && needs_words(live->say_kind)) return;
  if (model.web.call_id == a.id && model.web.joined() && live->say_kind == SayRequest::Kind::text) {
    // In the call ourselves: the words go straight to the agent.
    effects.push_back(SendText{live->say});
    live->say.clear();
    return;
  }
  SayRequest request;
  request.kind = live->say_kind;
  request.text = live->say;
  request.urgency = live->say_kind == SayRequest::Kind::text ? "soon" : "immediate";
  const RequestId id = model.new_id();
  live->said.start(id);
  effects.push_back(HttpCall{
      .id = id, .method = "POST", .url = call_url(a.id, "/messages"), .body = encode(request)});
}

}  // namespace

LiveCall* find_live(Model& model, std::string_view id) {
  for (LiveCall& live : model.live.cards) {
    if (live.call.id == id) return &live;
  }
  return nullptr;
}
const LiveCall* find_live(const Model& model, std::string_view id) {
  for (const LiveCall& live : model.live.cards) {
    if (live.call.id == id) return &live;
  }
  return nullptr;
}

const LiveCall* selected_live(const Model& model) {
  if (const LiveCall* chosen = find_live(model, model.live.selected)) return chosen;
  if (const LiveCall* lives = newest_live(model)) return lives;
  return model.live.cards.empty() ? nullptr : &model.live.cards.front();
}

const LiveCall* newest_live(const Model& model) {
  for (const LiveCall& live : model.live.cards) {
    if (!is_terminal(live.call.status)) return &live;
  }
  return nullptr;
}

int live_count(const Model& model) {
  return static_cast<int>(
      std::count_if(model.live.cards.begin(), model.live.cards.end(),
                    [](const LiveCall& live) { return !is_terminal(live.call.status); }));
}

bool needs_words(SayRequest::Kind kind) {
  return kind == SayRequest::Kind::text || kind == SayRequest::Kind::say;
}

void update(Model& model, const LiveAction& action, Effects& effects) {
  std::visit([&](const auto& a) { on(model, a, effects); }, action);
}

void hang_up(Model& model, LiveCall& live, HangUpWhy why, Effects& effects) {
  const RequestId id = model.new_id();
  live.hang_up.start(id);
  live.why_end = why;
  live.call.ending = true;
  effects.push_back(HttpCall{.id = id,
                             .method = "POST",
                             .url = call_url(live.call.id, "/hangup"),
                             .body = encode(HangUpRequest{why}),
                             .outlives_page = why == HangUpWhy::tab_closed});
}

void end_what_was_to_end(Model& model, Effects& effects) {
  for (LiveCall& live : model.live.cards) {
    if (live.hang_up.failure() != nullptr && !is_terminal(live.call.status)) {
      hang_up(model, live, live.why_end, effects);
    }
  }
}

void fetch_kept_cards(Model& model, const Launched& launched, Effects& effects) {
  for (const auto& [key, value] : launched.stored) {
    if (key != "cards" || value.empty()) continue;
    effects.push_back(StoreSetting{"cards", ""});
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = rest.find(' ');
      if (end != 0)
        model.kept_cards.push_back(ask(model, call_url(rest.substr(0, end), ""), effects));
      rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    }
  }
}

void poll_live(Model& model, Effects& effects) {
  if (!model.live.list.busy()) fetch_live(model, effects);
  for (LiveCall& live : model.live.cards) {
    const bool told_by_sdk = model.web.call_id == live.call.id && model.web.active();
    if (is_terminal(live.call.status) || live.catching_up.busy() || told_by_sdk) continue;
    fetch_transcript(model, live, effects);
  }
}

void fetch_live(Model& model, Effects& effects) {
  model.live.list.start(ask(model, "/api/calls?live=true&limit=100", effects));
}

void hear_call(Model& model, const Call& call, Effects& effects) {
  const LiveCall* known = find_live(model, call.id);
  if (known == nullptr && is_terminal(call.status)) return;  // over before we heard of it
  if (known != nullptr && known->call.version > call.version) return;
  const std::string reason = known ? known->call.end.sentence : std::string();
  const CallStatus before = known ? known->call.status : CallStatus::requested;
  const bool fresh = known == nullptr;
  LiveCall& live = card(model, call);
  const bool was_over = is_terminal(live.call.status);
  live.call = call;
  live.call.status = fresh ? call.status : advance(before, call.status);
  if (fresh) fetch_transcript(model, live, effects);
  const bool over = is_terminal(live.call.status);
  const bool answered = live.call.status == CallStatus::talking && before != CallStatus::talking &&
                        call.medium == MediumType::twilio;
  // The reason may come after the end.
  const bool ended = over && (!was_over || reason != call.end.sentence);
  if (!fresh && (ended || answered)) tell_background(model, live.call, effects);
  if (is_terminal(live.call.status) && !was_over) {
    live.say.clear();
    live.hang_up.clear();
    // Lines spoken last may have been missed: the record has them all.
    if (model.web.call_id != call.id) fetch_transcript(model, live, effects);
    if (model.web.call_id == call.id && model.web.active()) {
      leave_web_call(model, effects);  // the tone follows when the browser is out of it
    } else if (model.page.hidden && model.settings.end_sound && model.web.call_id != call.id) {
      effects.push_back(PlayEndTone{});
    }
  }
  forget_old_cards(model.live);
}

void merge(std::vector<TranscriptEntry>& lines, const TranscriptEntry& news) {
  const auto at =
      std::lower_bound(lines.begin(), lines.end(), news.index,
                       [](const TranscriptEntry& line, int index) { return line.index < index; });
  if (at != lines.end() && at->index == news.index) {
    *at = news;
  } else {
    lines.insert(at, news);
  }
}

void hear_transcript(Model& model, const Transcript& news) {
  LiveCall* live = find_live(model, news.call_id);
  // In our own web call the SDK tells the words, earlier and as they grow.
  if (live == nullptr || (model.web.call_id == news.call_id && model.web.ever_joined)) return;
  for (const TranscriptEntry& entry : news.entries) merge(live->transcript, entry);
}

void call_placed(Model& model, const CallPlaced& placed, Effects& effects) {
  Call call;
  call.id = placed.id;
  call.medium = placed.medium;
  call.status = placed.status;
  call.agent = call_request(model).agent;
  if (const Agent* agent = find_agent(model, call.agent)) call.agent_name = agent->name;
  call.created_at = server_now(model);
  if (const PhoneCheck* check = model.form.check.value();
      check != nullptr && placed.medium == MediumType::twilio) {
    call.to = check->e164;
    call.to_international = check->international;
  }
  // The event may have been faster than the reply; then the card knows more than we do.
  if (find_live(model, placed.id) == nullptr) card(model, call);
  model.live.selected = placed.id;
  if (placed.medium == MediumType::web) start_web_call(model, placed, effects);
  if (is_narrow(model)) navigate(model, Route{Screen::live, {}}, effects);
}

bool take_live_reply(Model& model, const HttpReplied& reply, Effects& effects) {
  if (model.live.list.awaits(reply.id)) {
    model.live.list.finish(read(reply, decode<CallPage>));
    const CallPage* page = model.live.list.value();
    if (std::exchange(model.line.to_open, false)) {
      effects.push_back(OpenEvents{page != nullptr ? page->last_event_id : std::string()});
    }
    if (page != nullptr) {
      const std::vector<Call> calls = page->calls;
      // Cards the server no longer counts as live ended while nobody told us: ask for each.
      for (const LiveCall& live : model.live.cards) {
        const bool alive = std::any_of(calls.begin(), calls.end(),
                                       [&](const Call& call) { return call.id == live.call.id; });
        if (!alive && !is_terminal(live.call.status)) {
          model.asked_calls.push_back(ask(model, call_url(live.call.id, ""), effects));
        }
      }
      for (const Call& call : calls) hear_call(model, call, effects);
      if (model.line.polling) end_what_was_to_end(model, effects);
    }
    return true;
  }
  if (std::erase(model.kept_cards, reply.id) > 0) {
    if (const Result<CallDetail> detail = read(reply, decode<CallDetail>)) {
      fetch_transcript(model, card(model, detail->call), effects);
      hear_call(model, detail->call, effects);
    }
    return true;
  }
  if (std::erase(model.asked_calls, reply.id) > 0) {
    if (const Result<CallDetail> detail = read(reply, decode<CallDetail>)) {
      hear_call(model, detail->call, effects);
    }
    return true;
  }
  for (LiveCall& live : model.live.cards) {
    if (live.catching_up.awaits(reply.id)) {
      Result<Transcript> transcript = read(reply, decode<Transcript>);
      if (transcript) {
        transcript->call_id = live.call.id;
        hear_transcript(model, *transcript);
        transcript->entries.clear();  // they live in the card
      }
      live.catching_up.finish(std::move(transcript));
      return true;
    }
    if (live.hang_up.awaits(reply.id)) {
      live.hang_up.finish(read_done(reply));
      if (live.hang_up.failure() != nullptr) live.call.ending = false;
      return true;
    }
    if (live.said.awaits(reply.id)) {
      live.said.finish(read_done(reply));
      if (live.said.failure() == nullptr) live.say.clear();
      return true;
    }
  }
  return false;
}

}  // namespace voxdial::ui
