// The front door: sockets in, Request values to the handler, Response values out.
//
// Owns every socket of the listener, the worker threads and the deadlines. Must not know any route,
// any JSON but the error envelope's, or any secret. Between requests a connection waits in one
// epoll set and costs neither thread nor CPU; a worker is woken when bytes arrive, takes what is
// there without ever blocking on the client, and puts the connection back until the request is
// whole. Only then does the handler run. Replies are written the same way, so neither a slow sender
// nor a slow reader holds a worker. TLS goes through the same steps. Event streams leave for the
// one thread of events::Hub.
//
// The request is read by our own strict parser (request_parser.h), not by httplib's: a front door
// that accepts less than the application behind it is what keeps smuggled requests out, and one
// parser cannot disagree with itself.
//
// Every reply, also 400, 404, 413, 431, has the security headers, and every error has the JSON
// envelope of shared/error.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/events/hub.h"
#include "proxy/http/message.h"
#include "shared/result.h"

namespace voxdial::http {

struct ServerOptions {
  std::string address = "127.0.0.1";  ///< name or numeric address, IPv4 or IPv6
  int port = 0;                       ///< 0 = any free one; bind() says which
  /// At most this many handlers run at once; threads are started when all are busy and stay.
  unsigned workers = 256;

  /// Both or neither: PEM files. TLS 1.2 or newer is then spoken on the port, and nothing else.
  std::string tls_certificate_file, tls_key_file;
  /// Send HSTS although TLS ends at a reverse proxy. With direct TLS it is always sent.
  bool hsts = false;
  /// What the page may connect to besides its own origin, as CSP sources: "wss:", "https:",
  /// "ws://127.0.0.1:*". The Ultravox join URL's host is not known before the call, LiveKit's
  /// neither.
  std::vector<std::string> connect_src;

  // Limits. A request over one is answered (414, 431, 413, 408) and its connection closed.
  std::size_t max_url = 8 * 1024;
  std::size_t max_header_bytes = 32 * 1024;  ///< request line and all headers
  std::size_t max_headers = 100;
  std::size_t max_body = 256 * 1024;
  int header_timeout_ms = 10'000;  ///< first byte to the end of the head, in all
  int body_timeout_ms = 15'000;    ///< end of the head to the last byte, in all
  /// A reply is given up when it is not taken within this time and what `slowest_reply` adds to it.
  int reply_timeout_ms = 60'000;
  std::size_t slowest_reply = 16 * 1024;  ///< bytes a second
  int idle_timeout_ms = 60'000;           ///< a kept-alive connection without a request
  int linger_timeout_ms = 2'000;  ///< how long a refused client may go on sending before the cut

  std::size_t max_connections =
      4'096;  ///< without event streams; over it the longest idle one goes
  /// Per peer address (IPv6: per /64), without event streams; 0 = no limit. `trusted_peer` says who
  /// is exempt: a reverse proxy's address stands for all of its clients. Empty: who comes from
  /// loopback.
  std::size_t max_connections_per_peer = 256;
  std::function<bool(const std::string& peer)> trusted_peer;

  int drain_timeout_ms = 10'000;  ///< stop(): replies under way get this long
};

class Server {
 public:
  /// `handler` runs on worker threads, many at once; an exception from it becomes 500 `internal`
  /// without details, after `on_exception` (may be empty) was told. `steady_ms` is World's
  /// monotonic clock. The hub must outlive the server.
  Server(ServerOptions options, Handler handler, events::Hub& hub,
         std::function<std::int64_t()> steady_ms,
         std::function<void(const std::string& what)> on_exception = {});
  ~Server();  ///< stops and joins
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes the port (SO_REUSEADDR only: a second server on it is an error) and loads the
  /// certificate. The port, or the reason in words. Connections queue from here on.
  Result<int> bind();

  /// Serves until stop(); returns when everything is drained. REQUIRES: bind() succeeded.
  void run();

  /// Graceful and thread-safe, at most once effective: no new connections, idle ones and event
  /// streams are closed, requests under way are answered (with Connection: close), what is left
  /// after drain_timeout_ms is cut. Returns at once; run() returns when done. Not for a signal
  /// handler.
  void stop();

  /// Open now, event streams not included. For tests: that none is left behind shows nowhere else.
  std::size_t connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace voxdial::http
