#include "tests/sim/seeds.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "tests/sim/schedule.h"
#include "tests/sim/simulation.h"

namespace voxdial::sim {
namespace {

/// The store's thread and the one that waits for it are never at work at the same time: on one core
/// each wakes the other fastest.
void stay_on_core(std::uint64_t number) {
#if defined(__linux__)
  cpu_set_t core;
  CPU_ZERO(&core);
  CPU_SET(number, &core);
  ::sched_setaffinity(0, sizeof core, &core);
#endif
}

/// One line a broken seed: its number, a tab, the rule.
void run_share(std::uint64_t first, std::uint64_t count, std::uint64_t share, std::uint64_t shares,
               int out) {
  for (std::uint64_t seed = first + share; seed < first + count; seed += shares) {
    Outcome outcome;
    try {
      outcome = play(draw_plan(seed));
    } catch (const std::exception& thrown) {
      outcome.broken = std::string("it throws: ") + thrown.what();
    } catch (const Killed&) {
      outcome.broken = "a process dies outside of its own work";
    }
    if (!outcome.broken) continue;
    const std::string line = std::to_string(seed) + '\t' + *outcome.broken + '\n';
    if (::write(out, line.data(), line.size()) < 0) return;
  }
}

}  // namespace

std::vector<BrokenSeed> run_seeds(std::uint64_t first, std::uint64_t count) {
  const std::uint64_t shares = std::max(1U, std::thread::hardware_concurrency());
  int ends[2];
  if (::pipe(ends) != 0) return {{0, "no pipe"}};
  std::vector<pid_t> children;
  for (std::uint64_t share = 0; share < shares; ++share) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      stay_on_core(share);
      try {
        run_share(first, count, share, shares, ends[1]);
      } catch (...) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  std::vector<BrokenSeed> broken;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0)
      broken.push_back({0, "a process that ran seeds died: status " + std::to_string(status)});
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at), tab = text.find('\t', at);
    broken.push_back({std::stoull(text.substr(at, tab - at)), text.substr(tab + 1, end - tab - 1)});
    at = end + 1;
  }
  std::sort(broken.begin(), broken.end(),
            [](const auto& a, const auto& b) { return a.seed < b.seed; });
  return broken;
}

}  // namespace voxdial::sim
