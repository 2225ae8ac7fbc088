#include "proxy/access/border.h"

#include <algorithm>

#include "proxy/access/network.h"
#include "shared/ascii.h"

namespace voxdial {
namespace {

/// "host" of "host:port" or "[::1]:port".
std::string host_name(std::string_view host) { return url_host("http://" + std::string(host)); }

bool changes_state(const std::string& method) { return method != "GET" && method != "HEAD"; }

/// Whether an Origin header names a page this proxy itself has served. The port is the browser's
/// view of ours and may differ behind a forwarder, so it must fit the request's own Host header.
bool own_origin(std::string_view origin, const http::Request& request, const BorderRules& rules) {
  if (!rules.public_origin.empty() && origin == rules.public_origin) return true;
  const bool by_proxy =
      std::any_of(rules.trusted_proxies.begin(), rules.trusted_proxies.end(),
                  [&](const std::string& network) { return in_network(request.peer, network); });
  const bool tls = request.tls || (by_proxy && request.header("x-forwarded-proto") == "https");
  return lower(origin) == (tls ? "https://" : "http://") + lower(request.header("host"));
}

}  // namespace

BorderRules border_rules(const Config& config) {
  BorderRules rules{.hosts = {},
                    .public_origin = config.public_base_url,
                    .trusted_proxies = config.trusted_proxies};
  rules.hosts.insert(config.allowed_hosts.begin(), config.allowed_hosts.end());
  rules.hosts.insert(lower(config.listen_address));
  if (is_loopback_host(config.listen_address)) {
    rules.hosts.insert({"localhost", "127.0.0.1", "::1"});
  }
  return rules;
}

Result<void> check_border(const http::Request& request, const BorderRules& rules, Body body,
                          bool login) {
  const std::string host = host_name(request.header("host"));
  const bool at_public = !host.empty() && host == url_host(rules.public_origin);
  if (rules.hosts.count(host) == 0 && !(at_public && (body == Body::callback || login))) {
    return fail(ErrorCode::bad_origin,
                at_public
                    ? "The public address is for callbacks only while nobody has to log in."
                    : "This server does not answer to that host name. The operator can add it "
                      "to ALLOWED_HOSTS.");
  }
  if (body == Body::callback) return {};
  // Reading costs something too (the doctor asks both vendors), so another site may not even ask.
  if (!changes_state(request.method) && request.path.rfind("/api/", 0) != 0) return {};
  const std::string_view origin = request.header("origin");
  const std::string_view site = request.header("sec-fetch-site");
  // "null" hides where a form stands; only a browser that says beside it that it stands here is
  // believed.
  const bool hidden_but_ours = origin == "null" && site == "same-origin";
  if (!origin.empty() && !hidden_but_ours && !own_origin(origin, request, rules)) {
    return fail(ErrorCode::bad_origin);
  }
  if (!site.empty() && site != "same-origin" && site != "none") {
    return fail(ErrorCode::bad_origin);
  }
  if (!request.body.empty()) {
    std::string type = lower(request.header("content-type"));
    type.resize(std::min(type.find_first_of("; \t"), type.size()));
    const std::string_view wanted =
        body == Body::form ? "application/x-www-form-urlencoded" : "application/json";
    if (type != wanted) return fail(ErrorCode::unsupported_media_type);
  }
  return {};
}

}  // namespace voxdial
