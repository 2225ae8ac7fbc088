// As many seeds as SIM_SEEDS says, from SIM_FIRST on; scripts/simulate sets both.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "tests/sim/seeds.h"
#include "tests/sim/simulation.h"

using namespace voxdial::sim;

namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Names apart, the same rule.
std::string kind_of(std::string rule) {
  std::erase_if(rule, [](char c) { return c >= '0' && c <= '9'; });
  return rule;
}

}  // namespace

TEST_CASE("whatever the world does, no rule is broken", "[seeds]") {
  const std::uint64_t first = number_from("SIM_FIRST", 1), count = number_from("SIM_SEEDS", 8'000);
  const auto broken = run_seeds(first, count);
  std::map<std::string, std::pair<int, BrokenSeed>> kinds;
  for (const BrokenSeed& one : broken) {
    auto& [times, example] = kinds.try_emplace(kind_of(one.rule), 0, one).first->second;
    ++times;
  }
  for (const auto& [kind, known] : kinds) {
    std::printf("%6d times, first seed %llu: %s\n", known.first,
                static_cast<unsigned long long>(known.second.seed), known.second.rule.c_str());
  }
  if (!broken.empty()) {
    if (broken.front().seed != 0) std::puts(play(draw_plan(broken.front().seed)).story.c_str());
    FAIL_CHECK(broken.size() << " of " << count << " seeds broke a rule");
  }
  SUCCEED("no seed broke a rule");
}
