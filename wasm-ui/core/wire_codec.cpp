#include "wasm-ui/core/wire_codec.h"

#include "shared/json_reader.h"
#include "shared/json_writer.h"
#include "wasm-ui/core/web_words.h"

namespace voxdial::ui {

// ---- effects. Empty text and what is false may be left out: the other side takes it so.

void fields(JsonWriter& io, const Header& v) {
  io.text("name", v.name);
  io.text("value", v.value);
}
void fields(JsonWriter& io, const HttpCall& v) {
  io.constant("effect", "httpCall");
  io.integer("id", v.id);
  io.text("method", v.method);
  io.text("url", v.url);
  io.list("headers", v.headers);
  io.text("body", v.body);
  io.integer("timeoutMs", v.timeout_ms);
  io.flag("outlivesPage", v.outlives_page);
}
void fields(JsonWriter& io, const OpenEvents& v) {
  io.constant("effect", "openEvents");
  io.text("after", v.after);
}
void fields(JsonWriter& io, const MakeKey&) { io.constant("effect", "makeKey"); }
void fields(JsonWriter& io, const PrepareMicrophone& v) {
  io.constant("effect", "prepareMicrophone");
  io.text("device", v.device, required_text);
  io.flag("beside", v.beside);
}
void fields(JsonWriter& io, const ReleaseMicrophone&) {
  io.constant("effect", "releaseMicrophone");
}
void fields(JsonWriter& io, const StartWebCall& v) {
  io.constant("effect", "startWebCall");
  io.text("joinUrl", v.join_url);
  io.text("microphone", v.microphone, required_text);
  io.text("speaker", v.speaker, required_text);
  io.flag("micMuted", v.mic_muted);
  io.flag("speakerMuted", v.speaker_muted);
  io.texts("tools", v.tools);
  io.flag("debug", v.debug_messages);
}
void fields(JsonWriter& io, const LeaveWebCall&) { io.constant("effect", "leaveWebCall"); }
void fields(JsonWriter& io, const MuteMicrophone& v) {
  io.constant("effect", "muteMicrophone");
  io.flag("muted", v.muted);
}
void fields(JsonWriter& io, const MuteSpeaker& v) {
  io.constant("effect", "muteSpeaker");
  io.flag("muted", v.muted);
}
void fields(JsonWriter& io, const UseMicrophone& v) {
  io.constant("effect", "useMicrophone");
  io.text("device", v.device, required_text);
}
void fields(JsonWriter& io, const UseSpeaker& v) {
  io.constant("effect", "useSpeaker");
  io.text("device", v.device, required_text);
}
void fields(JsonWriter& io, const ListDevices&) { io.constant("effect", "listDevices"); }
void fields(JsonWriter& io, const SendText& v) {
  io.constant("effect", "sendText");
  io.text("text", v.text, required_text);
}
void fields(JsonWriter& io, const SetOutput& v) {
  io.constant("effect", "setOutput");
  io.flag("text", v.text);
}
void fields(JsonWriter& io, const WantLevels& v) {
  io.constant("effect", "wantLevels");
  io.flag("wanted", v.wanted);
}
void fields(JsonWriter& io, const AnswerTool& v) {
  io.constant("effect", "answerTool");
  io.text("invocationId", v.invocation_id, required_text);
  io.text("result", v.result, required_text);
  io.flag("known", v.known);
  io.text("error", v.error, required_text);
}
constexpr std::string_view timer_words[] = {"phoneCheck", "historySearch", "copied", "poll"};
static_assert(std::size(timer_words) == std::size_t(Timer::poll) + 1);
void fields(JsonWriter& io, const SetTimer& v) {
  io.constant("effect", "setTimer");
  io.word("timer", v.timer, timer_words);
  io.integer("ms", v.ms);
}
void fields(JsonWriter& io, const CopyText& v) {
  io.constant("effect", "copyText");
  io.text("text", v.text, required_text);
}
void fields(JsonWriter& io, const GroupNumber& v) {
  io.constant("effect", "groupNumber");
  io.text("text", v.text);
  io.text("region", v.region, required_text);
}
void fields(JsonWriter& io, const Download& v) {
  io.constant("effect", "download");
  io.text("file", v.file);
  io.text("mime", v.mime);
  io.text("text", v.text, required_text);
}
void fields(JsonWriter& io, const PickFile&) { io.constant("effect", "pickFile"); }
void fields(JsonWriter& io, const PlayAudio& v) {
  io.constant("effect", "playAudio");
  io.text("url", v.url);
}
void fields(JsonWriter& io, const StopAudio&) { io.constant("effect", "stopAudio"); }
void fields(JsonWriter& io, const PushRoute& v) {
  io.constant("effect", "pushRoute");
  io.text("route", v.route, required_text);
  io.flag("replace", v.replace);
}
void fields(JsonWriter& io, const StoreSetting& v) {
  io.constant("effect", "storeSetting");
  io.text("key", v.key);
  io.text("value", v.value, required_text);
  io.flag("thisTab", v.this_tab);
}
void fields(JsonWriter& io, const UseLanguage& v) {
  io.constant("effect", "useLanguage");
  io.text("language", v.language, required_text);
}
void fields(JsonWriter& io, const SetTitle& v) {
  io.constant("effect", "setTitle");
  io.text("title", v.title, required_text);
}
void fields(JsonWriter& io, const AskToNotify&) { io.constant("effect", "askToNotify"); }
void fields(JsonWriter& io, const Notify& v) {
  io.constant("effect", "notify");
  io.text("call", v.call);
  io.text("title", v.title);
  io.text("body", v.body);
}
void fields(JsonWriter& io, const TakePhoneLinks&) { io.constant("effect", "takePhoneLinks"); }
void fields(JsonWriter& io, const PlayEndTone&) { io.constant("effect", "playEndTone"); }
void fields(JsonWriter& io, const ClaimKeys& v) {
  io.constant("effect", "claimKeys");
  io.texts("codes", v.codes);
}
void fields(JsonWriter& io, const FocusField& v) {
  io.constant("effect", "focusField");
  io.text("field", v.field);
}
void fields(JsonWriter& io, const GoTo& v) {
  io.constant("effect", "goTo");
  io.text("path", v.path);
  io.flag("newTab", v.new_tab);
}

void fields(JsonWriter& io, const AskBeforeLeaving& v) {
  io.constant("effect", "askBeforeLeaving");
  io.flag("ask", v.ask);
}

std::string encode(const Effect& effect) {
  return std::visit(
      [](const auto& one) {
        static_assert(
            requires(JsonWriter & io) { fields(io, one); },
            "this effect has no list of its fields above");
        return to_json(one);
      },
      effect);
}

// ---- events

namespace {

float measured(JsonReader& io, const char* name) {
  std::optional<double> value;
  io.number(name, value, -1e9, 1e9);
  return static_cast<float>(value.value_or(-1));
}

}  // namespace

void fields(JsonReader& io, Page& v) {
  v.width = measured(io, "width");
  v.height = measured(io, "height");
  v.pixel_ratio = measured(io, "pixelRatio");
  v.inset_top = measured(io, "insetTop");
  v.inset_right = measured(io, "insetRight");
  v.inset_bottom = measured(io, "insetBottom");
  v.inset_left = measured(io, "insetLeft");
  io.flag("dark", v.dark);
  io.flag("reducedMotion", v.reduced_motion);
  io.flag("moreContrast", v.more_contrast);
  io.flag("touch", v.touch);
  io.flag("hidden", v.hidden);
  io.flag("online", v.online);
  io.flag("secure", v.secure);
}
// As browsers call them; "missing" is ours.
constexpr std::string_view consent_words[] = {"missing", "default", "granted", "denied"};
struct Stored {
  std::string key, value;
};
void fields(JsonReader& io, Stored& v) {
  io.text("key", v.key);
  io.text("value", v.value);
}
void fields(JsonReader& io, Launched& v) {
  io.object("page", v.page);
  io.integer("now", v.now);
  io.text("route", v.route);
  std::vector<Stored> stored;
  io.list("stored", stored);
  for (Stored& one : stored) v.stored.emplace_back(std::move(one.key), std::move(one.value));
  io.word("notifications", v.consent, consent_words);
  io.flag("phoneLinks", v.phone_links);
  io.text("model", v.query_model);
  io.text("showSpeakerMute", v.query_speaker_mute);
  io.text("showDebugMessages", v.query_debug);
  io.text("showUserTranscripts", v.query_user_transcripts);
}
void fields(JsonReader& io, PageChanged& v) { io.object("page", v.page); }
void fields(JsonReader&, PageLeft&) {}
void fields(JsonReader& io, RouteChanged& v) { io.text("route", v.route); }
void fields(JsonReader& io, Copied& v) { io.flag("ok", v.ok); }
void fields(JsonReader& io, FilePicked& v) {
  io.text("text", v.text);
  constexpr std::string_view failures[] = {"", "tooLarge", "unreadable"};
  enum class Failure : std::uint8_t { none, too_large, unreadable } failure = Failure::none;
  io.word("failure", failure, failures);
  if (failure == Failure::too_large) v.failure = Word::import_too_large;
  if (failure == Failure::unreadable) v.failure = Word::import_unreadable;
}
void fields(JsonReader& io, NumberGrouped& v) {
  io.text("typed", v.typed);
  io.text("grouped", v.grouped);
}
void fields(JsonReader& io, KeyMade& v) { io.text("key", v.key); }
void fields(JsonReader& io, KeyPressed& v) {
  io.text("code", v.code);
  io.flag("down", v.down);
  io.flag("inField", v.in_field);
  io.text("key", v.key);
  io.flag("palette", v.palette);
}
void fields(JsonReader&, KeysReleased&) {}
void fields(JsonReader& io, TimerFired& v) { io.word("timer", v.timer, timer_words); }
void fields(JsonReader& io, HttpReplied& v) {
  constexpr std::string_view failures[] = {"none", "network", "timeout"};
  io.integer("id", v.id, 0, UINT32_MAX);
  io.word("failure", v.failure, failures);
  io.integer("status", v.status);
  io.text("body", v.body);
  io.integer("sentAt", v.sent_at);
  io.integer("heardAt", v.heard_at);
  io.integer("serverTime", v.server_time);
}
void fields(JsonReader& io, NotifyAnswered& v) { io.word("consent", v.consent, consent_words); }
void fields(JsonReader& io, LiveSelected& v) { io.text("id", v.id); }
void fields(JsonReader& io, StreamChanged& v) {
  constexpr std::string_view states[] = {"connecting", "live", "held", "reconnecting", "refused"};
  io.word("state", v.state, states);
  io.flag("unauthenticated", v.unauthenticated);
}
void fields(JsonReader& io, EventArrived& v) {
  io.text("kind", v.event);
  io.text("data", v.data);
}
void fields(JsonReader& io, AudioChanged& v) {
  constexpr std::string_view states[] = {"loading", "playing", "stopped", "failed"};
  io.word("state", v.state, states);
}
void fields(JsonReader& io, MicrophoneChecked& v) {
  std::string state;
  io.text("state", state, required_text);
  v.refusal = microphone_refusal(state);
}
void fields(JsonReader& io, Device& v) {
  io.text("id", v.id);
  io.text("name", v.name);
}
void fields(JsonReader& io, DevicesListed& v) {
  io.list("microphones", v.microphones);
  io.list("speakers", v.speakers);
}
void fields(JsonReader& io, PhaseChanged& v) {
  constexpr std::string_view phases[] = {"none",     "connecting", "idle",         "listening",
                                         "thinking", "speaking",   "reconnecting", "disconnecting"};
  io.word("phase", v.phase, phases);
}
void fields(JsonReader& io, Heard& v) {
  io.integer("ordinal", v.ordinal);
  io.flag("fromAgent", v.from_agent);
  io.flag("final", v.final);
  io.text("text", v.text);
}
void fields(JsonReader& io, ToolInvoked& v) {
  io.text("name", v.name);
  io.text("invocationId", v.invocation_id);
  io.text("parameters", v.parameters);
}
void fields(JsonReader& io, DebugHeard& v) { io.text("text", v.text); }
void fields(JsonReader& io, LevelsMeasured& v) {
  v.microphone = measured(io, "microphone");
  v.agent = measured(io, "agent");
}
void fields(JsonReader& io, QualityMeasured& v) {
  v.round_trip_ms = measured(io, "roundTripMs");
  v.jitter_ms = measured(io, "jitterMs");
  v.loss = measured(io, "loss");
}
void fields(JsonReader& io, LatencyMeasured& v) { v.ms = measured(io, "ms"); }
void fields(JsonReader& io, WebAction& v) {
  std::string problem;
  io.text("problem", problem, required_text);
  v = problem_met(problem);
}
void fields(JsonReader& io, Forms& v) {
  io.text("one", v.one);
  io.text("many", v.many);
  io.text("other", v.other);
}
void fields(JsonReader& io, Said& v) {
  io.text("english", v.english);
  io.text("text", v.text);
}
void fields(JsonReader& io, CountryName& v) {
  io.text("region", v.region);
  io.text("name", v.name);
  io.text("callingCode", v.calling_code);
}
void fields(JsonReader& io, CountriesNamed& v) { io.list("countries", v.countries); }
void fields(JsonReader& io, LanguageLoaded& v) {
  io.text("language", v.words.language);
  Table table;
  io.list("words", table.words);
  io.list("said", table.said);
  if (!table.words.empty()) v.words.table = std::make_shared<const Table>(std::move(table));
}
void fields(JsonReader&, LanguageFailed&) {}
void fields(JsonReader& io, WebCallEnded& v) {
  std::string by;
  io.text("by", by, required_text);
  v = call_ended(by);
}

namespace {

template <class A>
Action read(JsonReader& io) {
  A action;
  fields(io, action);
  return action;
}

constexpr struct {
  std::string_view name;
  Action (*read)(JsonReader&);
} events[] = {
    {"launched", read<Launched>},
    {"pageChanged", read<PageChanged>},
    {"pageLeft", read<PageLeft>},
    {"routeChanged", read<RouteChanged>},
    {"copied", read<Copied>},
    {"filePicked", read<FilePicked>},
    {"numberGrouped", read<NumberGrouped>},
    {"keyMade", read<KeyMade>},
    {"keyPressed", read<KeyPressed>},
    {"keysReleased", read<KeysReleased>},
    {"timerFired", read<TimerFired>},
    {"httpReplied", read<HttpReplied>},
    {"streamChanged", read<StreamChanged>},
    {"eventArrived", read<EventArrived>},
    {"audioChanged", read<AudioChanged>},
    {"notifyAnswered", read<NotifyAnswered>},
    {"liveSelected", read<LiveSelected>},
    {"microphoneChecked", read<MicrophoneChecked>},
    {"devicesListed", read<DevicesListed>},
    {"languageLoaded", read<LanguageLoaded>},
    {"languageFailed", read<LanguageFailed>},
    {"countriesNamed", read<CountriesNamed>},
    {"phaseChanged", read<PhaseChanged>},
    {"heard", read<Heard>},
    {"toolInvoked", read<ToolInvoked>},
    {"debugHeard", read<DebugHeard>},
    {"levelsMeasured", read<LevelsMeasured>},
    {"qualityMeasured", read<QualityMeasured>},
    {"latencyMeasured", read<LatencyMeasured>},
    {"problemMet", read<WebAction>},
    {"webCallEnded", read<WebCallEnded>},
};

}  // namespace

std::optional<Action> decode_event(std::string_view json) {
  // The browser's half is ours; the limits only keep a mistake of it bounded.
  constexpr JsonLimits limits{64 << 20, 8, 100'000};
  auto event = parse_json(json, limits);
  if (!event || !event->is_object()) return std::nullopt;
  Reading state{.request = false, .error = std::nullopt};
  JsonReader io(*event, nullptr, state);
  std::string name;
  io.text("event", name);
  for (const auto& row : events) {
    if (row.name != name) continue;
    Action action = row.read(io);
    if (state.error) return std::nullopt;
    return action;
  }
  return std::nullopt;
}

}  // namespace voxdial::ui
