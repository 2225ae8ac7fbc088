// What the browser writes as the page's language does: times, numbers, money, names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

namespace voxdial::ui {

/// web/language.js has each by its name.
enum class Format : std::uint8_t {
  clock,          ///< 14:05; of a time
  clock_seconds,  ///< 14:05:09
  time_of_day,    ///< 14:05; of "14:05", wherever that is
  date_time,      ///< Nov 21, 2025, 14:05
  day,            ///< Nov 21, 2025; Today or Yesterday at the time `of`, in milliseconds
  number,         ///< 1,234
  decimal,        ///< 0.40
  percent,        ///< 1.5%; of a share
  milliseconds,   ///< 120 ms
  duration,       ///< 1 hr 30 min; of seconds
  money,          ///< $0.014; of an amount and its currency
  language,       ///< German; of "de"
};
constexpr const char* format_names[] = {"clock",        "clockSeconds", "timeOfDay", "dateTime",
                                        "day",          "number",       "decimal",   "percent",
                                        "milliseconds", "duration",     "money",     "language"};
static_assert(std::size(format_names) == std::size_t(Format::language) + 1);

/// `of`: the currency, code or time that belongs to what is written, where there is one.
using Formatter = std::string (*)(Format as, double value, const std::string& of);

}  // namespace voxdial::ui
