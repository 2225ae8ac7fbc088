#include "wasm-ui/core/reply.h"

#include "shared/codec.h"

namespace voxdial::ui {

std::optional<Error> error_of(const HttpReplied& reply) {
  if (reply.failure != HttpReplied::Failure::none) return make_error(ErrorCode::network);
  if (reply.status >= 200 && reply.status < 300) return std::nullopt;
  Result<Error> told = decode_error(reply.body);
  return told ? *told : make_error(ErrorCode::bad_reply);
}

Result<Done> read_done(const HttpReplied& reply) {
  if (auto error = error_of(reply)) return fail(std::move(*error));
  return Done{};
}

std::string url_encoded(std::string_view text) {
  constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
  }
  return out;
}

}  // namespace voxdial::ui
