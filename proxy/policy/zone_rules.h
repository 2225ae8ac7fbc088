// The rules of one time zone: when its clocks show what. Reads TZif (RFC 8536) version 2 and later,
// with the POSIX TZ string behind it for the time after the last listed change. Pure: bytes in,
// offsets out.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace voxdial {

/// a / b rounded down: seconds before 1970 belong to the day before, too.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

/// The rules of one TZif file, from its bytes. Nothing for bytes that are none. For utc_offset_s
/// and its tests.
class ZoneRules {
 public:
  static std::optional<ZoneRules> parse(std::string_view tzif);
  int offset_s(std::int64_t unix_s) const;

 private:
  struct Change {
    std::int64_t at;  ///< Unix time from which on
    int offset_s;
  };
  /// A day of the year as POSIX TZ strings say it, and the second of that day.
  struct Day {
    enum class Kind : std::uint8_t { julian, zero_based, month } kind = Kind::month;
    int month = 1, week = 1, day = 0;  ///< month: 1..12, 1..5, 0..6; else day of the year in `day`
    int second = 7200;
  };
  struct Footer {
    int standard_s = 0;
    int summer_s = 0;
    bool has_summer = false;
    Day begin, end;
  };
  static std::optional<Footer> parse_footer(std::string_view text);
  static std::int64_t moment(const Day& day, int year);

  int before_s_ = 0;              ///< before the first change
  std::vector<Change> changes_;   ///< ascending
  std::optional<Footer> footer_;  ///< after the last change
};

}  // namespace voxdial
