// What passes between a vendor and the proxy: an answer, a callback.
#pragma once

#include <string>

#include "proxy/world.h"

namespace voxdial::sim {

inline VendorReply json_reply(int status, std::string body) {
  return {
      .status = status, .headers = {{"content-type", "application/json"}}, .body = std::move(body)};
}

/// As a vendor posts it.
struct Callback {
  Vendor vendor = Vendor::twilio;
  std::string path;   ///< under PUBLIC_BASE_URL, as the proxy gave it: "/api/twilio/status"
  std::string query;  ///< without "?"
  std::string body;
  std::string words;  ///< for the story
};

}  // namespace voxdial::sim
