#include "proxy/world.h"

namespace voxdial {

std::string_view vendor_name(Vendor vendor) {
  return vendor == Vendor::ultravox ? "ultravox" : "twilio";
}

std::string new_id(const World& world, std::string_view prefix) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  // The time first: what is recorded in one moment stands side by side in the store's indexes.
  const Millis now = world.now();
  std::string bytes;
  for (int shift = 40; shift >= 0; shift -= 8) bytes += static_cast<char>(now >> shift);
  bytes += world.random_bytes(10);
  std::string id(prefix);
  // 26 letters of 5 bits hold the 128; the last letter carries 3 of them.
  unsigned bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(byte);
    held += 8;
    while (held >= 5) {
      held -= 5;
      id += alphabet[(bits >> held) & 31];
    }
    bits &= (1u << held) - 1;
  }
  id += alphabet[(bits << (5 - held)) & 31];
  return id;
}

}  // namespace voxdial
