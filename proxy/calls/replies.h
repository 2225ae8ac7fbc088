// What the one who pressed is told.
#pragma once

#include "proxy/store/values.h"
#include "shared/api.h"
#include "shared/error.h"

namespace voxdial {

StoredReply reply(const Error& error);
StoredReply reply(const CallPlaced& placed);
/// As far as the row knows: without a join URL, which is never written down.
CallPlaced placed_from(const StoredCall& stored);

}  // namespace voxdial
