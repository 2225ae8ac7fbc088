// Stories that once ended badly, by name; what each of them broke is a rule of
// tests/sim/invariants.h.
#include <catch2/catch_test_macros.hpp>

#include <cstdio>
#include <cstdlib>

#include "tests/sim/simulation.h"

using namespace voxdial;
using namespace voxdial::sim;

namespace {

constexpr Millis second = 1'000;

Press phone_press(Millis at = 500) {
  Press press;
  press.at = at;
  press.to = "+12025550110";
  press.callee.talk_ms = 3'600 * second;  // until somebody or something ends it
  return press;
}

Plan plan_of(std::vector<Press> presses, std::vector<Forced> forced = {}) {
  Plan plan;
  plan.presses = std::move(presses);
  plan.forced = std::move(forced);
  return plan;
}

void holds(const Plan& plan) {
  const Outcome outcome = play(plan, std::getenv("SIM_TELL") != nullptr);
  if (!outcome.story.empty()) std::puts(outcome.story.c_str());
  CHECK(outcome.broken.value_or("") == "");
}

}  // namespace

TEST_CASE("a call that is placed, answered and hung up is on record as it was", "[sim]") {
  for (const bool callbacks : {true, false}) {
    Plan plan = plan_of({phone_press()});
    plan.callbacks = callbacks;
    plan.presses[0].callee.talk_ms = 20 * second;
    holds(plan);
  }
}

TEST_CASE(
    "End ends a talk whose dial reply was lost, also when the call cannot be told from another",
    "[sim]") {
  Press press = phone_press();
  press.end_at = {15 * second};
  Plan plan = plan_of({press}, {{Fault::reply_lost, Verb::dial}});
  plan.callbacks = false;
  plan.others_at = {700};
  holds(plan);
}

TEST_CASE("End ends a call in Twilio's queue although Twilio says once that it is in another state",
          "[sim]") {
  Press press = phone_press();
  press.callee.queue_ms = 60 * second;
  press.end_at = {5 * second};
  holds(plan_of({press}, {{Fault::between_states}}));
}

TEST_CASE("End ends a call whose end Twilio confirmed and did not carry out", "[sim]") {
  Press press = phone_press();
  press.callee.queue_ms = 60 * second;
  press.end_at = {5 * second};
  holds(plan_of({press}, {{Fault::shrugs}}));
}

TEST_CASE("a call whose agent has waited too long is canceled in Twilio's queue", "[sim]") {
  Press press = phone_press();
  press.callee.queue_ms = 600 * second;
  holds(plan_of({press}));
}

TEST_CASE("a reply about another call is not believed", "[sim]") {
  for (const Verb verb :
       {Verb::dial, Verb::look, Verb::update, Verb::make_agent, Verb::look_at_agent}) {
    CAPTURE(static_cast<int>(verb));
    Press press = phone_press();
    press.end_at = {40 * second};
    Plan plan = plan_of({press}, {{Fault::about_another, verb, 1, 2}});
    plan.callbacks = false;
    holds(plan);
  }
}

TEST_CASE(
    "a call of which Twilio says for ever that it is in progress leaves the list of live calls",
    "[sim]") {
  Plan plan = plan_of({phone_press()}, {{Fault::frozen, Verb::any, 12}});
  plan.callbacks = false;
  holds(plan);
}

TEST_CASE("a restart just after a call's end loses neither its price nor its last words", "[sim]") {
  Press press = phone_press();
  press.callee.talk_ms = 10 * second;
  for (const Millis after : {100, 400, 900, 2'000}) {
    Plan plan = plan_of({press});
    plan.callbacks = false;
    plan.kills = {
        {.at = 500 + 800 + 5'000 + 10'000 + 400 + after, .store_steps = 0, .down_ms = 20 * second}};
    holds(plan);
  }
}

TEST_CASE("two calls to one number whose dial replies were lost are known by their callbacks",
          "[sim]") {
  Press first = phone_press(), second_one = phone_press(600);
  first.end_at = second_one.end_at = {60 * second};
  holds(plan_of({first, second_one}, {{Fault::reply_lost, Verb::dial, 1, 2}}));
}

TEST_CASE("a dial that Twilio works off after we have given up waiting is known by its callbacks",
          "[sim]") {
  Press press = phone_press();
  press.end_at = {120 * second};
  holds(plan_of({press}, {{Fault::worked_off_late, Verb::dial}}));
}

TEST_CASE("a call that nobody answered is not asked about for ever", "[sim]") {
  Press press = phone_press();
  press.callee.outcome = "busy";
  holds(plan_of({press}));
}

TEST_CASE("message pages that never end are read for a while only", "[sim]") {
  Press press = phone_press();
  press.end_at = {60 * second};
  holds(plan_of({press}, {{Fault::endless_pages}}));
}

TEST_CASE("an agent that Ultravox denies for a while is hung up on all the same", "[sim]") {
  Press press = phone_press();
  press.callee.outcome = "answers";
  press.end_at = {15 * second};
  // Its end is asked for as soon as it is wanted; the telephone's side does not take it along.
  Plan plan = plan_of({press}, {{Fault::agent_stays},
                                {Fault::forgets, Verb::look_at_agent, 6, 12},
                                {Fault::unreachable, Verb::say, 1, 4}});
  plan.callbacks = false;
  holds(plan);
}

TEST_CASE("a call goes on through the other of two proxies when either is killed or stands still",
          "[sim]") {
  for (const int proxy : {0, 1}) {
    for (const Millis at : {600, 900, 7'000, 16'000}) {
      CAPTURE(proxy, at);
      Press press = phone_press();
      press.end_at = {15 * second};
      Plan plan = plan_of({press});
      plan.proxies = 2;
      plan.callbacks = false;
      plan.kills = {{.at = at, .store_steps = 0, .down_ms = 600 * second, .proxy = proxy}};
      holds(plan);
      plan.kills.clear();
      plan.stalls = {{.at = at, .for_ms = 40 * second, .proxy = proxy}};
      holds(plan);
    }
  }
}

TEST_CASE("a key that is pressed at two proxies dials once", "[sim]") {
  Press press = phone_press();
  press.again_at = {500, 501, 510, 600, 900};
  press.end_at = {20 * second};
  for (const auto& forced : {std::vector<Forced>{}, {{Fault::reply_lost, Verb::dial}}}) {
    Plan plan = plan_of({press}, forced);
    plan.proxies = 2;
    holds(plan);
  }
}
