// One question to the server and what has become of it.
//
// Every request in the model is one of these, so every panel has its four designed states: nothing
// asked yet, under way, failed with a reason, there. A value that is loaded stays visible while it
// is asked for again by keeping a second Request beside it; nothing here remembers two things at
// once.
#pragma once

#include <cstdint>
#include <utility>
#include <variant>

#include "shared/error.h"
#include "shared/result.h"

namespace voxdial::ui {

using RequestId = std::uint32_t;  ///< made by update(), never 0, never used twice in a page's life

/// The answer to a request that carries nothing but success.
struct Done {
  friend bool operator==(const Done&, const Done&) = default;
};

template <class T>
class Request {
 public:
  bool idle() const { return state_.index() == 0; }
  bool busy() const { return state_.index() == 1; }
  /// Whether `id` is the answer waited for; a late answer to a question asked anew is not.
  bool awaits(RequestId id) const {
    const RequestId* mine = std::get_if<1>(&state_);
    return mine != nullptr && *mine == id;
  }
  const Error* failure() const { return std::get_if<2>(&state_); }
  const T* value() const { return std::get_if<3>(&state_); }
  T* value() { return std::get_if<3>(&state_); }

  void start(RequestId id) { state_.template emplace<1>(id); }
  void finish(Result<T> result) {
    if (result) {
      state_.template emplace<3>(std::move(*result));
    } else {
      state_.template emplace<2>(std::move(result).error());
    }
  }
  void fail(Error error) { state_.template emplace<2>(std::move(error)); }
  void set(T value) { state_.template emplace<3>(std::move(value)); }
  void clear() { state_.template emplace<0>(); }

  friend bool operator==(const Request&, const Request&) = default;

 private:
  std::variant<std::monostate, RequestId, Error, T> state_;
};

}  // namespace voxdial::ui
