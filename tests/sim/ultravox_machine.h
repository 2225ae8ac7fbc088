// Ultravox as a small state machine: a call waits to be joined, is joined, is over.
//
// Replies are written by hand, so that the proxy's readers are not tested with their own words.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "proxy/world.h"
#include "tests/sim/callback.h"
#include "tests/sim/stage.h"

namespace voxdial::sim {

struct AgentCall {
  std::string id;
  std::string ours;  ///< the proxy's call id, as it sent it along
  std::string name;  ///< for the story: "agent 1"
  bool phone = false;
  Millis created = 0, joined = 0, ended = 0;
  std::string end_reason;
  Millis max_ms = 0;
  std::string callback_joined, callback_ended;
  std::vector<std::string> messages;  ///< JSON
  bool endless = false;               ///< its pages never end
  std::function<void()> on_end;       ///< the far side hears of it
  std::string join_url() const {
    return "wss://voice.example/calls/" + id + (phone ? "/telephony" : "");
  }
};

class UltravoxMachine {
 public:
  explicit UltravoxMachine(Stage& stage) : stage_(stage) {}

  /// Does what is asked, and answers.
  VendorReply handle(const VendorRequest& request);
  /// What GET says of a call.
  std::string json(const AgentCall& call) const;
  VendorReply about_another(const VendorRequest& request);

  AgentCall* find(std::string_view id);
  AgentCall* of_join_url(std::string_view url);
  bool join(AgentCall& call);
  void say(AgentCall& call, const std::string& role, const std::string& text);
  void end(AgentCall& call, const std::string& reason);

  std::deque<AgentCall> calls;
  std::function<void(Callback)> post;

 private:
  VendorReply create(const VendorRequest& request);
  VendorReply page(AgentCall& call, std::string_view query);
  void report(const AgentCall& call, const std::string& event, const std::string& url);
  Stage& stage_;
};

}  // namespace voxdial::sim
