#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "proxy/vendors/twilio/webhook.h"

using namespace voxdial;
using namespace voxdial::twilio;

namespace {

Form status_form() {
  return {{"CallSid", "CA0123456789abcdef0123456789abcdef"},
          {"AccountSid", "AC0123456789abcdef0123456789abcdef"},
          {"From", "+12025550143"},
          {"To", "+14155552671"},
          {"CallStatus", "completed"},
          {"CallDuration", "42"},
          {"SipResponseCode", "200"},
          {"SequenceNumber", "3"},
          {"Timestamp", "Thu, 15 Jan 2026 12:00:00 +0000"},
          {"Later", "unknown fields are ignored"}};
}

}  // namespace

TEST_CASE("A status callback is read", "[twilio]") {
  const auto callback = parse_status_callback(status_form());
  REQUIRE(callback);
  CHECK(*callback == StatusCallback{.call_sid = "CA0123456789abcdef0123456789abcdef",
                                    .to = "+14155552671",
                                    .from = "+12025550143",
                                    .status = "completed",
                                    .answered_by = "",
                                    .duration_s = 42,
                                    .sip_code = 200,
                                    .error_code = 0});
}

TEST_CASE("A callback without a call or a status is none", "[twilio]") {
  const std::string missing = GENERATE(as<std::string>{}, "CallSid", "CallStatus");
  Form form = status_form();
  std::erase_if(form, [&](const auto& pair) { return pair.first == missing; });
  const auto callback = parse_status_callback(form);
  REQUIRE_FALSE(callback);
  CHECK(callback.error().code == ErrorCode::missing_field);
  CHECK(callback.error().field == missing);
}

TEST_CASE("Ids and words of a callback are plain", "[twilio]") {
  const std::string odd = GENERATE(as<std::string>{}, "CA/../x", "CA<script>", "CA x", "CA\n",
                                   "CA\xC3\xA9", std::string(65, 'a'));
  Form form = status_form();
  form[0].second = odd;
  CHECK(parse_status_callback(form).error().code == ErrorCode::invalid_field);
}

TEST_CASE("Odd numbers in a callback read as absent", "[twilio]") {
  const std::string odd =
      GENERATE(as<std::string>{}, "", "x", "-1", "1.5", "99999999999", " 1", "1 ", "0x10");
  Form form = status_form();
  form[5].second = form[6].second = odd;
  const auto callback = parse_status_callback(form);
  REQUIRE(callback);
  CHECK(callback->duration_s == 0);
  CHECK(callback->sip_code == 0);
}

TEST_CASE("The verdict on a machine is read", "[twilio]") {
  Form form = {{"CallSid", "CA1"},
               {"AccountSid", "AC1"},
               {"AnsweredBy", "machine_end_beep"},
               {"MachineDetectionDuration", "3450"}};
  CHECK(*parse_amd_callback(form) == AmdCallback{"CA1", "machine_end_beep"});
  form[2].second = "";
  CHECK(parse_amd_callback(form)->answered_by == "unknown");  // it gave up without a word
}
