// The log-in page: plain HTML and a form, because a password manager fills no canvas. It works with
// no script at all. And every other page that is not the call screen: refusals that a person sees.
#include "proxy/access/network.h"
#include "proxy/http/form.h"
#include "proxy/routes/handlers.h"
#include "proxy/routes/page_words_codec.h"
#include "shared/codec.h"

namespace voxdial::handlers {
namespace {

/// With the colours of page_tokens.
constexpr std::string_view style = R"(
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px;
  font: 14px/1.45 var(--vd-face); background: var(--bg); color: var(--text); }
main { width: 100%; max-width: 360px; padding: 32px; border-radius: 12px; background: var(--surface);
  border: 1px solid color-mix(in srgb, var(--line) 22%, transparent); }
h1 { margin: 0 0 4px; font-size: 20px; font-weight: 600; }
p { margin: 0 0 24px; color: var(--text-quiet); }
p[role=alert] { margin-bottom: 16px; color: var(--bad); }
ul { margin: 0; padding: 0 0 0 20px; }
li { margin-bottom: 12px; overflow-wrap: anywhere; }
a { color: var(--accent); }
label { display: block; margin-bottom: 16px; font-weight: 600; }
input { display: block; width: 100%; height: 44px; margin-top: 4px; padding: 0 12px;
  font: inherit; font-size: 16px; font-weight: 400; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 8px; }
button { width: 100%; height: 44px; margin-top: 8px; font: inherit; font-weight: 600; border: 0;
  border-radius: 8px; background: var(--accent); color: var(--on-accent); cursor: pointer; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
@media (prefers-contrast: more), (forced-colors: active) { main { border-color: var(--line); } }
@media (max-width: 359px) { main { padding: 24px; } body { padding: 16px; } }
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

PageWords words_for(const http::Request& request) {
  return PageWords(language_for(request.header("accept-language")));
}

std::string alert(const std::string& html) { return "<p role=\"alert\">" + html + "</p>"; }

http::Response page(int status, const PageWords& words, const std::string& title,
                    const std::string& content) {
  http::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}};
  response.body = "<!doctype html><html lang=\"" + std::string(words.language()) +
                  "\"><head><meta charset=\"utf-8\"><title>" + title +
                  "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                  "<link rel=\"icon\" href=\"data:,\">"
                  "<link rel=\"stylesheet\" href=\"/login.css\">"
                  "<script src=\"/theme.js\"></script></head><body><main>"
                  "<h1>voxdial</h1>" +
                  content + "</main></body></html>";
  return response;
}

/// Why nobody can log in over plain http, and what is missing, before anything is typed.
http::Response https_page(App& app, const http::Request& request, const PageWords& words,
                          int status, const std::string& complaint) {
  const bool told =
      !request.header("x-forwarded-proto").empty() || !request.header("forwarded").empty();
  const bool trusted = in_networks(request.peer, app.config.trusted_proxies);
  const auto item = [](const std::string& html) { return "<li>" + html + "</li>"; };
  return page(status, words, words.html("login_https_title"),
              complaint + alert(words.html("login_plain_http")) + "<p>" +
                  words.html("login_https_why") + "</p><ul>" +
                  item(words.html(trusted ? "login_fix_silent_proxy"
                                  : told  ? "login_fix_unnamed_proxy"
                                          : "login_fix_no_proxy")) +
                  item(words.html("login_fix_certificate")) +
                  item(words.html("login_fix_local", {{"port", std::to_string(app.config.port)}})) +
                  "</ul>");
}

/// The form has no action: it is sent to the address it stands at, with all that stands behind it,
/// so that a link into the page still leads there after the log-in.
http::Response form_page(App& app, const http::Request& request, const PageWords& words, int status,
                         const std::string& complaint) {
  if (!is_secure_for_browser(request, app.border))
    return https_page(app, request, words, status, complaint);
  return page(status, words, words.html("login_title"),
              "<p>" + words.html("login_intro") + "</p>" + complaint +
                  "<form method=\"post\"><label>" + words.html("login_name") +
                  "<input name=\"name\" autocomplete=\"username\" autocapitalize=\"none\" "
                  "autocorrect=\"off\" spellcheck=\"false\" required autofocus></label><label>" +
                  words.html("login_password") +
                  "<input name=\"password\" type=\"password\" autocomplete=\"current-password\" "
                  "required></label><button>" +
                  words.html("login_button") + "</button></form>");
}

}  // namespace

http::Response go_to(std::string_view path, const http::Request& request) {
  http::Response response;
  response.status = 303;
  const std::string query = request.query.empty() ? "" : "?" + request.query;
  response.headers = {{"Location", std::string(path) + query}, {"Cache-Control", "no-store"}};
  return response;
}

http::Response error_page(App& app, const http::Request& request, http::Response refused) {
  const PageWords words = words_for(request);
  const auto error = decode<Error>(refused.body);
  const std::string complaint =
      alert(escaped(words.said(error ? *error : make_error(ErrorCode::internal))));
  const bool form = request.path == "/login" || request.path == "/api/login";
  http::Response shown =
      form ? form_page(app, request, words, refused.status, complaint)
           : page(refused.status, words, "voxdial",
                  complaint + "<p><a href=\"/\">" + words.html("login_home") + "</a></p>");
  for (auto& header : refused.headers) {
    if (header.first == "Retry-After" || header.first == "Allow") {
      shown.headers.push_back(std::move(header));
    }
  }
  return shown;
}

http::Response login_page(App& app, const Ask& ask) {
  const auto entrance = app.access.entrance();
  if (!entrance) return http::error(entrance.error());
  if (!entrance->login_needed || app.access.identify(ask.request, *entrance)) {
    return go_to("/", ask.request);
  }
  return form_page(app, ask.request, words_for(ask.request), 200, "");
}

http::Response login_style(App&, const Ask&) {
  http::Response response;
  response.headers = {{"Content-Type", "text/css; charset=utf-8"}, {"Cache-Control", "no-cache"}};
  response.body = std::string(page_tokens).append(style);
  return response;
}

http::Response log_in(App& app, const Ask& ask) {
  const auto form = http::parse_form(ask.request.body);
  if (!form) return http::error(form.error());
  const auto token = app.access.log_in(http::field(*form, "name"), http::field(*form, "password"),
                                       client_of(ask.request, app.config.trusted_proxies).address);
  if (!token) return http::error(token.error());
  http::Response response = go_to("/", ask.request);
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
