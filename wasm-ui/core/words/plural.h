// Which form of a counted word a number takes.
#pragma once

#include <cstdint>
#include <span>

namespace voxdial::ui {

/// Those of CLDR's six that the languages here have.
enum class PluralForm : std::uint8_t { one, many, other };

/// How a language counts whole things: the cardinal rules of Unicode CLDR
/// (common/supplemental/plurals.xml), as `Intl.PluralRules(language).select(n)` has them too.
enum class Counting : std::uint8_t {
  one,            ///< 1 is one: English, German
  one_many,       ///< and whole millions are many: Spanish, Italian
  none_one_many,  ///< and none is one: French, Portuguese of Brazil
  alike,          ///< a number changes nothing: Japanese
};

PluralForm plural_form(Counting counting, std::int64_t n);

/// The forms that a counted word of the language needs.
std::span<const PluralForm> plural_forms(Counting counting);

}  // namespace voxdial::ui
