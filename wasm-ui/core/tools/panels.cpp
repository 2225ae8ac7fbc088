#include "wasm-ui/core/tools/panels.h"

#include <cmath>

namespace voxdial::ui {

long long cents(double amount) { return std::llround(amount * 100); }

long long total_cents(const Order& order) {
  double sum = 0;
  for (const OrderItem& item : order.items) sum += item.price * item.quantity;
  return cents(sum);
}

}  // namespace voxdial::ui
