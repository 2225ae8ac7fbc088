// A body in chunks (RFC 9112 7.1) as everybody reads it alike: httplib's own reader takes more.
#pragma once

#include <cstddef>

namespace voxdial::http {

class Chunks {
 public:
  /// Whether `c` may come next. Extensions are taken and mean nothing; trailers are not taken.
  bool accept(char c);

 private:
  enum class At {
    size,
    extension,
    quoted,
    size_end,
    data,
    data_cr,
    data_lf,
    last_cr,
    last_lf,
    over
  };
  At at_ = At::size;
  int digits_ = 0;             ///< of the size, so far
  std::size_t left_ = 0;       ///< of the chunk
  std::size_t extension_ = 0;  ///< bytes of all of them
};

}  // namespace voxdial::http
