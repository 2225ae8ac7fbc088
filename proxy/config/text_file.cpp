#include "proxy/config/text_file.h"

#include <algorithm>
#include <string_view>

namespace voxdial {

// In place: a key must not be left behind in a copy.
std::string plain_text(std::string& bytes) {
  const std::string_view text = bytes;
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") ||
      text.find('\0') != text.npos) {
    return "is saved as UTF-16 (or is no text)";
  }
  if (text.starts_with("\xef\xbb\xbf")) bytes.erase(0, 3);
  auto to = bytes.begin();
  for (auto from = bytes.cbegin(); from != bytes.cend(); ++from) {
    const bool before_newline = *from == '\r' && from + 1 != bytes.cend() && from[1] == '\n';
    if (!before_newline) *to++ = *from == '\r' ? '\n' : *from;
  }
  std::fill(to, bytes.end(), '\0');
  bytes.erase(to, bytes.end());
  return {};
}

}  // namespace voxdial
