// Local time and quiet hours.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "proxy/policy/hours.h"
#include "proxy/policy/number.h"
#include "proxy/policy/phone.h"
#include "proxy/policy/zone_map.h"
#include "proxy/policy/zones.h"

using namespace voxdial;

namespace {

constexpr Millis hour = 3'600'000;
constexpr Millis january = 1'768'478'400'000;  // 2026-01-15T12:00:00Z
constexpr Millis july = 1'784'116'800'000;     // 2026-07-15T12:00:00Z

/// Of the countries that the page lets one choose.
constexpr const char* calling_codes =
    "1 20 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 "
    "236 237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 "
    "258 260 261 262 263 264 265 266 267 268 269 27 290 291 297 298 299 30 31 32 33 34 350 "
    "351 352 353 354 355 356 357 358 359 36 370 371 372 373 374 375 376 377 378 380 381 382 "
    "383 385 386 387 389 39 40 41 420 421 423 43 44 45 46 47 48 49 500 501 502 503 504 505 "
    "506 507 508 509 51 52 53 54 55 56 57 58 590 591 592 593 594 595 596 597 598 599 60 61 62 "
    "63 64 65 66 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 "
    "691 692 7 81 82 84 850 852 853 855 856 86 880 886 90 91 92 93 94 95 960 961 962 963 964 "
    "965 966 967 968 970 971 972 973 974 975 976 977 98 992 993 994 995 996 998 ";

PhonePolicy policy() {
  PhonePolicy out;
  out.own_region = "US";
  out.allowed_regions = {"US", "CA", "GB", "DE", "AU", "IN", "NP", "BR", "RU", "ES", "CN", "001"};
  return out;
}

std::string outcome(const PhoneCheck& verdict) {
  return verdict.reason ? std::string(wire_name(verdict.reason->code)) : "ok";
}

}  // namespace

TEST_CASE("An area tells its time", "[phone]") {
  struct Row {
    const char* number;
    Millis at;
    const char* local;  ///< empty: several times
  };
  const std::vector<Row> rows = {
      {"+12125550123", january, "07:00"},  {"+12125550123", july, "08:00"},
      {"+13125550123", january, "06:00"},  {"+13035550123", january, "05:00"},
      {"+16025550123", january, "05:00"},  {"+16025550123", july, "05:00"},  // no summer time
      {"+14155552671", january, "04:00"},  {"+14155552671", july, "05:00"},
      {"+18085550123", january, "02:00"},  {"+19075550123", january, ""},
      {"+18505550123", january, ""},  // Florida's panhandle: two zones
      {"+14165550123", january, "07:00"},  {"+17095550123", january, ""},
      {"+442071838750", january, "12:00"}, {"+442071838750", july, "13:00"},
      {"+4930123456", july, "14:00"},      {"+917410410123", january, "17:30"},
      {"+61212345678", january, "23:00"},  {"+61712345678", january, ""},
      {"+61731234567", january, "22:00"},  {"+61891234567", january, ""},
      {"+61412345678", january, ""},       {"+551123456789", january, "09:00"},
      {"+74951234567", january, "15:00"},  {"+74232345678", january, "22:00"},
      {"+79123456789", january, ""},       {"+34810123456", january, ""},
      {"+34922123456", january, "12:00"},  {"+34612345678", january, ""},
      {"+861012345678", january, "20:00"}};
  for (const Row& row : rows) {
    CAPTURE(row.number, row.at);
    CHECK(check_phone(row.number, "", policy(), row.at).local_time == row.local);
  }
}

TEST_CASE("Between 21:00 and 08:00 nobody is called", "[phone]") {
  const char* london = "+442071838750";  // UTC in January
  const Millis midnight = january - 12 * hour;
  CHECK(outcome(check_phone(london, "", policy(), midnight + 8 * hour - 1)) == "quiet_hours");
  CHECK(outcome(check_phone(london, "", policy(), midnight + 8 * hour)) == "ok");
  CHECK(outcome(check_phone(london, "", policy(), midnight + 21 * hour - 1)) == "ok");
  CHECK(outcome(check_phone(london, "", policy(), midnight + 21 * hour)) == "quiet_hours");

  const PhoneCheck night = check_phone(london, "", policy(), midnight + 3 * hour);
  CHECK(night.quiet_hours);
  CHECK(night.local_time == "03:00");
  CHECK_FALSE(night.allowed);
  CHECK(allowed_but_for_the_hour(night));
  CHECK(night.reason->retry_after_s == 5 * 3600);
  CHECK(night.reason->message == "It is 03:00 there. Calls go out from 08:00 to 21:00 local time.");
}

