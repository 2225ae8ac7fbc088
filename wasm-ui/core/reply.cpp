#include "wasm-ui/core/reply.h"

#include "shared/codec.h"

namespace voxdial::ui {

std::optional<Error> error_of(const HttpReplied& reply) {
  if (reply.failure != HttpReplied::Failure::none) return make_error(ErrorCode::network);
  if (reply.status >= 200 && reply.status < 300) return std::nullopt;
  Result<Error> told = decode<Error>(reply.body);
  return told ? *told : make_error(ErrorCode::bad_reply);
}

Result<Done> read_done(const HttpReplied& reply) {
  if (auto error = error_of(reply)) return fail(std::move(*error));
  return Done{};
}

}  // namespace voxdial::ui
