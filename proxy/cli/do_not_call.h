// `voxdial donotcall`: numbers nobody here may call, for the operator's terminal. The list takes
// effect at once, also in a proxy that runs; DO_NOT_CALL_FILE is a second one, read at the start.
//
// Numbers go in and are looked for in the policy's one writing (canonical_number), so that no other
// dress of a number on the list can be dialled.
#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

#include "proxy/policy/phone.h"
#include "proxy/store/store.h"
#include "proxy/world.h"

namespace voxdial {

/// The lines for `voxdial help`.
std::string_view do_not_call_usage();

/// `words` begins with "donotcall". A number without "+" is read as one of the caller number's
/// country. What is done is audited. The process's exit status.
int do_not_call_command(std::span<const std::string_view> words, std::ostream& out,
                        std::ostream& err, const PhonePolicy& policy, const World& world,
                        Store& store);

}  // namespace voxdial
