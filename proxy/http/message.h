// HTTP as values: what a route gets and gives. Routes are functions from Request to Response and know
// no socket; proxy/http/server.* is the only code that knows the HTTP library.
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

namespace voxdial::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string path;    ///< decoded, begins with '/', holds no NUL and no "..", no query
  std::string query;   ///< raw, without '?'
  Headers headers;     ///< names in lower case, in order of arrival
  std::string body;    ///< raw bytes
  std::string peer;    ///< numeric address of the socket's other end
  bool tls = false;
  /// The one value of a header, or empty when absent. A doubled header counts as absent.
  std::string_view header(std::string_view lower_case_name) const;
};

/// A place in the event stream of one page; see proxy/events. `last_id` is Last-Event-ID or 0.
struct StreamTicket {
  std::string user;  ///< whose calls it may see; empty = everybody's
  bool whole_numbers = false;
  std::uint64_t last_id = 0;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// Set: the socket leaves the worker and becomes an event stream (headers are sent first).
  std::optional<StreamTicket> stream;
};

using Handler = std::function<Response(const Request&)>;

/// `application/json` with no-store; the body is encoded already.
Response json(int status, std::string body);
/// The one error envelope, with Retry-After when the error has one.
Response error(const Error& error);
Response no_content();

}  // namespace voxdial::http
