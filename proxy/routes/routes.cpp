#include "proxy/routes/routes.h"

#include <array>

#include "proxy/access/network.h"
#include "proxy/routes/handlers.h"
#include "shared/time_text.h"

namespace voxdial {
namespace {

constexpr std::array table = {
    Route{"POST", "/api/calls", Who::person, handlers::place_call},
    Route{"GET", "/api/calls", Who::person, handlers::list_calls},
    Route{"GET", "/api/calls.csv", Who::person, handlers::export_csv},
    Route{"GET", "/api/calls.json", Who::person, handlers::export_json},
    Route{"GET", "/api/calls/{id}", Who::person, handlers::call_detail},
    Route{"POST", "/api/calls/{id}/hangup", Who::ending, handlers::hang_up},
    Route{"POST", "/api/calls/{id}/messages", Who::person, handlers::say},
    Route{"GET", "/api/calls/{id}/messages", Who::person, handlers::messages},
    Route{"GET", "/api/calls/{id}/recording", Who::person, handlers::recording},
    Route{"GET", "/api/events", Who::person, handlers::events},
    Route{"GET", "/api/config", Who::person, handlers::config},
    Route{"GET", "/api/agents", Who::person, handlers::list_agents},
    Route{"POST", "/api/agents", Who::person, handlers::create_agent},
    Route{"PUT", "/api/agents/{id}", Who::person, handlers::save_agent},
    Route{"DELETE", "/api/agents/{id}", Who::person, handlers::remove_agent},
    Route{"GET", "/api/voices", Who::person, handlers::voices},
    Route{"GET", "/api/voices/{id}/preview", Who::person, handlers::voice_preview},
    Route{"GET", "/api/models", Who::person, handlers::models},
    Route{"GET", "/api/doctor", Who::person, handlers::doctor},
    Route{"POST", "/api/phone/check", Who::person, handlers::check_phone},
    Route{"POST", "/api/twilio/status", Who::vendor, handlers::twilio_status, Body::callback},
    Route{"POST", "/api/twilio/amd", Who::vendor, handlers::twilio_amd, Body::callback},
    Route{"POST", "/api/ultravox/events", Who::vendor, handlers::ultravox_events, Body::callback},
    Route{"GET", "/login", Who::anyone, handlers::login_page},
    Route{"GET", "/login.css", Who::anyone, handlers::login_style},
    Route{"POST", "/login", Who::anyone, handlers::log_in, Body::form},
    Route{"GET", "/api/login", Who::anyone, handlers::login_page},
    Route{"POST", "/api/login", Who::anyone, handlers::log_in, Body::form},
    Route{"POST", "/api/logout", Who::person, handlers::log_out},
    Route{"GET", "/healthz", Who::anyone, handlers::health, Body::probe},
    Route{"GET", "/readyz", Who::anyone, handlers::ready, Body::probe},
    Route{"GET", "/metrics", Who::supervisor, handlers::metrics},
    Route{"GET", "/api/audit", Who::supervisor, handlers::audit},
};

/// Whether `path` fits `pattern`; fills in what stands for {id}.
bool matches(std::string_view pattern, std::string_view path, std::string& id) {
  const auto hole = pattern.find("{id}");
  if (hole == pattern.npos) return pattern == path;
  const std::string_view before = pattern.substr(0, hole), after = pattern.substr(hole + 4);
  if (path.size() <= before.size() + after.size() || path.substr(0, hole) != before ||
      path.substr(path.size() - after.size()) != after) {
    return false;
  }
  const auto segment = path.substr(hole, path.size() - before.size() - after.size());
  if (segment.find('/') != segment.npos) return false;
  id = segment;
  return true;
}

/// Somebody who is not logged in, or whose request comes from another site, and tries to place a
/// call stands in the audit.
http::Response turned_away(App& app, const http::Request& request, const Route* route,
                           const Error& error) {
  if (route != nullptr && route->answer == handlers::place_call) {
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
  const Body body = route != nullptr ? route->body : Body::json;
  // Vendors and probes are not asked who they are, so they work with a store that cannot be read.
  const bool nobody = body == Body::callback || body == Body::probe;
  const auto needed = nobody ? Result<bool>(false) : app.access.login_needed();
  if (!needed) return http::error(needed.error());
  if (auto crossed = check_border(request, app.border, body, *needed); !crossed) {
    return turned_away(app, request, route, crossed.error());
  }
  if (route == nullptr) {
    if (!allowed.empty()) return http::method_not_allowed(allowed);
    if (request.path.starts_with("/api/")) {
      return http::error(make_error(ErrorCode::not_found, "There is no such address here."));
    }
    if (*needed && (request.path == "/" || request.path == "/index.html") &&
        !app.access.identify(request)) {
      return handlers::go_to("/login", request);
    }
    return app.files.serve(request);
  }
  Ask ask{.request = request, .person = {}, .id = std::move(id)};
  if (who == Who::person || who == Who::supervisor || who == Who::ending) {
    auto person =
        who == Who::ending ? app.access.identify_to_end(request) : app.access.identify(request);
    if (!person) return turned_away(app, request, route, person.error());
    if (who == Who::supervisor && person->role != Role::supervisor) {
      return http::error(make_error(ErrorCode::forbidden));
    }
    ask.person = std::move(*person);
  }
  return route->answer(app, ask);
}

}  // namespace

std::span<const Route> routes() { return table; }

http::Response respond(App& app, const http::Request& request) {
  // HEAD is GET whose body the server keeps back (RFC 9110 9.3.2).
  const std::string_view method =
      request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  const Route* route = nullptr;
  std::string id, allowed;
  for (const Route& row : table) {
    if (!matches(row.path, request.path, id)) continue;
    if (row.method == method) {
      route = &row;
      break;
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(row.method);
  }

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
