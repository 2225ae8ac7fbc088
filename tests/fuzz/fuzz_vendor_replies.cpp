// Any bytes as a vendor's reply: a status from the first byte, an optional header from the second,
// the rest is the body. Every parser gives a value or an error, and no error repeats the vendor's
// words.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proxy/vendors/twilio/twilio.h"
#include "proxy/vendors/ultravox/ultravox.h"

namespace {

using namespace voxdial;

constexpr Millis now = 1'768'478'400'000;

void check(const Error& error) {
  if (error.message.empty() || !error.provider) std::abort();
  // A word that every seed of the corpus has in its text members.
  if (error.message.find("hush") != std::string::npos) std::abort();
  if (error.field.find("hush") != std::string::npos) std::abort();
  if (error.retry_after_s && (*error.retry_after_s < 1 || *error.retry_after_s > 3600))
    std::abort();
}

template <class T>
void check(const Result<T>& result) {
  if (!result) check(result.error());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  constexpr int statuses[] = {200, 201, 204, 302, 400, 401, 404, 422, 429, 500, 503, 0};
  VendorReply reply;
  reply.status = statuses[data[0] % std::size(statuses)];
  reply.body.assign(reinterpret_cast<const char*>(data) + 2, size - 2);
  const char* names[] = {"retry-after", "location", "content-type"};
  if (data[1] % 4 < 3) reply.headers = {{names[data[1] % 4], reply.body.substr(0, 60)}};

  const auto call = ultravox::parse_created_call(reply, now);
  check(call);
  if (call && !ultravox::valid_join_url(call->join_url)) std::abort();
  check(ultravox::parse_call(reply, now));
  check(ultravox::parse_listed(reply, now));
  check(ultravox::parse_messages(reply, 0, now));
  check(ultravox::parse_voices(reply, now));
  check(ultravox::parse_models(reply, now));
  check(ultravox::parse_account(reply, now));
  check(ultravox::parse_recording(reply, now));
  check(ultravox::parse_voice_preview(reply, now));
  (void)ultravox::parse_webhook(reply.body).has_value();
  if (!ultravox::parse_sent(reply, now)) check(ultravox::parse_sent(reply, now).error());

  check(twilio::parse_created_call(reply, now));
  check(twilio::parse_call(reply, now));
  check(twilio::parse_calls(reply, now));
  check(twilio::parse_call_page(reply, now));
  check(twilio::parse_notifications(reply, now));
  check(twilio::parse_account(reply, now));
  check(twilio::parse_balance(reply, now));
  check(twilio::parse_numbers(reply, now));
  check(twilio::parse_dialing_permissions(reply, now));
  return 0;
}
