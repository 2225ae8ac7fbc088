// A client's connection that left the HTTP server and is written to from then on by whoever took
// it.
#pragma once

#include <string_view>

namespace voxdial {

/// Never blocks. Closes on destruction.
class StreamSocket {
 public:
  virtual ~StreamSocket() = default;
  virtual int fd() const = 0;
  /// Takes what fits: bytes taken, 0 when full for now, -1 when the peer is gone.
  virtual long write(std::string_view bytes) = 0;
  /// Throws away what the peer sent; false when it is gone.
  virtual bool drain() = 0;
};

}  // namespace voxdial
