// The door to the browser: what goes out has somebody who carries it out, what comes in means what
// it says.
#include "wasm-ui/core/wire_codec.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "shared/json.h"
#include "wasm-ui/core/web_words.h"

namespace voxdial::ui {
namespace {

std::string source(const std::string& file) {
  std::ifstream stream(VOXDIAL_SOURCE_DIR "/" + file);
  REQUIRE(stream.is_open());
  return {std::istreambuf_iterator<char>(stream), {}};
}

template <std::size_t I = 0>
std::vector<Effect> one_of_each() {
  if constexpr (I == std::variant_size_v<Effect>) {
    return {};
  } else {
    std::vector<Effect> rest = one_of_each<I + 1>();
    rest.emplace_back(std::variant_alternative_t<I, Effect>{});
    return rest;
  }
}

/// The event as the action of a feature, or a failed test.
template <class Group, class A>
A heard(const std::string& json) {
  const auto action = decode_event(json);
  REQUIRE(action);
  REQUIRE(std::holds_alternative<Group>(*action));
  REQUIRE(std::holds_alternative<A>(std::get<Group>(*action)));
  return std::get<A>(std::get<Group>(*action));
}

TEST_CASE("every effect is carried out by a function of its own name") {
  const std::string host =
      source("web/host.js") + source("web/call-orders.js") + source("wasm-ui/platform/bridge.js");
  for (const Effect& effect : one_of_each()) {
    if (std::holds_alternative<FocusField>(effect)) continue;  // the mirror's, by its own way
    const auto name = JsonValue::parse(encode(effect)).at("effect").get<std::string>();
    INFO("no function " << name << " among the orders of web/host.js or web/call-orders.js");
    CHECK(std::regex_search(host, std::regex("(\n    |orders\\.)" + name + "[(:, ]")));
  }
}

TEST_CASE("every event that the browser tells is known, and every one that is known is told") {
  std::set<std::string> told, known;
  const auto find_all = [](const std::string& text, const char* pattern,
                           std::set<std::string>& into) {
    const std::regex name(pattern);
    for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at)
      into.insert((*at)[1]);
  };
  for (const std::string folder : {"web/", "wasm-ui/platform/"}) {
    for (const auto& file : std::filesystem::directory_iterator(VOXDIAL_SOURCE_DIR "/" + folder)) {
      if (file.path().extension() != ".js") continue;
      find_all(source(folder + file.path().filename().string()), "event: '(\\w+)'", told);
    }
  }
  find_all(source("wasm-ui/core/wire_codec.cpp"), "\\{\"(\\w+)\", read<", known);
  std::vector<std::string> unread, untold;
  std::set_difference(told.begin(), told.end(), known.begin(), known.end(),
                      std::back_inserter(unread));
  std::set_difference(known.begin(), known.end(), told.begin(), told.end(),
                      std::back_inserter(untold));
  INFO("what JavaScript tells is a row in `events` of wasm-ui/core/wire_codec.cpp");
  CHECK(unread == std::vector<std::string>{});
  CHECK(untold == std::vector<std::string>{});
}

TEST_CASE("an effect goes out with all that it says") {
  CHECK(encode(CopyText{"a\"b\n"}) == R"({"effect":"copyText","text":"a\"b\n"})");
  CHECK(encode(SetTimer{Timer::history_search, 250}) ==
        R"({"effect":"setTimer","timer":"historySearch","ms":250})");
  CHECK(
      encode(HttpCall{
          .id = 7, .method = "POST", .url = "/x", .headers = {{"A", "b"}}, .body = "{}"}) ==
      R"({"effect":"httpCall","id":7,"method":"POST","url":"/x","headers":[{"name":"A","value":"b"}],)"
      R"("body":"{}","timeoutMs":15000,"outlivesPage":false})");
  CHECK(encode(StoreSetting{"k", "", true}) ==
        R"({"effect":"storeSetting","key":"k","value":"","thisTab":true})");
}

