// What vendors tell of a call that is kept and shown as they tell it. A rule that goes by a fact
// stands where calls are decided about (proxy/store/apply.cpp).
//
// A new fact is its member and its line here, and its line where the vendor's reply is read
// (proxy/vendors/*/reply_codec.cpp). From the list follow its column in the store, which is made at
// the next start, its member of a Call in JSON and its column in exports; a fact that is told again
// takes the place of the one before.
#pragma once

#include <string>

namespace voxdial {

/// A fact is a text, a number or a switch; empty, 0 and false are "not told".
struct Told {
  std::string price;       ///< decimal text as Twilio gives it ("-0.0140")
  std::string price_unit;  ///< "USD"
  friend bool operator==(const Told&, const Told&) = default;
};

/// Calls `each` with every fact: its column, its name in JSON, and this member of every `told`.
template <class Each, class... T>
void each_told(Each each, T&... told) {
  each("price", "price", told.price...);
  each("price_unit", "priceUnit", told.price_unit...);
}

}  // namespace voxdial
