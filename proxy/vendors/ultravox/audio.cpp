#include "proxy/vendors/ultravox/audio.h"

#include <utility>

#include "proxy/vendors/common/ask.h"

namespace voxdial::ultravox {
namespace {

using Parse = Result<Audio> (*)(const VendorReply&, Millis);

Result<Playing> play(const World& world, VendorRequest request, const std::string& range,
                     Parse parse) {
  request.range = range;
  for (;;) {
    auto sent = world.send(request);
    if (!sent) return fail(no_reply(request, sent.error()));
    auto audio = parse(*sent, world.now());
    if (!audio) return fail(std::move(audio).error());
    if (audio->location.empty()) {
      if (!sent->next_piece) {
        sent->next_piece = [body = std::move(sent->body)]() mutable {
          return std::exchange(body, {});
        };
      }
      return Playing{.content_type = std::move(audio->content_type), .reply = std::move(*sent)};
    }
    // One step aside is what the vendor documents.
    if (!request.elsewhere.empty()) return fail(ErrorCode::vendor_bad_reply);
    request.elsewhere = audio->location;
    request.redirect_is_reply = false;
  }
}

}  // namespace

Result<Playing> play_recording(const World& world, const std::string& call_id,
                               const std::string& range) {
  return play(world, get_recording(call_id), range, parse_recording);
}

Result<Playing> play_voice_preview(const World& world, const std::string& voice_id,
                                   const std::string& range) {
  return play(world, voice_preview(voice_id), range, parse_voice_preview);
}

}  // namespace voxdial::ultravox
