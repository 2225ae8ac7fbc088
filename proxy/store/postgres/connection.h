// PostgreSQL 15 or newer, through libpq. A connection that was lost is made again where nothing can
// have been half done: at the beginning of a transaction.
#pragma once

#include <memory>

#include "proxy/config/secret.h"
#include "proxy/store/db.h"
#include "proxy/store/faults.h"

namespace voxdial::postgres {

struct Options {
  Secret url;  ///< as libpq takes it: "postgresql://name:password@host/database?..."
  StoreFaults* faults = nullptr;
};

Result<std::unique_ptr<db::Db>> open(const Options& options);

/// A connection whose session marks the database as served from, until it is closed; refused when
/// another's does.
Result<std::unique_ptr<db::Db>> claim(const Options& options);

}  // namespace voxdial::postgres
