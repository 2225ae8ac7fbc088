// The languages' files as the tests read them.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "shared/json.h"
#include "wasm-ui/core/update.h"
#include "wasm-ui/core/words/words.h"

namespace voxdial::ui {

namespace fs = std::filesystem;

inline const fs::path folder = VOXDIAL_SOURCE_DIR "/wasm-ui/core/words";

inline std::string text_of_file(const fs::path& file) {
  std::ifstream stream(file);
  REQUIRE(stream.is_open());
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline const std::vector<std::string>& keys() {
  static const std::vector<std::string> all = {
#define W(key, text) #key,
#define N(key, one, other) #key,
      VOXDIAL_WORDS(W, N)
#undef W
#undef N
  };
  return all;
}

inline std::string name_of(PluralForm form) {
  return form == PluralForm::one ? "one" : form == PluralForm::many ? "many" : "other";
}

inline JsonValue table_of(std::string_view language) {
  return JsonValue::parse(text_of_file(folder / (std::string(language) + ".json")));
}
/// All but English, which is the list of keys itself.
inline std::vector<std::string> translations() {
  std::vector<std::string> out;
  for (const Language& one : languages) {
    if (one.code != "en") out.emplace_back(one.code);
  }
  return out;
}

inline std::set<std::string> parameters(std::string_view text) {
  std::set<std::string> out;
  for (std::size_t at = 0;;) {
    const std::string_view next = words::next_parameter(text, at);
    if (next.empty()) return out;
    out.emplace(next);
  }
}

/// The table as the page gets it (web/build.mjs, web/language.js).
inline LanguageLoaded loaded(std::string_view language, const JsonValue& json) {
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

}  // namespace voxdial::ui
