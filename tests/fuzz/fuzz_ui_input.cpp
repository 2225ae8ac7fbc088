// Any lines as what a person, the browser and the server do to the page: a letter says what, the
// rest of the line with which words. Whatever they are, one press asks for one call, no digit typed
// is lost or invented, the page asks nobody but its own server, and the browser can read every
// order.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "shared/ascii.h"
#include "shared/codec.h"
#include "shared/utf8.h"
#include "wasm-ui/core/update.h"
#include "wasm-ui/core/wire_codec.h"

namespace {

using namespace voxdial;
using namespace voxdial::ui;

struct Visit {
  Model model;
  std::vector<HttpCall> asked;  ///< and not answered yet
  int keys = 0;

  void tell(const Action& a) { take(update(model, a)); }

  void take(Effects effects) {
    for (Effect& effect : effects) {
      if (encode(effect).empty()) std::abort();  // it throws where a text is no UTF-8
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

  /// An event as the browser tells it; there is but one launch, and what was typed is typed above.
  void hear(const std::string& json) {
    const auto event = decode_event(json);
    if (!event || json.find("launched") != json.npos || json.find("number") != json.npos) return;
    take(update(model, *event));
  }

  /// What else can be pressed or chosen.
  void press(unsigned what, const std::string& words) {
    const bool on = words.size() % 2 == 1;
    const std::string live = model.live.cards.empty() ? "" : model.live.cards.back().call.id;
    Agent draft = model.agents.draft.value_or(Agent{});
    draft.name = words;
    draft.settings.system_prompt = words;
    HistoryFilter filter = model.history.filter;
    filter.agent = words;
    filter.range = on ? Range::week : Range::all;
    const Call again = model.history.rows.empty() ? Call{} : model.history.rows.front();
    const Action presses[] = {
        AgentOpened{words},
        DraftChanged{draft},
        DraftSaved{},
        DraftDiscarded{},
        DraftUsed{},
        DraftTried{},
        DraftRemoved{},
        DraftExported{},
        VoicePreviewed{words},
        AgentsRetried{},
        OverridesDropped{},
        RecordingSet{on},
        QuietHoursOverridden{on},
        NumberLeft{},
        again.id.empty() ? Action(RetryPressed{}) : CallAgainPressed{again},
        FilterChanged{filter},
        MoreWanted{},
        RecentCallsWanted{},
        CallOpened{words},
        RowReached{words},
        RowWanted{on ? 1 : -1},
        HistoryRetried{},
        ExportPressed{on ? ExportFormat::json : ExportFormat::csv},
        LiveSelected{words.empty() ? live : words},
        LiveDismissed{live},
        SayKindChosen{live, on ? SayRequest::Kind::say : SayRequest::Kind::text},
        Navigated{parse_route(words)},
        CopyPressed{words},
        LogOutPressed{},
        LogInPressed{},
        RetryPressed{},
        PaletteOpened{on ? Palette::commands : Palette::closed},
        LanguageChosen{words},
        TalkKeyAsked{},
        PushToTalkSet{on},
        MicMuteSet{on},
        TalkHeld{on},
        OutputSet{on},
        DoctorRegionChosen{words},
        TryMicrophonePressed{}};
    tell(presses[what % std::size(presses)]);
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
      case 'v':
        hear(words);
        break;
      case 'y':
        press(static_cast<unsigned>(std::atoi(first.c_str())), rest);
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
    // Whatever a browser tells is UTF-8.
    if (!line.empty() && is_utf8(line)) visit.act(line[0], line.substr(1));
  }
  return 0;
}
