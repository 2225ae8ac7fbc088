// Something that happened, as pages are told of it.
#pragma once

#include <string>

namespace voxdial::events {

struct Event {
  std::string kind;           ///< SSE `event:`: letters, digits, '-', '_'
  std::string owner;          ///< whose call it is about
  bool for_everyone = false;  ///< about no call in particular ("vendors"): `owner` does not count
  std::string masked;         ///< JSON for those who may see masked numbers only
  std::string whole;          ///< JSON with whole numbers; empty = the same as `masked`
  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace voxdial::events
