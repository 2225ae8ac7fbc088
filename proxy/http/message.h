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

#include "shared/error.h"
#include "shared/result.h"

namespace voxdial::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

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

/// A place in the event stream of one page; see proxy/events. `last_id` is Last-Event-ID or 0.
struct StreamTicket {
  std::string person;  ///< whose stream it is: streams are counted and closed by it
  std::string user;    ///< whose calls it may see; empty = everybody's
  bool whole_numbers = false;
  std::uint64_t last_id = 0;  ///< events::parse_event_id of the header
  std::int64_t rights = 0;    ///< the number of the rights it was allowed under; see Rights
  /// Asked when the rights have changed since: `unauthenticated` when that person is out, another
  /// error when they may see something else now. Empty: allowed for good.
  std::function<Result<void>()> still_allowed;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// Set: sent instead of `body`, without copying it (static files).
  std::shared_ptr<const std::string> shared_body;
  /// Set: the socket leaves the worker and becomes an event stream (headers are sent first).
  std::optional<StreamTicket> stream;
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
/// The event stream of `ticket`, with the headers an event stream needs.
Response event_stream(StreamTicket ticket);

}  // namespace voxdial::http
