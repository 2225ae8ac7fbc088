// The way between the proxy and the vendors: World::send of a simulated world.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/sim/stage.h"
#include "tests/sim/twilio_machine.h"
#include "tests/sim/ultravox_machine.h"

namespace voxdial::sim {

class Network {
 public:
  Network(Stage& stage, TwilioMachine& twilio, UltravoxMachine& ultravox)
      : stage_(stage), twilio_(twilio), ultravox_(ultravox) {}

  /// Inside the proxy's work: what comes of a request, when it comes.
  SendResult send(const VendorRequest& request, int proxy, const std::string& proxys_name);

  int asked() const { return asked_; }
  /// Dials whose reply reached the proxy whole, by the proxy's call id.
  bool dial_answered(const std::string& ours) const;
  /// Two proxies act on one call at a time: the one that began first, since when, and the other.
  std::function<void(int first, Millis since, int other, const std::string& what)> on_both_act;

 private:
  static Verb verb_of(const VendorRequest& request);
  std::optional<Fault> fate(Verb verb);
  bool forgotten(Verb verb, const std::string& path);
  VendorReply act(const VendorRequest& request, std::optional<Fault> fault);
  std::string words(Verb verb, const VendorRequest& request);

  Stage& stage_;
  TwilioMachine& twilio_;
  UltravoxMachine& ultravox_;
  int asked_ = 0;
  std::map<Verb, int> asked_for_;
  std::map<std::string, Millis> forgotten_until_;  // by path
  std::set<std::string> dial_answered_;
  struct Acting {
    int proxy = 0;
    Millis since = 0;
  };
  std::multimap<std::pair<Verb, std::string>, Acting> acting_;  // by path
  std::map<std::string, std::string>
      last_told_;  // what a look said: the story leaves out what says the same
};

}  // namespace voxdial::sim
