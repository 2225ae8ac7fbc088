// HTTP as values: what a route gets and gives. Routes are functions from Request to Response and
// know no socket; proxy/http/server.* is the only code that knows the HTTP library.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/stream_socket.h"
#include "proxy/world.h"
#include "shared/error.h"
#include "shared/result.h"

namespace voxdial::http {

struct Request {
  /// GET, POST, PUT, PATCH or DELETE. A HEAD arrives as GET: the server sends the reply's head
  /// only.
  std::string method;
  std::string path;   ///< decoded, begins with '/', holds no NUL and no "..", no query
  std::string query;  ///< raw, without '?'
  Headers headers;    ///< names in lower case, in order of arrival
  std::string body;   ///< raw bytes
  /// Numeric address of the socket's other end; one of IPv4 is never written as "::ffff:...".
  std::string peer;
  bool tls = false;
  /// The one value of a header, or empty when absent. A doubled header counts as absent.
  std::string_view header(std::string_view lower_case_name) const;
};

/// A body that is made while it is sent: the next piece at each call, an empty one at the end. An
/// error cuts the connection, so that nobody takes half of it for the whole.
using Pieces = std::function<Result<std::string>()>;

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// Set: sent instead of `body`, without copying it (static files).
  std::shared_ptr<const std::string> shared_body;
  /// Set: sent instead of `body`. Lives until the last byte is sent or the client given up.
  Pieces pieces;
  std::optional<std::size_t> length;  ///< of all pieces, where it is known
  /// A Range of the request picks parts of `shared_body`, or of pieces of known length: 206 or 416.
  bool in_ranges = false;
  /// Set: gets the connection after the reply's head was sent, and nothing more is read from it as
  /// HTTP. Never called when the head cannot be sent.
  std::function<void(std::unique_ptr<StreamSocket>)> take_over;
};

using Handler = std::function<Response(const Request&)>;

/// `application/json` with no-store; the body is encoded already.
Response json(int status, std::string body);
/// The one error envelope, with Retry-After when the error has one.
Response error(const Error& error);
/// The same as a page, for what the server refuses before anybody knows which form it was.
Response error_page(const Error& error);
/// 405 with the methods this path does take: "GET, POST".
Response method_not_allowed(std::string_view allow);
Response no_content();
/// An event stream's head; `take_over` sends the events.
Response event_stream(std::function<void(std::unique_ptr<StreamSocket>)> take_over);

}  // namespace voxdial::http
