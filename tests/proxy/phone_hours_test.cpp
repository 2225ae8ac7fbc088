// Local time and quiet hours.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "proxy/policy/phone.h"
#include "proxy/policy/zone_rules.h"
#include "proxy/policy/zones.h"

using namespace voxdial;

namespace {

constexpr Millis hour = 3'600'000;
constexpr Millis january = 1'768'478'400'000;  // 2026-01-15T12:00:00Z
constexpr Millis july = 1'784'116'800'000;     // 2026-07-15T12:00:00Z

PhonePolicy policy() {
  PhonePolicy out;
  out.caller_number = "+12025550143";
  out.allowed_regions = {"US", "CA", "GB", "DE", "AU", "IN", "NP", "BR", "RU", "ES", "CN", "001"};
  return out;
}

std::string outcome(const PhoneVerdict& verdict) {
  return verdict.check.reason ? std::string(wire_name(verdict.check.reason->code)) : "ok";
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
      {"+61212345678", january, ""},       {"+61712345678", january, "22:00"},
      {"+61891234567", january, "20:00"},  {"+61412345678", january, ""},
      {"+551123456789", january, "09:00"}, {"+74951234567", january, "15:00"},
      {"+74232345678", january, "22:00"},  {"+79123456789", january, ""},
      {"+34810123456", january, "13:00"},  {"+34922123456", january, "12:00"},
      {"+34612345678", january, ""},       {"+861012345678", january, "20:00"}};
  for (const Row& row : rows) {
    CAPTURE(row.number, row.at);
    CHECK(check_phone(row.number, "", policy(), row.at).check.local_time == row.local);
  }
}

TEST_CASE("Between 21:00 and 08:00 nobody is called", "[phone]") {
  const char* london = "+442071838750";  // UTC in January
  const Millis midnight = january - 12 * hour;
  CHECK(outcome(check_phone(london, "", policy(), midnight + 8 * hour - 1)) == "quiet_hours");
  CHECK(outcome(check_phone(london, "", policy(), midnight + 8 * hour)) == "ok");
  CHECK(outcome(check_phone(london, "", policy(), midnight + 21 * hour - 1)) == "ok");
  CHECK(outcome(check_phone(london, "", policy(), midnight + 21 * hour)) == "quiet_hours");

  const PhoneVerdict night = check_phone(london, "", policy(), midnight + 3 * hour);
  CHECK(night.check.quiet_hours);
  CHECK(night.check.local_time == "03:00");
  CHECK_FALSE(night.allowed());
  CHECK(night.allowed_with_override());
  CHECK(night.check.reason->retry_after_s == 5 * 3600);
  CHECK(night.check.reason->message ==
        "It is 03:00 there. Calls go out from 08:00 to 21:00 local time.");
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
  CHECK_FALSE(check_phone("+449098790000", "", policy(), night).allowed_with_override());
  CHECK_FALSE(check_phone("+911", "GB", policy(), night).allowed_with_override());
  PhonePolicy listed = policy();
  listed.do_not_call = {"+442071838750"};
  CHECK_FALSE(check_phone("+442071838750", "", listed, night).allowed_with_override());
  CHECK_FALSE(check_phone("+442071838750", "", listed, night).check.quiet_hours);
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

TEST_CASE("Every zone of the table exists on this machine", "[phone]") {
  for (const char* number :
       {"+12035550123",  "+12055550123",  "+13035550123",  "+14805550123",  "+12095550123",
        "+19075550123",  "+18085550123",  "+12265550123",  "+19025550123",  "+17095550123",
        "+12045550123",  "+13065550123",  "+14035550123",  "+16045550123",  "+18675550123",
        "+74012345678",  "+73652345678",  "+78462345678",  "+78422345678",  "+78452345678",
        "+78512345678",  "+73432345678",  "+73812345678",  "+73822345678",  "+73832345678",
        "+73842345678",  "+73852345678",  "+73912345678",  "+73952345678",  "+73022345678",
        "+74112345678",  "+74212345678",  "+74242345678",  "+74132345678",  "+74152345678",
        "+74272345678",  "+556323456789", "+556523456789", "+556723456789", "+556823456789",
        "+556923456789", "+557123456789", "+557923456789", "+558123456789", "+558523456789",
        "+559123456789", "+559223456789", "+559523456789", "+61312345678",  "+61881234567",
        "+61889123456",  "+525512345678", "+528112345678", "+526641234567", "+526621234567",
        "+526671234567", "+526141234567", "+529981234567", "+62211234567",  "+62361123456",
        "+351212345678", "+351291234567", "+351292234567", "+56221234567",  "+56612345678",
        "+59321234567",  "+6433051234",   "+380441234567"}) {
    CAPTURE(number);
    const auto zones = zones_of(number, "");
    REQUIRE_FALSE(zones.empty());
    for (const std::string& zone : zones) {
      CAPTURE(zone);
      CHECK(local_minute(zone, january).has_value());
    }
  }
}

TEST_CASE("Zone files are read to their last rule", "[phone]") {
  const Millis far_july =
      4'088'232'000'000;  // 2099-07-20: only the rule behind the file reaches it
  const Millis far_january = 4'072'334'400'000;
  CHECK(utc_offset_s("Europe/London", far_july) == 3600);
  CHECK(utc_offset_s("Europe/London", far_january) == 0);
  CHECK(utc_offset_s("America/New_York", far_july) == -4 * 3600);
  CHECK(utc_offset_s("Australia/Sydney", far_january) == 11 * 3600);
  CHECK(utc_offset_s("Australia/Sydney", far_july) == 10 * 3600);
  // To the second, both ways, in both hemispheres.
  struct Change {
    const char* zone;
    Millis at;
    int before_h, after_h;
  };
  for (const Change& change : {Change{"Europe/London", 4'078'429'200'000, 0, 1},
                               Change{"Europe/London", 4'096'573'200'000, 1, 0},
                               Change{"America/New_York", 4'076'636'400'000, -5, -4},
                               Change{"America/New_York", 4'097'196'000'000, -4, -5},
                               Change{"Australia/Sydney", 4'079'001'600'000, 11, 10},
                               Change{"Australia/Sydney", 4'094'726'400'000, 10, 11}}) {
    CAPTURE(change.zone, change.at);
    CHECK(utc_offset_s(change.zone, change.at - 1) == change.before_h * 3600);
    CHECK(utc_offset_s(change.zone, change.at) == change.after_h * 3600);
  }
  CHECK(utc_offset_s("Asia/Kathmandu", january) == 20700);
  CHECK_FALSE(utc_offset_s("No/Where", january));
  CHECK_FALSE(utc_offset_s("../../../etc/passwd", january));
  CHECK_FALSE(utc_offset_s("/etc/passwd", january));
  CHECK_FALSE(utc_offset_s("", january));
  CHECK_FALSE(utc_offset_s("America", january));  // a folder
}

TEST_CASE("Bytes that are no zone file are refused", "[phone]") {
  CHECK_FALSE(ZoneRules::parse(""));
  CHECK_FALSE(ZoneRules::parse("TZif"));
  CHECK_FALSE(ZoneRules::parse(std::string("TZif2") + std::string(39, '\0')));
  CHECK_FALSE(ZoneRules::parse(std::string("TZif2") + std::string(39, '\xFF')));
  const std::string header = "TZif2" + std::string(39, '\0');
  std::string second = header;
  second[39] = 1;  // one type (the fifth count), six bytes
  CHECK_FALSE(ZoneRules::parse(header + second));
  CHECK(ZoneRules::parse(header + second + std::string(6, '\0') + "\nUTC0\n"));
}
