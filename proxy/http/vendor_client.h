// The back door: World.send for real. One pool of kept-alive connections per vendor address.
//
// Owns the connections to the vendors, the CA store (read once) and the credentials, which are put
// on the wire here and exist nowhere in a VendorRequest. Must not retry, not follow a redirect, not
// send a credential anywhere but to its own base URL, and not let one vendor use up all workers.
//
// Money depends on the failure kinds (world.h): `not_sent` is said only when no connection came
// about or the request was never begun; everything later is `no_answer`, also when a kept-alive
// connection turns out dead. To keep that rare httplib peeks at a pooled connection before use,
// and it is dropped when it has been idle for longer than vendors keep theirs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "proxy/config/secret.h"
#include "proxy/world.h"

namespace voxdial::http {

/// A header that carries a key: Ultravox's X-API-Key.
struct HeaderKey {
  std::string name;
  Secret value;
};
/// Authorization: Basic (Twilio: account sid and auth token, or an API key's sid and secret).
struct BasicAuth {
  std::string user;
  Secret password;
};

struct VendorEndpoint {
  Vendor vendor = Vendor::ultravox;
  bool voice_host = false;
  /// "https://api.ultravox.ai", without a path; http is refused for anything but loopback.
  std::string base_url;
  std::variant<std::monostate, HeaderKey, BasicAuth> credentials;
};

struct VendorClientOptions {
  int connect_timeout_ms = 5'000;  ///< TCP and TLS each, within the whole-request deadline
  /// Connections idle for longer are not used again. AWS and Google front ends close at 60 s or
  /// later, some proxies at 15 s.
  int max_idle_ms = 10'000;
  std::size_t max_idle = 100;  ///< kept per endpoint: as many as may be under way
  /// Requests under way per endpoint; one more is `crowded` at once. Two vendors that hang leave
  /// some of the server's threads for everything else.
  std::size_t max_in_flight = 100;
  std::string ca_file;  ///< PEM; empty = the system's store
};

class VendorClient {
 public:
  /// Checks the addresses and loads the CA store; the error says in words what is wrong.
  static Result<std::unique_ptr<VendorClient>> create(std::vector<VendorEndpoint> endpoints,
                                                      VendorClientOptions options,
                                                      SteadyClock steady_ms);
  ~VendorClient();

  /// Thread-safe; takes at most request.timeout_ms, however the vendor behaves (the system's name
  /// lookup excepted, which has its own limits). The pieces of a reply come after that, each within
  /// the same time, and its connection is under way until they are let go of.
  SendResult send(const VendorRequest& request);

 private:
  struct Impl;
  explicit VendorClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace voxdial::http
