// Any bytes as a request: it must not matter in which pieces they arrive, and what is accepted
// keeps the promises of http::Request.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/http/accept_encoding.h"
#include "proxy/http/request_parser.h"

namespace {

using namespace voxdial;
using namespace voxdial::http;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr RequestLimits limits = {
    .max_url = 64, .max_header_bytes = 512, .max_headers = 8, .max_body = 256};

/// The head's length when the bytes, `step` at a time, lead to a request that is accepted.
std::optional<std::size_t> accepted(std::string_view bytes, std::size_t step) {
  std::size_t scanned = 0;
  for (std::size_t have = 0; have < bytes.size();) {
    have = std::min(bytes.size(), have + step);
    const auto found = find_head(bytes.substr(0, have), scanned, limits);
    if (!found) return std::nullopt;
    if (*found) return parse_head(bytes.substr(0, **found), limits) ? *found : std::nullopt;
  }
  return std::nullopt;
}

struct Body {
  std::optional<ErrorCode> error;
  bool done = false;
  std::string text;
  std::size_t taken = 0;
  bool operator==(const Body&) const = default;
};

Body read_chunks(std::string_view bytes, std::size_t step) {
  Body body;
  ChunkedBody chunks;
  while (body.taken < bytes.size() && !chunks.done()) {
    const std::size_t part = std::min(step, bytes.size() - body.taken);
    const auto taken = chunks.feed(bytes.substr(body.taken, part), body.text, limits.max_body);
    if (!taken) {
      body.error = taken.error().code;
      body.taken = 0;
      body.text.clear();
      return body;
    }
    require(*taken == part || chunks.done());
    body.taken += *taken;
  }
  body.done = chunks.done();
  return body;
}

void check_request(const Head& head) {
  const Request& request = head.request;
  require(!request.path.empty() && request.path.front() == '/');
  require((request.path + "/").find("/../") == std::string::npos);
  require(request.path.find('\\') == std::string::npos);
  require(request.path.size() + request.query.size() <= limits.max_url);
  for (const char c : request.path) require(c >= 0x20 && c < 0x7f);
  require(request.headers.size() <= limits.max_headers);
  for (const auto& [name, value] : request.headers) {
    require(name.find_first_of(" \t\r\n:ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos);
    require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
  }
  require(head.content_length <= limits.max_body);
  require(!(head.chunked && head.content_length > 0));
  require(request.method != "HEAD");
  (void)parse_accept_encoding(request.header("accept-encoding"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = accepted(input, std::max<std::size_t>(1, size));
  require(whole == accepted(input, 1));
  if (whole) check_request(*parse_head(input.substr(0, *whole), limits));
  require(read_chunks(input, std::max<std::size_t>(1, size)) == read_chunks(input, 1));
  return 0;
}
