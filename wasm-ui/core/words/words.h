// The words of the page in the reader's language.
//
// English is part of the program (english.h); every other language is a file of this folder that
// web/language.js fetches when it is chosen. What a table lacks is said in English. A sentence is
// one text with named parameters, never glued from parts, because every language orders them in its
// own way:
//
//     tr(words, Word::end_call)
//     tr(words, {Word::call_number, "number"}, number)   the names are checked by the compiler
//     tr(words, Word::checks_failed, 3, "3")             one of the forms the language counts in
//
// A language is its file, a row of `languages`, which says how it counts too, and a line in
// web/language.js; a word is a line in english.h and one in each file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "shared/api.h"
#include "shared/error.h"
#include "wasm-ui/core/words/english.h"
#include "wasm-ui/core/words/plural.h"

namespace voxdial::ui {

enum class Word : std::uint16_t {
#define W(key, text) key,
#define N(key, one, other) key,
  VOXDIAL_WORDS(W, N)
#undef W
#undef N
};

struct Language {
  std::string_view code;  ///< BCP 47
  std::string_view name;  ///< its own
  Counting counting;
};
constexpr Language languages[] = {
    {"en", "English", Counting::one},
    {"es", "Español", Counting::one_many},
    {"de", "Deutsch", Counting::one},
    {"fr", "Français", Counting::none_one_many},
    {"pt-BR", "Português (Brasil)", Counting::none_one_many},
    {"ja", "日本語", Counting::alike},
};

/// How a language counts; one that is not here, like English.
constexpr Counting counting_of(std::string_view language) {
  for (const Language& one : languages) {
    if (one.code == language) return one.counting;
  }
  return Counting::one;
}

/// One text in each form the language counts in; what is not counted has `other` alone.
struct Forms {
  std::string one, many, other;
  friend bool operator==(const Forms&, const Forms&) = default;
};
/// What the server says, in another language. `english`: its sentence, or an error's code.
struct Said {
  std::string english, text;
  friend bool operator==(const Said&, const Said&) = default;
};
struct Table {
  std::vector<Forms> words;  ///< by Word; empty where the language lacks it
  std::vector<Said> said;
};
struct Words {
  std::string language = "en";
  std::shared_ptr<const Table> table;  ///< none: English
  friend bool operator==(const Words&, const Words&) = default;
};

namespace words {

/// For the checks below; nothing looks here when the program runs.
constexpr std::string_view english[] = {
#define W(key, text) text,
#define N(key, one, other) other,
    VOXDIAL_WORDS(W, N)
#undef W
#undef N
};
constexpr bool counted[] = {
#define W(key, text) false,
#define N(key, one, other) true,
    VOXDIAL_WORDS(W, N)
#undef W
#undef N
};

/// The next {name} in a text at or after `at`, or an empty one; `at` is then behind it.
constexpr std::string_view next_parameter(std::string_view text, std::size_t& at) {
  const std::size_t open = text.find('{', at);
  if (open == text.npos) return {};
  const std::size_t close = text.find('}', open);
  at = close + 1;
  return text.substr(open + 1, close - open - 1);
}

/// The place of a name among `names`, which have blanks between them; or how many there are.
constexpr std::size_t place_of(std::string_view name, std::string_view names) {
  for (std::size_t place = 0;; ++place) {
    const std::size_t end = names.find(' ');
    if (names.empty() || names.substr(0, end) == name) return place;
    names.remove_prefix(end == names.npos ? names.size() : end + 1);
  }
}

/// Whether a text has these parameters, each once, and no others.
constexpr bool takes(std::string_view text, std::string_view names, std::size_t count) {
  std::size_t found = 0;
  for (std::size_t at = 0;; ++found) {
    const std::string_view next = next_parameter(text, at);
    if (next.empty()) break;
    if (place_of(next, names) == count) return false;
  }
  return found == count && place_of({}, names) == count;
}

void the_text_has_other_parameters();  // never defined: the compiler names it where one is wrong

std::string filled(const Words& words, Word word, PluralForm form, std::string_view names,
                   const std::string_view* values);

}  // namespace words

/// A word and the names of its parameters, in the order in which the values are given.
template <std::size_t N>
struct Sentence {
  Word word;
  const char* names;

  consteval Sentence(Word given, const char* all) : word(given), names(all) {
    const auto at = static_cast<std::size_t>(given);
    if (words::counted[at] || !words::takes(words::english[at], names, N))
      words::the_text_has_other_parameters();
  }
};
/// A word that is counted.
struct Counted {
  Word word;
  consteval Counted(Word given) : word(given) {
    if (!words::counted[static_cast<std::size_t>(given)]) words::the_text_has_other_parameters();
  }
};

std::string_view tr(const Words& words, Word word);
template <class... V>
std::string tr(const Words& words, std::type_identity_t<Sentence<sizeof...(V)>> sentence,
               const V&... values) {
  const std::string_view all[] = {values...};
  return words::filled(words, sentence.word, PluralForm::other, sentence.names, all);
}
/// `digits`: the number as it is written in the language.
std::string tr(const Words& words, Counted counted, std::int64_t n, std::string_view digits);

/// The English of a word, in the form for one or for many.
std::string_view english(Word word, PluralForm form = PluralForm::other);

/// What the server says, in the reader's language where the table has it: a sentence as it is, or
/// without the code in its brackets, which then follows.
std::string said(const Words& words, std::string_view english);
/// What the server says by a name, with the values that came with it; its English where the table
/// lacks the name.
std::string said(const Words& words, std::string_view name, const std::vector<DoctorValue>& values,
                 const std::string& english);
/// A failure in the reader's language: what the server says, else what its code means, else the
/// server's English.
std::string said(const Words& words, const Error& error);

}  // namespace voxdial::ui
