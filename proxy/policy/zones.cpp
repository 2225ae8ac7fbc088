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

/// What libphonenumber's map tells wrong or not at all, in its own form. It names zones of other
/// countries that once had the same time, and is older than Mexico's, Chile's and Saratov's last
/// changes of theirs (https://data.iana.org/time-zones/tzdb/NEWS).
constexpr std::string_view corrections =
    "211|Africa/Juba\n"
    "212|Africa/Casablanca\n"
    "213|Africa/Algiers\n"
    "218|Africa/Tripoli\n"
    "505|America/Managua\n"
    "52|America/Mexico_City\n"
    "52201|America/Cancun&America/Mexico_City\n"
    "52614|America/Chihuahua\n52621|America/Chihuahua\n52625|America/Chihuahua\n"
    "52626|America/Ojinaga\n52627|America/Chihuahua\n52628|America/Chihuahua\n"
    "52629|America/Chihuahua\n52635|America/Chihuahua\n52636|America/Chihuahua\n"
    "52639|America/Chihuahua\n52648|America/Chihuahua\n52649|America/Chihuahua\n"
    "52652|America/Chihuahua\n52656|America/Ciudad_Juarez\n52659|America/Chihuahua\n"
    "5281|America/Mexico_City\n5282|America/Mexico_City\n5283|America/Mexico_City\n"
    "5284|America/Mexico_City\n5285|America/Mexico_City\n"
    "52862|America/Matamoros\n52867|America/Matamoros\n52868|America/Matamoros\n"
    "52873|America/Matamoros\n52877|America/Matamoros\n52878|America/Matamoros\n"
    "52891|America/Matamoros\n52894|America/Matamoros\n52897|America/Matamoros\n"
    "52899|America/Matamoros\n"
    "52983|America/Cancun\n52984|America/Cancun\n52987|America/Cancun\n52998|America/Cancun\n"
    "5661|America/Punta_Arenas\n5663|America/Santiago\n5664|America/Santiago\n"
    "5665|America/Santiago\n5667|America/Punta_Arenas\n"
    "7|Europe/Kaliningrad&Europe/Moscow\n"
    "740|Europe/Kaliningrad\n"
    "7840|Europe/Moscow\n"
    "7845|Europe/Saratov\n"
    "81|Asia/Tokyo\n"
    "8170859|Asia/Tokyo\n"
    "970|Asia/Gaza&Asia/Hebron\n";

/// Takes the text up to `end` off the front of `rest`, and `end` with it.
std::string_view take(std::string_view& rest, char end) {
  const std::string_view taken = rest.substr(0, rest.find(end));
  rest.remove_prefix(std::min(rest.size(), taken.size() + 1));
  return taken;
}

const std::vector<Beginning>& map() {
  static const auto lines = [] {
    std::vector<Beginning> out;
    for (std::string_view rest : {corrections, zone_map}) {
      while (!rest.empty()) {
        std::string_view line = take(rest, '\n');
        if (line.empty() || line.front() == '#') continue;
        const std::string_view digits = take(line, '|');
        out.push_back({digits, line});
      }
    }
    // Of two lines for the same digits the first counts.
    std::stable_sort(out.begin(), out.end(),
                     [](const Beginning& a, const Beginning& b) { return a.digits < b.digits; });
    const auto same = [](const Beginning& a, const Beginning& b) { return a.digits == b.digits; };
    out.erase(std::unique(out.begin(), out.end(), same), out.end());
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
