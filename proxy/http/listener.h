// The listening socket. The one place that leans on httplib::Server's protected interface.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "shared/result.h"

namespace voxdial::http {

class Listener {
 public:
  Listener();
  ~Listener();  ///< closes
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Resolves the address, binds with SO_REUSEADDR alone and listens (backlog 4096). The port.
  Result<int> bind(const std::string& address, int port);
  int fd() const;
  /// The next connection that waits, non-blocking and with TCP_NODELAY, or nothing (errno says
  /// why).
  struct Accepted {
    int fd = -1;
    std::string peer;  ///< numeric address
  };
  std::optional<Accepted> accept();
  void close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace voxdial::http
