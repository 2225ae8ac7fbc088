// The web output, served from memory.
//
// Owns a copy of every file below one folder, read once; a request never looks a path up on the
// disk, so none can escape from it: a path is either a key of the table or 404. `name.br` and
// `name.gz` beside `name` are its precompressed twins and are no files of their own. Of a file with
// a hash in its name, whose bytes therefore never change, only the twins are copied: itself, which
// hardly any client wants, stays open and is read when asked for (1 MB of our page's 1.7 MB).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/http/message.h"
#include "shared/result.h"

namespace voxdial::http {

class StaticFiles {
 public:
  /// Reads `root`. Hidden files are left out; symbolic links are not followed. An error in words
  /// when the folder or a file cannot be read or the whole exceeds 64 MiB.
  static Result<StaticFiles> load(const std::string& root);

  /// GET of a path ("/" is "/index.html"): 200, 206, 304, 404, 405 or 416. Negotiates br and gzip
  /// (RFC 9110 12.5.3), answers If-None-Match with strong ETags and a single Range of the identity.
  /// Names with a hash (name.1a2b3c4d.ext) may be kept for ever, everything else is revalidated.
  Response serve(const Request& request) const;

  bool has(std::string_view path) const;
  std::size_t bytes() const { return bytes_; }

 private:
  class OpenFile;
  /// In memory, or on the disk, or neither: there is no such variant.
  struct Variant {
    std::shared_ptr<const std::string> bytes;
    std::shared_ptr<const OpenFile> on_disk;
    std::size_t size = 0;
    std::string etag;
    explicit operator bool() const { return bytes || on_disk; }
  };
  struct File {
    Variant identity, br, gzip;
    std::string content_type;
    bool immutable = false;
  };
  std::map<std::string, File, std::less<>> files_;
  std::size_t bytes_ = 0;
};

/// The media type of a file name, by its extension; application/octet-stream when unknown.
std::string_view content_type_of(std::string_view name);

}  // namespace voxdial::http
