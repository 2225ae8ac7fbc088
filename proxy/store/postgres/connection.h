// PostgreSQL 15 or newer, through libpq. SQL text is prepared once per connection and kept, so a
// pooler between must leave a session its connection. A connection that was lost is made again
// where nothing can have been half done: at the beginning of a transaction.
#pragma once

#include <memory>

#include "proxy/config/secret.h"
#include "proxy/store/db.h"
#include "proxy/store/faults.h"

namespace voxdial::postgres {

struct Options {
  Secret url;  ///< as libpq takes it: "postgresql://name:password@host/database?..."
  StoreFaults* faults = nullptr;
  /// Marks the database as served from for as long as the connection lives, also after it was made
  /// again; refused while another's does. So of two servers at most one can write.
  bool serving = false;
};

Result<std::unique_ptr<db::Db>> open(const Options& options);

}  // namespace voxdial::postgres
