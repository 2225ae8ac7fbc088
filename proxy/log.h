// The log: one line an event, `key=value`, made to be read by a person and grepped by a script.
// Never a secret, a whole number, a join URL or a body: the fields are chosen where the line is
// made.
#pragma once

#include <string>

#include "proxy/world.h"

namespace voxdial {

/// "2026-11-22T10:57:24.123Z info call_placed id=call_x medium=twilio to=+1..43". Values with
/// spaces, quotes, '=' or control characters are quoted and escaped, so that no value can forge a
/// line; a value longer than 300 bytes is cut.
std::string format_log_line(const LogLine& line, Millis now);

}  // namespace voxdial
