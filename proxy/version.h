// The version people see: GET /api/config and the doctor. Raised by hand with each release.
#pragma once

#include <string_view>

namespace voxdial {

constexpr std::string_view version = "0.1.0";

}  // namespace voxdial