TEST_CASE("A number of several zones is called when it is day in all of them", "[phone]") {
  // 850 lies in Eastern and Central time: at 13:30 UTC it is 08:30 and 07:30.
  CHECK(outcome(check_phone("+18505550123", "", policy(), january + hour * 3 / 2)) ==
        "quiet_hours");
  CHECK(outcome(check_phone("+18505550123", "", policy(), january + 2 * hour)) == "ok");
  // and at 02:30 UTC 21:30 and 20:30.
  CHECK(outcome(check_phone("+18505550123", "", policy(), january + hour * 29 / 2)) ==
        "quiet_hours");
}

TEST_CASE("An override is for the hour alone", "[phone]") {
  const Millis night = january - 9 * hour;
  CHECK_FALSE(allowed_but_for_the_hour(check_phone("+449098790000", "", policy(), night)));
  CHECK_FALSE(allowed_but_for_the_hour(check_phone("+911", "GB", policy(), night)));
  PhonePolicy listed = policy();
  listed.do_not_call = {"+442071838750"};
  CHECK_FALSE(allowed_but_for_the_hour(check_phone("+442071838750", "", listed, night)));
  CHECK_FALSE(check_phone("+442071838750", "", listed, night).quiet_hours);
}

TEST_CASE("The quiet hours are the operator's to set", "[phone]") {
  PhonePolicy rules = policy();
  rules.quiet_from_minute = 12 * 60;
  rules.quiet_to_minute = 14 * 60;
  CHECK(outcome(check_phone("+442071838750", "", rules, january)) == "quiet_hours");
  CHECK(outcome(check_phone("+442071838750", "", rules, january + 2 * hour)) == "ok");
  CHECK(outcome(check_phone("+442071838750", "", rules, january + 14 * hour)) == "ok");
  rules.quiet_hours = false;
  CHECK(outcome(check_phone("+442071838750", "", rules, january)) == "ok");
}

TEST_CASE("A toll-free number has no night", "[phone]") {
  CHECK(outcome(check_phone("+18005551234", "", policy(), january - 6 * hour)) == "ok");
  CHECK(outcome(check_phone("+80012345678", "", policy(), january - 6 * hour)) == "ok");
}

TEST_CASE("Every country has its zones in the map, and this machine has each zone of it",
          "[phone]") {
  std::istringstream codes(calling_codes);
  for (std::string code; codes >> code;) {
    CAPTURE(code);
    CHECK_FALSE(zone_names(code).empty());
  }
  std::size_t lines = 0;
  std::set<std::string_view> names;
  for (std::size_t at = 0; (at = zone_map.find('|', at)) != zone_map.npos; ++at) {
    const std::size_t begin = zone_map.rfind('\n', at) + 1;
    for (const std::string_view name : zone_names(zone_map.substr(begin, at - begin))) {
      names.insert(name);
    }
    ++lines;
  }
  CHECK(lines > 3000);
  CHECK(names.size() > 250);
  for (const std::string_view name : names) {
    CAPTURE(name);
    absl::TimeZone zone;
    CHECK(absl::LoadTimeZone(std::string(name), &zone));
  }
}

