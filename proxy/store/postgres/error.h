// What a failure of PostgreSQL means for the operator, and the remedy.
#pragma once

#include <string_view>

#include "shared/result.h"

namespace voxdial::postgres {

/// `state`: its SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html), empty when there was
/// no reply at all.
Error store_error(std::string_view state);

}  // namespace voxdial::postgres
