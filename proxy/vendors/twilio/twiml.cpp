// The instructions Twilio carries out when the call is answered: TwiML, of at most 4000 characters
// (https://www.twilio.com/docs/voice/twiml/stream, error 32018).
#include "proxy/vendors/common/ask.h"
#include "proxy/vendors/twilio/twilio.h"
#include "proxy/vendors/ultravox/ultravox.h"

namespace voxdial::twilio {
namespace {

constexpr std::size_t max_twiml = 4000;  // error 32018 past it

/// An address that valid_join_url() lets through has no other character that XML knows.
std::string with_escaped_ampersands(std::string_view url) {
  std::string out;
  for (const char c : url) out += c == '&' ? std::string("&amp;") : std::string(1, c);
  return out;
}

}  // namespace

Result<std::string> twiml_stream(std::string_view join_url) {
  if (ultravox::valid_join_url(join_url)) {
    std::string twiml = "<Response><Connect><Stream url=\"" + with_escaped_ampersands(join_url) +
                        "\"/></Connect></Response>";
    if (twiml.size() <= max_twiml) return twiml;
  }
  return fail(vendor_error(Vendor::ultravox, ErrorCode::vendor_bad_reply,
                           "Ultravox gave an address for the call's audio that cannot be used. "
                           "Nothing was dialled."));
}

}  // namespace voxdial::twilio
