// Text as UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace voxdial {

/// The first `most` bytes of `text`, fewer where that would end inside a character.
std::string_view cut(std::string_view text, std::size_t most);

/// How many characters it is, as whoever typed it counts, or nearly: code points.
std::size_t characters(std::string_view text);

/// Well-formed as RFC 3629 has it: no surrogates, no longer form where a shorter one exists.
bool is_utf8(std::string_view text);

/// Invalid UTF-8 replaced by U+FFFD, one for each maximal part of a character (Unicode 3.9).
std::string replace_invalid_utf8(std::string_view bytes);

}  // namespace voxdial
