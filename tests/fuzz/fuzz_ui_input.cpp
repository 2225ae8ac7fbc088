// Any lines as what a person, the browser and the server do to the page: a letter says what, the
// rest of the line with which words. Whatever they are, one press asks for one call, no digit typed
// is lost or invented, and the page asks nobody but its own server.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "shared/ascii.h"
#include "shared/codec.h"
#include "tests/ui/tell.h"

namespace {

using namespace voxdial;
using namespace voxdial::ui;

struct Visit {
  Model model;
  std::vector<HttpCall> asked;  ///< and not answered yet
  int keys = 0;

  template <class A>
  void tell(A a) {
    for (Effect& effect : ui::tell(model, std::move(a))) {
      if (HttpCall* call = std::get_if<HttpCall>(&effect)) {
        if (call->url.rfind("/api/", 0) != 0) std::abort();
        asked.push_back(std::move(*call));
      }
    }
    int placing = 0;
    for (const HttpCall& call : asked) placing += call.method == "POST" && call.url == "/api/calls";
    if (placing > 1) std::abort();
  }

  void reply(int status, std::string body) {
    if (asked.empty()) return;
    const RequestId id = asked.back().id;
    asked.pop_back();
    tell(HttpReplied{id, status == 0 ? HttpReplied::Failure::network : HttpReplied::Failure::none,
                     status, std::move(body)});
  }

  void act(char what, const std::string& words) {
    const std::string live = model.live.cards.empty() ? "" : model.live.cards.front().call.id;
    const std::size_t space = words.find(' ');
    const std::string first = words.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : words.substr(space + 1);
    switch (what) {
      case 'n':
        tell(NumberTyped{words});
        if (!model.form.placing() && digits_of(model.form.number) != digits_of(words)) std::abort();
        break;
      case 'c':
        tell(RegionChosen{words});
        break;
      case 'm':
        tell(MediumChosen{words == "web" ? MediumType::web : MediumType::twilio});
        break;
      case 'a':
        tell(AgentChosen{words});
        break;
      case 'i':
        tell(StoredAgentTyped{words});
        break;
      case 'p':
        tell(PlacePressed{});
        break;
      case 'k':
        tell(KeyMade{"key-" + std::to_string(++keys)});
        break;
      case 'M':
        tell(MicrophoneChecked{});
        break;
      case 's':
        tell(SayTyped{live, words});
        tell(SayPressed{live});
        break;
      case 'x':
        tell(HangUpPressed{live});
        break;
      case 'f':
        tell(SearchTyped{words});
        break;
      case 'h':
        tell(RouteChanged{words});
        if (parse_route(route_text(model.route)) != model.route) std::abort();
        break;
      case 'j':
        tell(ImportPressed{});
        tell(FilePicked{words, {}});
        break;
      case 'd':
        tell(DraftSavedAsNew{});
        break;
      case 't':
        tell(ToolInvoked{first, "invocation", rest});
        break;
      case 'w':
        tell(Heard{.ordinal = static_cast<int>(words.size() % 5),
                   .from_agent = words.size() % 2 == 0,
                   .final = words.size() % 3 == 0,
                   .text = words});
        break;
      case 'e':
        tell(EventArrived{first, rest});
        break;
      case 'r':
        reply(std::atoi(first.c_str()), rest);
        break;
      case 'b':
        tell(KeyPressed{words, true, false});
        tell(KeyPressed{words, false, false});
        break;
      case 'o':
        for (const Timer timer : {Timer::phone_check, Timer::history_search, Timer::copied}) {
          tell(TimerFired{timer});
        }
        break;
      default:
        tell(Ticked{model.now + 1000});
    }
  }
};

Visit begun() {
  Visit visit;
  Launched launched;
  launched.now = 1'700'000'000'000;
  visit.tell(launched);
  ServerConfig config;
  config.phone = true;
  config.default_region = "US";
  Agent agent;
  agent.id = "assistant";
  agent.name = "Assistant";
  while (!visit.asked.empty()) {
    const std::string url = visit.asked.back().url;
    visit.reply(200, url == "/api/config"   ? encode(config)
                     : url == "/api/agents" ? encode(AgentList{{agent}})
                                            : encode(CallPage{}));
  }
  return visit;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Visit start = begun();
  Visit visit = start;
  std::string_view lines(reinterpret_cast<const char*>(data), size);
  for (int steps = 0; !lines.empty() && steps < 200; ++steps) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string line(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (!line.empty()) visit.act(line[0], line.substr(1));
  }
  return 0;
}
