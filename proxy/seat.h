// A seat in a room with few of them: how many may do a costly thing, or wait for one, at once.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "shared/error.h"

namespace voxdial {

/// Taken for as long as anybody holds a copy.
using Seat = std::shared_ptr<const void>;

/// One of `most` seats; empty when all are taken. `taken` outlives it.
inline Seat take_seat(std::atomic<int>& taken, int most) {
  if (++taken > most) {
    --taken;
    return {};
  }
  return {&taken, [&taken](const void*) { --taken; }};
}

/// What whoever finds none is told; the usual sentence when none is given.
inline Error no_seat(int retry_after_s, std::string sentence = {}) {
  Error error = make_error(ErrorCode::overloaded, std::move(sentence));
  error.retry_after_s = retry_after_s;
  return error;
}

}  // namespace voxdial
