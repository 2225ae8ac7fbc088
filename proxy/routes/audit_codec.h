// The audit as JSON, for supervisors: GET /api/audit. Not a part of shared/: no page shows it yet.
#pragma once

#include <string>

#include "proxy/store/values.h"

namespace voxdial {

/// {"entries":[{"seq","at","kind","user","clientAddress","callId","number","detail"}],"nextBefore"},
/// newest first; empty members are left out, nextBefore is 0 at the end.
std::string encode(const AuditPage& page);

}  // namespace voxdial
