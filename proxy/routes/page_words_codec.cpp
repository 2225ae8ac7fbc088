#include "proxy/routes/page_words_codec.h"

#include <cstdlib>

#include "shared/ascii.h"
#include "shared/json.h"

namespace voxdial {
namespace {

/// A language's file. Few pages are asked for, so it is read anew rather than kept.
JsonValue table_of(std::string_view language) {
  for (const PageTable& one : page_tables) {
    if (one.language == language) return JsonValue::parse(one.json);
  }
  return JsonValue::object();
}

std::string_view base_of(std::string_view language) {
  return language.substr(0, language.find('-'));
}

std::string text_in(const JsonValue& table, const char* part, std::string_view key) {
  const auto found = table.find(part);
  if (found == table.end()) return {};
  const auto text = found->find(std::string(key));
  return text != found->end() && text->is_string() ? text->get<std::string>() : "";
}

}  // namespace

std::string_view language_for(std::string_view accept_language) {
  std::string_view best = "en";
  double best_weight = 0;
  for (const std::string_view range : list_items(accept_language)) {
    const std::size_t q = range.find(";q=");
    const double weight =
        q == range.npos ? 1 : std::strtod(std::string(range.substr(q + 3)).c_str(), nullptr);
    const std::string wanted = lower(base_of(range.substr(0, range.find_first_of("; "))));
    if (weight <= best_weight) continue;
    for (const PageTable& one : page_tables) {
      if (base_of(one.language) != wanted) continue;
      best = one.language;
      best_weight = weight;
    }
  }
  return best;
}

PageWords::PageWords(std::string_view language) : language_(language) {}

std::string PageWords::html(
    std::string_view key,
    std::initializer_list<std::pair<std::string_view, std::string>> values) const {
  std::string text = text_in(table_of(language_), "pages", key), out;
  if (text.empty()) text = text_in(table_of("en"), "pages", key);
  for (const auto& [name, value] : values) {
    const std::string mark = '{' + std::string(name) + '}';
    if (const std::size_t at = text.find(mark); at != text.npos)
      text.replace(at, mark.size(), value);
  }
  bool code = false;
  for (const char c : text) {
    if (c == '`') {
      out += code ? "</code>" : "<code>";
      code = !code;
    } else {
      out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    }
  }
  return out;
}

std::string PageWords::said(const Error& error) const {
  const JsonValue table = table_of(language_);
  for (const std::string_view key : {std::string_view(error.message), wire_name(error.code)}) {
    if (std::string text = text_in(table, "said", key); !text.empty()) return text;
  }
  return error.message;
}

}  // namespace voxdial
