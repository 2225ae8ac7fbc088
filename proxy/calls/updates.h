// What is learned of a call: from what a vendor said, and from what no vendor says any more.
#pragma once

#include <string>

#include "proxy/calls/reconcile.h"
#include "proxy/config/config.h"
#include "proxy/store/values.h"
#include "proxy/vendors/twilio/twilio.h"
#include "proxy/vendors/ultravox/ultravox.h"
#include "proxy/world.h"

namespace voxdial {

/// An update that says nothing yet but what happened and who says so; the rest is filled in.
CallUpdate make_update(std::string what, std::string source, std::string detail);

CallUpdate twilio_update(const twilio::Call& call);

/// Ultravox decides the state of a web call. Of a phone call Twilio does, and Ultravox adds when
/// the agent was joined and why it left.
CallUpdate ultravox_update(const StoredCall& row, const ultravox::Call& call);

/// Whether what a vendor says is about this call: its id, and for Twilio both numbers. A reply
/// about another call is not believed in anything.
bool is_about(const StoredCall& row, const twilio::Call& call, const Config& config);
bool is_about(const StoredCall& row, const ultravox::Call& call);
/// What Ultravox says now of this call's agent.
Result<ultravox::Call> ask_about_agent(const World& world, const StoredCall& row);

/// Completes `update`, what a try at `what` has told, for a call that must be closed whatever its
/// vendors say: one that its deciding vendor does not know any more, or one that has outlived its
/// limit. What is left of it at the vendors is still ended.
void close_if_due(const StoredCall& row, Debt what, const Tried& tried, bool past_limit, Millis now,
                  CallUpdate& update);

}  // namespace voxdial
