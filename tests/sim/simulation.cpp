#include "tests/sim/simulation.h"

#include "tests/sim/invariants.h"

namespace voxdial::sim {
namespace {

constexpr Millis hour = 3'600'000;
constexpr Millis all_told_ms =
    72 * hour;  // prices may come late; after that nothing is asked any more
constexpr Millis silence_ms = 48 * hour;

struct Run {
  Stage stage;
  UltravoxMachine ultravox{stage};
  TwilioMachine twilio{stage, ultravox};
  Network network{stage, twilio, ultravox};
  Processes processes{stage, network};
  People people{stage, processes, ultravox};
  Invariants invariants{stage, processes, network, twilio, ultravox, people};
  std::map<std::string, std::size_t> dialled;  // how many calls a number had
  int events = 0;

  explicit Run(const Plan& plan) : stage(plan) {
    twilio.callee_of = [this](const std::string& to) { return callee_of(to); };
    twilio.on_dialled = [](const PhoneCall&) {};
    twilio.post = ultravox.post = [this](Callback callback) { post(std::move(callback)); };
  }

  /// The n-th call to a number meets what the plan says of the n-th press of it.
  Callee callee_of(const std::string& to) {
    std::size_t nth = dialled[to]++;
    for (const Press& press : stage.plan.presses) {
      if (press.phone && press.to == to && nth-- == 0) return press.callee;
    }
    return {};
  }

  void post(Callback callback) {
    if (stage.strikes(Fault::callback_lost))
      return stage.tell("network", "loses the callback: " + callback.words);
    const int times = stage.strikes(Fault::callback_twice) ? 2 : 1;
    for (int i = 0; i < times; ++i) {
      const Millis way = stage.strikes(Fault::callback_late) ? stage.dice.between(1'000, 60'000)
                                                             : stage.dice.between(20, 300);
      stage.time.after(way, [this, callback] { deliver(callback, 0); });
    }
  }

  void deliver(const Callback& callback, int tries) {
    const bool twilio_calls = callback.vendor == Vendor::twilio;
    const auto again = [this, callback, tries, twilio_calls] {
      if (tries >= (twilio_calls ? 1 : 10)) return;
      stage.time.after(twilio_calls ? 1'000 : 30'000 << tries,
                       [this, callback, tries] { deliver(callback, tries + 1); });
    };
    Process* const process = processes.front();
    if (process == nullptr) return again();
    process->serve(
        [this, callback, again, process](Middle& middle) {
          const int status = middle.hear(callback);
          stage.tell("callback", callback.words + ": " + std::to_string(status));
          if (!process->up() || status >= 300) return again();
          const auto sid = callback.body.find("CallSid=");
          // What tells of a machine names no numbers, and so is not believed to say whose call it
          // is.
          const bool tells_whose = !callback.path.ends_with("/amd");
          if (sid != std::string::npos && tells_whose)
            invariants.callback_delivered(callback.body.substr(sid + 8, 34));
        },
        again);
  }

  Process& process(int number) { return processes.all.at(static_cast<std::size_t>(number)); }
  Process& some() {
    return processes.all.size() == 1 ? process(0)
                                     : process(static_cast<int>(stage.dice.between(0, 1)));
  }

  void expect_take_over() {
    if (processes.all.size() == 1) return;
    stage.time.after(take_over_ms, [this, since = stage.time.now()] { see_take_over(since, 0); });
  }
  void see_take_over(Millis since, int looks) {
    constexpr int most_looks = 300;
    if (looks == most_looks || invariants.taken_over(since)) return;
    stage.time.after(100, [this, since, looks] { see_take_over(since, looks + 1); });
  }

  void faults() {
    stage.time.at(stage.calm_at(), [this] {
      for (Process& one : processes.all) one.spare();
    });
    for (const Kill& kill : stage.plan.kills) {
      stage.time.at(beginning + kill.at, [this, kill] { process(kill.proxy).kill(kill); });
    }
    for (const Stall& stall : stage.plan.stalls) {
      stage.time.at(beginning + stall.at, [this, stall] { process(stall.proxy).stall(stall); });
    }
    for (const Millis at : stage.plan.others_at) {
      stage.time.at(beginning + at, [this] {
        twilio.others_call(stage.plan.presses.front().to, processes.config().twilio_number);
      });
    }
    for (Millis at = 2'000; at < stage.plan.calm_at; at += 9'000) {
      stage.time.at(beginning + at, [this] {
        if (stage.strikes(Fault::disk_fails)) {
          const Millis longest = stage.calm_at() - stage.time.now();
          const Millis broken_for = std::min<Millis>(stage.dice.between(1, 15'000), longest);
          const int io_error = 10, disk_full = 13;  // SQLite's
          some().break_disk(broken_for, stage.dice.chance(500) ? io_error : disk_full);
        }
        if (stage.strikes(Fault::clock_jumps))
          some().jump_clock(stage.dice.between(-2 * hour, 2 * hour));
        if (stage.strikes(Fault::others_call)) {
          twilio.others_call(stage.dice.pick(stage.plan.presses).to,
                             processes.config().twilio_number);
        }
      });
    }
  }

  void until(Millis end) {
    while (!invariants.broken && stage.time.step(end)) {
      ++events;
      processes.settle();
      invariants.after_step();
    }
  }

  Outcome play(bool tell) {
    for (Process& one : processes.all) {
      one.on_gone = [this] { expect_take_over(); };
      one.start();
    }
    people.begin();
    faults();
    // Rules with a time are looked at also when nothing happens.
    for (Millis at = 0; at < 2 * hour; at += 30'000) stage.time.at(stage.calm_at() + at, [] {});
    until(beginning + all_told_ms);
    people.press_at_last();
    until(beginning + all_told_ms + hour);
    if (!invariants.broken) {
      const int asked = network.asked();
      invariants.at_end();
      until(beginning + all_told_ms + hour + silence_ms);
      if (network.asked() != asked)
        invariants.broken = "days after everything is over the vendors are still asked";
    }
    return {.broken = invariants.broken,
            .story = tell || invariants.broken
                         ? words(stage.plan) +
                               stage.story.text(invariants.record() +
                                                (invariants.broken ? "BROKEN: " + *invariants.broken
                                                                   : "No rule is broken."))
                         : "",
            .asked = network.asked(),
            .events = events};
  }
};

}  // namespace

Outcome play(const Plan& plan, bool tell) { return Run(plan).play(tell); }

}  // namespace voxdial::sim
