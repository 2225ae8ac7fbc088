#include "proxy/vendors/ultravox/audio.h"

#include "proxy/vendors/common/vendor_error.h"

namespace voxdial::ultravox {
namespace {

using Parse = Result<Audio> (*)(const VendorReply&, Millis);

Result<Audio> asked(const World& world, const VendorRequest& request, Parse parse) {
  const auto sent = world.send(request);
  if (!sent) return fail(map_send_failure(Vendor::ultravox, sent.error(), false));
  return parse(*sent, world.now());
}

Result<Audio> fetch(const World& world, VendorRequest request, Parse parse) {
  auto audio = asked(world, request, parse);
  if (!audio || audio->location.empty()) return audio;
  request.elsewhere = audio->location;
  request.redirect_is_reply = false;  // one step aside is what the vendor documents
  audio = asked(world, request, parse);
  if (audio && !audio->location.empty()) return fail(ErrorCode::vendor_bad_reply);
  return audio;
}

}  // namespace

Result<Audio> fetch_recording(const World& world, const std::string& call_id) {
  return fetch(world, get_recording(call_id), parse_recording);
}

Result<Audio> fetch_voice_preview(const World& world, const std::string& voice_id) {
  return fetch(world, voice_preview(voice_id), parse_voice_preview);
}

}  // namespace voxdial::ultravox
