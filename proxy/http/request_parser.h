// HTTP/1.1 requests from bytes, strictly: pure functions, no socket.
//
// Accepts a subset of RFC 9112 that every browser, curl and reverse proxy stays within, and refuses
// everything two parsers could read differently: bare CR or LF, obs-fold, spaces around a header's
// name, doubled or list-valued Content-Length, Content-Length beside Transfer-Encoding, any
// transfer coding but one `chunked`, chunk extensions and trailers, absolute-form targets, a body
// on GET, a missing or doubled Host. A path is decoded once and must then be printable ASCII
// without "..", backslash or an encoded slash.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/http/message.h"
#include "shared/result.h"

namespace voxdial::http {

struct RequestLimits {
  std::size_t max_url = 8 * 1024;
  std::size_t max_header_bytes = 32 * 1024;  ///< request line and headers with their line ends
  std::size_t max_headers = 100;
  std::size_t max_body = 256 * 1024;
};

struct Head {
  Request request;  ///< all but body and peer
  std::size_t content_length = 0;
  bool chunked = false;
  bool keep_alive = true;
  bool head_only = false;        ///< a HEAD
  bool expect_continue = false;  ///< the client waits for 100 before it sends the body
};

/// Looks for the end of the head in `bytes`, from `scanned` on, which is moved along so that no
/// byte is looked at twice. The head's length with its empty line, nothing when more bytes are
/// needed, or an error: over a limit, or no HTTP (a TLS hello, bare line feeds).
Result<std::optional<std::size_t>> find_head(std::string_view bytes, std::size_t& scanned,
                                             const RequestLimits& limits);

/// Reads a whole head. REQUIRES: `head` is what find_head found.
Result<Head> parse_head(std::string_view head, const RequestLimits& limits);

/// Decodes and checks the path of a target: nothing when it is not acceptable.
std::optional<std::string> decode_path(std::string_view raw);

/// A chunked body as it arrives.
class ChunkedBody {
 public:
  /// Takes bytes from the front of `bytes` and appends the content to `body`; says how many it
  /// took. done() tells when the body is whole; bytes after it are left.
  Result<std::size_t> feed(std::string_view bytes, std::string& body, std::size_t max_body);
  bool done() const { return state_ == State::done; }

 private:
  enum class State {
    size,
    extension,
    quoted,
    size_lf,
    data,
    data_cr,
    data_lf,
    end_cr,
    end_lf,
    done
  };
  State state_ = State::size;
  std::size_t size_ = 0;
  int digits_ = 0;
  int extension_bytes_ = 0;
};

}  // namespace voxdial::http
