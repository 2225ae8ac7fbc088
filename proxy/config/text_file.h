// Files that people write by hand, as their editors save them: with a byte order mark, with the
// line ends of another system, or in an encoding that is not UTF-8.
#pragma once

#include <optional>
#include <string>

namespace voxdial {

/// All of a file; nothing when it cannot be read to its end, as a folder, or a device without one.
std::optional<std::string> read_file(const std::string& path);

/// What is wrong with the bytes of a text file, for after its name; empty when nothing is.
/// Otherwise `bytes` lose their byte order mark, and every line end is "\n".
std::string make_plain_text(std::string& bytes);

}  // namespace voxdial
