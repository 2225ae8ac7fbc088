#include "proxy/http/security_headers.h"

namespace voxdial::http {

std::string security_headers(const std::vector<std::string>& connect_src, bool hsts) {
  std::string lines =
      "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
      "style-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'";
  for (const std::string& source : connect_src) lines += " " + source;
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
  if (hsts) lines += "Strict-Transport-Security: max-age=63072000\r\n";
  return lines;
}

}  // namespace voxdial::http
