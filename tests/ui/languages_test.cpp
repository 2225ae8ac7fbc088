// Every language has all words, with the same parameters and the forms it counts in.
#include <algorithm>
#include <map>
#include <regex>

#include "shared/finding.h"
#include "tests/ui/languages.h"
#include "tests/ui/stage.h"
#include "wasm-ui/core/call_words.h"

namespace voxdial::ui {
namespace {

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

}  // namespace
}  // namespace voxdial::ui
