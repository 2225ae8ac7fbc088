// Looking at a call: what the vendors say of it, as news.
//
// The two `*_news` functions are pure: a vendor's call and the row as it is, to news for the board.
// The other functions ask one vendor and return what is known then; they dial nothing.
#pragma once

#include <optional>
#include <string>

#include "proxy/calls/board.h"
#include "proxy/config/config.h"
#include "proxy/store/store.h"
#include "proxy/twilio/twilio.h"
#include "proxy/ultravox/ultravox.h"
#include "proxy/world.h"
#include "shared/result.h"

namespace voxdial {

/// Twilio's word with our knowledge: a call that we ended before it was answered is `canceled`,
/// whatever Twilio calls it.
CallNews twilio_news(const StoredCall& stored, const twilio::Call& call);

/// For a web call Ultravox is the truth about its state. For a phone call Twilio is, and Ultravox
/// adds when it was joined and why it ended.
CallNews ultravox_news(const StoredCall& stored, const ultravox::Call& call);

/// What the page shows while a call is looked for whose dial request was not answered.
inline constexpr std::string_view looked_for =
    "Asking Twilio whether the call was placed: its answer was lost. Do not press again.";

/// The phone call whose create answer was lost, if Twilio has it: the one call to that number since
/// `dialled_at` that no row of ours knows. Nothing when there is none, or more than one. The error
/// is Twilio's (or the store's): then nobody knows.
Result<std::optional<twilio::Call>> find_lost_call(const Config& config, const World& world,
                                                   Store& store, const StoredCall& stored,
                                                   Millis dialled_at);

/// Tells Twilio to end a call, and the board what came of it; `why` is set in that news when the
/// call ended by this. A call that was over already is no error; not_found when Twilio does not
/// know it.
Result<void> end_at_twilio(const Config& config, const World& world, Board& board,
                           const StoredCall& stored, bool CallNews::*why = &CallNews::hung_up_here);

/// What is still to be done about the machine that answered, after the call's own choice, and at
/// which vendor. Pure. A fax hears no message; what Twilio cannot tell is left to the agent.
enum class MachineStep : std::uint8_t { nothing, hang_up_at_twilio, tell_agent_at_ultravox };
MachineStep machine_step(const StoredCall& stored);
/// REQUIRES: it is not `nothing`. The error is the vendor's (or the store's): try again.
Result<void> take_machine_step(const Config& config, const World& world, Board& board,
                               const StoredCall& stored);

/// Where reading a call's messages goes on.
struct MessagePlace {
  std::string cursor;
  int first_index = 0;
};

/// One look at each vendor; the board is told. The error is the vendor's (or the store's).
Result<Recorded> look_at_twilio(const Config& config, const World& world, Board& board,
                                const StoredCall& stored);
Result<Recorded> look_at_ultravox(const World& world, Board& board, const StoredCall& stored);
/// Reads the messages that are new since `place`; moves it on.
Result<void> look_at_messages(const World& world, Board& board, const StoredCall& stored,
                              MessagePlace& place);

}  // namespace voxdial