TEST_CASE("A number's clocks are those of its own country, not of one that once had the same time",
          "[phone]") {
  std::map<std::string, std::vector<absl::TimeZone>> zones_in;  // by country, as tzdata tells
  std::ifstream table("/usr/share/zoneinfo/zone.tab");
  REQUIRE(table.is_open());
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string country, place, name;
    if (line.starts_with('#') || !(words >> country >> place >> name)) continue;
    absl::TimeZone zone;
    REQUIRE(absl::LoadTimeZone(name, &zone));
    zones_in[country].push_back(zone);
  }
  const auto alike = [](absl::TimeZone a, absl::TimeZone b) {
    for (absl::Time at = absl::FromUnixMillis(january);
         at < absl::FromUnixMillis(january + 8760 * hour); at += absl::Hours(7 * 24)) {
      if (a.At(at).offset != b.At(at).offset) return false;
    }
    return true;
  };
  for (std::size_t at = 0; (at = zone_map.find('|', at)) != zone_map.npos; ++at) {
    const std::size_t begin = zone_map.rfind('\n', at) + 1;
    const std::string digits(zone_map.substr(begin, at - begin));
    std::vector<absl::TimeZone> own;
    for (std::size_t length = 1; length <= std::min<std::size_t>(3, digits.size()); ++length) {
      for (const std::string& country : regions_of_code(std::stoi(digits.substr(0, length)))) {
        own.insert(own.end(), zones_in[country].begin(), zones_in[country].end());
      }
    }
    if (own.empty()) continue;  // Kosovo and Ascension have no zones of their own
    for (const std::string_view name : zone_names(digits)) {
      absl::TimeZone zone;
      REQUIRE(absl::LoadTimeZone(std::string(name), &zone));
      CAPTURE(digits, name);
      CHECK(std::any_of(own.begin(), own.end(), [&](auto one) { return alike(one, zone); }));
    }
  }
}

TEST_CASE("Countries and areas whose clocks the map does not know", "[phone]") {
  const auto zones = [](std::string_view digits) { return zone_names(digits); };
  using Names = std::vector<std::string_view>;
  CHECK(zones("81312345678") == Names{"Asia/Tokyo"});
  CHECK(zones("212520123456") == Names{"Africa/Casablanca"});
  CHECK(zones("74012123456") == Names{"Europe/Kaliningrad"});
  CHECK(zones("78452123456") == Names{"Europe/Saratov"});
  CHECK(zones("529981234567") == Names{"America/Cancun"});
  CHECK(zones("526141234567") == Names{"America/Chihuahua"});
  CHECK(zones("526561234567") == Names{"America/Ciudad_Juarez"});
  CHECK(zones("528671234567") == Names{"America/Matamoros"});
  CHECK(zones("528112345678") == Names{"America/Mexico_City"});
  CHECK(zones("56612123456") == Names{"America/Punta_Arenas"});
}

TEST_CASE("The zones of a number are those of its longest known beginning", "[phone]") {
  CHECK(zone_names("12125550123") == std::vector<std::string_view>{"America/New_York"});
  CHECK(zone_names("441534") == std::vector<std::string_view>{"Europe/Jersey"});
  CHECK(zone_names("262269") == std::vector<std::string_view>{"Indian/Mayotte"});
  CHECK(zone_names("9112345678") == std::vector<std::string_view>{"Asia/Kolkata"});
  // Of 850 the map knows exchanges in Central time; the others are in Eastern time, or new.
  CHECK(zone_names("18502005550") == std::vector<std::string_view>{"America/Chicago"});
  CHECK(zone_names("18505550123") ==
        std::vector<std::string_view>{"America/New_York", "America/Chicago"});
  CHECK(zone_names("999").empty());
  CHECK(zone_names("").empty());
}

TEST_CASE("The wait until the day is counted in instants, also when clocks change", "[phone]") {
  PhonePolicy rules = policy();
  rules.allowed_regions = {"US", "GB", "AU", "IN"};
  struct Row {
    const char* number;
    Millis at;
    int wait_s;
  };
  const std::vector<Row> rows = {
      {"+12125550123", 1'793'502'000'000, 36000},   // 2026-11-01T03:00Z: 23:00, a night of 12 hours
      {"+12125550123", 1'772'942'400'000, 28800},   // 2026-03-08T04:00Z: 23:00, a night of 10 hours
      {"+442079460958", 1'792'879'200'000, 36000},  // 2026-10-24T22:00Z
      {"+442079460958", 1'774'738'800'000, 28800},  // 2026-03-28T23:00Z
      {"+12125550123", january - 9 * hour, 10 * 3600},          // 22:00 in an ordinary night
      {"+12125550123", january - 9 * hour - 1, 10 * 3600 + 1},  // never told too short
      {"+12125550123", january - 9 * hour + 1, 10 * 3600},
      {"+12125550123", january - 9 * hour + 1000, 10 * 3600 - 1},
      {"+917410410123", january + 8 * hour, 6 * 3600 + 1800},  // 01:30, half an hour off the others
  };
  for (const Row& row : rows) {
    CAPTURE(row.number, row.at);
    const auto reason = check_phone(row.number, "", rules, row.at).reason;
    REQUIRE(reason);
    CHECK(reason->code == ErrorCode::quiet_hours);
    CHECK(reason->retry_after_s == row.wait_s);
  }
}

