// What the tests of the worker share: how a call gets there, what vendors say of it, and how often
// it was ended.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "shared/codec.h"
#include "tests/proxy/desk.h"

namespace voxdial::test {

inline std::string place(Desk& desk, MediumType medium) {
  const StoredReply answer = desk.calls->place(Desk::attempt(medium));
  REQUIRE(answer.http_status == 201);
  return decode<CallPlaced>(answer.body)->id;
}

/// Twilio's list of calls with one, made when the desk's clock began.
inline VendorReply listed(const std::string& status,
                          const std::string& created = "Sun, 22 Nov 2026 09:33:21 +0000") {
  return FakeVendors::reply(
      200, "{\"calls\":[" +
               FakeVendors::twilio_call(status, R"(,"date_created":")" + created + "\"") + "]}");
}

inline VendorReply agent(const std::string& more) {
  return FakeVendors::reply(200, std::string(R"({"callId":")") + ultravox_id +
                                     R"(","created":"2026-11-22T09:33:20Z")" + more + "}");
}

inline int ends_at_twilio(Desk& desk) {
  int count = 0;
  for (const VendorRequest& r : desk.vendors.seen) count += r.body.rfind("Status=", 0) == 0;
  return count;
}

inline int ends_at_ultravox(Desk& desk) {
  int count = 0;
  for (const VendorRequest& r : desk.vendors.seen) {
    count += r.vendor == Vendor::ultravox && r.body.find("hang_up") != std::string::npos;
  }
  return count;
}

}  // namespace voxdial::test
