#include "proxy/http/reply_writer.h"

#include <algorithm>

namespace voxdial::http {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "";  // RFC 9112 4: the phrase may be empty
  }
}

bool one_line(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

}  // namespace

std::string reply_head(const Response& response, std::string_view common_headers, bool close,
                       bool endless) {
  std::string head;
  head.reserve(common_headers.size() + 512);
  head += "HTTP/1.1 ";
  head += std::to_string(response.status);
  head += ' ';
  head += reason(response.status);
  head += "\r\n";
  for (const auto& [name, value] : response.headers) {
    if (!one_line(name) || !one_line(value)) continue;
    head += name;
    head += ": ";
    head += value;
    head += "\r\n";
  }
  head += common_headers;
  if (!endless && response.status != 204 && response.status != 304) {
    const std::size_t length =
        response.body.size() + (response.shared_body ? response.shared_body->size() : 0);
    head += "Content-Length: ";
    head += std::to_string(length);
    head += "\r\n";
  }
  if (close) head += "Connection: close\r\n";
  head += "\r\n";
  return head;
}

}  // namespace voxdial::http
