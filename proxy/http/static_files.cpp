#include "proxy/http/static_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "proxy/http/accept_encoding.h"
#include "proxy/http/range.h"

namespace voxdial::http {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_bytes = 64 << 20;

/// 64-bit FNV-1a, in hex. A validator, not a signature: nobody but the operator chooses the files.
std::string fingerprint(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  std::array<char, 16> hex;
  const auto end = std::to_chars(hex.data(), hex.data() + hex.size(), hash, 16).ptr;
  return {hex.data(), end};
}

/// "name.1a2b3c4d.ext": a part between dots of 8 or more hexadecimal digits, or esbuild's 8 of
/// base 32.
bool has_hash(std::string_view name) {
  const std::size_t last = name.rfind('.');
  if (last == std::string_view::npos || last == 0) return false;
  const std::size_t before = name.rfind('.', last - 1);
  if (before == std::string_view::npos) return false;
  const std::string_view part = name.substr(before + 1, last - before - 1);
  const auto only = [&](std::string_view letters) {
    return part.find_first_not_of(letters) == std::string_view::npos;
  };
  return (part.size() >= 8 && only("0123456789abcdef")) ||
         (part.size() == 8 && only("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Whether If-None-Match names the tag. Weak comparison, as RFC 9110 13.1.2 asks.
bool names_tag(std::string_view header, std::string_view etag) {
  if (header == "*") return true;
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view one = header.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one.substr(0, 2) == "W/") one.remove_prefix(2);
    if (one == etag) return true;
    if (comma == std::string_view::npos) break;
    header.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

/// A file that is read in parts and by many threads.
class StaticFiles::OpenFile {
 public:
  explicit OpenFile(const fs::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  std::optional<std::size_t> size() const {
    struct stat about {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &about) != 0) return std::nullopt;
    return static_cast<std::size_t>(about.st_size);
  }
  /// All of the bytes asked for, or nothing.
  std::optional<std::string> read(std::size_t first, std::size_t count) const {
    std::string bytes(count, '\0');
    for (std::size_t done = 0; done < count;) {
      const ssize_t got =
          ::pread(descriptor_, bytes.data() + done, count - done, static_cast<off_t>(first + done));
      if (got <= 0) return std::nullopt;
      done += static_cast<std::size_t>(got);
    }
    return bytes;
  }

 private:
  const int descriptor_;
};

std::string_view content_type_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> types = {{
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".wasm", "application/wasm"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".wav", "audio/wav"},
      {".mp3", "audio/mpeg"},
  }};
  for (const auto& [extension, type] : types) {
    if (ends_with(name, extension)) return type;
  }
  return "application/octet-stream";
}

Result<StaticFiles> StaticFiles::load(const std::string& root) {
  StaticFiles site;
  const auto failed = [&](const std::string& what) {
    return fail(ErrorCode::internal, "The web files cannot be read: " + what);
  };
  std::error_code failure;
  const fs::path top(root);
  if (!fs::is_directory(top, failure)) return failed(root + " is no folder.");

  std::set<std::string, std::less<>> paths;  // with a leading slash
  fs::recursive_directory_iterator entry(top, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (name.front() == '.' || entry->is_symlink()) {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file()) continue;
    paths.insert('/' + entry->path().lexically_relative(top).generic_string());
  }
  if (failure) return failed(failure.message());

  std::string unreadable;
  const auto take = [&](const std::string& path, std::string_view suffix, bool copy) -> Variant {
    const std::string whole = path + std::string(suffix);
    if (paths.count(whole) == 0) return {};
    auto file = std::make_shared<const OpenFile>(top / whole.substr(1));
    const auto size = file->size();
    site.bytes_ += size.value_or(0);
    auto bytes = size && site.bytes_ <= max_bytes ? file->read(0, *size) : std::nullopt;
    if (!bytes) {
      unreadable = whole;
      return {};
    }
    Variant variant;
    variant.size = *size;
    variant.etag = '"' + fingerprint(*bytes) + std::string(suffix) + '"';
    if (copy) {
      variant.bytes = std::make_shared<const std::string>(std::move(*bytes));
    } else {
      variant.on_disk = std::move(file);
    }
    return variant;
  };
  for (const std::string& path : paths) {
    const bool compressed = ends_with(path, ".br") || ends_with(path, ".gz");
    if (compressed && paths.count(path.substr(0, path.size() - 3)) > 0) continue;
    const bool twins = paths.count(path + ".br") + paths.count(path + ".gz") > 0;
    const bool immutable = has_hash(path);
    site.files_[path] = {.identity = take(path, "", !(twins && immutable)),
                         .br = take(path, ".br", true),
                         .gzip = take(path, ".gz", true),
                         .content_type = std::string(content_type_of(path)),
                         .immutable = immutable};
    if (site.bytes_ > max_bytes) return failed(root + " holds more than 64 MiB.");
    if (!unreadable.empty()) return failed(root + unreadable);
  }
  return site;
}

bool StaticFiles::has(std::string_view path) const {
  return files_.find(path == "/" ? "/index.html" : path) != files_.end();
}

Response StaticFiles::serve(const Request& request) const {
  const auto found =
      files_.find(request.path == "/" ? std::string_view("/index.html") : request.path);
  if (found == files_.end()) return error(make_error(ErrorCode::not_found));
  if (request.method != "GET") return method_not_allowed("GET, HEAD");
  const File& file = found->second;

  // A range counts in the bytes of what is sent, and only the identity is offered in parts.
  const AcceptedEncodings takes = parse_accept_encoding(request.header("accept-encoding"));
  const std::string_view range_header = request.header("range");
  const Variant* chosen = &file.identity;
  std::string_view encoding;
  if (range_header.empty() || takes.identity == 0) {
    int best = takes.identity;
    if (file.gzip && takes.gzip > 0 && takes.gzip >= best) {
      chosen = &file.gzip;
      encoding = "gzip";
      best = takes.gzip;
    }
    if (file.br && takes.br > 0 && takes.br >= best) {
      chosen = &file.br;
      encoding = "br";
    }
  }

  Response response;
  response.headers = {
      {"Content-Type", file.content_type},
      {"Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache"},
      {"ETag", chosen->etag}};
  if (file.br || file.gzip) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (names_tag(request.header("if-none-match"), chosen->etag)) {
    response.status = 304;
    return response;
  }
  if (!encoding.empty()) {
    response.headers.emplace_back("Content-Encoding", encoding);
    response.shared_body = chosen->bytes;
    return response;
  }
  response.headers.emplace_back("Accept-Ranges", "bytes");
  const std::string_view if_range = request.header("if-range");
  Range range;
  const std::size_t size = chosen->size;
  const RangeKind kind = if_range.empty() || if_range == chosen->etag
                             ? parse_range(range_header, size, range)
                             : RangeKind::none;
  if (kind == RangeKind::unsatisfiable) {
    return unsatisfiable_range(size);
  }
  std::size_t count = size;
  if (kind == RangeKind::one) {
    count = range.last - range.first + 1;
    response.status = 206;
    response.headers.emplace_back("Content-Range", content_range(range, size));
  }
  if (chosen->on_disk) {
    auto bytes = chosen->on_disk->read(range.first, count);
    if (!bytes) return error(make_error(ErrorCode::internal));  // cut short since, or a bad disk
    response.body = std::move(*bytes);
  } else if (kind == RangeKind::one) {
    response.body = chosen->bytes->substr(range.first, count);
  } else {
    response.shared_body = chosen->bytes;
  }
  return response;
}

}  // namespace voxdial::http
