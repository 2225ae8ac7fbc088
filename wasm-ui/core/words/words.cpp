#include "wasm-ui/core/words/words.h"

#include <algorithm>

namespace voxdial::ui {
namespace {

constexpr char form_end = '\1', word_end = '\0';

/// One text instead of a table of addresses, which would weigh as much again.
constexpr char all_english[] =
#define W(key, text) text "\0"
#define N(key, one, other) one "\1" other "\0"
    VOXDIAL_WORDS(W, N);
#undef W
#undef N

const std::vector<std::string_view>& english_words() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> out;
    std::string_view rest(all_english, sizeof all_english - 1);
    while (!rest.empty()) {
      const std::size_t end = rest.find(word_end);
      out.push_back(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    return out;
  }();
  return all;
}

std::string_view text_of(const Words& words, Word word, PluralForm form) {
  const auto at = static_cast<std::size_t>(word);
  if (words.table != nullptr && at < words.table->words.size()) {
    const Forms& forms = words.table->words[at];
    const std::string& exact = form == PluralForm::one    ? forms.one
                               : form == PluralForm::many ? forms.many
                                                          : forms.other;
    if (!exact.empty()) return exact;
    if (!forms.other.empty()) return forms.other;
  }
  return english(word, form);
}

const std::string* translation(const Words& words, std::string_view english) {
  if (words.table == nullptr) return nullptr;
  for (const Said& one : words.table->said) {
    if (one.english == english) return &one.text;
  }
  return nullptr;
}

/// A sentence without its " (SIP 486)", and that; or nothing.
std::pair<std::string, std::string_view> without_code(std::string_view sentence) {
  const std::size_t open = sentence.find(" (");
  const std::size_t close = sentence.find(')', open == sentence.npos ? 0 : open);
  if (open == sentence.npos || close == sentence.npos) return {};
  std::string rest(sentence.substr(0, open));
  rest += sentence.substr(close + 1);
  return {std::move(rest), sentence.substr(open, close + 1 - open)};
}

}  // namespace

namespace words {

std::string filled(std::string_view text, std::string_view names, const std::string_view* values) {
  std::string out;
  std::size_t from = 0, at = 0;
  while (true) {
    const std::string_view name = next_parameter(text, at);
    if (name.empty()) return out.append(text.substr(from));
    out.append(text.substr(from, at - from - name.size() - 2));
    from = at;
    out.append(values[place_of(name, names)]);
  }
}

std::string filled(const Words& words, Word word, PluralForm form, std::string_view names,
                   const std::string_view* values) {
  return filled(text_of(words, word, form), names, values);
}

}  // namespace words

std::string_view english(Word word, PluralForm form) {
  const std::string_view text = english_words()[static_cast<std::size_t>(word)];
  const std::size_t end = text.find(form_end);
  if (end == text.npos) return text;
  return form == PluralForm::one ? text.substr(0, end) : text.substr(end + 1);
}

std::string_view tr(const Words& words, Word word) {
  return text_of(words, word, PluralForm::other);
}

std::string tr(const Words& words, Counted counted, std::int64_t n, std::string_view digits) {
  return words::filled(words, counted.word, plural_form(counting_of(words.language), n), "n",
                       &digits);
}

std::string said(const Words& words, std::string_view english) {
  if (const std::string* text = translation(words, english)) return *text;
  const auto [sentence, code] = without_code(english);
  if (const std::string* text = code.empty() ? nullptr : translation(words, sentence))
    return *text + std::string(code);
  return std::string(english);
}

std::string said(const Words& words, std::string_view name, const std::vector<DoctorValue>& values,
                 const std::string& english) {
  const std::string* text = translation(words, name);
  if (text == nullptr) return english;
  std::string names;
  std::vector<std::string_view> texts;
  for (const DoctorValue& value : values) {
    if (!names.empty()) names += ' ';
    names += value.name;
    texts.push_back(value.value);
  }
  texts.emplace_back();  // of a name that did not come
  return words::filled(*text, names, texts.data());
}

std::string said(const Words& words, const Error& error) {
  std::string exact = said(words, error.message);
  if (exact != error.message) return exact;
  const std::string* by_code = translation(words, wire_name(error.code));
  return by_code != nullptr ? *by_code : error.message;
}

}  // namespace voxdial::ui
