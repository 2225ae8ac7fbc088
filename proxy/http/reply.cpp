#include "proxy/http/reply.h"

#include <string_view>
#include <utility>

namespace voxdial::http {
namespace {

/// Gives httplib pieces of a body whose end they tell.
bool send_piece(const Pieces& next, httplib::DataSink& sink) {
  const Result<std::string> piece = next();
  if (!piece) return false;
  if (!piece->empty()) return sink.write(piece->data(), piece->size());
  sink.done();
  return true;
}

/// The same of a body of known length, of which a part may be asked for: what comes before that is
/// thrown away. httplib calls again until it has got `most` bytes from `at` on.
struct KnownLength {
  Pieces next;
  std::size_t got = 0;
  bool operator()(std::size_t at, std::size_t most, httplib::DataSink& sink) {
    const std::size_t before = got;
    const Result<std::string> piece = next();
    if (!piece || piece->empty() || before > at) return false;
    got += piece->size();
    if (got <= at) return true;
    const std::string_view wanted = std::string_view(*piece).substr(at - before, most);
    return sink.write(wanted.data(), wanted.size());
  }
};

}  // namespace

std::string security_headers(const ServerOptions& options) {
  std::string lines =
      "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
      "style-src 'self'; img-src 'self' data:; media-src 'self' blob:; manifest-src 'self'; "
      "connect-src 'self'";
  for (const std::string& source : options.connect_src) lines += " " + source;
  lines +=
      "; frame-ancestors 'none'; base-uri 'none'; form-action 'self'\r\n"
      "X-Content-Type-Options: nosniff\r\n"
      "X-Frame-Options: DENY\r\n"
      // no-referrer would make browsers send `Origin: null` with our own forms (Fetch 3.2).
      "Referrer-Policy: same-origin\r\n"
      "Cross-Origin-Opener-Policy: same-origin\r\n"
      "Cross-Origin-Resource-Policy: same-origin\r\n"
      "Permissions-Policy: microphone=(self), accelerometer=(), camera=(), display-capture=(), "
      "encrypted-media=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), midi=(), "
      "payment=(), picture-in-picture=(), publickey-credentials-get=(), serial=(), usb=(), "
      "xr-spatial-tracking=()\r\n";
  // Two years; subdomains are not ours to decide about.
  const bool https = options.hsts || !options.tls_certificate_file.empty();
  if (https) lines += "Strict-Transport-Security: max-age=63072000\r\n";
  return lines;
}

void hand_to_httplib(Response from, Connection& connection, httplib::Response& to) {
  to.status = from.status;
  std::string type;
  for (const auto& [name, value] : from.headers) {
    if (name == "Content-Type") type = value;
    if (name != "Content-Type" || (!from.shared_body && !from.pieces)) to.set_header(name, value);
  }
  to.body = std::move(from.body);
  connection.take_over = std::move(from.take_over);
  if (from.in_ranges) {
    to.status = -1;  // 200 or 206: httplib's to say
    connection.whole_size = from.shared_body ? from.shared_body->size() : *from.length;
  } else if (connection.parsed) {
    connection.parsed->ranges.clear();
  }
  if (const auto whole = from.shared_body) {
    to.set_content_provider(whole->size(), type,
                            [whole](std::size_t at, std::size_t size, httplib::DataSink& sink) {
                              return sink.write(whole->data() + at, size);
                            });
  } else if (from.pieces && from.length) {
    to.set_content_provider(*from.length, type, KnownLength{std::move(from.pieces)});
  } else if (from.pieces) {
    const auto send = [next = std::move(from.pieces)](std::size_t, httplib::DataSink& sink) {
      return send_piece(next, sink);
    };
    if (connection.parsed && connection.parsed->version == "HTTP/1.0") {
      to.set_content_provider(type, send);
    } else {
      to.set_chunked_content_provider(type, send);
    }
  }
}

}  // namespace voxdial::http
