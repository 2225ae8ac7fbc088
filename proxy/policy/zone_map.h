// libphonenumber's map from the beginnings of numbers to time zones, as CMake put it into the
// program.
#pragma once

#include <string_view>

namespace voxdial {

/// third_party/libphonenumber/map_data.txt
extern const std::string_view zone_map;

}  // namespace voxdial
