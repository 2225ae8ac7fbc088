// A story told to update(): actions in, and the effects they ordered, kept in order.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "shared/codec.h"
#include "wasm-ui/core/update.h"

namespace voxdial::ui {

struct Story {
  Model model;
  Effects effects;

  void tell(const Action& a) {
    for (Effect& effect : update(model, a)) effects.push_back(std::move(effect));
  }

  /// All effects of a kind so far.
  template <class E>
  std::vector<E> all() const {
    std::vector<E> found;
    for (const Effect& effect : effects) {
      if (const E* e = std::get_if<E>(&effect)) found.push_back(*e);
    }
    return found;
  }
  template <class E>
  bool ordered(const E& wanted) const {
    for (const E& e : all<E>()) {
      if (e == wanted) return true;
    }
    return false;
  }

  /// The last request to an address that begins with this.
  HttpCall request(std::string_view method, std::string_view url) const {
    const std::vector<HttpCall> calls = all<HttpCall>();
    for (auto at = calls.rbegin(); at != calls.rend(); ++at) {
      if (at->method == method && at->url.substr(0, url.size()) == url) return *at;
    }
    FAIL("no request " << method << ' ' << url);
    return {};
  }
  /// The answer to the last request to exactly this address, not to one below it.
  void reply_at(std::string_view url, std::string body) {
    const std::vector<HttpCall> calls = all<HttpCall>();
    for (auto at = calls.rbegin(); at != calls.rend(); ++at) {
      if (at->url == url) return tell(HttpReplied{at->id, {}, 200, std::move(body)});
    }
    FAIL("no request " << url);
  }
  int requests(std::string_view method, std::string_view url) const {
    int count = 0;
    for (const HttpCall& call : all<HttpCall>()) {
      if (call.method == method && call.url.substr(0, url.size()) == url) ++count;
    }
    return count;
  }
  void reply(std::string_view method, std::string_view url, int status, std::string body) {
    tell(HttpReplied{request(method, url).id, HttpReplied::Failure::none, status, std::move(body)});
  }
  void lose(std::string_view method, std::string_view url) {
    tell(HttpReplied{request(method, url).id, HttpReplied::Failure::network, 0, {}});
  }
};

/// A configuration with which both kinds of call can be placed.
inline ServerConfig some_config() {
  ServerConfig config;
  config.version = "1.0";
  config.sandbox = true;
  config.phone = true;
  config.caller_number = "+15005550006";
  config.default_region = "US";
  config.max_duration_s = 3600;
  return config;
}

inline Agent some_agent(std::string id, std::string name) {
  Agent agent;
  agent.id = std::move(id);
  agent.name = std::move(name);
  agent.settings.system_prompt = "You answer questions.\nYou are brief.";
  agent.settings.voice = "Mark";
  agent.settings.language_hint = "en";
  agent.settings.max_duration_s = 600;
  return agent;
}

inline Call some_call(std::string id, MediumType medium, CallStatus status) {
  Call call;
  call.id = std::move(id);
  call.version = 1;
  call.medium = medium;
  call.status = status;
  call.agent = "assistant";
  call.agent_name = "Assistant";
  call.created_at = 1'700'000'000'000;
  if (medium == MediumType::twilio) {
    call.to = "+14155550123";
    call.to_international = "+1 415-555-0123";
    call.to_region = "US";
  }
  return call;
}

/// A page that has started and knows its server.
inline Story started_story() {
  Story story;
  Launched launched;
  launched.now = 1'700'000'000'000;
  story.tell(launched);
  story.tell(CountriesNamed{
      {{"DE", "Germany", "49"}, {"GB", "United Kingdom", "44"}, {"US", "United States", "1"}}});
  story.reply("GET", "/api/config", 200, encode(some_config()));
  story.reply(
      "GET", "/api/agents", 200,
      encode(AgentList{{some_agent("assistant", "Assistant"), some_agent("orders", "Orders")}}));
  story.reply("GET", "/api/calls?live", 200, encode(CallPage{}));
  story.tell(StreamChanged{Line::State::live});
  story.effects.clear();
  return story;
}

/// The server's reading of a number that may be called.
inline PhoneCheck good_check() {
  PhoneCheck check;
  check.allowed = true;
  check.e164 = "+14155550123";
  check.international = "+1 415-555-0123";
  check.region = "US";
  check.type = "mobile";
  check.local_time = "14:05";
  return check;
}

inline CallPlaced placed(std::string id, MediumType medium) {
  CallPlaced reply;
  reply.id = std::move(id);
  reply.medium = medium;
  reply.status = CallStatus::queued;
  reply.ultravox.call_id = "u-1";
  if (medium == MediumType::web) reply.ultravox.join_url = "wss://join.example/secret-token";
  if (medium == MediumType::twilio) reply.twilio = CallPlaced::Twilio{"CA1", "queued"};
  return reply;
}

inline std::string error_body(ErrorCode code, std::string message = {}, std::string field = {}) {
  return encode(make_error(code, std::move(message), std::move(field)));
}

/// A web call that has been joined.
inline Story web_story(Story story = started_story()) {
  story.tell(PlacePressed{});
  story.tell(MicrophoneChecked{});
  story.tell(KeyMade{"key-1"});
  story.reply("POST", "/api/calls", 201, encode(placed("w1", MediumType::web)));
  story.tell(PhaseChanged{WebPhase::listening});
  return story;
}

/// The list of calls is shown, and there are more.
inline Story history_story() {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::history, {}}});
  CallPage page;
  page.calls = {some_call("h2", MediumType::twilio, CallStatus::busy),
                some_call("h1", MediumType::web, CallStatus::completed)};
  page.next_cursor = "next";
  story.reply("GET", "/api/calls", 200, encode(page));
  return story;
}

}  // namespace voxdial::ui