TEST_CASE("A clock that changes by half an hour, and a night that ends in the hour left out",
          "[phone]") {
  const auto wait = [](const char* zone, Millis at, const PhonePolicy& rules) {
    absl::TimeZone loaded;
    REQUIRE(absl::LoadTimeZone(zone, &loaded));
    const auto reason = check_hour({loaded}, at, rules);
    return reason ? reason->retry_after_s.value_or(-1) : 0;
  };
  PhonePolicy rules;
  // Lord Howe, 2026-04-05 02:00 +11: clocks go back to 01:30 +10:30.
  CHECK(wait("Australia/Lord_Howe", 1'775'304'000'000, rules) == 9 * 3600 + 1800);  // 04-04 23:00
  // and forward on 2026-10-04 at 02:00 +10:30.
  CHECK(wait("Australia/Lord_Howe", 1'791'030'600'000, rules) == 8 * 3600 + 1800);  // 10-03 23:00
  // New York, 2026-03-08: 02:30 is left out, so that the night to 02:30 ends when clocks jump.
  rules.quiet_from_minute = 22 * 60;
  rules.quiet_to_minute = 2 * 60 + 30;
  CHECK(wait("America/New_York", 1'772'949'600'000, rules) == 3600);  // 01:00 EST
  // 2026-11-01: 01:30 comes twice. Seen from the second 01:00 it is still to come.
  rules.quiet_to_minute = 90;
  CHECK(wait("America/New_York", 1'793'509'200'000, rules) == 1800);  // 01:00 EDT
  CHECK(wait("America/New_York", 1'793'512'800'000, rules) == 1800);  // 01:00 EST
}

TEST_CASE("Where it is never day in all zones at once, no wait is promised", "[phone]") {
  absl::TimeZone east, west;
  REQUIRE(absl::LoadTimeZone("Asia/Kolkata", &east));
  REQUIRE(absl::LoadTimeZone("America/Los_Angeles", &west));
  PhonePolicy rules;
  rules.quiet_from_minute = 17 * 60;
  const auto reason = check_hour({east, west}, january, rules);
  REQUIRE(reason);
  CHECK_FALSE(reason->retry_after_s);
  CHECK(reason->message.find("does not tell its time zone") != std::string::npos);
  CHECK(check_hour({}, january, rules)->message.find("cannot be told") != std::string::npos);
}

TEST_CASE("A number of a shared country code waits for all the territories it may be in",
          "[phone]") {
  PhonePolicy rules = policy();
  rules.allowed_regions = {"AU", "RE", "YT", "RU", "KZ", "GB", "JE"};
  // 21:30 in Mayotte and 22:30 in Reunion share +262; a fixed line tells which.
  const Millis evening = january + hour * 13 / 2;  // 18:30Z
  CHECK(check_phone("+262269601234", "", rules, evening).local_time == "21:30");
  CHECK(check_phone("+262262161234", "", rules, evening).local_time == "22:30");
  CHECK(check_phone("+262639012345", "", rules, evening).local_time.empty());
  // A mobile of +262 may be called from 08:00 of the one to 21:00 of the other.
  CHECK(outcome(check_phone("+262639012345", "", rules, january - 8 * hour + hour / 2)) ==
        "quiet_hours");  // 07:30 and 08:30
  CHECK(outcome(check_phone("+262639012345", "", rules, january - 7 * hour)) == "ok");
  // Western Australia is three hours behind New South Wales.
  CHECK(check_phone("+61412345678", "", rules, january).local_time.empty());
  CHECK(check_phone("+441534456789", "", rules, january).local_time == "12:00");
  CHECK(check_phone("+77172345678", "", rules, january).local_time == "17:00");
}
