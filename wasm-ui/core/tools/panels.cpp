#include "wasm-ui/core/tools/panels.h"

#include <cmath>

namespace voxdial::ui {

long long cents(double amount) { return std::llround(amount * 100); }

long long total_cents(const Order& order) {
  double sum = 0;
  for (const OrderItem& item : order.items) sum += item.price * item.quantity;
  return cents(sum);
}

std::string dollars(long long cents) {
  const bool negative = cents < 0;
  const long long value = negative ? -cents : cents;
  std::string whole = std::to_string(value / 100);
  for (int at = static_cast<int>(whole.size()) - 3; at > 0; at -= 3) {
    whole.insert(static_cast<std::size_t>(at), ",");
  }
  const long long rest = value % 100;
  return (negative ? "-$" : "$") + whole + (rest < 10 ? ".0" : ".") + std::to_string(rest);
}

}  // namespace voxdial::ui
