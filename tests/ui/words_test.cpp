// The words of every language: each has all of them, with the same parameters and the forms it
// counts in; and they reach the screen.
#include "wasm-ui/core/words/words.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

#include "shared/finding.h"
#include "shared/json.h"
#include "tests/ui/stage.h"
#include "wasm-ui/core/call_words.h"

namespace voxdial::ui {
namespace {

namespace fs = std::filesystem;

const fs::path folder = VOXDIAL_SOURCE_DIR "/wasm-ui/core/words";

std::string text_of_file(const fs::path& file) {
  std::ifstream stream(file);
  REQUIRE(stream.is_open());
  return {std::istreambuf_iterator<char>(stream), {}};
}

const std::vector<std::string>& keys() {
  static const std::vector<std::string> all = {
#define W(key, text) #key,
#define N(key, one, other) #key,
      VOXDIAL_WORDS(W, N)
#undef W
#undef N
  };
  return all;
}
std::string name_of(PluralForm form) {
  return form == PluralForm::one ? "one" : form == PluralForm::many ? "many" : "other";
}

JsonValue table_of(std::string_view language) {
  return JsonValue::parse(text_of_file(folder / (std::string(language) + ".json")));
}
/// All but English, which is the list of keys itself.
std::vector<std::string> translations() {
  std::vector<std::string> out;
  for (const Language& one : languages) {
    if (one.code != "en") out.emplace_back(one.code);
  }
  return out;
}

std::set<std::string> parameters(std::string_view text) {
  std::set<std::string> out;
  for (std::size_t at = 0;;) {
    const std::string_view next = words::next_parameter(text, at);
    if (next.empty()) return out;
    out.emplace(next);
  }
}

/// What is wrong with a language's words, each as "key: what".
std::vector<std::string> faults_of(std::string_view language, const JsonValue& table) {
  std::vector<std::string> out;
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < keys().size(); ++i) known[keys()[i]] = i;
  for (const auto& [key, value] : table.items()) {
    if (!known.contains(key)) out.push_back(key + ": unused");
  }
  for (const auto& [key, at] : known) {
    const auto wrong = [&, key = std::string_view(key)](std::string_view what) {
      out.push_back(std::string(key).append(": ").append(what));
    };
    if (!table.contains(key)) {
      wrong("missing");
      continue;
    }
    const JsonValue& value = table.at(key);
    const auto look = [&, at = at](const JsonValue& text) {
      if (!text.is_string() || text.get<std::string>().empty()) return wrong("no text");
      if (parameters(text.get<std::string>()) != parameters(words::english[at]))
        wrong("other parameters");
    };
    if (!words::counted[at]) {
      look(value);
      continue;
    }
    std::set<std::string> needed;
    for (const PluralForm form : plural_forms(counting_of(language))) needed.insert(name_of(form));
    if (!value.is_object()) {
      wrong("no forms");
      continue;
    }
    for (const std::string& form : needed) {
      if (value.contains(form)) {
        look(value.at(form));
      } else {
        wrong("form " + form + " missing");
      }
    }
    for (const auto& [form, text] : value.items()) {
      if (!needed.contains(form)) wrong("form " + form + " unused");
    }
  }
  return out;
}

/// The table as the page gets it (web/build.mjs, web/language.js).
LanguageLoaded loaded(std::string_view language, const JsonValue& json) {
  Table table;
  for (const std::string& key : keys()) {
    Forms forms;
    if (const auto found = json.at("words").find(key); found != json.at("words").end()) {
      if (found->is_string()) {
        forms.other = found->get<std::string>();
      } else {
        forms = {found->value("one", ""), found->value("many", ""), found->value("other", "")};
      }
    }
    table.words.push_back(std::move(forms));
  }
  for (const auto& [english, text] : json.at("said").items())
    table.said.push_back({english, text.get<std::string>()});
  LanguageLoaded out;
  out.words.language = std::string(language);
  out.words.table = std::make_shared<const Table>(std::move(table));
  return out;
}

using Faults = std::vector<std::string>;

TEST_CASE("every language has every word, with its parameters and its forms") {
  for (const std::string& language : translations()) {
    CAPTURE(language);
    CHECK(faults_of(language, table_of(language).at("words")) == Faults{});
  }
}

TEST_CASE(
    "a word that is missing, unused or has other parameters or forms is found, in any language") {
  for (const std::string& language : translations()) {
    CAPTURE(language);
    const JsonValue good = table_of(language).at("words");
    JsonValue bad = good;
    bad.erase("end_call");
    CHECK(faults_of(language, bad) == Faults{"end_call: missing"});
    bad = good;
    bad["no_such_word"] = "x";
    CHECK(faults_of(language, bad) == Faults{"no_such_word: unused"});
    bad = good;
    bad["call_number"] = "{nummer}";
    CHECK(faults_of(language, bad) == Faults{"call_number: other parameters"});
    bad["call_number"] = "x";
    CHECK(faults_of(language, bad) == Faults{"call_number: other parameters"});
    bad["call_number"] = "";
    CHECK(faults_of(language, bad) == Faults{"call_number: no text"});
    bad = good;
    bad["checks_failed"].erase("other");
    CHECK(faults_of(language, bad) == Faults{"checks_failed: form other missing"});
    bad["checks_failed"] = "x";
    CHECK(faults_of(language, bad) == Faults{"checks_failed: no forms"});
    bad = good;
    bad["checks_failed"]["few"] = "{n}";
    CHECK(faults_of(language, bad) == Faults{"checks_failed: form few unused"});
  }
}

TEST_CASE("every word is used on a screen or in the model") {
  std::string sources;
  for (const fs::directory_entry& file :
       fs::recursive_directory_iterator(VOXDIAL_SOURCE_DIR "/wasm-ui")) {
    const fs::path kind = file.path().extension();
    if (kind == ".cpp" || kind == ".h") sources += text_of_file(file.path());
  }
  std::set<std::string> used;
  const std::regex word("Word::(\\w+)");
  for (std::sregex_iterator at(sources.begin(), sources.end(), word), end; at != end; ++at)
    used.insert((*at)[1]);
  for (const std::string& key : keys()) {
    CAPTURE(key);
    CHECK(used.contains(key));
  }
}

TEST_CASE("each language has every word of the pages that are plain HTML, and each is used there") {
  const JsonValue english = table_of("en").at("pages");
  std::set<std::string> used;
  for (const fs::directory_entry& file : fs::directory_iterator(VOXDIAL_SOURCE_DIR "/web")) {
    if (file.path().extension() != ".js" && file.path().extension() != ".html") continue;
    const std::string text = text_of_file(file.path());
    const std::regex word(
        "(?:words\\.|data-(?:word|label)=\"|\\{)((?:early|stop|plain|offline|noscript)\\w*)");
    for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at)
      used.insert((*at)[1]);
  }
  const std::string by_server = text_of_file(VOXDIAL_SOURCE_DIR "/proxy/routes/login.cpp");
  const std::regex word("\"(login_\\w+)\"");
  for (std::sregex_iterator at(by_server.begin(), by_server.end(), word), end; at != end; ++at)
    used.insert((*at)[1]);
  std::set<std::string> own;  // what is no word of the program's
  for (const auto& [key, value] : english.items()) {
    CAPTURE(key);
    CHECK(used.contains(key));
    const std::string text = value.get<std::string>();
    if (!text.starts_with('=')) {
      own.insert(key);
      continue;
    }
    const std::string name = text.substr(1);
    CHECK((std::count(keys().begin(), keys().end(), name) == 1 || error_code(name)));
  }
  for (const std::string& key : used) {
    CAPTURE(key);
    CHECK(english.contains(key));
  }
  for (const std::string& language : translations()) {
    const JsonValue pages = table_of(language).at("pages");
    std::set<std::string> there;
    for (const auto& [key, text] : pages.items()) {
      CAPTURE(language, key);
      there.insert(key);
      REQUIRE(english.contains(key));
      CHECK(parameters(text.get<std::string>()) == parameters(english.at(key).get<std::string>()));
      CHECK_FALSE(text.get<std::string>().empty());
    }
    CAPTURE(language);
    CHECK(there == own);
  }
}

