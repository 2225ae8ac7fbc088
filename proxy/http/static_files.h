// The web output, served from memory.
//
// Owns a copy of every file below one folder, read once; a request never looks a path up on the
// disk, so none can escape from it: a path is either a key of the table or 404. `name.br` and
// `name.gz` beside `name` are its precompressed twins and are no files of their own.
#pragma once

#include <cstddef>
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

  /// GET of a path ("/" is "/index.html"): 200, 206, 304, 404, 405 or 416. Sends the br or gzip
  /// twin to whoever takes it, answers If-None-Match with strong ETags, and ranges of the file
  /// itself. Names with a hash (name.1a2b3c4d.ext) may be kept for ever, everything else is
  /// revalidated.
  Response serve(const Request& request) const;

 private:
  struct Variant {
    std::shared_ptr<const std::string> bytes;  ///< none: there is no such variant
    std::string etag;
  };
  struct File {
    Variant identity, br, gzip;
    std::string content_type;
    bool immutable = false;
  };
  std::map<std::string, File, std::less<>> files_;
};

/// The media type of a file name, by its extension; application/octet-stream when unknown.
std::string_view content_type_of(std::string_view name);

}  // namespace voxdial::http
