#include "proxy/http/static_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "proxy/crypto/digest.h"
#include "shared/ascii.h"

namespace voxdial::http {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_bytes = 64 << 20;

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

/// Whether If-None-Match names the tag. Weak comparison, as RFC 9110 13.1.2 asks.
bool names_tag(std::string_view header, std::string_view etag) {
  for (std::string_view one : list_items(header)) {
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == etag || one == "*") return true;
  }
  return false;
}

/// Whether Accept-Encoding names a coding, and not to refuse it. Browsers rank none of theirs.
bool takes(std::string_view header, std::string_view coding) {
  for (const std::string_view one : list_items(header)) {
    if (lower(trimmed(one.substr(0, one.find(';')))) != coding) continue;
    const std::size_t q = one.find("q=");
    return q == one.npos || one.find_first_of("123456789", q) != one.npos;
  }
  return false;
}

}  // namespace

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
    if (name.ends_with(extension)) return type;
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

  std::size_t total = 0;
  std::string unreadable;
  const auto take = [&](const std::string& path, std::string_view suffix) -> Variant {
    const std::string whole = path + std::string(suffix);
    if (paths.count(whole) == 0) return {};
    const fs::path place = top / whole.substr(1);
    const auto size = fs::file_size(place, failure);
    std::string bytes(failure ? 0 : size, '\0');
    std::ifstream file(place, std::ios::binary);
    if (failure || !file.read(bytes.data(), static_cast<std::streamsize>(size))) unreadable = whole;
    total += bytes.size();
    std::string etag =
        '"' + crypto::to_hex(crypto::sha256(bytes)).substr(0, 16) + std::string(suffix) + '"';
    return {std::make_shared<const std::string>(std::move(bytes)), std::move(etag)};
  };
  for (const std::string& path : paths) {
    const bool compressed = path.ends_with(".br") || path.ends_with(".gz");
    if (compressed && paths.count(path.substr(0, path.size() - 3)) > 0) continue;
    site.files_[path] = {.identity = take(path, ""),
                         .br = take(path, ".br"),
                         .gzip = take(path, ".gz"),
                         .content_type = std::string(content_type_of(path)),
                         .immutable = has_hash(path)};
    if (total > max_bytes) return failed(root + " holds more than 64 MiB.");
    if (!unreadable.empty()) return failed(root + unreadable);
  }
  return site;
}

Response StaticFiles::serve(const Request& request) const {
  const auto found =
      files_.find(request.path == "/" ? std::string_view("/index.html") : request.path);
  if (found == files_.end()) return error(make_error(ErrorCode::not_found));
  if (request.method != "GET") return method_not_allowed("GET, HEAD");
  const File& file = found->second;

  // A range counts in the bytes of what is sent, and only the file itself is offered in parts.
  const std::string_view codings = request.header("accept-encoding");
  const Variant* chosen = &file.identity;
  std::string_view encoding;
  if (request.header("range").empty()) {
    if (file.br.bytes && takes(codings, "br")) {
      chosen = &file.br;
      encoding = "br";
    } else if (file.gzip.bytes && takes(codings, "gzip")) {
      chosen = &file.gzip;
      encoding = "gzip";
    }
  }

  Response response;
  response.headers = {
      {"Content-Type", file.content_type},
      {"Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache"},
      {"ETag", chosen->etag}};
  if (file.br.bytes || file.gzip.bytes) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (names_tag(request.header("if-none-match"), chosen->etag)) {
    response.status = 304;
    return response;
  }
  response.shared_body = chosen->bytes;
  if (!encoding.empty()) {
    response.headers.emplace_back("Content-Encoding", encoding);
    return response;
  }
  response.headers.emplace_back("Accept-Ranges", "bytes");
  const std::string_view if_range = request.header("if-range");
  response.in_ranges = if_range.empty() || if_range == chosen->etag;
  return response;
}

}  // namespace voxdial::http