TEST_CASE("the languages to choose from are those there are files of, and the page fetches each") {
  std::set<std::string> files, listed, fetched;
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
    if (file.path().extension() == ".json") files.insert(file.path().stem().string());
  }
  files.erase("en");  // part of the program; its file has the words of other pages
  for (const std::string& language : translations()) listed.insert(language);
  const std::string script = text_of_file(VOXDIAL_SOURCE_DIR "/web/language.js");
  const std::regex line("/words/([\\w-]+)\\.json'");
  for (std::sregex_iterator at(script.begin(), script.end(), line), end; at != end; ++at)
    fetched.insert((*at)[1]);
  INFO("a language is a file of wasm-ui/core/words, a row in words.h and a line in language.js");
  CHECK(listed == files);
  CHECK(fetched == files);
}

TEST_CASE("each language says what every error means") {
  for (const std::string& language : translations()) {
    const Words words = loaded(language, table_of(language)).words;
    for (const ErrorCode code : all_error_codes) {
      CAPTURE(language, wire_name(code));
      CHECK(said(words, make_error(code)) != sentence(code));
    }
  }
}

/// What the doctor says by a name: the key in a language's file, and the English.
std::map<std::string, std::string> doctor_words() {
  std::map<std::string, std::string> out;
  for (const CheckName& one : checks) out["check:" + std::string(one.id)] = one.title;
  for (const Finding& one : findings) {
    out["finding:" + std::string(one.name)] = one.found;
    if (!one.remedy.empty()) out["remedy:" + std::string(one.name)] = one.remedy;
  }
  return out;
}

