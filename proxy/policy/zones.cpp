#include "proxy/policy/zones.h"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <string>

#include "proxy/policy/zone_map.h"

namespace voxdial {
namespace {

/// A line of the map: "1201|America/New_York", several zones with "&" between them.
struct Beginning {
  std::string_view digits;
  std::string_view zones;
};

/// Takes the text up to `end` off the front of `rest`, and `end` with it.
std::string_view take(std::string_view& rest, char end) {
  const std::string_view taken = rest.substr(0, rest.find(end));
  rest.remove_prefix(std::min(rest.size(), taken.size() + 1));
  return taken;
}

const std::vector<Beginning>& map() {
  static const auto lines = [] {
    std::vector<Beginning> out;
    for (std::string_view rest = zone_map; !rest.empty();) {
      std::string_view line = take(rest, '\n');
      if (line.empty() || line.front() == '#') continue;
      const std::string_view digits = take(line, '|');
      out.push_back({digits, line});
    }
    std::sort(out.begin(), out.end(),
              [](const Beginning& a, const Beginning& b) { return a.digits < b.digits; });
    return out;
  }();
  return lines;
}

}  // namespace

std::vector<std::string_view> zone_names(std::string_view digits) {
  for (; !digits.empty(); digits.remove_suffix(1)) {
    const auto found = std::lower_bound(
        map().begin(), map().end(), digits,
        [](const Beginning& line, std::string_view wanted) { return line.digits < wanted; });
    if (found == map().end() || found->digits != digits) continue;
    std::vector<std::string_view> names;
    for (auto line = found; line != map().end() && line->digits.starts_with(digits); ++line) {
      for (std::string_view rest = line->zones; !rest.empty();) {
        const std::string_view name = take(rest, '&');
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
    }
    return names;
  }
  return {};
}

std::vector<absl::TimeZone> zones_of(const PhoneNumber& number) {
  // A number that belongs to no area may be anywhere its country code is used.
  const std::string digits = library().IsNumberGeographical(number)
                                 ? e164_of(number).substr(1)
                                 : std::to_string(number.country_code());
  std::vector<absl::TimeZone> zones;
  for (const std::string_view name : zone_names(digits)) {
    absl::TimeZone zone;
    if (!absl::LoadTimeZone({name.data(), name.size()}, &zone)) return {};
    zones.push_back(zone);
  }
  return zones;
}

}  // namespace voxdial
