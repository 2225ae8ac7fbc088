// What came of an HttpCall, and how it is read.
#pragma once

#include <string>
#include <string_view>

#include "shared/result.h"
#include "wasm-ui/core/request.h"

namespace voxdial::ui {

struct HttpReplied {
  RequestId id = 0;
  enum class Failure : std::uint8_t {
    none,     ///< there is an answer, perhaps one of 400 and more
    network,  ///< no answer: whether the server acted is not known
    timeout,  ///< likewise
  } failure = Failure::none;
  int status = 0;
  std::string body;
  // When the request went and its answer came, by our clock, and the server's time between the two;
  // 0: the answer did not tell.
  std::int64_t sent_at = 0, heard_at = 0, server_time = 0;
  friend bool operator==(const HttpReplied&, const HttpReplied&) = default;
};

/// The error in a reply that is no success, or nothing for a 2xx.
std::optional<Error> error_of(const HttpReplied& reply);

/// The value a reply carries, or why there is none. An unreadable success is `bad_reply`.
template <class T>
Result<T> read(const HttpReplied& reply, Result<T> (*decode)(std::string_view)) {
  if (auto error = error_of(reply)) return fail(std::move(*error));
  Result<T> value = decode(reply.body);
  if (!value) return fail(ErrorCode::bad_reply);
  return value;
}
/// The same for a reply whose body does not matter.
Result<Done> read_done(const HttpReplied& reply);

}  // namespace voxdial::ui