TEST_CASE("each language says all that the doctor may find, with its values") {
  for (const std::string& language : translations()) {
    const JsonValue table = table_of(language);
    std::set<std::string> known;
    for (const auto& [key, english] : doctor_words()) {
      CAPTURE(language, key);
      REQUIRE(table.at("said").contains(key));
      CHECK(parameters(table.at("said").at(key).get<std::string>()) == parameters(english));
      known.insert(key);
    }
    for (const auto& [key, text] : table.at("said").items()) {
      CAPTURE(language, key);
      for (const char* kind : {"check:", "finding:", "remedy:"}) {
        if (key.starts_with(kind)) CHECK(known.contains(key));
      }
    }
  }
}

TEST_CASE("the doctor's report is said in the reader's language, and what is amiss comes first") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::doctor, {}}});
  using State = DoctorCheck::State;
  DoctorReport report;
  report.checks = {
      {State::ok, "store", "Call record", "Can be written.", "", "record_writable"},
      {State::unknown,
       "twilio_key",
       "Twilio account",
       "Could not be checked.",
       "Twilio did not answer in time.",
       "not_answered",
       {},
       "vendor_timeout"},
      {State::failed,
       "clock",
       "Clock",
       "This machine's clock is off by 42 s.",
       "Set the clock.",
       "clock_off",
       {{"seconds", "42"}}},
      {State::warning, "of_a_newer_server", "Something new", "It is so.", "Do it.", "new"}};
  story.reply("GET", "/api/doctor", 200, encode(report));
  Stage stage(std::move(story));
  const auto shown = [&] {
    std::vector<std::string> out;
    for (const MirrorNode& node : stage.mirror()) {
      if (node.role == Role::listitem && out.size() < 4) out.push_back(node.name);
    }
    return out;
  };
  CHECK(shown() ==
        std::vector<std::string>{
            "Clock: Failed. This machine's clock is off by 42 s. Set the clock.",
            "Something new: Warning. It is so. Do it.",
            "Twilio account: Unknown. Could not be checked. Twilio did not answer in time.",
            "Call record: OK. Can be written."});
  stage.tell(loaded("de", table_of("de")));
  CHECK(shown() ==
        std::vector<std::string>{
            "Uhr: Fehlgeschlagen. Die Uhr dieses Rechners weicht um 42 s ab. Stellen Sie die Uhr "
            "(NTP "
            "einschalten): Sonst scheitern die Signaturen der Rückmeldungen.",
            "Something new: Warnung. It is so. Do it.",
            "Twilio-Konto: Unbekannt. Konnte nicht geprüft werden. Der Anbieter hat nicht "
            "rechtzeitig geantwortet.",
            "Anrufprotokoll: OK. Kann geschrieben werden."});
}

