#include "proxy/http/guard.h"

#include <algorithm>

#include "shared/ascii.h"
#include "shared/percent.h"

namespace voxdial::http {
namespace {

/// Headers that decide who asks, for what, or how long the message is: twice is never honest.
constexpr std::string_view once_only[] = {"authorization", "content-length", "content-type",
                                          "expect",        "host",           "idempotency-key",
                                          "last-event-id", "origin"};

/// Path and query of what is asked for. It may be a whole address, if that names the Host it is
/// sent to (RFC 9112 3.2.2).
std::string_view local_part(std::string_view target, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (lower(target.substr(0, scheme.size())) != scheme) continue;
    target.remove_prefix(scheme.size());
    const std::string_view name = target.substr(0, target.find('/'));
    if (lower(name) != lower(host)) return {};
    target.remove_prefix(name.size());
    return target.empty() ? "/" : target;
  }
  return target;
}

/// The path of a target as a strict reader sees it: every escape is two hex digits, nothing but
/// visible ASCII and spaces comes out, and neither an encoded slash nor a segment of dots. Empty
/// for any other.
std::string strict_path(std::string_view raw) {
  const std::string path = percent_decoded(raw).value_or("");
  const auto slashes = [](std::string_view text) {
    return std::count(text.begin(), text.end(), '/');
  };
  const bool printable = std::all_of(path.begin(), path.end(),
                                     [](char c) { return c >= ' ' && c < 0x7f && c != '\\'; });
  const std::string closed = path + '/';
  const bool strict = raw.starts_with('/') && slashes(raw) == slashes(path) && printable &&
                      closed.find("/./") == closed.npos && closed.find("/../") == closed.npos;
  return strict ? path : std::string();
}

/// host[:port] without anything a URL could hide a second host in.
bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alnum(c) || std::string_view(".-_:[]").find(c) != std::string_view::npos;
  });
}

/// The headers as they came. In httplib's own copy every %XX of their values is decoded.
Headers headers_of(std::string_view head) {
  Headers headers;
  for (std::size_t line = head.find("\r\n") + 2, end; (end = head.find("\r\n", line)) > line;
       line = end + 2) {
    const std::string_view text = head.substr(line, end - line);
    const std::size_t colon = text.find(':');
    headers.emplace_back(lower(text.substr(0, colon)), trimmed(text.substr(colon + 1)));
  }
  return headers;
}

}  // namespace

bool lists(std::string_view header, std::string_view word) {
  const auto items = list_items(header);
  return std::any_of(items.begin(), items.end(), [&](auto item) { return lower(item) == word; });
}

Result<void> read_head(const httplib::Request& parsed, std::string_view head,
                       const ServerOptions& options, Request& request) {
  request.headers = headers_of(head);
  const std::string_view host = request.header("host");
  const std::string_view local = local_part(parsed.target, host);
  const std::size_t question = std::min(local.find('?'), local.size());
  request.method = parsed.method == "HEAD" ? "GET" : parsed.method;
  request.path = strict_path(local.substr(0, question));
  request.query = local.substr(std::min(question + 1, local.size()));

  const auto bad = [](const char* why, std::string_view header = {}) {
    return fail(ErrorCode::invalid_header, why, std::string(header));
  };
  const auto count = [&](std::string_view name) {
    return std::count_if(request.headers.begin(), request.headers.end(),
                         [&](const auto& header) { return header.first == name; });
  };
  if (parsed.target.size() > options.max_url) return fail(ErrorCode::uri_too_long);
  if (!head.starts_with(parsed.method + ' ' + parsed.target + ' ' + parsed.version + "\r\n")) {
    return bad("The request line is malformed.");
  }
  if (!lists(methods, lower(parsed.method))) return fail(ErrorCode::method_not_allowed);
  const bool printable = std::all_of(parsed.target.begin(), parsed.target.end(),
                                     [](char c) { return c > ' ' && c < 0x7f; });
  if (!printable || request.path.empty()) return bad("The address of the request is malformed.");
  for (const std::string_view name : once_only) {
    if (count(name) > 1) return bad("A header is there twice.", name);
  }
  if ((count("host") > 0 || parsed.version == "HTTP/1.1") && !is_host(host)) {
    return bad("The Host header is missing or malformed.", "Host");
  }
  const bool in_chunks = lower(request.header("transfer-encoding")) == "chunked";
  if (count("transfer-encoding") > 0 && (!in_chunks || count("content-length") > 0 ||
                                         request.method == "GET" || parsed.version != "HTTP/1.1")) {
    return bad("Send the body whole, with its Content-Length, or in chunks alone.",
               "Transfer-Encoding");
  }
  const auto length = whole_number(request.header("content-length"));
  if (count("content-length") > 0 && !length) {
    return bad("Content-Length is not a number.", "Content-Length");
  }
  const auto size = static_cast<std::size_t>(length.value_or(0));
  if (request.method == "GET" && size > 0) return bad("A GET has no body.", "Content-Length");
  if (size > options.max_body) return fail(ErrorCode::payload_too_large);
  if (count("expect") > 0 && lower(request.header("expect")) != "100-continue") {
    return bad("That expectation cannot be met.", "Expect");
  }
  if (parsed.is_multipart_form_data()) return fail(ErrorCode::unsupported_media_type);
  return {};
}

}  // namespace voxdial::http
