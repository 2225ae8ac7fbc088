#include "proxy/http/form.h"

#include <algorithm>
#include <optional>

#include "shared/percent.h"
#include "shared/utf8.h"

namespace voxdial::http {
namespace {

std::optional<std::string> strictly_decoded(std::string_view text) {
  auto out = form_decoded(text);
  if (out && (out->find('\0') != out->npos || !is_utf8(*out))) out.reset();
  return out;
}

}  // namespace

Result<Form> parse_form(std::string_view body) {
  if (body.size() > max_form_bytes) return fail(ErrorCode::payload_too_large);
  Form form;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (form.size() == max_form_fields) {
      return fail(ErrorCode::payload_too_large, "The form has too many fields.");
    }
    const auto equals = pair.find('=');
    auto name = strictly_decoded(pair.substr(0, equals));
    auto value = strictly_decoded(equals == std::string_view::npos ? std::string_view()
                                                                   : pair.substr(equals + 1));
    if (!name || !value) {
      return fail(ErrorCode::invalid_field, "The form is not encoded as it should be.");
    }
    form.emplace_back(std::move(*name), std::move(*value));
  }
  return form;
}

std::string_view field(const Form& form, std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace voxdial::http
