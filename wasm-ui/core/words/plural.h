// Which form of a counted word a number takes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace voxdial::ui {

/// Those of CLDR's six that the languages here have.
enum class PluralForm : std::uint8_t { one, many, other };

/// The form of a whole number, as `Intl.PluralRules(language).select(n)` names it: the cardinal
/// rules of Unicode CLDR (common/supplemental/plurals.xml). Any other language counts as English.
PluralForm plural_form(std::string_view language, std::int64_t n);

/// The forms that a counted word of the language needs.
std::span<const PluralForm> plural_forms(std::string_view language);

}  // namespace voxdial::ui
