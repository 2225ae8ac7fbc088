// The table of the HTTP contract: which method and path, who may, and what answers.
//
// Owns the dispatch and the order of the checks: host and origin, route, person, handler. Routes
// turn a request into values, call a room, and encode what it says; they decide nothing themselves.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "proxy/http/message.h"
#include "proxy/routes/app.h"

namespace voxdial {

/// Who may use a route.
enum class Who : std::uint8_t {
  anyone,  ///< health checks, the page's own files, log-in
  vendor,  ///< a vendor's callback: its signature is the credential
  person,  ///< whoever is logged in (everybody, where there is no login)
  ending,  ///< the same, also while the store cannot say who that is: a call must end
  supervisor,
};

/// One request on its way to its handler.
struct Ask {
  const http::Request& request;
  Person person;   ///< who it is; meaningless for anyone and vendor
  std::string id;  ///< what stood in the path's {id}, percent-decoded by the server
};

struct Route {
  std::string_view method;
  std::string_view path;  ///< "{id}" stands for one segment
  Who who;
  http::Response (*answer)(App&, const Ask&);
  Body body = Body::json;
};

std::span<const Route> routes();

/// The reply to a request. What a person's browser asked for to show it is a page even when it is a
/// refusal.
http::Response respond(App& app, const http::Request& request);

}  // namespace voxdial
