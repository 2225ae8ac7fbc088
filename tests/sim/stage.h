// What everybody in a run shares: the time, the dice, the story, and whether a fault strikes now.
#pragma once

#include <map>
#include <string>

#include "tests/sim/plan.h"
#include "tests/sim/schedule.h"
#include "tests/sim/story.h"

namespace voxdial::sim {

inline constexpr Millis beginning = 1'795'340'000'000;  // 2026-11-22T09:33:20Z
/// What every machine's steady clock says then.
inline constexpr Millis steady_at_beginning = 1'000;

class Stage {
 public:
  explicit Stage(const Plan& its_plan) : plan(its_plan) {}

  const Plan& plan;
  Schedule time{beginning};
  Dice dice{plan.seed ^ 0xD1CE};
  Story story{beginning};

  Millis calm_at() const { return beginning + plan.calm_at; }
  bool calm() const { return time.now() >= calm_at(); }
  bool strikes(Fault fault);
  void tell(std::string_view who, std::string what) {
    story.tell(time.now(), who, std::move(what));
  }

 private:
  std::map<Fault, int> occasions_;
};

/// "Sun, 22 Nov 2026 09:33:20 +0000", or null in JSON for 0.
std::string rfc2822(Millis at);
/// "Sun, 22 Nov 2026 09:33:20 GMT"
std::string http_date(Millis at);
/// "2026-11-22T09:33:20.000000Z"
std::string rfc3339(Millis at);
/// In quotation marks; `null` for 0.
std::string json_time(Millis at, std::string (*format)(Millis));

/// A form or a query, decoded.
std::multimap<std::string, std::string> fields_of(std::string_view form);
std::string field(const std::multimap<std::string, std::string>& fields, const std::string& name);

}  // namespace voxdial::sim
