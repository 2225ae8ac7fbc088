// The table of the HTTP contract: which method and path, who may, what goes in and out, and what
// answers. It is also what GET /api/openapi.json is made from.
//
// Owns the dispatch and the order of the checks: host and origin, route, person, handler. Routes
// turn a request into values, call a room, and encode what it says; they decide nothing themselves.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/app.h"
#include "proxy/http/message.h"
#include "proxy/routes/openapi_codec.h"

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

/// What a route says of itself to who writes against it.
struct Description {
  std::string_view name;  ///< stable: programs made from the description call the route so
  std::string_view summary;
  Shape takes{};                            ///< of a JSON body
  Reply gives{};                            ///< when all goes well
  std::span<const Parameter> parameters{};  ///< besides {id}
  std::span<const ErrorCode> errors{};      ///< besides those that follow from the rest of the row
  bool asks_vendor = false;                 ///< so it can fail in all the ways vendors fail
};

struct Route {
  std::string_view method;
  std::string_view path;  ///< "{id}" stands for one segment
  Who who;
  Body body;
  http::Response (*handler)(App&, const Ask&);
  Description description;
  bool audited = false;  ///< who may not and tries all the same stands in the audit
};

std::span<const Route> routes();

/// The row of a request, or nothing. Fills in what stands for {id}, and the methods that the path
/// takes when it does not take this one.
const Route* find_route(std::string_view method, std::string_view path, std::string& id,
                        std::string& allowed);

/// The codes of every error the route itself answers with; what is wrong with a request as HTTP
/// comes on top.
std::vector<ErrorCode> errors_of(const Route& route);

/// The reply to a request. What a person's browser asked for to show it is a page even when it is a
/// refusal.
http::Response respond(App& app, const http::Request& request);

}  // namespace voxdial
