#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "proxy/crypto/digest.h"
#include "proxy/vendors/ultravox/ultravox.h"

using namespace voxdial;
using namespace voxdial::ultravox;

namespace {

const std::string body = R"({"event":"call.ended","call":{"callId":"x"}})";
const std::string timestamp = "2025-01-01T00:00:00.000000+00:00";
constexpr Millis at = 1'735'689'600'000;
// Computed with Python's hmac.
const std::string good_header = "f95019cbc95b49128db140c3850dfffd744dad41f48f6ff26b78b0b0616d93c8";
const std::string secret = "secret";

bool valid(std::string_view signature, Millis now = at) {
  return webhook_signature_valid(secret, body, timestamp, signature, now);
}

}  // namespace

TEST_CASE("A webhook signed by Ultravox is accepted", "[signature]") {
  CHECK(valid(good_header));
  CHECK(valid("0000," + good_header));
  CHECK(valid(good_header + ",0000"));
  CHECK(valid("00, " + good_header + " ,11"));
}

TEST_CASE("A webhook that Ultravox did not sign is refused", "[signature]") {
  const std::string signature =
      GENERATE(as<std::string>{}, "", ",", ",,", "x",
               "f95019cbc95b49128db140c3850dfffd744dad41f48f6ff26b78b0b0616d93c",
               "F95019CBC95B49128DB140C3850DFFFD744DAD41F48F6FF26B78B0B0616D93C8",
               "f95019cbc95b49128db140c3850dfffd744dad41f48f6ff26b78b0b0616d93c9",
               "f95019cbc95b4912 8db140c3850dfffd744dad41f48f6ff26b78b0b0616d93c8",
               "sha256=f95019cbc95b49128db140c3850dfffd744dad41f48f6ff26b78b0b0616d93c8");
  CAPTURE(signature);
  CHECK_FALSE(valid(signature));
}

TEST_CASE("Body, timestamp and secret are all signed", "[signature]") {
  CHECK_FALSE(webhook_signature_valid(secret, body + " ", timestamp, good_header, at));
  CHECK_FALSE(
      webhook_signature_valid(secret, body, "2025-01-01T00:00:00.000001+00:00", good_header, at));
  CHECK_FALSE(webhook_signature_valid(secret, body, "2025-01-01T00:00:00Z", good_header, at));
  CHECK_FALSE(webhook_signature_valid("Secret", body, timestamp, good_header, at));
}

TEST_CASE("Without a secret nothing is valid, however it was signed", "[signature]") {
  const std::string with_nothing = crypto::to_hex(crypto::hmac_sha256("", body + timestamp));
  CHECK_FALSE(webhook_signature_valid("", body, timestamp, with_nothing, at));
}

TEST_CASE("A webhook counts for one minute around its time", "[signature]") {
  CHECK(valid(good_header, at + 60'000));
  CHECK(valid(good_header, at - 60'000));
  CHECK_FALSE(valid(good_header, at + 60'001));
  CHECK_FALSE(valid(good_header, at - 60'001));
  CHECK_FALSE(valid(good_header, 0));
}

TEST_CASE("A timestamp that is none is refused although it is signed", "[signature]") {
  const std::string odd = GENERATE(as<std::string>{}, "", "now", "1735689600", "2025-01-01",
                                   "2025-13-01T00:00:00Z", "2025-01-01T00:00:00");
  CAPTURE(odd);
  const std::string signature = crypto::to_hex(crypto::hmac_sha256("secret", body + odd));
  CHECK_FALSE(webhook_signature_valid(secret, body, odd, signature, at));
}
