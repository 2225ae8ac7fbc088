// Recordings and voice previews: the bytes, from wherever Ultravox keeps them. The browser never
// gets a vendor's address.
#pragma once

#include <string>

#include "proxy/vendors/ultravox/ultravox.h"
#include "proxy/world.h"
#include "shared/result.h"

namespace voxdial::ultravox {

/// Errors: no_recording, the vendor's.
Result<Audio> fetch_recording(const World& world, const std::string& call_id);
Result<Audio> fetch_voice_preview(const World& world, const std::string& voice_id);

}  // namespace voxdial::ultravox
