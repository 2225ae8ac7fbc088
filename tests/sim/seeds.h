// Many seeds, over all cores.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace voxdial::sim {

struct BrokenSeed {
  std::uint64_t seed;
  std::string rule;
};

/// Those of `count` seeds from `first` on that break a rule, by seed. Forks: call it without
/// threads.
std::vector<BrokenSeed> run_seeds(std::uint64_t first, std::uint64_t count);

}  // namespace voxdial::sim
