// The log-in page: plain HTML and a form, because a password manager fills no canvas. It works with
// no script at all.
#include "proxy/access/network.h"
#include "proxy/http/form.h"
#include "proxy/routes/handlers.h"

namespace voxdial::handlers {
namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px;
  font: 14px/1.45 system-ui, sans-serif; background: #f7f5f2; color: #1d2126; }
main { width: 100%; max-width: 360px; padding: 32px; border-radius: 12px; background: #fffefc;
  border: 1px solid #dcd7cf; }
h1 { margin: 0 0 4px; font-size: 20px; font-weight: 600; }
p { margin: 0 0 24px; color: #5b6068; }
p[role=alert] { margin-bottom: 16px; color: #a3221f; }
label { display: block; margin-bottom: 16px; font-weight: 600; }
input { display: block; width: 100%; height: 44px; margin-top: 4px; padding: 0 12px;
  font: inherit; font-size: 16px; font-weight: 400; color: inherit; background: transparent;
  border: 1px solid #8c8881; border-radius: 8px; }
button { width: 100%; height: 44px; margin-top: 8px; font: inherit; font-weight: 600; border: 0;
  border-radius: 8px; background: #2552c8; color: #fff; cursor: pointer; }
:focus-visible { outline: 3px solid #2552c8; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  body { background: #101318; color: #ebedf0; }
  main { background: #171b22; border-color: #2c323c; }
  p { color: #a4abb6; }
  p[role=alert] { color: #ff8f87; }
  input { border-color: #6b7480; }
  button { background: #8fb0ff; color: #0c1220; }
  :focus-visible { outline-color: #8fb0ff; }
}
)";

/// `complaint` is one of our own sentences, so it needs no escaping.
http::Response page(int status, std::string_view complaint) {
  std::string body =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Log in to "
      "voxdial</title>"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<link rel=\"icon\" href=\"data:,\">"
      "<link rel=\"stylesheet\" href=\"/login.css\"></head><body><main><h1>voxdial</h1>"
      "<p>Log in to place calls.</p>";
  if (!complaint.empty()) body += "<p role=\"alert\">" + std::string(complaint) + "</p>";
  body +=
      "<form method=\"post\" action=\"/api/login\">"
      "<label>Name<input name=\"name\" autocomplete=\"username\" required autofocus></label>"
      "<label>Password<input name=\"password\" type=\"password\" autocomplete=\"current-password\" "
      "required></label><button>Log in</button></form></main></body></html>";
  http::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}};
  response.body = std::move(body);
  return response;
}

http::Response go_to(std::string_view path) {
  http::Response response;
  response.status = 303;
  response.headers = {{"Location", std::string(path)}, {"Cache-Control", "no-store"}};
  return response;
}

}  // namespace

http::Response login_page(App& app, const Ask&) {
  const auto needed = app.access.login_needed();
  if (!needed) return http::error(needed.error());
  return *needed ? page(200, "") : go_to("/");
}

http::Response login_style(App&, const Ask&) {
  http::Response response;
  response.headers = {{"Content-Type", "text/css; charset=utf-8"}, {"Cache-Control", "no-cache"}};
  response.body = style;
  return response;
}

http::Response log_in(App& app, const Ask& ask) {
  const auto form = http::parse_form(ask.request.body);
  if (!form) return http::error(form.error());
  const std::string address = client_address(
      ask.request.peer, ask.request.header("x-forwarded-for"), app.config.trusted_proxies);
  const auto token = app.access.log_in(std::string(http::field(*form, "name")),
                                       http::field(*form, "password"), address);
  if (!token) {
    http::Response refused = page(http_status(token.error().code), token.error().message);
    if (const auto wait = token.error().retry_after_s) {
      refused.headers.emplace_back("Retry-After", std::to_string(*wait));
    }
    return refused;
  }
  http::Response response = go_to("/");
  response.headers.emplace_back("Set-Cookie", session_cookie(*token));
  return response;
}

http::Response log_out(App& app, const Ask& ask) {
  const auto out = app.access.log_out(ask.request);
  if (!out) return http::error(out.error());
  app.hub.review();
  http::Response response = http::no_content();
  response.headers.emplace_back("Set-Cookie", no_session_cookie());
  return response;
}

}  // namespace voxdial::handlers
