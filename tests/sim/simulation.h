// One run: a plan played to its end, and what came of it.
#pragma once

#include <optional>
#include <string>

#include "tests/sim/plan.h"

namespace voxdial::sim {

struct Outcome {
  std::optional<std::string> broken;  ///< the rule that does not hold
  std::string story;  ///< the timeline, of a run that broke a rule or was to be told
  int asked = 0;      ///< requests to vendors
  int events = 0;
};

Outcome play(const Plan& plan, bool tell = false);

}  // namespace voxdial::sim
