// A dial whose reply was lost: is there such a call?
#pragma once

#include <optional>
#include <string_view>

#include "proxy/config/config.h"
#include "proxy/store/store.h"
#include "proxy/vendors/twilio/twilio.h"
#include "proxy/world.h"

namespace voxdial {

/// What the page shows while a call is looked for whose dial request was not answered.
inline constexpr std::string_view looked_for =
    "Asking Twilio whether the call was placed: its answer was lost. Do not press again.";

/// Whether this call at Twilio may be what the dial request of that row has made, by the number and
/// the time; the reply to the request is not known.
bool may_have_dialled(const StoredCall& row, const twilio::Call& call);

/// The call of a dial whose reply was lost, if it can be told from all others: the only one that no
/// row knows, made by a request like ours between our two numbers while ours was under way. One
/// made later may be another program's: it is taken only when the agent says that somebody came on
/// the line. The error is a vendor's (or the store's): then nobody knows.
Result<std::optional<twilio::Call>> find_lost_dial(const Config& config, const World& world,
                                                   Store& store, const StoredCall& row);

}  // namespace voxdial
