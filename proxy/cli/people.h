// The commands that name people and scripts: `voxdial user ...` and `voxdial token ...`.
#pragma once

#include <span>
#include <string_view>

#include "proxy/cli/console.h"

namespace voxdial {

/// The lines of `voxdial help` about people.
std::string_view people_usage();

/// Carries out `words` ("user add NAME [supervisor]", "user list", "user remove NAME", "token add
/// NAME USER", "token list", "token remove NAME"). A password is read from the terminal's first
/// line (never from the command line, where every process can read it). The exit status: 0, 1 for a
/// failure, 2 for words that are no command. Everything but lists is audited.
int people_command(const Console& console, std::span<const std::string_view> words);

}  // namespace voxdial
