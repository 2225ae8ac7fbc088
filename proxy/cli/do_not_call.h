// `voxdial donotcall`: numbers nobody here may call, for the operator's terminal. The list takes
// effect at once, also in a proxy that runs; DO_NOT_CALL_FILE is a second one, read at the start.
//
// Numbers are stored and looked up in one form (canonical_number), so that a listed number cannot
// be dialled by writing it in another way.
#pragma once

#include <span>
#include <string_view>

#include "proxy/cli/console.h"
#include "proxy/policy/phone.h"

namespace voxdial {

/// The lines for `voxdial help`.
std::string_view do_not_call_usage();

/// `words` begins with "donotcall". A number without "+" is read as one of the caller number's
/// country. What is done is audited. The process's exit status.
int do_not_call_command(const Console& console, std::span<const std::string_view> words,
                        const PhonePolicy& policy);

}  // namespace voxdial
