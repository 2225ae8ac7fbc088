// The commands that carry whole records about: `voxdial backup`, `restore` and `store copy`.
#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

#include "proxy/config/config.h"
#include "proxy/world.h"

namespace voxdial {

/// The lines for `voxdial help`.
std::string_view records_usage();

/// `words` begins with "backup", "restore" or "store". A backup may be taken while a proxy serves;
/// what is restored or copied to must be empty and not served, and what is copied from not be
/// served either: calls that it placed meanwhile would be missing. A file that is written appears
/// when it is whole. The exit status.
int records_command(const Config& config, const World& world,
                    std::span<const std::string_view> words, std::ostream& out, std::ostream& err);

}  // namespace voxdial
