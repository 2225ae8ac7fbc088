#include "proxy/upkeep.h"

#include <chrono>

namespace voxdial {
namespace {

constexpr Millis day_ms = 86'400'000;

void report(const World& world, std::string event, const Error& error) {
  world.log({.level = LogLine::Level::warning,
             .event = std::move(event),
             .fields = {{"why", error.message}}});
}

}  // namespace

void tidy(const Config& config, const World& world, Store& store) {
  const Millis now = world.now();
  if (auto removed = store.remove_dead_sessions(now); !removed) {
    report(world, "sessions_not_tidied", removed.error());
  }
  if (auto removed = store.remove_old_tries(now); !removed) {
    report(world, "login_tries_not_tidied", removed.error());
  }
  if (auto summed = store.sum_up_refusals(now); !summed) {
    report(world, "refusals_not_summed_up", summed.error());
  }
  if (config.retention_days == 0) return;
  const auto pruned = store.prune(now - config.retention_days * day_ms, now);
  if (!pruned) {
    report(world, "retention_failed", pruned.error());
  } else if (pruned->calls > 0) {
    world.log({.level = LogLine::Level::info,
               .event = "retention",
               .fields = {{"calls", std::to_string(pruned->calls)},
                          {"audit_rows", std::to_string(pruned->audit_rows)}}});
  }
}

Upkeep::Upkeep(const Config& config, const World& world, Store& store) {
  rounds_.start(std::chrono::hours(1), [&config, &world, &store] {
    tidy(config, world, store);
    return true;
  });
}

}  // namespace voxdial
