#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/vendors/twilio/twilio.h"
#include "proxy/vendors/twilio/webhook.h"

using namespace voxdial;
using namespace voxdial::twilio;
using http::field;

namespace {

const std::string account = "AC0123456789abcdef0123456789abcdef";
const std::string call_sid = "CA0123456789abcdef0123456789abcdef";

CallPlan plan() {
  CallPlan out;
  out.to = "+14155552671";
  out.from = "+12025550143";
  out.twiml = "<Response/>";
  out.ring_timeout_s = 45;
  out.time_limit_s = 615;
  return out;
}

Form form_of(const VendorRequest& request) {
  auto form = http::parse_form(request.body);
  REQUIRE(form);
  return *form;
}

}  // namespace

TEST_CASE("Placing a call asks for exactly what it should", "[twilio]") {
  const VendorRequest request = create_call(account, plan());
  CHECK(request.vendor == Vendor::twilio);
  CHECK(request.method == "POST");
  CHECK(request.path == "/2010-04-01/Accounts/" + account + "/Calls.json");
  CHECK(request.content_type == "application/x-www-form-urlencoded");
  CHECK_FALSE(request.voice_host);
  CHECK(form_of(request) == Form{{"To", "+14155552671"},
                                 {"From", "+12025550143"},
                                 {"Twiml", "<Response/>"},
                                 {"Timeout", "45"},
                                 {"TimeLimit", "615"}});
  // A plus left as it is would arrive as a space.
  CHECK(request.body.starts_with("To=%2B14155552671&From=%2B12025550143&Twiml=%3CResponse%2F%3E"));
}

TEST_CASE("With a public address every step is reported", "[twilio]") {
  CallPlan reported = plan();
  reported.status_callback = "https://example.com/api/twilio/status";
  const Form form = form_of(create_call(account, reported));
  CHECK(field(form, "StatusCallback") == reported.status_callback);
  CHECK(field(form, "StatusCallbackMethod") == "POST");
  std::vector<std::string> events;
  for (const auto& [name, value] : form) {
    if (name == "StatusCallbackEvent") events.push_back(value);
  }
  CHECK(events == std::vector<std::string>{"initiated", "ringing", "answered", "completed"});
  CHECK(field(form, "MachineDetection").empty());
}

TEST_CASE("Machines are detected beside the call, never before it", "[twilio]") {
  CallPlan detecting = plan();
  detecting.amd_callback = "https://example.com/api/twilio/amd?a=1&b=2";
  Form form = form_of(create_call(account, detecting));
  CHECK(field(form, "MachineDetection") == "Enable");
  CHECK(field(form, "AsyncAmd") == "true");
  CHECK(field(form, "AsyncAmdStatusCallback") == detecting.amd_callback);
  CHECK(field(form, "AsyncAmdStatusCallbackMethod") == "POST");
  detecting.wait_for_beep = true;
  form = form_of(create_call(account, detecting));
  CHECK(field(form, "MachineDetection") == "DetectMessageEnd");
}

TEST_CASE("Ring time stays within Twilio's limits, and no limit is none", "[twilio]") {
  CallPlan odd = plan();
  odd.ring_timeout_s = 1;
  odd.time_limit_s = 0;
  const Form form = form_of(create_call(account, odd));
  CHECK(field(form, "Timeout") == "5");
  CHECK(field(form, "TimeLimit").empty());
  odd.ring_timeout_s = 100'000;
  CHECK(field(form_of(create_call(account, odd)), "Timeout") == "600");
}

TEST_CASE("Every other request goes where Twilio expects it", "[twilio]") {
  const std::string base = "/2010-04-01/Accounts/" + account;
  CHECK(fetch_call(account, call_sid).path == base + "/Calls/" + call_sid + ".json");
  CHECK(fetch_call(account, call_sid).method == "GET");
  CHECK(fetch_call(account, call_sid).body.empty());
  CHECK(hang_up(account, call_sid).path == base + "/Calls/" + call_sid + ".json");
  CHECK(hang_up(account, call_sid).method == "POST");
  CHECK(hang_up(account, call_sid).body == "Status=completed");
  CHECK(cancel(account, call_sid).body == "Status=canceled");
  CHECK(find_calls(account, "+14155552671", "+12025550143").path ==
        base + "/Calls.json?To=%2B14155552671&From=%2B12025550143&PageSize=50");
  CHECK(call_notifications(account, call_sid).path ==
        base + "/Calls/" + call_sid + "/Notifications.json?PageSize=20");
  CHECK(fetch_account(account).path == base + ".json");
  CHECK(fetch_balance(account).path == base + "/Balance.json");
  CHECK(owned_numbers(account, "+12025550143").path ==
        base + "/IncomingPhoneNumbers.json?PhoneNumber=%2B12025550143&PageSize=20");
  CHECK(verified_callers(account, "+12025550143").path ==
        base + "/OutgoingCallerIds.json?PhoneNumber=%2B12025550143&PageSize=20");
  CHECK(dialing_permissions("GB").path == "/v1/DialingPermissions/Countries/GB");
  CHECK(dialing_permissions("GB").voice_host);
}

TEST_CASE("An id cannot leave its place in the path", "[twilio]") {
  CHECK(fetch_call(account, "../../Accounts?x#y").path ==
        "/2010-04-01/Accounts/" + account + "/Calls/..%2F..%2FAccounts%3Fx%23y.json");
  CHECK(fetch_call("AC/..\r\n", call_sid).path.find('\r') == std::string::npos);
  CHECK(dialing_permissions("G/B").path == "/v1/DialingPermissions/Countries/G%2FB");
}
