// Counting what calls use up, by asking the rows. Everything here runs inside a transaction of the
// writer, so looking and taking cannot be interleaved by anybody.
#pragma once

#include <optional>

#include "proxy/store/db.h"
#include "proxy/store/values.h"

namespace voxdial {

/// What is in use now: the live calls, and what the calls of the last day may last and cost. Read
/// again only when it may have changed: whoever begins or ends a call says so.
struct InUse {
  std::int64_t epoch = -1;  ///< of the Db when it was read; -1: read it again
  std::int64_t first_hour = 0;
  std::int64_t live = 0;
  std::int64_t seconds = 0;
  Micros micros = 0;

  void add(const NewCall& call);  ///< it has been admitted
  void forget() { epoch = -1; }   ///< a call has ended, or has turned out longer or shorter
};

/// The call that was admitted last; zeros when there is none.
struct Newest {
  std::int64_t seq = 0;
  Millis counted_at = 0;
};
Newest newest_call(db::Db& db);

/// Why `call` may not be placed now, with retry_after_s; nullopt when it fits every limit.
std::optional<Error> over_limit(db::Db& db, const NewCall& call, const CallLimits& limits,
                                const Newest& newest, InUse& in_use, Millis now);

/// When the clock was set back, brings what was counted in the "future" to now: it is counted for
/// at most one window more, and nobody is locked out until a date that may never come.
void forget_the_future(db::Db& db, const Newest& newest, InUse& in_use, Millis now);

}  // namespace voxdial
