// Serving: an App with an HTTP server in front of it, until a signal ends it.
#pragma once

#include <vector>

#include "proxy/config/config.h"
#include "proxy/http/vendor_client.h"
#include "proxy/world.h"

namespace voxdial {

/// Where the vendors are and what they are shown.
std::vector<http::VendorEndpoint> vendor_endpoints(const Config& config);

/// The process's exit status; what kept it from serving is said on stderr.
int serve(const Config& config, const World& outside);

}  // namespace voxdial
