// The proxy as a process: it is started, serves, works, is killed between any two steps and started
// again from what its disk holds. Its disk may fail, its wall clock may jump.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/sim/middle.h"
#include "tests/sim/network.h"
#include "tests/sim/stage.h"

namespace voxdial::sim {

/// What outlives the process: the file with the call records, at first with nothing but its schema.
struct Disk {
  static constexpr const char* file =
      "in-memory/voxdial.db";  ///< in a folder that no real disk has
  Disk();
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
};

class Process {
 public:
  Process(Stage& stage, Network& network);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Config config;
  StoreFaults faults;
  bool up() const { return middle_ != nullptr && !dying(); }
  Middle& middle() { return *middle_; }
  std::uint64_t starts() const { return starts_; }

  void start();
  /// Somebody asks something of it. `lost`: it died before it could answer.
  void serve(std::function<void(Middle&)> what, std::function<void()> lost);
  void kill(const Kill& how);
  void spare();  ///< a kill that is still to come does not come any more
  void break_disk(Millis for_ms, int code);
  void jump_clock(Millis by);
  Millis wall_now() const { return stage_.time.now() + wall_ahead_; }
  /// After every event: dies when its time has come, and sees whether there is work to do.
  void settle();
  /// What the simulator itself reads from the store neither fails nor counts as a step.
  template <class F>
  auto observed(F read) {
    const std::int64_t at = faults.fail_at, steps = faults.steps;
    faults.fail_at = 0;
    auto out = read(middle_->store());
    faults.steps = steps;
    faults.fail_at = at;
    return out;
  }

 private:
  void alive() const;
  bool dying() const;
  void bury();
  void look_around();
  void ring();  ///< one idle hand looks what is due
  void work(std::size_t hand);

  Stage& stage_;
  Network& network_;
  Disk disk_;
  World world_;
  Dice bytes_;
  Millis wall_ahead_ = 0;
  std::unique_ptr<Middle> middle_;
  struct Hand {
    Schedule::WorkRef work;
    bool idle = false;
    bool watches = false;  ///< wakes when the next thing is due
  };
  std::vector<Hand> hands_;
  std::int64_t seen_commits_ = -1;
  std::uint64_t starts_ = 0;
  std::optional<std::int64_t> dies_at_step_;
  Millis down_ms_ = 0;
  Millis disk_well_at_ = 0;
};

}  // namespace voxdial::sim
