// Serving: an App with an HTTP server in front of it, until a signal ends it.
#pragma once

#include <csignal>
#include <vector>

#include "proxy/config/config.h"
#include "proxy/http/vendor_client.h"
#include "proxy/world.h"

namespace voxdial {

/// Where the vendors are and what they are shown.
std::vector<http::VendorEndpoint> vendor_endpoints(const Config& config);

/// What serve() ends in order at, unless it is ignored (nohup, a job in the background). To be
/// blocked before the first thread is started.
sigset_t stop_signals();

/// The process's exit status; what kept it from serving is said on stderr.
int serve(const Config& config, const World& outside);

}  // namespace voxdial
