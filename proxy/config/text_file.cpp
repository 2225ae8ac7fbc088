#include "proxy/config/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace voxdial {
namespace {

constexpr std::size_t block = 64 << 10;
/// More than any list or key has; a device may have no end.
constexpr std::size_t most_bytes = 256 << 20;

}  // namespace

// Straight into one piece of memory: a key must not be left behind in a stream's buffer.
std::optional<std::string> read_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  struct stat about = {};
  const bool known = ::fstat(file, &about) == 0 && about.st_size > 0;
  std::string bytes;
  bytes.reserve(2 * block +
                (known ? std::min(static_cast<std::size_t>(about.st_size), most_bytes) : 0));
  ssize_t got = 1;
  for (std::size_t size = 0; got != 0 && bytes.size() <= most_bytes;) {
    bytes.resize(size + block);
    got = ::read(file, bytes.data() + size, block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    bytes.resize(size += static_cast<std::size_t>(got));
  }
  ::close(file);
  return got == 0 ? std::optional(std::move(bytes)) : std::nullopt;
}

// In place: a key must not be left behind in a copy.
std::string make_plain_text(std::string& bytes) {
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
