#include "proxy/http/request_parser.h"

#include <algorithm>
#include <array>

#include "shared/ascii.h"

namespace voxdial::http {
namespace {

/// RFC 9110 5.6.2
bool is_token_char(char c) {
  return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// What may stand in a field value: visible characters, space, tab, and bytes of other encodings.
bool is_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

Unexpected<Error> malformed(std::string message, std::string_view header = {}) {
  return fail(ErrorCode::invalid_header, std::move(message), std::string(header));
}

/// Headers that decide who asks, for what, or how long the message is: twice is never honest.
constexpr std::array<std::string_view, 10> once_only = {
    "authorization", "content-length",  "content-type",  "cookie", "expect",
    "host",          "idempotency-key", "last-event-id", "origin", "transfer-encoding"};

/// Bytes of chunk extensions in one body.
constexpr int longest_extensions = 1'024;

/// host[:port] without anything a URL could hide a second host in.
bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
  });
}

bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (lower(trimmed(list.substr(0, comma))) == token) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

Result<std::size_t> read_length(std::string_view digits) {
  if (digits.empty() || digits.size() > 15 ||
      !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return malformed("Content-Length is not a number.", "Content-Length");
  }
  std::size_t length = 0;
  for (const char c : digits) length = length * 10 + static_cast<std::size_t>(c - '0');
  return length;
}

/// "GET /path?query HTTP/1.1"; says whether it is HTTP/1.1.
Result<bool> parse_request_line(std::string_view line, const RequestLimits& limits, Head& head) {
  Request& request = head.request;
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || first == 0) {
    return malformed("The request line is malformed.");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!std::all_of(method.begin(), method.end(), is_token_char)) {
    return malformed("The method is malformed.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return malformed("Only HTTP/1.1 is spoken here.");
  }
  if (target.size() > limits.max_url) return fail(ErrorCode::uri_too_long);
  const bool printable = std::all_of(target.begin(), target.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f && c != '#';
  });
  if (!printable) return malformed("The address of the request is malformed.");

  head.head_only = method == "HEAD";
  request.method = head.head_only ? std::string_view("GET") : method;
  constexpr std::array<std::string_view, 5> taken = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  if (std::find(taken.begin(), taken.end(), request.method) == taken.end()) {
    return fail(ErrorCode::method_not_allowed);
  }
  const std::size_t question = target.find('?');
  std::optional<std::string> path = decode_path(target.substr(0, question));
  if (!path) return malformed("The address of the request is malformed.");
  request.path = std::move(*path);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  return version == "HTTP/1.1";
}

Result<void> parse_header_line(std::string_view line, Headers& headers) {
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == std::string_view::npos || name.empty() ||
      !std::all_of(name.begin(), name.end(), is_token_char)) {
    return malformed("A header's name is malformed.");
  }
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), is_value_char)) {
    return malformed("A header has a character that is not allowed.");
  }
  headers.emplace_back(lower(name), value);
  return {};
}

bool present(const Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return header.first == name; });
}

/// What the headers say about the message itself.
Result<void> parse_framing(bool http_1_1, const RequestLimits& limits, Head& head) {
  const Request& request = head.request;
  for (const std::string_view name : once_only) {
    const auto same = [&](const auto& header) { return header.first == name; };
    if (std::count_if(request.headers.begin(), request.headers.end(), same) > 1) {
      return malformed("A header is there twice.", name);
    }
  }
  const bool has_host = present(request.headers, "host");
  if ((http_1_1 && !has_host) || (has_host && !is_host(request.header("host")))) {
    return malformed("The Host header is missing or malformed.", "Host");
  }

  const bool has_length = present(request.headers, "content-length");
  const bool has_coding = present(request.headers, "transfer-encoding");
  if (has_length && has_coding) return malformed("The length of the body is ambiguous.");
  if (has_coding) {
    if (!http_1_1 || lower(request.header("transfer-encoding")) != "chunked") {
      return malformed("That transfer coding is not understood.", "Transfer-Encoding");
    }
    head.chunked = true;
  }
  if (has_length) {
    const Result<std::size_t> length = read_length(request.header("content-length"));
    if (!length) return fail(length.error());
    head.content_length = *length;
  }
  if (request.method == "GET" && (head.chunked || head.content_length > 0)) {
    return malformed("A GET has no body.", "Content-Length");
  }
  if (head.content_length > limits.max_body) return fail(ErrorCode::payload_too_large);

  if (present(request.headers, "expect")) {
    if (lower(request.header("expect")) != "100-continue") {
      return malformed("That expectation cannot be met.", "Expect");
    }
    head.expect_continue = http_1_1 && (head.chunked || head.content_length > 0);
  }
  head.keep_alive = http_1_1;
  for (const auto& [name, value] : request.headers) {
    if (name == "connection" && has_token(value, "close")) head.keep_alive = false;
  }
  return {};
}

}  // namespace

