#include "shared/error.h"

#include <array>

namespace voxdial {
namespace {

struct ErrorRow {
  std::string_view name;
  int status;
  std::string_view sentence;
};

#ifdef __EMSCRIPTEN__
constexpr bool in_page = true;  // a reply brings its sentence along: the page keeps only its own
#else
constexpr bool in_page = false;
#endif

constexpr std::array error_rows = {
#define X(code, status, text) ErrorRow{#code, status, in_page && (status) != 0 ? "" : (text)},
    VOXDIAL_ERRORS(X)
#undef X
};

const ErrorRow& row(ErrorCode code) { return error_rows[static_cast<std::size_t>(code)]; }

}  // namespace

std::string_view wire_name(ErrorCode code) { return row(code).name; }
int http_status(ErrorCode code) { return row(code).status; }
std::string_view sentence(ErrorCode code) { return row(code).sentence; }

std::optional<ErrorCode> error_code(std::string_view name) {
  for (std::size_t i = 0; i < error_rows.size(); ++i) {
    if (error_rows[i].name == name) return static_cast<ErrorCode>(i);
  }
  return std::nullopt;
}

Error make_error(ErrorCode code, std::string message, std::string field) {
  if (message.empty()) message = sentence(code);
  return {.code = code,
          .message = std::move(message),
          .field = std::move(field),
          .provider = std::nullopt,
          .retry_after_s = std::nullopt};
}

}  // namespace voxdial
