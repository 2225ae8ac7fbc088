#include "shared/time_text.h"

#include <cassert>

#include "shared/ascii.h"

namespace voxdial {
namespace {

constexpr Millis ms_per_second = 1000;
constexpr Millis ms_per_day = 86'400 * ms_per_second;

/// Days since 1970-01-01 of a date of the Gregorian calendar. Years begin in March here, so that
/// the leap day is the last of its year and months follow a 153-days-in-5 pattern.
constexpr std::int64_t days_from_date(int year, int month, int day) {
  const std::int64_t y = year - (month <= 2);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}
static_assert(days_from_date(1970, 1, 1) == 0);
static_assert(days_from_date(2000, 3, 1) == 11'017);

// What to_rfc3339 can write.
constexpr Millis first_moment = days_from_date(0, 1, 1) * ms_per_day;
constexpr Millis last_moment = days_from_date(10'000, 1, 1) * ms_per_day - 1;

struct Fields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0;
  int offset_minutes = 0;
};

int days_in(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[month - 1];
}

std::optional<Millis> moment(const Fields& f) {
  if (f.month < 1 || f.month > 12 || f.day < 1 || f.day > days_in(f.year, f.month)) return {};
  if (f.hour > 23 || f.minute > 59 || f.second > 60) return {};  // 60: a leap second
  const Millis at =
      days_from_date(f.year, f.month, f.day) * ms_per_day +
      ((f.hour * 60 + f.minute - f.offset_minutes) * Millis{60} + f.second) * ms_per_second + f.ms;
  if (at < first_moment || at > last_moment) return {};
  return at;
}

/// Takes a text apart from the left. Once something does not fit, nothing fits any more.
struct Cursor {
  std::string_view rest;
  bool good = true;

  bool is_digit() const { return !rest.empty() && voxdial::is_digit(rest[0]); }

  int digits(int count) {
    int number = 0;
    for (int i = 0; i < count; ++i) {
      if (!is_digit()) good = false;
      if (!good) return 0;
      number = number * 10 + (rest[0] - '0');
      rest.remove_prefix(1);
    }
    return number;
  }
  bool take(char c) {
    if (!good || rest.empty() || rest[0] != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(char c) { good = take(c) && good; }
  void expect(char a, char b) { good = (take(a) || take(b)) && good; }

  void time(Fields& f) {
    f.hour = digits(2);
    expect(':');
    f.minute = digits(2);
    expect(':');
    f.second = digits(2);
  }
  void offset(Fields& f, bool colon) {
    const int sign = take('-') ? -1 : 1;
    if (sign > 0) expect('+');
    const int hours = digits(2);
    if (colon) expect(':');
    const int minutes = digits(2);
    good = good && hours < 24 && minutes < 60;
    f.offset_minutes = sign * (hours * 60 + minutes);
  }
  std::optional<Millis> end(const Fields& f) const {
    if (!good || !rest.empty()) return {};
    return moment(f);
  }
};

/// Writes `value` at the end of `out` in `width` digits.
void put(std::string& out, std::int64_t value, int width) {
  const std::size_t at = out.size();
  out.resize(at + static_cast<std::size_t>(width));
  for (std::size_t i = out.size(); i > at; --i, value /= 10) {
    out[i - 1] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::string to_rfc3339(Millis at) {
  assert(at >= first_moment && at <= last_moment);
  std::int64_t days = at / ms_per_day;
  std::int64_t ms = at % ms_per_day;
  if (ms < 0) {
    ms += ms_per_day;
    --days;
  }
  // The inverse of days_from_date.
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march + (month_from_march < 10 ? 3 : -9);

  std::string out;
  out.reserve(24);
  put(out, year_of_era + era * 400 + (month <= 2), 4);
  out += '-';
  put(out, month, 2);
  out += '-';
  put(out, day_of_year - (153 * month_from_march + 2) / 5 + 1, 2);
  out += 'T';
  put(out, ms / 3'600'000, 2);
  out += ':';
  put(out, ms / 60'000 % 60, 2);
  out += ':';
  put(out, ms / 1000 % 60, 2);
  out += '.';
  put(out, ms % 1000, 3);
  out += 'Z';
  return out;
}

std::optional<Millis> from_rfc3339(std::string_view text) {
  Cursor in{text};
  Fields f;
  f.year = in.digits(4);
  in.expect('-');
  f.month = in.digits(2);
  in.expect('-');
  f.day = in.digits(2);
  in.expect('T', 't');
  in.time(f);
  if (in.take('.')) {
    if (!in.is_digit()) return {};
    for (int unit = 100; in.is_digit(); unit /= 10) f.ms += in.digits(1) * unit;
  }
  if (!in.take('Z') && !in.take('z')) in.offset(f, true);
  return in.end(f);
}

std::optional<Millis> from_rfc2822(std::string_view text) {
  constexpr std::string_view week = "Mon,Tue,Wed,Thu,Fri,Sat,Sun,";
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  Cursor in{text};
  Fields f;
  if (!in.is_digit()) {
    const std::size_t at = week.find(text.substr(0, 4));
    if (text.size() < 5 || at == std::string_view::npos || at % 4 != 0) return {};
    in.rest.remove_prefix(4);
    in.expect(' ');
  }
  f.day = in.digits(1);
  if (in.is_digit()) f.day = f.day * 10 + in.digits(1);
  in.expect(' ');
  const std::size_t month = months.find(in.rest.substr(0, 3));
  if (in.rest.size() < 3 || month == std::string_view::npos || month % 3 != 0) return {};
  f.month = static_cast<int>(month / 3) + 1;
  in.rest.remove_prefix(3);
  in.expect(' ');
  f.year = in.digits(4);
  in.expect(' ');
  in.time(f);
  in.expect(' ');
  if (in.rest == "GMT") {
    in.rest = {};
  } else {
    in.offset(f, false);
  }
  return in.end(f);
}

}  // namespace voxdial