TEST_CASE("what the browser tells arrives as it was told") {
  const auto launched = heard<PageAction, Launched>(
      R"({"event":"launched","page":{"width":390.5,"height":844,"pixelRatio":3,"insetTop":1,)"
      R"("insetRight":2,"insetBottom":3,"insetLeft":4,"dark":true,"reducedMotion":true,"moreContrast":true,"touch":true,)"
      R"("hidden":true,"online":false,"secure":false},"now":1795340000000,"route":"history/a",)"
      R"("stored":[{"key":"theme","value":"dark"}],"notifications":"default","phoneLinks":true,"model":"m","showSpeakerMute":"true",)"
      R"("showDebugMessages":"false","showUserTranscripts":"x"})");
  CHECK(launched.page.width == 390.5F);
  CHECK(launched.page.inset_left == 4);
  CHECK((launched.page.dark && launched.page.more_contrast && launched.page.touch &&
         launched.page.hidden));
  CHECK_FALSE((launched.page.online || launched.page.secure));
  CHECK(launched.now == 1'795'340'000'000);
  CHECK(launched.route == "history/a");
  CHECK(launched.stored == std::vector<std::pair<std::string, std::string>>{{"theme", "dark"}});
  CHECK((launched.consent == Consent::unasked && launched.phone_links));
  CHECK(launched.query_model == "m");
  CHECK(launched.query_speaker_mute == "true");
  CHECK(launched.query_debug == "false");
  CHECK(launched.query_user_transcripts == "x");

  const auto replied = decode_event(
      R"({"event":"httpReplied","id":4000000000,"failure":"none","status":201,"body":"{\"a\":1}",)"
      R"("sentAt":1,"heardAt":2,"serverTime":3})");
  REQUIRE(replied);
  CHECK(std::get<HttpReplied>(*replied) ==
        HttpReplied{4'000'000'000, HttpReplied::Failure::none, 201, R"({"a":1})", 1, 2, 3});
  const auto lost = decode_event(R"({"event":"httpReplied","id":1,"failure":"timeout"})");
  REQUIRE(lost);
  CHECK(std::get<HttpReplied>(*lost).failure == HttpReplied::Failure::timeout);

  CHECK(heard<PageAction, TimerFired>(R"({"event":"timerFired","timer":"copied"})").timer ==
        Timer::copied);
  const auto key = heard<PageAction, KeyPressed>(
      R"({"event":"keyPressed","code":"Space","down":true,"inField":true})");
  CHECK((key.code == "Space" && key.down && key.in_field));
  const auto stream = heard<PageAction, StreamChanged>(
      R"({"event":"streamChanged","state":"refused","unauthenticated":true})");
  CHECK(stream.state == Line::State::refused);
  CHECK(stream.unauthenticated);
  CHECK(heard<PageAction, EventArrived>(R"({"event":"eventArrived","kind":"call","data":"{}"})")
            .event == "call");
  CHECK(heard<PageAction, AudioChanged>(R"({"event":"audioChanged","state":"failed"})").state ==
        AudioState::failed);
  CHECK(heard<SettingsAction, NotifyAnswered>(R"({"event":"notifyAnswered","consent":"denied"})")
            .consent == Consent::denied);
  CHECK(heard<LiveAction, LiveSelected>(R"({"event":"liveSelected","id":"c1"})").id == "c1");
  CHECK(heard<AgentsAction, FilePicked>(R"({"event":"filePicked","text":"","failure":"tooLarge"})")
            .failure == Word::import_too_large);
  CHECK(heard<SettingsAction, DevicesListed>(
            R"({"event":"devicesListed","microphones":[{"id":"a","name":"A"}],"speakers":[]})")
            .microphones == std::vector<Device>{{"a", "A"}});
  CHECK(heard<WebAction, PhaseChanged>(R"({"event":"phaseChanged","phase":"thinking"})").phase ==
        WebPhase::thinking);
  const auto said = heard<WebAction, Heard>(
      R"({"event":"heard","ordinal":3,"fromAgent":true,"final":true,"text":"Hi"})");
  CHECK((said.ordinal == 3 && said.from_agent && said.final && said.text == "Hi"));
  CHECK(heard<WebAction, QualityMeasured>(
            R"({"event":"qualityMeasured","roundTripMs":20,"jitterMs":-1,"loss":0.5})")
            .loss == 0.5F);
  CHECK_FALSE(
      heard<WebAction, MicrophoneChecked>(R"({"event":"microphoneChecked","state":"ok"})").refusal);
  CHECK(heard<WebAction, RemarkSet>(R"({"event":"problemMet","problem":"no_meter"})").about ==
        "meter");
  CHECK(heard<WebAction, WebCallEnded>(R"({"event":"webCallEnded","by":"far_end"})").why ==
        HangUpWhy::agent_left);
}

TEST_CASE("what is no event says nothing") {
  for (const char* json :
       {"", "[]", "{}", R"({"event":"unheard of"})", R"({"event":"copied","ok":1})",
        R"({"event":"timerFired","timer":"none"})", R"({"event":"microphoneChecked"})"}) {
    CAPTURE(json);
    CHECK_FALSE(decode_event(json));
  }
}

TEST_CASE("each end of a web call is told to the person and to the server") {
  CHECK_FALSE(call_ended("us").failure);
  CHECK(call_ended("us").why == HangUpWhy::pressed);
  CHECK_FALSE(call_ended("page").failure);
  CHECK(call_ended("page").why == HangUpWhy::tab_closed);
  for (const auto& [by, code] : {std::pair{"network", ErrorCode::line_lost},
                                 {"join_refused", ErrorCode::join_failed},
                                 {"join_timeout", ErrorCode::join_timeout},
                                 {"microphone", ErrorCode::mic_busy},
                                 {"already_in_call", ErrorCode::in_call},
                                 {"sdk_failed", ErrorCode::sdk_unavailable}}) {
    CAPTURE(by);
    REQUIRE(call_ended(by).failure);
    CHECK(call_ended(by).failure->code == code);
    CHECK(call_ended(by).why == HangUpWhy::line_lost);
  }
}

TEST_CASE("a microphone that may not be used is refused in words of its own") {
  CHECK_FALSE(microphone_refusal("ok"));
  for (const auto& [state, code] : {std::pair{"denied", ErrorCode::mic_denied},
                                    {"dismissed", ErrorCode::mic_dismissed},
                                    {"system", ErrorCode::mic_system},
                                    {"cancelled", ErrorCode::mic_withdrawn},
                                    {"missing", ErrorCode::mic_missing},
                                    {"busy", ErrorCode::mic_busy},
                                    {"insecure_context", ErrorCode::insecure_context},
                                    {"elsewhere", ErrorCode::call_elsewhere},
                                    {"failed", ErrorCode::mic_busy}}) {
    CAPTURE(state);
    const auto refusal = microphone_refusal(state);
    REQUIRE(refusal);
    CHECK(refusal->code == code);
  }
}

}  // namespace
}  // namespace voxdial::ui
