// Recordings and voice previews, from wherever Ultravox keeps them. The browser never gets a
// vendor's address, and the proxy never holds the whole.
#pragma once

#include <string>

#include "proxy/vendors/ultravox/ultravox.h"
#include "proxy/world.h"
#include "shared/result.h"

namespace voxdial::ultravox {

/// A reply of status 200 or 206 whose body is audio, and comes in pieces.
struct Playing {
  std::string content_type;
  VendorReply reply;
};

/// `range` is a Range header, or empty. Errors: no_recording, range_not_satisfiable, the vendor's.
Result<Playing> play_recording(const World& world, const std::string& call_id,
                               const std::string& range);
Result<Playing> play_voice_preview(const World& world, const std::string& voice_id,
                                   const std::string& range);

}  // namespace voxdial::ultravox
