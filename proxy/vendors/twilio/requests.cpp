// What is sent to Twilio: paths and forms.
#include <algorithm>

#include "proxy/vendors/twilio/twilio.h"
#include "shared/percent.h"

namespace voxdial::twilio {
namespace {

// A create request that is given up may still dial, so it gets more time than the rest.
constexpr int create_timeout_ms = 20'000;

/// A form or a query: percent-encoded names and values.
class Fields {
 public:
  Fields& add(std::string_view name, std::string_view value) {
    if (!text_.empty()) text_ += '&';
    text_ += percent_encode(name) + '=' + percent_encode(value);
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

VendorRequest get(std::string path) {
  VendorRequest out;
  out.vendor = Vendor::twilio;
  out.method = "GET";
  out.path = std::move(path);
  return out;
}

VendorRequest post(std::string path, Fields& form) {
  VendorRequest out = get(std::move(path));
  out.method = "POST";
  out.content_type = "application/x-www-form-urlencoded";
  out.body = form.take();
  return out;
}

std::string account_path(std::string_view account_sid, std::string_view rest) {
  return "/2010-04-01/Accounts/" + percent_encode(account_sid) + std::string(rest);
}

std::string call_path(std::string_view account_sid, std::string_view call_sid,
                      std::string_view rest) {
  return account_path(account_sid, "/Calls/") + percent_encode(call_sid) + std::string(rest);
}

VendorRequest set_status(std::string_view account_sid, std::string_view call_sid,
                         std::string_view status) {
  Fields form;
  form.add("Status", status);
  return post(call_path(account_sid, call_sid, ".json"), form);
}

}  // namespace

VendorRequest create_call(std::string_view account_sid, const CallPlan& plan) {
  Fields form;
  form.add("To", plan.to).add("From", plan.from).add("Twiml", plan.twiml);
  form.add("Timeout", std::to_string(std::clamp(plan.ring_timeout_s, 5, 600)));
  if (plan.time_limit_s > 0) form.add("TimeLimit", std::to_string(plan.time_limit_s));
  if (!plan.status_callback.empty()) {
    form.add("StatusCallback", plan.status_callback).add("StatusCallbackMethod", "POST");
    // The list is a repeated parameter; as one value Twilio would report nothing but the end
    // (https://www.twilio.com/docs/voice/api/call-resource, StatusCallbackEvent).
    for (const char* event : {"initiated", "ringing", "answered", "completed"}) {
      form.add("StatusCallbackEvent", event);
    }
  }
  if (!plan.amd_callback.empty()) {
    // Asynchronous: the audio goes to the agent at once and the verdict comes later.
    form.add("MachineDetection", plan.wait_for_beep ? "DetectMessageEnd" : "Enable");
    form.add("AsyncAmd", "true").add("AsyncAmdStatusCallback", plan.amd_callback);
    form.add("AsyncAmdStatusCallbackMethod", "POST");
  }
  VendorRequest out = post(account_path(account_sid, "/Calls.json"), form);
  out.timeout_ms = create_timeout_ms;
  out.rings = true;
  return out;
}

VendorRequest fetch_call(std::string_view account_sid, std::string_view call_sid) {
  return get(call_path(account_sid, call_sid, ".json"));
}

VendorRequest hang_up(std::string_view account_sid, std::string_view call_sid) {
  return set_status(account_sid, call_sid, "completed");
}

VendorRequest cancel(std::string_view account_sid, std::string_view call_sid) {
  return set_status(account_sid, call_sid, "canceled");
}

VendorRequest find_calls(std::string_view account_sid, std::string_view to, std::string_view from) {
  // Not filtered by StartTime: a call that was not dialled yet has none and would be left out.
  Fields query;
  query.add("To", to).add("From", from).add("PageSize", "50");
  return get(account_path(account_sid, "/Calls.json?") + query.take());
}

VendorRequest list_calls(std::string_view account_sid, std::string_view from,
                         std::string_view next_page) {
  Fields query;
  query.add("From", from).add("PageSize", "1000");
  VendorRequest out = get(account_path(account_sid, "/Calls.json?") +
                          (next_page.empty() ? query.take() : std::string(next_page)));
  out.max_reply_bytes = 8 << 20;
  return out;
}

VendorRequest call_notifications(std::string_view account_sid, std::string_view call_sid) {
  return get(call_path(account_sid, call_sid, "/Notifications.json?PageSize=20"));
}

VendorRequest fetch_account(std::string_view account_sid) {
  return get(account_path(account_sid, ".json"));
}

VendorRequest fetch_balance(std::string_view account_sid) {
  return get(account_path(account_sid, "/Balance.json"));
}

VendorRequest owned_numbers(std::string_view account_sid, std::string_view e164) {
  Fields query;
  query.add("PhoneNumber", e164).add("PageSize", "20");
  return get(account_path(account_sid, "/IncomingPhoneNumbers.json?") + query.take());
}

VendorRequest verified_callers(std::string_view account_sid, std::string_view e164) {
  Fields query;
  query.add("PhoneNumber", e164).add("PageSize", "20");
  return get(account_path(account_sid, "/OutgoingCallerIds.json?") + query.take());
}

VendorRequest dialing_permissions(std::string_view region) {
  VendorRequest out = get("/v1/DialingPermissions/Countries/" + percent_encode(region));
  out.voice_host = true;
  return out;
}

}  // namespace voxdial::twilio
