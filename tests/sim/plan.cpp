#include "tests/sim/plan.h"

#include <algorithm>

namespace voxdial::sim {
namespace {

constexpr std::string_view names[] = {
    "unreachable",   "request lost",   "reply lost",  "worked off late", "slow",
    "busy",          "broken",         "garbage",     "about another",   "forgets",
    "long queue",    "between states", "shrugs",      "stays live",      "frozen",
    "late price",    "others call",    "agent stays", "endless pages",   "callback lost",
    "callback late", "callback twice", "disk fails",  "killed",          "clock jumps"};
static_assert(std::size(names) == static_cast<std::size_t>(Fault::count));

Callee draw_callee(Dice& dice, const Plan& plan) {
  Callee callee;
  callee.queue_ms = dice.chance(200) ? dice.between(1'000, 8'000) : 0;
  if (dice.chance(plan.rate(Fault::long_queue))) callee.queue_ms = dice.between(60'000, 900'000);
  callee.rings_ms = dice.between(500, 25'000);
  if (dice.chance(250)) {
    callee.outcome = dice.pick(std::vector<std::string>{"busy", "failed", "no-answer"});
  }
  callee.talk_ms = dice.chance(250) ? 3'600'000 : dice.between(200, 60'000);
  callee.agent_ends = dice.chance(500);
  callee.machine = dice.chance(200);
  return callee;
}

/// Drawn last, so that what else a seed means is the same with one proxy.
void draw_second_proxy(Dice& dice, Plan& plan) {
  plan.proxies = 2;
  for (Kill& kill : plan.kills) kill.proxy = static_cast<int>(dice.between(0, 1));
  for (Millis when = 0; plan.stalls.size() < 3 && dice.chance(400);) {
    when += dice.chance(500) ? dice.between(400, 3'000) : dice.between(3'000, 60'000);
    plan.stalls.push_back(
        {when, dice.between(1'000, 30'000), static_cast<int>(dice.between(0, 1))});
  }
}

}  // namespace

std::string_view name(Fault fault) { return names[static_cast<std::size_t>(fault)]; }

Plan draw_plan(std::uint64_t seed) {
  Dice dice(seed);
  Plan plan;
  plan.seed = seed;
  // A random few kinds of faults each time: with all at once nothing would ever get far enough to
  // go wrong rarely.
  const int kinds = static_cast<int>(dice.between(0, 350));
  for (int& rate : plan.per_mille) {
    if (dice.chance(kinds))
      rate = static_cast<int>(dice.chance(300) ? dice.between(300, 700) : dice.between(20, 200));
  }
  plan.callbacks = dice.chance(600);
  if (dice.chance(300)) plan.vendors_clock_ms = dice.between(-4'000, 4'000);
  const bool same_number = dice.chance(400);
  const auto presses = dice.between(1, 3);
  Millis at = 500;
  for (int i = 0; i < presses; ++i) {
    Press press;
    press.at = at;
    press.phone = dice.chance(800);
    press.to = "+120255501" + std::to_string(same_number ? 10 : 10 + i);
    press.callee = draw_callee(dice, plan);
    press.voicemail =
        dice.pick(std::vector{Voicemail::carry_on, Voicemail::hang_up, Voicemail::leave_message});
    for (Millis again = at; press.again_at.size() < 3 && dice.chance(250);) {
      press.again_at.push_back(again += dice.between(10, 12'000));
    }
    for (Millis end = at;
         press.end_at.size() < 3 && dice.chance(press.end_at.empty() ? 600 : 300);) {
      press.end_at.push_back(end += dice.chance(500) ? dice.between(0, 3'000)
                                                     : dice.between(3'000, 90'000));
    }
    if (!press.phone && dice.chance(500)) press.leaves_at = at + dice.between(100, 40'000);
    press.tab_notices = dice.chance(600);
    at += dice.chance(400) ? dice.between(0, 2'000) : dice.between(2'000, 60'000);
    plan.presses.push_back(std::move(press));
  }
  for (Millis when = 0;
       plan.kills.size() < 3 && dice.chance(plan.rate(Fault::killed) > 0 ? 800 : 0);) {
    when += dice.chance(500) ? dice.between(400, 3'000) : dice.between(3'000, 60'000);
    plan.kills.push_back({when, static_cast<int>(dice.chance(600) ? dice.between(1, 60) : 0),
                          dice.between(100, 30'000)});
  }
  plan.calm_at = dice.chance(700) ? dice.between(5'000, 90'000) : dice.between(90'000, 600'000);
  if (dice.chance(250)) draw_second_proxy(dice, plan);
  std::erase_if(plan.kills, [&](const Kill& kill) { return kill.at >= plan.calm_at; });
  std::erase_if(plan.stalls, [&](const Stall& stall) { return stall.at >= plan.calm_at; });
  return plan;
}

std::string words(const Plan& plan) {
  std::string out = "seed " + std::to_string(plan.seed) +
                    (plan.proxies > 1 ? ", two proxies" : "") +
                    (plan.callbacks ? ", callbacks" : ", no callbacks") + ", Twilio's clock " +
                    std::to_string(plan.vendors_clock_ms) + " ms ahead, calm from " +
                    std::to_string(plan.calm_at / 1000) + " s; faults:";
  for (std::size_t i = 0; i < plan.per_mille.size(); ++i) {
    if (plan.per_mille[i] != 0)
      out += " " + std::string(names[i]) + " " + std::to_string(plan.per_mille[i]);
  }
  return out + "\n";
}

}  // namespace voxdial::sim