TEST_CASE("what a stand-in answers the doctor takes for no news of the real account") {
  Story story = started_story();
  story.tell(Navigated{Route{Screen::doctor, {}}});
  using State = DoctorCheck::State;
  DoctorReport report;
  report.checks = {{State::warning, "sandbox", "Sandbox", "Stand-ins.", "", "stand_ins"},
                   {State::ok, "ultravox_key", "Ultravox key", "Accepted.", "", "key_accepted"},
                   {State::ok, "store", "Call record", "Can be written.", "", "record_writable"}};
  story.reply("GET", "/api/doctor", 200, encode(report));
  Stage stage(std::move(story));
  CHECK(stage.find(Role::listitem, "Ultravox key: Unknown. Stand-in: Accepted.") != nullptr);
  CHECK(stage.find(Role::listitem, "Call record: OK. Can be written.") != nullptr);
}

TEST_CASE("what is translated of the server's words is still said by the server") {
  // Literals that stand one below the other are one sentence; a code in brackets is put in later.
  std::string sources;
  for (const char* room : {"/proxy", "/shared"}) {
    for (const fs::directory_entry& file :
         fs::recursive_directory_iterator(VOXDIAL_SOURCE_DIR + std::string(room))) {
      const std::string kind = file.path().extension();
      if (kind == ".cpp" || kind == ".h") sources += text_of_file(file.path());
    }
  }
  sources = std::regex_replace(sources, std::regex("\"\\s*\\n\\s*\""), "");
  sources = std::regex_replace(sources, std::regex(" \\(\\{(sip|error)\\}\\)"), "");
  for (const std::string& language : translations()) {
    const auto table = table_of(language);
    for (const auto& [english, text] : table.at("said").items()) {
      std::string name = english;  // of an entry of a timeline
      std::replace(name.begin(), name.end(), ' ', '_');
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      CAPTURE(language, english);
      CHECK((error_code(english) || doctor_words().contains(english) ||
             sources.find(english) != sources.npos ||
             sources.find('"' + name + '"') != sources.npos));
      CHECK_FALSE(text.get<std::string>().empty());
    }
  }
}

TEST_CASE("the form of a number is the one Intl.PluralRules names") {
  const auto form = [](const char* language, std::int64_t n) {
    return name_of(plural_form(counting_of(language), n));
  };
  for (const char* language : {"en", "de"}) {
    CHECK(form(language, 0) == "other");
    CHECK(form(language, 1) == "one");
    CHECK(form(language, 2) == "other");
    CHECK(form(language, 1'000'000) == "other");
  }
  CHECK(form("es", 0) == "other");
  CHECK(form("fr", 0) == "one");
  CHECK(form("pt-BR", 0) == "one");
  for (const char* language : {"es", "fr", "pt-BR"}) {
    CHECK(form(language, 1) == "one");
    CHECK(form(language, 2) == "other");
    CHECK(form(language, 1'000'000) == "many");
    CHECK(form(language, 1'000'001) == "other");
  }
  for (const std::int64_t n : {0, 1, 2, 1'000'000}) CHECK(form("ja", n) == "other");
}

TEST_CASE("a sentence is filled wherever its language puts the parameters") {
  const Words german = loaded("de", table_of("de")).words;
  CHECK(tr(Words{}, {Word::call_number, "number"}, "+49 30 1") == "Call +49 30 1");
  CHECK(tr(german, {Word::call_number, "number"}, "+49 30 1") == "+49 30 1 anrufen");
  CHECK(tr(Words{}, Word::calls_shown, 1, "1") == "1 call");
  CHECK(tr(Words{}, Word::calls_shown, 1200, "1,200") == "1,200 calls");
  CHECK(tr(german, Word::calls_shown, 1, "1") == "1 Anruf");
  const Words spanish = loaded("es", table_of("es")).words;
  CHECK(tr(spanish, Word::calls_shown, 2'000'000, "2 millones") == "2 millones de llamadas");
}

TEST_CASE("what a table lacks is said in English") {
  JsonValue json = table_of("de");
  json["words"].erase("end_call");
  const Words words = loaded("de", json).words;
  CHECK(tr(words, Word::end_call) == "End call");
  CHECK(tr(words, Word::dismiss) == "Ausblenden");
}

