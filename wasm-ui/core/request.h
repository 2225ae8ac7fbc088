// One question to the server and what has become of it.
//
// Every request in the model is one of these, so every panel has its four designed states: nothing
// asked yet, under way, failed with a reason, there. A value that is there can be renewed: it stays
// until a newer one has come.
#pragma once

#include <cstdint>
#include <utility>

#include "shared/error.h"
#include "shared/result.h"

namespace voxdial::ui {

using RequestId = std::uint32_t;  ///< made by update(), never 0, never used twice in a page's life

/// The answer to a request that carries nothing but success.
struct Done {
  friend bool operator==(const Done&, const Done&) = default;
};

/// A tagged struct rather than a std::variant: there are some twenty of them, and a variant's
/// copying and moving code for each is a tenth of the page's download.
template <class T>
class Request {
 public:
  bool idle() const { return state_ == State::idle; }
  bool busy() const { return state_ == State::busy; }
  /// Whether an answer is under way: busy, or there is a value that is being renewed.
  bool asked() const { return busy() || renewing_; }
  /// Whether `id` is the answer waited for; a late answer to a question asked anew is not.
  bool awaits(RequestId id) const { return asked() && id_ == id; }
  const Error* failure() const { return state_ == State::failed ? &error_ : nullptr; }
  const T* value() const { return state_ == State::loaded ? &value_ : nullptr; }
  T* value() { return state_ == State::loaded ? &value_ : nullptr; }

  void start(RequestId id) {
    clear();
    state_ = State::busy;
    id_ = id;
  }
  /// Asks again for what is there; without a value the same as start.
  void renew(RequestId id) {
    if (state_ != State::loaded) return start(id);
    renewing_ = true;
    id_ = id;
  }
  void finish(Result<T> result) {
    if (result) {
      set(std::move(*result));
    } else if (renewing_) {
      renewing_ = false;  // what there was is better than nothing
    } else {
      fail(std::move(result).error());
    }
  }
  void fail(Error error) {
    clear();
    state_ = State::failed;
    error_ = std::move(error);
  }
  void set(T value) {
    renewing_ = false;
    state_ = State::loaded;
    value_ = std::move(value);
  }
  void clear() {
    state_ = State::idle;
    renewing_ = false;
    value_ = T{};
  }

  friend bool operator==(const Request& a, const Request& b) {
    return a.state_ == b.state_ && a.renewing_ == b.renewing_ && (!a.asked() || a.id_ == b.id_) &&
           (!a.failure() || a.error_ == b.error_) && (!a.value() || a.value_ == b.value_);
  }

 private:
  enum class State : std::uint8_t { idle, busy, failed, loaded } state_ = State::idle;
  bool renewing_ = false;
  RequestId id_ = 0;
  Error error_;
  T value_;
};

}  // namespace voxdial::ui
