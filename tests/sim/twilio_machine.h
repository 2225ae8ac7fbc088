// Twilio's account as a small state machine: calls are queued, ring, are answered or not, and are
// over.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "proxy/world.h"
#include "tests/sim/callback.h"
#include "tests/sim/stage.h"
#include "tests/sim/ultravox_machine.h"

namespace voxdial::sim {

struct PhoneCall {
  std::string sid;
  std::string ours;  ///< the proxy's call id, by way of the agent it is to be connected to; empty:
                     ///< another program's
  std::string name;  ///< for the story: "phone 1"
  std::string agent_id;
  std::string to, from;
  std::string status = "queued";
  Millis created = 0, rang = 0, started = 0, ended = 0;
  Millis ring_limit_ms = 60'000, talk_limit_ms = 14'400'000;
  std::string price;
  Millis priced = 0;
  std::string answered_by;
  std::string callback, amd_callback;
  Callee callee;
  bool stays = false;  ///< nothing but an update ends it
  std::string frozen;  ///< GET says this for ever
  bool over() const { return ended != 0; }
};

class TwilioMachine {
 public:
  TwilioMachine(Stage& stage, UltravoxMachine& ultravox) : stage_(stage), ultravox_(ultravox) {}

  VendorReply handle(const VendorRequest& request);
  VendorReply about_another(const VendorRequest& request);
  /// Another program on this account calls the same number.
  void others_call(const std::string& to, const std::string& from);

  PhoneCall* find(std::string_view sid);
  bool live(const PhoneCall& call) const { return !call.over(); }

  std::deque<PhoneCall> calls;
  std::function<void(Callback)> post;
  std::function<Callee(const std::string& to)> callee_of;
  std::function<void(const PhoneCall&)> on_dialled;
  std::function<void(const PhoneCall&)> on_update;  ///< somebody asks for an end by REST

 private:
  VendorReply create(const VendorRequest& request);
  VendorReply update(PhoneCall& call, const std::string& status);
  VendorReply list(const VendorRequest& request);
  VendorReply notes(const PhoneCall& call);
  std::string json(const PhoneCall& call) const;
  void begin(PhoneCall& call);
  void ring(PhoneCall& call);
  void answer(PhoneCall& call);
  void end(PhoneCall& call, const std::string& status);
  void report(const PhoneCall& call, const std::string& event, const std::string& status);
  Millis clock(Millis at) const { return at == 0 ? 0 : at + stage_.plan.vendors_clock_ms; }
  PhoneCall& add(const std::string& to, const std::string& from);

  Stage& stage_;
  UltravoxMachine& ultravox_;
};

}  // namespace voxdial::sim
