#include "wasm-ui/core/words/plural.h"

namespace voxdial::ui {
namespace {

constexpr PluralForm all_forms[] = {PluralForm::one, PluralForm::many, PluralForm::other};
constexpr PluralForm two_forms[] = {PluralForm::one, PluralForm::other};
constexpr PluralForm one_form[] = {PluralForm::other};

}  // namespace

PluralForm plural_form(Counting counting, std::int64_t n) {
  if (counting == Counting::alike) return PluralForm::other;
  if (n == 1 || (n == 0 && counting == Counting::none_one_many)) return PluralForm::one;
  // "un millon de llamadas": what is counted stands behind "of".
  if (counting != Counting::one && n != 0 && n % 1'000'000 == 0) return PluralForm::many;
  return PluralForm::other;
}

std::span<const PluralForm> plural_forms(Counting counting) {
  if (counting == Counting::alike) return one_form;
  if (counting == Counting::one) return two_forms;
  return all_forms;
}

}  // namespace voxdial::ui
