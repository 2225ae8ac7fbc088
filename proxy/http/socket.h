// A connected socket that never blocks, plain or TLS.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/events/hub.h"
#include "shared/result.h"

namespace voxdial::http {

class Socket : public events::StreamSocket {
 public:
  /// Bytes put into `buffer`; 0 when there are none for now; -1 when the peer is gone, has closed
  /// its sending side or broke the protocol. A TLS handshake happens inside the first reads.
  virtual long read(char* buffer, std::size_t size) = 0;
  /// Whether bytes were received that epoll cannot see, because TLS has decrypted them already.
  virtual bool buffered() const { return false; }
  /// Whether a read can only go on when the socket takes bytes (a TLS handshake).
  virtual bool read_wants_room() const { return false; }
  /// Says goodbye: nothing more will be sent.
  virtual void finish() = 0;
};

/// Takes over the non-blocking descriptor.
std::unique_ptr<Socket> plain_socket(int fd);

/// The server's side of TLS: certificate, key and the rules (TLS 1.2 or newer, no renegotiation,
/// no compression, http/1.1 only). Thread-safe.
class TlsContext {
 public:
  /// Reads the PEM files; the error says in words what is wrong with them.
  static Result<std::unique_ptr<TlsContext>> load(const std::string& certificate_file,
                                                  const std::string& key_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// Takes over the non-blocking descriptor.
  std::unique_ptr<Socket> socket(int fd) const;

 private:
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace voxdial::http