TEST_CASE(
    "what the server says is said in the reader's language, else by its code, else as it came") {
  Table table;
  table.said = {{"Letters cannot be dialled.", "Buchstaben kann man nicht wählen."},
                {"invalid_number", "Keine gültige Nummer."},
                {"The call was declined.", "Der Anruf wurde abgelehnt."}};
  const Words words{"de", std::make_shared<const Table>(table)};
  const auto error = [&](const char* message) {
    return said(words, make_error(ErrorCode::invalid_number, message));
  };
  CHECK(error("Letters cannot be dialled.") == "Buchstaben kann man nicht wählen.");
  CHECK(error("Something with 12 in it.") == "Keine gültige Nummer.");
  CHECK(said(words, make_error(ErrorCode::conflict, "It is so.")) == "It is so.");
  CHECK(said(words, "The call was declined (SIP 603).") == "Der Anruf wurde abgelehnt. (SIP 603)");
  CHECK(said(Words{}, make_error(ErrorCode::conflict, "It is so.")) == "It is so.");
}

TEST_CASE(
    "why a call ended is told as seen by the reader, with times as the language writes them") {
  Call call = some_call("c1", MediumType::twilio, CallStatus::completed);
  const Formatter duration = [](Format, double seconds, const std::string&) {
    return std::to_string(static_cast<int>(seconds)) + " sec";
  };
  const auto meaning = [&](bool mine) { return state_meaning({}, call, mine, duration); };
  call.end = {EndedBy::person, "ended_here", "Somebody pressed End."};
  CHECK(meaning(true) == "You ended the call.");
  CHECK(meaning(false) == "The call was ended from voxdial.");
  call.end = {EndedBy::person, "canceled", "Somebody pressed End before the call was answered."};
  CHECK(meaning(true) == "You ended the call before anyone answered.");
  call.end = {EndedBy::callee, "no_answer", "No answer after 30 s."};
  call.ringing_at = 1'000;
  call.ended_at = 31'000;
  CHECK(meaning(true) == "Nobody answered after 30 sec.");
  call.end = {EndedBy::limit, "time_limit", "The call reached its length limit of 10 min."};
  call.max_duration_s = 600;
  CHECK(meaning(true) == "The call reached its time limit of 600 sec.");
  call.end = {EndedBy::callee, "declined", "The call was declined."};
  CHECK(meaning(true) == "The call was declined.");
}

TEST_CASE("a language chosen in the settings is remembered, asked for and shown at once") {
  Stage stage;
  stage.activate(Role::link, "Settings");
  const MirrorNode& select = stage.get(Role::select, "Language");
  CHECK(select.value.empty());
  CHECK(select.options.size() == std::size(languages) + 1);
  stage.type(Role::select, "Language", "de");
  CHECK(stage.story.ordered(StoreSetting{"language", "de"}));
  REQUIRE_FALSE(stage.story.all<UseLanguage>().empty());
  CHECK(stage.story.all<UseLanguage>().back().language == "de");
  CHECK(stage.find(Role::heading, "Settings") != nullptr);  // until the words are here
  stage.tell(loaded("de", table_of("de")));
  CHECK(stage.find(Role::heading, "Einstellungen") != nullptr);
  CHECK(stage.get(Role::select, "Sprache").value == "de");
  stage.tell(LanguageFailed{});
  CHECK(stage.says("Diese Sprache konnte nicht geladen werden."));
}

TEST_CASE("the page asks for its language when it starts") {
  Story story;
  Launched launched;
  launched.stored = {{"language", "ja"}};
  story.tell(launched);
  REQUIRE(story.all<UseLanguage>().size() == 1);
  CHECK(story.all<UseLanguage>()[0].language == "ja");
}

TEST_CASE("the title of the tab is in the page's language") {
  Story story = started_story();
  story.tell(loaded("fr", table_of("fr")));
  story.tell(
      EventArrived{"call", encode(some_call("c1", MediumType::twilio, CallStatus::ringing))});
  CHECK(story.ordered(SetTitle{"Sonne - voxdial"}));
  story.tell(EventArrived{"call", encode([] {
                            Call over = some_call("c1", MediumType::twilio, CallStatus::canceled);
                            over.version = 2;
                            return over;
                          }())});
  story.tell(Navigated{Route{Screen::history}});
  CHECK(story.ordered(SetTitle{"Historique - voxdial"}));
}

}  // namespace
}  // namespace voxdial::ui
