// Countries and their calling codes (ITU E.164 list of assigned country codes): for the picker at
// the left of the number field. Not a policy: the proxy decides what may be called.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace voxdial {

struct Country {
  std::string_view region;        ///< ISO 3166-1 alpha-2, "US"
  std::string_view calling_code;  ///< "1", "44"; digits only; "1" for all of North America
};

/// All of them, by region. Their names are the reader's language's (`Intl.DisplayNames`).
std::span<const Country> countries();

/// The country of a region code, or nothing.
const Country* country(std::string_view region);

}  // namespace voxdial
