#include "shared/time_text.h"

#include <catch2/catch_test_macros.hpp>

namespace voxdial {
namespace {

TEST_CASE("moments are written with milliseconds in UTC") {
  CHECK(to_rfc3339(0) == "1970-01-01T00:00:00.000Z");
  CHECK(to_rfc3339(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(to_rfc3339(1'795'345'044'123) == "2026-11-22T10:57:24.123Z");
  CHECK(to_rfc3339(951'782'400'000) == "2000-02-29T00:00:00.000Z");
  CHECK(to_rfc3339(4'107'542'400'000) == "2100-03-01T00:00:00.000Z");
  CHECK(to_rfc3339(253'402'300'799'999) == "9999-12-31T23:59:59.999Z");
  CHECK(to_rfc3339(-62'167'219'200'000) == "0000-01-01T00:00:00.000Z");
}

TEST_CASE("every day from the year 0 to 9999 reads back as it was written") {
  constexpr Millis day = 86'400'000;
  std::string before;
  for (Millis at = -62'167'219'200'000; at <= 253'402'300'799'999; at += 37 * day + 3'723'004) {
    const std::string text = to_rfc3339(at);
    REQUIRE(from_rfc3339(text) == at);
    REQUIRE(text > before);
    before = text;
  }
}

TEST_CASE("RFC 3339 is read with any fraction and offset") {
  const struct {
    const char* text;
    Millis at;
  } rows[] = {
      {"2026-11-22T10:57:24Z", 1'795'345'044'000},
      {"2026-11-22T10:57:24.1Z", 1'795'345'044'100},
      {"2026-11-22T10:57:24.123456Z", 1'795'345'044'123},
      {"2026-11-22T10:57:24.99999999999999999999Z", 1'795'345'044'999},
      {"2026-11-22t10:57:24z", 1'795'345'044'000},
      {"2026-11-22T12:57:24+02:00", 1'795'345'044'000},
      {"2026-11-22T05:27:24.000-05:30", 1'795'345'044'000},
      {"2026-11-22T10:57:24-00:00", 1'795'345'044'000},
      {"2016-12-31T23:59:60Z", 1'483'228'800'000},  // a leap second is the next second's beginning
      {"2000-02-29T00:00:00Z", 951'782'400'000},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(from_rfc3339(row.text) == row.at);
  }
}

TEST_CASE("what is no RFC 3339 moment is refused") {
  for (const char* text : {"",
                           "2026-11-22",
                           "2026-11-22T10:57:24",
                           "2026-11-22 10:57:24Z",
                           "2026-11-22T10:57Z",
                           "2026-11-22T10:57:24.Z",
                           "2026-11-22T10:57:24,1Z",
                           "26-11-22T10:57:24Z",
                           "2026-1-22T10:57:24Z",
                           "2026-00-22T10:57:24Z",
                           "2026-13-22T10:57:24Z",
                           "2026-11-00T10:57:24Z",
                           "2026-11-31T10:57:24Z",
                           "2026-02-29T10:57:24Z",
                           "2100-02-29T00:00:00Z",
                           "2026-11-22T24:00:00Z",
                           "2026-11-22T10:60:00Z",
                           "2026-11-22T10:57:61Z",
                           "2026-11-22T10:57:24ZZ",
                           "2026-11-22T10:57:24Z ",
                           " 2026-11-22T10:57:24Z",
                           "2026-11-22T10:57:24+0200",
                           "2026-11-22T10:57:24+24:00",
                           "2026-11-22T10:57:24+02:60",
                           "2026-11-22T10:57:24+",
                           "+2026-11-22T10:57:24Z",
                           "-026-11-22T10:57:24Z",
                           "now",
                           "0000-01-01T00:00:00+01:00",
                           "9999-12-31T23:59:59-00:01",
                           "2026-11-22T1a:57:24Z"}) {
    CAPTURE(text);
    CHECK_FALSE(from_rfc3339(text).has_value());
  }
}

TEST_CASE("RFC 2822 is read as Twilio sends it") {
  const struct {
    const char* text;
    Millis at;
  } rows[] = {
      {"Tue, 31 Aug 2010 20:36:28 +0000", 1'283'286'988'000},
      {"31 Aug 2010 20:36:28 +0000", 1'283'286'988'000},
      {"Tue, 31 Aug 2010 22:36:28 +0200", 1'283'286'988'000},
      {"Tue, 31 Aug 2010 15:06:28 -0530", 1'283'286'988'000},
      {"Tue, 31 Aug 2010 20:36:28 GMT", 1'283'286'988'000},
      {"Wed, 1 Sep 2010 00:00:00 +0000", 1'283'299'200'000},
      {"Wed, 01 Sep 2010 00:00:00 +0000", 1'283'299'200'000},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(from_rfc2822(row.text) == row.at);
  }
  for (const char* text :
       {"", "Tue, ", "Tue,31 Aug 2010 20:36:28 +0000", "Foo, 31 Aug 2010 20:36:28 +0000",
        "ue, 31 Aug 2010 20:36:28 +0000", "Tue, 31 Agu 2010 20:36:28 +0000",
        "Tue, 31 anF 2010 20:36:28 +0000", "Tue, 32 Aug 2010 20:36:28 +0000",
        "Tue, 31 Sep 2010 20:36:28 +0000", "Tue, 31 Aug 10 20:36:28 +0000",
        "Tue, 31 Aug 2010 20:36 +0000", "Tue, 31 Aug 2010 20:36:28",
        "Tue, 31 Aug 2010 20:36:28 +00:00", "Tue, 31 Aug 2010 20:36:28 EST",
        "Tue, 31 Aug 2010 20:36:28 +0000 ", "2010-08-31T20:36:28Z"}) {
    CAPTURE(text);
    CHECK_FALSE(from_rfc2822(text).has_value());
  }
}

}  // namespace
}  // namespace voxdial
