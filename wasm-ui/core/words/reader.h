// The words and figures of one reader, in their language.
#pragma once

#include <string>
#include <string_view>

#include "wasm-ui/core/words/format.h"
#include "wasm-ui/core/words/words.h"

namespace voxdial::ui {

class Reader {
 public:
  explicit Reader(Formatter format) : format_(format) {}
  /// From now on in this language; the words have to stay.
  void read(const Words& words) { words_ = &words; }

  const Words& words() const { return *words_; }
  std::string_view tr(Word word) const { return ui::tr(*words_, word); }
  template <class... V>
  std::string tr(std::type_identity_t<Sentence<sizeof...(V)>> sentence, const V&... values) const {
    return ui::tr<V...>(*words_, sentence, values...);
  }
  std::string tr(Counted counted, std::int64_t n) const {
    return ui::tr(*words_, counted, n, format(Format::number, static_cast<double>(n)));
  }
  template <class T>
  std::string said(const T& by_server) const {
    return ui::said(*words_, by_server);
  }
  std::string format(Format as, double value, const std::string& of = {}) const {
    return format_(as, value, of);
  }
  std::string time(Millis at, Format as) const { return format(as, static_cast<double>(at)); }
  std::string duration(double seconds) const { return format(Format::duration, seconds); }

 private:
  const Words* words_ = nullptr;
  Formatter format_;
};

}  // namespace voxdial::ui
