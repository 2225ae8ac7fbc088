// The command line: everything `voxdial` does but serve. The verbs work on DATA_DIR beside a proxy
// that serves from it.
#pragma once

#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proxy/config/config.h"
#include "proxy/world.h"
#include "shared/api.h"

namespace voxdial {

std::string help();

/// The doctor's report for a terminal: a line a check, its remedy below it.
std::string to_text(const DoctorReport& report);

/// `health`, `audit verify`, `doctor`, `user`, `token`, `donotcall`, `backup`, `restore` and `store
/// copy`. Nothing for words that are none of these; else the exit status.
std::optional<int> run_command(std::span<const std::string_view> words, const Config& config,
                               const World& world, std::istream& in, std::ostream& out,
                               std::ostream& err);

}  // namespace voxdial
