#include "wasm-ui/core/words/plural.h"

namespace voxdial::ui {
namespace {

constexpr PluralForm all_forms[] = {PluralForm::one, PluralForm::many, PluralForm::other};
constexpr PluralForm two_forms[] = {PluralForm::one, PluralForm::other};
constexpr PluralForm one_form[] = {PluralForm::other};

std::string_view without_region(std::string_view language) {
  return language.substr(0, language.find('-'));
}

}  // namespace

PluralForm plural_form(std::string_view language, std::int64_t n) {
  const std::string_view base = without_region(language);
  if (base == "ja") return PluralForm::other;
  const bool romance = base == "es" || base == "fr" || base == "pt";
  const bool none_is_one = base == "fr" || base == "pt";
  if (n == 1 || (n == 0 && none_is_one)) return PluralForm::one;
  // "un millon de llamadas": what is counted stands behind "of".
  if (romance && n != 0 && n % 1'000'000 == 0) return PluralForm::many;
  return PluralForm::other;
}

std::span<const PluralForm> plural_forms(std::string_view language) {
  const std::string_view base = without_region(language);
  if (base == "ja") return one_form;
  if (base == "es" || base == "fr" || base == "pt") return all_forms;
  return two_forms;
}

}  // namespace voxdial::ui
