// PostgreSQL 15 or newer, through libpq. SQL text is prepared once per connection and kept; behind
// a pooler, which may give each transaction another connection, nothing is kept from one to the
// next. A connection that was lost is made again where nothing can have been half done: at the
// beginning of a transaction.
#pragma once

#include <memory>

#include "proxy/config/secret.h"
#include "proxy/store/db.h"
#include "proxy/store/faults.h"

namespace voxdial::postgres {

/// What the connection is for. Whoever writes begins with the lock that all writers take; a lease
/// is written without it, so that nobody waits for a claim.
enum class Use : std::uint8_t { write, read, lease };

/// Marks the database for as long as the connection lives, also after it was made again: as worked
/// on by one of several servers, or as nobody's but ours, which is refused while a server works on
/// it. A pooler knows no such marks.
enum class Claim : std::uint8_t { none, one_of_several, alone };

struct Options {
  Secret url;  ///< as libpq takes it: "postgresql://name:password@host/database?..."
  StoreFaults* faults = nullptr;
  Use use = Use::write;
  Claim claim = Claim::none;
};

Result<std::unique_ptr<db::Db>> open(const Options& options);

}  // namespace voxdial::postgres
