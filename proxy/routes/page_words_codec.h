// The words of the pages that the server itself writes (log-in, refusals), in the reader's
// language: those of wasm-ui/core/words, which are a part of the program.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "shared/error.h"

namespace voxdial {

/// The files, put into the program by the build.
struct PageTable {
  std::string_view language, json;
};
extern const std::span<const PageTable> page_tables;
/// web/tokens.css: the faces, and the colours of every theme as custom properties.
extern const std::string_view page_tokens;

/// The language of ours that a reader likes best, by an Accept-Language header; else "en".
std::string_view language_for(std::string_view accept_language);

class PageWords {
 public:
  explicit PageWords(std::string_view language);

  std::string_view language() const { return language_; }
  /// A text as HTML: `what stands in backticks` is code, {name} a value.
  std::string html(
      std::string_view key,
      std::initializer_list<std::pair<std::string_view, std::string>> values = {}) const;
  /// What failed: the sentence in the language, else what its code means, else the English.
  std::string said(const Error& error) const;

 private:
  std::string_view language_;
};

}  // namespace voxdial
