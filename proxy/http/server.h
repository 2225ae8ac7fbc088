// The front door: sockets in, Request values to the handler, Response values out.
//
// httplib::Server resolves, listens, accepts, parses and answers. Ours is one subclass of it, which
// adds what it has no setting for: how many connections a peer may have, one deadline for each part
// of a request, the refusal of what two programs could read differently, and connections that are
// given away. A connection has a thread of its own for as long as it is open, which sleeps between
// requests; their number is bounded, and the longest idle one makes room for a newcomer. Must not
// know any route, any JSON but the error envelope's, any person, or any secret.
//
// Every reply, also one of the server itself, has the security headers, and every error has the
// JSON envelope of shared/error.h. After an error the connection is closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/http/message.h"
#include "proxy/world.h"
#include "shared/result.h"

namespace voxdial::http {

struct ServerOptions {
  std::string address = "127.0.0.1";  ///< name or numeric address, IPv4 or IPv6
  int port = 0;                       ///< 0 = any free one; bind() says which

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

  std::size_t max_connections = 2'048;  ///< threads, therefore; those given away do not count
  std::size_t max_connections_per_peer = 128;
  /// What a peer's connections count under; empty = not counted, as a reverse proxy's, which stands
  /// for all of its clients. Unset: the address, and who comes from loopback is not counted.
  std::function<std::string(const std::string& peer)> counts_under;

  int drain_timeout_ms = 10'000;  ///< stop(): replies under way get this long
};

class Server {
 public:
  /// `handler` runs on the connections' threads, many at once; an exception from it becomes 500
  /// `internal` without details, after `on_exception` (may be empty) was told.
  Server(ServerOptions options, Handler handler, SteadyClock steady_ms,
         std::function<void(const std::string& what)> on_exception = {});
  ~Server();  ///< REQUIRES: run() has returned
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes the port (SO_REUSEADDR only: a second server on it is an error) and loads the
  /// certificate. The port, or the reason in words. Connections queue from here on.
  Result<int> bind();

  /// Serves until stop(); returns when everything is drained. REQUIRES: bind() succeeded.
  void run();

  /// Graceful and thread-safe, at most once effective: no new connections, idle ones are closed,
  /// requests under way are answered (with Connection: close), what is left after drain_timeout_ms
  /// is cut. Returns at once; run() returns when done. Not for a signal handler.
  void stop();

  /// Open now, without those given away, and how many of them wait for a request. For tests: that
  /// none is left behind shows nowhere else.
  struct Counts {
    std::size_t connections = 0;
    std::size_t idle = 0;
  };
  Counts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace voxdial::http
