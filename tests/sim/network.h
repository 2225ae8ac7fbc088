// The way between the proxy and the vendors: World::send of a simulated world.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
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
  /// Whether the reply to this dial, by the proxy's call id, reached a proxy whole that was not
  /// killed since.
  bool dial_answered(const std::string& ours) const;
  /// What it had heard and not recorded is gone with it.
  void killed(int proxy) {
    std::erase_if(dial_answered_, [&](const auto& one) { return one.second == proxy; });
  }
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
  std::map<std::string, int> dial_answered_;       // by call id: which proxy heard it
  struct Acting {
    int proxy = 0;
    Millis since = 0;
  };
  std::multimap<std::pair<Verb, std::string>, Acting> acting_;  // by path
  std::map<std::string, std::string>
      last_told_;  // what a look said: the story leaves out what says the same
};

}  // namespace voxdial::sim
