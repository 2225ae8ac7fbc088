// The words of a language reach the screen.
#include "shared/finding.h"
#include "tests/ui/languages.h"
#include "tests/ui/stage.h"
#include "wasm-ui/core/call_words.h"

namespace voxdial::ui {
namespace {

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
