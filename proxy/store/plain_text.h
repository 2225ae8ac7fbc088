// Text as every engine can hold it: UTF-8, without NUL.
#pragma once

#include <string>
#include <string_view>

#include "shared/utf8.h"

namespace voxdial {

inline bool is_plain_text(std::string_view text) {
  return text.find('\0') == text.npos && is_utf8(text);
}

/// What is none of it replaced by U+FFFD.
inline std::string plain_text(std::string_view text) {
  std::string out = replace_invalid_utf8(text);
  for (std::size_t at = 0; (at = out.find('\0', at)) != out.npos;)
    out.replace(at, 1, "\xEF\xBF\xBD");
  return out;
}

}  // namespace voxdial
