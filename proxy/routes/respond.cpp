#include "proxy/access/network.h"
#include "proxy/routes/handlers.h"
#include "proxy/routes/routes.h"
#include "shared/time_text.h"

namespace voxdial {
namespace {

/// Somebody who is not logged in, or whose request comes from another site, and tries to place a
/// call stands in the audit.
http::Response turned_away(App& app, const http::Request& request, const Route* route,
                           const Error& error) {
  if (route != nullptr && route->audited) {
    Attempt attempt;
    attempt.client_address = client_of(request, app.config.trusted_proxies).address;
    app.calls.record_refusal(attempt, error, true);
  }
  return http::error(error);
}

/// Whether a person will see the reply as it is: what they entered, followed or sent as a form.
bool is_for_showing(const http::Request& request, const Route* route) {
  return (route != nullptr && route->body == Body::form) ||
         request.header("sec-fetch-dest") == "document" ||
         request.header("accept").find("text/html") != std::string_view::npos;
}

http::Response answer(App& app, const http::Request& request, const Route* route,
                      const std::string& allowed, std::string id) {
  const Who who = route != nullptr ? route->who : Who::anyone;
  const Body body = route != nullptr ? route->body : Body::none;
  // Vendors and probes are not asked who they are, so they work with a store that cannot be read.
  const bool nobody = body == Body::callback || body == Body::probe;
  const auto entrance = nobody ? Result<Entrance>(Entrance{}) : app.access.entrance();
  if (!entrance) return http::error(entrance.error());
  if (auto crossed = check_border(request, app.border, body, entrance->login_needed); !crossed) {
    return turned_away(app, request, route, crossed.error());
  }
  if (route == nullptr) {
    if (!allowed.empty()) return http::method_not_allowed(allowed);
    if (request.path.starts_with("/api/")) {
      return http::error(make_error(ErrorCode::not_found, "There is no such address here."));
    }
    if (entrance->login_needed && (request.path == "/" || request.path == "/index.html") &&
        !app.access.identify(request, *entrance)) {
      return handlers::go_to("/login", request);
    }
    return app.files.serve(request);
  }
  Ask ask{.request = request, .person = {}, .id = std::move(id)};
  if (who == Who::person || who == Who::supervisor || who == Who::ending) {
    auto person = who == Who::ending ? app.access.identify_to_end(request, *entrance)
                                     : app.access.identify(request, *entrance);
    if (!person) return turned_away(app, request, route, person.error());
    if (who == Who::supervisor && person->role != Role::supervisor) {
      return http::error(make_error(ErrorCode::forbidden));
    }
    ask.person = std::move(*person);
  }
  return route->handler(app, ask);
}

}  // namespace

http::Response respond(App& app, const http::Request& request) {
  // HEAD is GET whose body the server keeps back (RFC 9110 9.3.2).
  const std::string_view method =
      request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  std::string id, allowed;
  const Route* route = find_route(method, request.path, id, allowed);
  http::Response response = answer(app, request, route, allowed, std::move(id));
  if (response.status >= 400 && is_for_showing(request, route)) {
    response = handlers::error_page(app, request, std::move(response));
  }
  if (request.path.rfind("/api/", 0) == 0 || request.path == "/healthz") {
    response.headers.emplace_back(server_time_header, to_rfc3339(app.world.now()));
  }
  return response;
}

}  // namespace voxdial
