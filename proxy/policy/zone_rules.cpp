#include "proxy/policy/zone_rules.h"

#include <algorithm>
#include <charconv>

namespace voxdial {
namespace {

std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return size == 4 ? static_cast<std::int32_t>(value) : static_cast<std::int64_t>(value);
}

/// Days from 1970-01-01 to the first of a month (Howard Hinnant's days_from_civil, public domain).
std::int64_t days_before(int year, int month) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719468;
}

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int year_of(std::int64_t unix_s) {
  // Close enough to be off by one at most, which the loops mend.
  int year = static_cast<int>(1970 + floor_div(unix_s, 31556952));
  while (days_before(year, 1) * 86400 > unix_s) --year;
  while (days_before(year + 1, 1) * 86400 <= unix_s) ++year;
  return year;
}

/// Reads a POSIX TZ string from its beginning.
class TzText {
 public:
  explicit TzText(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool name() {
    std::size_t size = 0;
    if (!rest_.empty() && rest_[0] == '<') {
      const auto close = rest_.find('>');
      if (close == std::string_view::npos) return false;
      size = close + 1;
    } else {
      while (size < rest_.size() && ((rest_[size] >= 'a' && rest_[size] <= 'z') ||
                                     (rest_[size] >= 'A' && rest_[size] <= 'Z'))) {
        ++size;
      }
    }
    rest_.remove_prefix(size);
    return size >= 3;
  }
  std::optional<int> number() {
    int value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value < 0 || value > 400) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  /// [+-]hh[:mm[:ss]] in seconds
  std::optional<int> time() {
    const bool negative = take('-');
    if (!negative) take('+');
    int seconds = 0;
    for (int unit = 3600; unit > 0; unit /= 60) {
      const auto value = number();
      if (!value) return std::nullopt;
      seconds += *value * unit;
      if (!take(':')) break;
    }
    return negative ? -seconds : seconds;
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::optional<ZoneRules> ZoneRules::parse(std::string_view tzif) {
  constexpr std::size_t header_size = 44;
  struct Counts {
    std::size_t utc, standard, leap, times, types, letters;
  };
  const auto header = [&](std::size_t at) -> std::optional<Counts> {
    if (tzif.size() < at + header_size || tzif.substr(at, 4) != "TZif") return std::nullopt;
    std::size_t value[6];
    for (std::size_t i = 0; i < 6; ++i) {
      const auto count = big_endian(tzif, at + 20 + 4 * i, 4);
      if (count < 0 || count > 100'000) return std::nullopt;
      value[i] = static_cast<std::size_t>(count);
    }
    return Counts{value[0], value[1], value[2], value[3], value[4], value[5]};
  };
  const auto data_size = [](const Counts& c, std::size_t time_size) {
    return c.times * (time_size + 1) + c.types * 6 + c.letters + c.leap * (time_size + 4) +
           c.standard + c.utc;
  };

  auto counts = header(0);
  if (!counts || tzif[4] < '2') return std::nullopt;  // version 1 has no 64-bit times
  std::size_t at = header_size + data_size(*counts, 4);
  counts = header(at);
  if (!counts || counts->types == 0) return std::nullopt;
  at += header_size;
  const std::size_t end = at + data_size(*counts, 8);
  if (tzif.size() < end + 1 || tzif[end] != '\n') return std::nullopt;

  const std::size_t indexes = at + counts->times * 8;
  const std::size_t types = indexes + counts->times;
  const auto offset_of = [&](std::size_t type) {
    return static_cast<int>(big_endian(tzif, types + type * 6, 4));
  };
  ZoneRules rules;
  rules.before_s_ = offset_of(0);
  for (std::size_t i = 0; i < counts->times; ++i) {
    const auto type = static_cast<unsigned char>(tzif[indexes + i]);
    if (type >= counts->types) return std::nullopt;
    rules.changes_.push_back({.at = big_endian(tzif, at + i * 8, 8), .offset_s = offset_of(type)});
  }
  if (!std::is_sorted(rules.changes_.begin(), rules.changes_.end(),
                      [](const Change& a, const Change& b) { return a.at < b.at; })) {
    return std::nullopt;
  }
  const auto footer_end = tzif.find('\n', end + 1);
  if (footer_end == std::string_view::npos) return std::nullopt;
  rules.footer_ = parse_footer(tzif.substr(end + 1, footer_end - end - 1));
  return rules;
}

std::optional<ZoneRules::Footer> ZoneRules::parse_footer(std::string_view footer) {
  TzText text(footer);
  Footer out;
  if (!text.name()) return std::nullopt;
  const auto standard = text.time();
  if (!standard) return std::nullopt;
  out.standard_s = -*standard;  // POSIX counts westward
  if (text.done()) return out;
  if (!text.name()) return std::nullopt;
  out.has_summer = true;
  out.summer_s = out.standard_s + 3600;
  if (!text.take(',')) {
    const auto summer = text.time();
    if (!summer || !text.take(',')) return std::nullopt;
    out.summer_s = -*summer;
  }
  for (Day* day : {&out.begin, &out.end}) {
    if (day == &out.end && !text.take(',')) return std::nullopt;
    if (text.take('M')) {
      const auto month = text.number();
      if (!month || *month < 1 || *month > 12 || !text.take('.')) return std::nullopt;
      const auto week = text.number();
      if (!week || *week < 1 || *week > 5 || !text.take('.')) return std::nullopt;
      const auto weekday = text.number();
      if (!weekday || *weekday > 6) return std::nullopt;
      day->month = *month;
      day->week = *week;
      day->day = *weekday;
    } else {
      day->kind = text.take('J') ? Day::Kind::julian : Day::Kind::zero_based;
      const auto number = text.number();
      if (!number) return std::nullopt;
      day->day = *number;
    }
    if (text.take('/')) {
      const auto time = text.time();
      if (!time) return std::nullopt;
      day->second = *time;
    }
  }
  if (!text.done()) return std::nullopt;
  return out;
}

std::int64_t ZoneRules::moment(const Day& day, int year) {
  std::int64_t days = days_before(year, 1) + day.day;
  if (day.kind == Day::Kind::julian) {
    // Counts from 1 and never counts 29 February.
    days += is_leap(year) && day.day >= 60 ? 0 : -1;
  } else if (day.kind == Day::Kind::month) {
    const std::int64_t first = days_before(year, day.month);
    const std::int64_t next =
        day.month == 12 ? days_before(year + 1, 1) : days_before(year, day.month + 1);
    const std::int64_t weekday = (first + 4) % 7;  // 1970-01-01 was a Thursday; REQUIRES: 1970 on
    days = first + (day.day - weekday + 7) % 7 + (day.week - 1) * 7;
    if (days >= next) days -= 7;
  }
  return days * 86400 + day.second;
}

int ZoneRules::offset_s(std::int64_t unix_s) const {
  if (!changes_.empty() && unix_s < changes_.back().at) {
    const auto next =
        std::upper_bound(changes_.begin(), changes_.end(), unix_s,
                         [](std::int64_t at, const Change& change) { return at < change.at; });
    return next == changes_.begin() ? before_s_ : std::prev(next)->offset_s;
  }
  if (!footer_) return changes_.empty() ? before_s_ : changes_.back().offset_s;
  if (!footer_->has_summer || unix_s < 0) return footer_->standard_s;
  const int year = year_of(unix_s + footer_->standard_s);
  const std::int64_t begin = moment(footer_->begin, year) - footer_->standard_s;
  const std::int64_t end = moment(footer_->end, year) - footer_->summer_s;
  const bool summer = begin < end ? unix_s >= begin && unix_s < end
                                  : unix_s >= begin || unix_s < end;  // southern hemisphere
  return summer ? footer_->summer_s : footer_->standard_s;
}

}  // namespace voxdial
