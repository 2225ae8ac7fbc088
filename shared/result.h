// Result<T>: a value, or the reason there is none.
//
// Named after std::expected (which neither of our two toolchains has), only as far as it is used.
// A Result cannot be ignored. A failure here is something a person can cause or see; a bug is an
// assert, and a foreign exception is turned into a Result at the first border it reaches.
#pragma once

#include <cassert>
#include <optional>
#include <utility>

#include "shared/error.h"

namespace voxdial {

/// Wraps an error so that it converts to any Result: `return fail(ErrorCode::not_found);`
template <class E>
struct Unexpected {
  E error;
};

inline Unexpected<Error> fail(Error error) { return {std::move(error)}; }
inline Unexpected<Error> fail(ErrorCode code, std::string message = {}, std::string field = {}) {
  return {make_error(code, std::move(message), std::move(field))};
}

template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Unexpected<E> e) : error_(std::move(e.error)) {}

  bool has_value() const { return value_.has_value(); }
  explicit operator bool() const { return has_value(); }

  // REQUIRES: has_value()
  T& value() & {
    assert(value_);
    return *value_;
  }
  const T& value() const& {
    assert(value_);
    return *value_;
  }
  T&& value() && {
    assert(value_);
    return std::move(*value_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !has_value()
  const E& error() const& {
    assert(!value_);
    return error_;
  }
  E&& error() && {
    assert(!value_);
    return std::move(error_);
  }

  friend bool operator==(const Result&, const Result&) = default;

 private:
  // Not a variant: that costs the page a dispatch table for every T.
  std::optional<T> value_;
  E error_{};  ///< means something only without a value
};

/// A Result that carries nothing but success.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(Unexpected<E> e) : error_(std::move(e.error)) {}
  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  // REQUIRES: !has_value()
  const E& error() const& {
    assert(error_);
    return *error_;
  }
  E&& error() && {
    assert(error_);
    return std::move(*error_);
  }
  friend bool operator==(const Result&, const Result&) = default;

 private:
  std::optional<E> error_;
};

}  // namespace voxdial
