// The doctor: looks live at each thing that can stop a first real call, and names one remedy for
// each.
//
// Asks the vendors only what costs nothing and dials nothing. A check that could not be made says
// so (state `unknown`): a false "ready" is worse than none. What only a browser can tell
// (microphone, secure context, WebGL) the page adds itself.
#pragma once

#include <string>

#include "proxy/config/config.h"
#include "proxy/store/store.h"
#include "proxy/world.h"
#include "shared/api.h"

namespace voxdial {

/// What GET /healthz?challenge=... answers with: only a process with this configuration can know
/// it, so a foreign server at the public address is not taken for this one. Says nothing about any
/// key.
std::string proof_of_identity(const Config& config, std::string_view challenge);

/// Takes as long as the slowest vendor (they are asked at the same time, each at most ten seconds).
/// `region`: the country whose dialling permission is looked at; empty for the caller number's.
DoctorReport examine(const Config& config, const World& world, Store& store,
                     const std::string& region);

/// Whether nothing failed.
bool healthy(const DoctorReport& report);

}  // namespace voxdial