std::optional<std::string> decode_path(std::string_view raw) {
  if (raw.empty() || raw.front() != '/') return std::nullopt;
  std::string path;
  path.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '%') {
      if (i + 2 >= raw.size()) return std::nullopt;
      const int high = hex_digit(raw[i + 1]);
      const int low = hex_digit(raw[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
      if (c == '/') return std::nullopt;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '\\') return std::nullopt;
    path += c;
  }
  for (std::size_t at = 0; at != std::string::npos; at = path.find('/', at + 1)) {
    const std::size_t end = path.find('/', at + 1);
    const std::string_view segment =
        std::string_view(path).substr(at + 1, end == std::string::npos ? end : end - at - 1);
    if (segment == "." || segment == "..") return std::nullopt;
  }
  return path;
}

Result<std::optional<std::size_t>> find_head(std::string_view bytes, std::size_t& scanned,
                                             const RequestLimits& limits) {
  if (!bytes.empty() && !is_token_char(bytes.front())) {
    return malformed("The request line is malformed.");
  }
  for (std::size_t i = scanned; i < bytes.size(); ++i) {
    if (i >= limits.max_header_bytes) break;
    const char c = bytes[i];
    if (c == '\0') return malformed("The request has a NUL in its head.");
    const bool after_cr = i > 0 && bytes[i - 1] == '\r';
    if ((c == '\n') != after_cr) return malformed("The line ends of the request are malformed.");
    if (c == '\n' && i >= 3 && bytes[i - 2] == '\n') {
      scanned = i + 1;
      return std::optional(i + 1);
    }
  }
  scanned = std::min(bytes.size(), limits.max_header_bytes);
  const std::size_t line_end = bytes.substr(0, scanned).find('\n');
  // The method and the version beside the target are a dozen bytes; 64 is generous.
  if (scanned > limits.max_url + 64 && line_end == std::string_view::npos) {
    return fail(ErrorCode::uri_too_long);
  }
  if (bytes.size() >= limits.max_header_bytes) return fail(ErrorCode::headers_too_large);
  return std::optional<std::size_t>();
}

Result<Head> parse_head(std::string_view text, const RequestLimits& limits) {
  Head head;
  std::size_t line_end = text.find("\r\n");
  const Result<bool> http_1_1 = parse_request_line(text.substr(0, line_end), limits, head);
  if (!http_1_1) return fail(http_1_1.error());
  text.remove_prefix(line_end + 2);
  while ((line_end = text.find("\r\n")) != 0) {
    if (head.request.headers.size() == limits.max_headers) {
      return fail(ErrorCode::headers_too_large, "The request has too many headers.");
    }
    const Result<void> line = parse_header_line(text.substr(0, line_end), head.request.headers);
    if (!line) return fail(line.error());
    text.remove_prefix(line_end + 2);
  }
  const Result<void> framing = parse_framing(*http_1_1, limits, head);
  if (!framing) return fail(framing.error());
  return head;
}

Result<std::size_t> ChunkedBody::feed(std::string_view bytes, std::string& body,
                                      std::size_t max_body) {
  const auto bad = [] { return malformed("The chunks of the body are malformed."); };
  std::size_t i = 0;
  while (i < bytes.size() && state_ != State::done) {
    const char c = bytes[i];
    switch (state_) {
      case State::size: {
        const int digit = hex_digit(c);
        if (c == '\r' && digits_ > 0) {
          state_ = State::size_lf;
        } else if (c == ';' && digits_ > 0) {
          state_ = State::extension;
        } else if (digit < 0 || ++digits_ > 8) {
          return bad();
        } else {
          size_ = size_ * 16 + static_cast<std::size_t>(digit);
        }
        ++i;
        break;
      }
      // What a chunk's extension says is ignored (RFC 9112 7.1.1), as long as everybody who reads
      // it agrees where it ends.
      case State::extension:
        if (++extension_bytes_ > longest_extensions) return bad();
        if (c == '\r') {
          state_ = State::size_lf;
        } else if (c == '"') {
          state_ = State::quoted;
        } else if (!is_token_char(c) && c != '=' && c != ';') {
          return bad();
        }
        ++i;
        break;
      case State::quoted:
        if (++extension_bytes_ > longest_extensions || !is_value_char(c) || c == '\\') return bad();
        if (c == '"') state_ = State::extension;
        ++i;
        break;
      case State::size_lf:
        if (c != '\n') return bad();
        if (size_ > max_body - std::min(max_body, body.size())) {
          return fail(ErrorCode::payload_too_large);
        }
        state_ = size_ == 0 ? State::end_cr : State::data;
        digits_ = 0;
        ++i;
        break;
      case State::data: {
        const std::size_t part = std::min(size_, bytes.size() - i);
        body.append(bytes.substr(i, part));
        size_ -= part;
        i += part;
        if (size_ == 0) state_ = State::data_cr;
        break;
      }
      case State::data_cr:
      case State::end_cr:
        if (c != '\r') return bad();
        state_ = state_ == State::data_cr ? State::data_lf : State::end_lf;
        ++i;
        break;
      case State::data_lf:
      case State::end_lf:
        if (c != '\n') return bad();
        state_ = state_ == State::data_lf ? State::size : State::done;
        ++i;
        break;
      case State::done:
        break;
    }
  }
  return i;
}

}  // namespace voxdial::http
