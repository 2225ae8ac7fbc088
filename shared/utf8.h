// Text as UTF-8.
#pragma once

#include <string_view>

namespace voxdial {

/// The first `most` bytes of `text`, fewer where that would end inside a character.
std::string_view cut(std::string_view text, std::size_t most);

}  // namespace voxdial
