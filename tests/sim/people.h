// The people at their pages: they press, press again, press End at any moment, close the tab.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/process.h"

namespace voxdial::sim {

/// What one button's presses came to, as far as people were told.
struct Told {
  struct Reply {
    int status = 0;
    std::string code;  ///< of an error
    std::string id;    ///< of a call
  };
  std::vector<Reply> replies;
  std::string call_id;        ///< once its card is on the page
  bool end_pressed = false;   ///< and heard by the proxy
  Millis wanted_over_at = 0;  ///< End was answered well: from here on the call is to end
  bool joined = false;
  bool invited_to_ended_call = false;
};

class People {
 public:
  People(Stage& stage, Processes& processes, UltravoxMachine& ultravox);
  /// Everything that they will do.
  void begin();
  std::vector<Told> told;  ///< one a button

  static Attempt attempt(std::size_t button, const Press& press);
  void press(std::size_t button);
  /// When all is over: every button once more, and somebody new wants a web call.
  void press_at_last();
  void press_anew(int tries);
  int last_press = 0;  ///< what that one is told

 private:
  bool at_last_ = false;
  void leave(std::size_t button, const std::string& agent_id, HangUpWhy why);
  void press_end(std::size_t button, int tries);
  void join(std::size_t button, const std::string& agent_id);

  Stage& stage_;
  Processes& processes_;
  UltravoxMachine& ultravox_;
};

}  // namespace voxdial::sim
