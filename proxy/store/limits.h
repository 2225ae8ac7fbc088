// Counting what calls use up, in rows. Everything here runs inside a transaction of the writer, so
// looking and taking cannot be interleaved by anybody.
#pragma once

#include <optional>

#include "proxy/store/call_row.h"
#include "proxy/store/sqlite.h"
#include "proxy/store/values.h"

namespace voxdial {

/// How many calls there have been before, which numbers the next one of each.
struct Places {
  std::int64_t everyone = 0;
  std::int64_t person = 0;
  std::int64_t address = 0;
  std::int64_t number = 0;
};
Places places_taken(db::Db& db, const NewCall& call);

/// Why `call` may not be placed now, with retry_after_s; nullopt when it fits every limit.
std::optional<Error> over_limit(db::Db& db, const NewCall& call, const CallLimits& limits,
                                const Places& taken, Millis now);

/// When the clock was set back, brings what was counted in the "future" to now: it is counted for
/// at most one window more, and nobody is locked out until a date that may never come.
void forget_the_future(db::Db& db, Millis now);

/// What a call counts for: its longest length until it is over, then its real one; the longest
/// again when nobody can tell.
struct Usage {
  std::int64_t seconds = 0;
  Micros micros = 0;
  friend bool operator==(const Usage&, const Usage&) = default;
};
Usage usage(const StoredCall& stored);

/// Adds to (or takes from) the hour that `counted_at` is in.
void count_usage(db::Db& db, Millis counted_at, const Usage& more);
/// A call of this person begins (+1) or has ended (-1).
void count_running(db::Db& db, std::string_view person, int change);

}  // namespace voxdial
