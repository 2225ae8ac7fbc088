// Paying what a call owes: one try of one debt, told to the recorder.
//
// The two `*_news` functions are pure: what a vendor says of a call, and the row as it is, to news.
#pragma once

#include <optional>

#include "proxy/calls/reconcile.h"
#include "proxy/calls/recorder.h"
#include "proxy/config/config.h"
#include "proxy/store/store.h"
#include "proxy/vendors/twilio/twilio.h"
#include "proxy/vendors/ultravox/ultravox.h"
#include "proxy/world.h"
#include "shared/result.h"

namespace voxdial {

CallUpdate twilio_news(const twilio::Call& call);

/// For a web call Ultravox is the truth about its state. For a phone call Twilio is, and Ultravox
/// adds when it was joined and why it ended.
CallUpdate ultravox_news(const StoredCall& row, const ultravox::Call& call);

/// Whether what a vendor says is about this call: its id, and for Twilio both numbers. A reply
/// about another call is not believed in anything.
bool is_about(const StoredCall& row, const twilio::Call& call, const Config& config);
bool is_about(const StoredCall& row, const ultravox::Call& call);

/// What the page shows while a call is looked for whose dial request was not answered.
inline constexpr std::string_view looked_for =
    "Asking Twilio whether the call was placed: its answer was lost. Do not press again.";

/// The call of a dial whose reply was lost, if it can be told from all others: the only one that no
/// row knows, made by a request like ours between our two numbers while ours was under way. One
/// made later may be another program's: it is taken only when the agent says that somebody came on
/// the line. The error is Twilio's (or the store's): then nobody knows.
Result<std::optional<twilio::Call>> find_lost_dial(const Config& config, const World& world,
                                                   Store& store, const StoredCall& row);

struct Payer {
  const Config& config;
  const World& world;
  Store& store;
  Recorder& recorder;

  /// One try. `live`: how many calls are live. `past_limit`: the row has outlived its hard limit.
  void pay(const StoredCall& row, Debt what, int live, bool past_limit) const;
};

}  // namespace voxdial
