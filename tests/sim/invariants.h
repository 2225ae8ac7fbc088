// What must hold: after every step, a while after faults have stopped, and at the very end.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "tests/sim/people.h"
#include "tests/sim/process.h"

namespace voxdial::sim {

/// What was due when a proxy died is another's by then: its lease is over, and that one has looked.
inline constexpr Millis take_over_ms = 15'000;

class Invariants {
 public:
  Invariants(Stage& stage, Processes& processes, Network& network, TwilioMachine& twilio,
             UltravoxMachine& ultravox, People& people);

  /// The first rule that does not hold, in words.
  std::optional<std::string> broken;

  void after_step();
  /// One of two proxies has been gone since then, long enough for the other to do its work. False
  /// while that one is still at it.
  bool taken_over(Millis since);
  /// All is over and quiet: what the record says now is what it will say for ever.
  void at_end();
  /// How the record stands, in words: the last lines of a story.
  std::string record() const;
  /// Whether anything still lives at a vendor or in the record.
  bool all_over();
  void callback_delivered(const std::string& sid) { heard_of_.insert({sid, true}); }

 private:
  void fail(const std::string& rule) {
    if (!broken) broken = rule;
  }
  void check_row(const StoredCall& row);
  bool may_be_taken_for(const StoredCall& row, const PhoneCall& phone);
  void check_vendors();
  void check_deadlines();
  void final_row(const StoredCall& row);
  void final_phone(const StoredCall& row, const PhoneCall& phone);
  void final_words(const StoredCall& row);
  /// While the clock jumps hours, what has only so many tries or so much time may run out of both.
  bool sure_of_time() const {
    return stage_.plan.proxies > 1 || stage_.plan.rate(Fault::clock_jumps) == 0;
  }
  void both_act(int first, Millis since, int other, const std::string& what);
  bool closed_unheard(const StoredCall& row) const;
  bool nobody_can_know(const StoredCall& row, const PhoneCall* phone) const;
  const Told* told_of(const std::string& id) const;
  PhoneCall* phone_of(const std::string& id);
  AgentCall* agent_of(const StoredCall& row);

  Stage& stage_;
  Processes& processes_;
  Network& network_;
  TwilioMachine& twilio_;
  UltravoxMachine& ultravox_;
  People& people_;
  std::map<std::string, StoredCall> rows_;  // as last seen
  std::map<std::string, Millis> over_since_;
  std::map<std::string, Millis> found_at_;  // since when a row knows its call at Twilio
  std::map<std::string, bool> heard_of_;
  std::int64_t seen_commits_ = -1;
  std::uint64_t seen_start_ = 0;
  int asked_when_over_ = -1;
};

}  // namespace voxdial::sim
