#include "proxy/access/border.h"

#include <algorithm>

#include "proxy/access/network.h"
#include "proxy/url.h"
#include "shared/ascii.h"

namespace voxdial {
namespace {

/// A name with the dot of the root behind it is the same name.
std::string without_dot(std::string host) {
  if (host.ends_with('.')) host.pop_back();
  return host;
}

/// Like "vox.example.com" or "::1", of a Host header or a setting.
std::string host_name(std::string_view host) {
  return without_dot(url_host("http://" + std::string(host)));
}

bool changes_state(const std::string& method) { return method != "GET" && method != "HEAD"; }

/// Whether two addresses are of one origin: ports that are not written and the dot of the root do
/// not matter, as little as capital letters.
bool same_origin(std::string_view one, std::string_view other) {
  const auto a = read_url(lower(one)), b = read_url(lower(other));
  return a && b && a->scheme == b->scheme && a->port == b->port &&
         without_dot(a->host) == without_dot(b->host);
}

/// Whether an Origin header names a page this proxy itself has served. The port is the browser's
/// view of ours and may differ behind a forwarder, so it must fit the request's own Host header.
bool own_origin(std::string_view origin, const http::Request& request, const BorderRules& rules) {
  if (same_origin(origin, rules.public_origin)) return true;
  const bool https = client_of(request, rules.trusted_proxies).https;
  return same_origin(origin,
                     (https ? "https://" : "http://") + std::string(request.header("host")));
}

}  // namespace

BorderRules border_rules(const Config& config) {
  BorderRules rules{.hosts = {},
                    .public_origin = config.public_base_url,
                    .trusted_proxies = config.trusted_proxies};
  for (const std::string& host : config.allowed_hosts) {
    rules.hosts.insert(host.ends_with('.') ? host.substr(0, host.size() - 1) : host);
  }
  const std::string& own = config.listen_address;
  rules.hosts.insert(lower(own));
  // DNS rebinding: a foreign site can point only its own names at this machine, never one of these.
  if (is_loopback_host(own) || own == "0.0.0.0" || own == "::") {
    rules.hosts.insert({"localhost", "127.0.0.1", "::1"});
  }
  return rules;
}

Result<void> check_border(const http::Request& request, const BorderRules& rules, Body body,
                          bool login) {
  if (body == Body::probe) return {};
  const std::string host = host_name(request.header("host"));
  const bool at_public = !host.empty() && host == without_dot(url_host(rules.public_origin));
  if (rules.hosts.count(host) == 0 && !(at_public && (body == Body::callback || login))) {
    return fail(ErrorCode::bad_origin,
                at_public
                    ? "The public address is for callbacks only while nobody has to log in."
                    : "This server does not answer to that host name. The operator can add it "
                      "to ALLOWED_HOSTS.");
  }
  if (body == Body::callback) return {};
  // Reading costs something too (the doctor asks both vendors), so other sites may not read either.
  if (!changes_state(request.method) && request.path.rfind("/api/", 0) != 0) return {};
  const std::string_view origin = request.header("origin");
  const std::string_view site = request.header("sec-fetch-site");
  // The browser's own word, which no page can forge. It is needed where Origin is "null", which
  // hides the page a form is on, and behind reverse proxies that keep the port, or the whole Host,
  // to themselves. An Origin that names a host of nobody's here stays foreign all the same.
  const bool browser_says_ours =
      site == "same-origin" &&
      (origin == "null" || rules.hosts.count(without_dot(url_host(origin))) != 0);
  if (!origin.empty() && !browser_says_ours && !own_origin(origin, request, rules)) {
    return fail(ErrorCode::bad_origin);
  }
  if (!site.empty() && site != "same-origin" && site != "none") {
    return fail(ErrorCode::bad_origin);
  }
  if (!request.body.empty()) {
    std::string type = lower(request.header("content-type"));
    type.resize(std::min(type.find_first_of("; \t"), type.size()));
    const bool form = body == Body::form;
    if (type != (form ? "application/x-www-form-urlencoded" : "application/json")) {
      return fail(ErrorCode::unsupported_media_type,
                  form ? "Send the form as application/x-www-form-urlencoded." : "");
    }
  }
  return {};
}

bool is_secure_for_browser(const http::Request& request, const BorderRules& rules) {
  const std::string host = host_name(request.header("host"));
  return client_of(request, rules.trusted_proxies).https || is_loopback_host(host) ||
         (rules.public_origin.starts_with("https://") &&
          host_name(rules.public_origin.substr(8)) == host);
}

}  // namespace voxdial
