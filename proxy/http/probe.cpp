#include "proxy/http/probe.h"

#include <httplib.h>

#include "proxy/url.h"

namespace voxdial::http {

bool answers(const std::string& address, int port, bool tls, const std::string& path) {
  const Url url{.scheme = tls ? "https" : "http", .host = address, .port = port, .target = {}};
  httplib::Client client(origin_of(url));
  client.enable_server_certificate_verification(false);
  client.set_connection_timeout(2);
  client.set_read_timeout(2);
  const auto reply = client.Get(path);
  return reply && reply->status / 100 == 2;
}

}  // namespace voxdial::http
