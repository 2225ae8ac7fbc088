// What an agent's client tools show on the page.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace voxdial::ui {

struct OrderItem {
  std::string name;
  int quantity = 1;
  double price = 0;  ///< of one, in US dollars
  std::string note;  ///< special instructions, or empty
  friend bool operator==(const OrderItem&, const OrderItem&) = default;
};
struct Order {
  std::vector<OrderItem> items;
  friend bool operator==(const Order&, const Order&) = default;
};
struct Note {
  std::string title;
  std::string text;
  friend bool operator==(const Note&, const Note&) = default;
};

/// Emptied when a new call starts, not when one ends: the order is read after hanging up.
struct Panels {
  std::optional<Order> order;
  std::optional<Note> note;
  friend bool operator==(const Panels&, const Panels&) = default;
};

/// Whole cents, rounded half up, so that the total is what the lines add up to on a receipt.
long long cents(double dollars);
long long total_cents(const Order& order);

}  // namespace voxdial::ui
