// What follows from a call's row: pure.
//
// A row says what is wanted (Wish), what each vendor last said, and what is owed (Debt) with the
// time each debt is due. Everything that happens to a call (placing it, End, a callback, a look, a
// failure) only changes the row; reconcile() then says what is owed, and the worker pays it, again
// and again, until the row owes nothing. So a crash between any two steps changes nothing, and
// nothing is asked for ever: each debt has a last time.
//
//   wanted over, or the record is closed -> end_twilio, end_ultravox, until both vendors say "over"
//   one side over, the other live        -> the other is ended after `side_left_grace_ms`
//   a dial without a reply               -> look_twilio is a search
//   over                                 -> the price, the last words, the reason, for a while
#pragma once

#include <cstdint>
#include <optional>

#include "proxy/store/values.h"

namespace voxdial {

/// One side of a call, as its vendor last told it.
enum class Side : std::uint8_t {
  none,     ///< there is none: not asked for yet, or a web call's telephone
  lost,     ///< asked for, and the reply was lost: it may ring
  waiting,  ///< it exists; nobody is on the line (Twilio: queued, ringing; Ultravox: not joined)
  live,     ///< somebody is on the line
  over,
};
Side twilio_side(const StoredCall& row);
Side ultravox_side(const StoredCall& row);
/// Whether this call may still cost money or disturb somebody at either vendor.
bool may_live(const StoredCall& row);

/// A side that the other has left ends by itself within a moment; after this long it is ended.
inline constexpr Millis side_left_grace_ms = 4'000;

/// How long the request that dials may take, with what it takes to record its reply.
inline constexpr Millis dial_time_ms = 25'000;

/// The row with `owed` (and the wishes that follow from what was heard) as they must be at `now`.
StoredCall reconcile(StoredCall row, Millis now);

/// How long a call may stay as it is before it must be over whatever its vendors say: once it is
/// answered its hard limit, before that the agent's patience; and one minute.
Millis longest_stay(const StoredCall& row);

/// How Twilio is told to end a call: `canceled` reaches a call nobody has answered, `completed` one
/// on the line. What the call is may have changed since we last heard, so tries alternate.
enum class Verb : std::uint8_t { cancel, complete };
Verb verb_for(const StoredCall& row);

/// How a try went.
struct Tried {
  bool reached = true;    ///< the vendor gave an answer of use
  int retry_after_s = 0;  ///< the vendor asked for so much patience
  bool missing = false;   ///< the vendor says that there is no such call
};

/// The debt after one more try that did not settle it, with the time of the next; nothing when it
/// is given up for good.
std::optional<Owed> owed_again(const StoredCall& row, Debt what, const Tried& tried, Millis now);

/// A vendor that has said "no such call" so often and for so long means it.
inline constexpr Millis forgotten_after_ms = 15'000;
bool is_forgotten(const Owed& owed, Millis now, Millis patience_ms = forgotten_after_ms);

/// A search for a dial whose reply was lost has found nothing for so long that the record is closed
/// as `unknown`. Looking goes on, more rarely, for as long as the call could last.
bool search_is_hopeless(const StoredCall& row, const Owed& owed, bool vendor_answers, Millis now);

}  // namespace voxdial
