// The proxy as a process: it is started, serves, works, is killed between any two steps and started
// again from what its disk holds. Its disk may fail, its wall clock may jump. Of two, both work on
// one database, whose clock they go by; either may stand still for a while.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "tests/sim/middle.h"
#include "tests/sim/network.h"
#include "tests/sim/stage.h"

namespace voxdial::sim {

/// What outlives the processes: the file with the call records, at first with nothing but its
/// schema.
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
  /// `number`: which of the plan's proxies it is, from 0 on.
  Process(Stage& stage, Network& network, int number);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Config config;
  StoreFaults faults;
  std::function<void()> on_gone;  ///< it was killed, or stands still
  bool up() const { return middle_ != nullptr && !dying(); }
  /// Up, and not standing still.
  bool answers() const { return up() && !stopped_; }
  /// Since when it answers and its disk works; `never` while one of them is not so.
  static constexpr Millis never = std::numeric_limits<Millis>::max();
  Millis well_since() const { return answers() && !faults.keep_failing ? well_since_ : never; }
  bool is_idle() const;
  Middle& middle() { return *middle_; }
  std::uint64_t starts() const { return starts_; }

  void start();
  /// Somebody asks something of it. `lost`: it died before it could answer.
  void serve(std::function<void(Middle&)> what, std::function<void()> lost);
  void kill(const Kill& how);
  void stall(const Stall& how);
  void spare();  ///< a kill that is still to come does not come any more
  void break_disk(Millis for_ms, int code);
  void jump_clock(Millis by);
  /// The time it goes by.
  Millis wall_now() const { return stage_.time.now() + (shared() ? 0 : wall_ahead_); }
  /// After every event: dies when its time has come, and sees whether there is work to do.
  void settle();
  /// Sees in a moment whether there is work to do that others have left.
  void look_soon();
  /// What the simulator itself reads from the store neither fails nor counts as a step.
  template <class F>
  auto observed(F read) {
    const Watching watching(*this);
    return read(middle_->store());
  }

 private:
  /// While the simulator looks into the process, whose time stands still.
  class Watching {
   public:
    explicit Watching(Process& process);
    ~Watching();
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;

   private:
    Process& process_;
    const std::int64_t fail_at_, steps_;
  };

  bool shared() const { return stage_.plan.proxies > 1; }
  void alive() const;
  bool dying() const;
  void bury();
  void look_around();
  void ring();  ///< one idle hand looks what is due
  void work(std::size_t hand);
  bool others_owe();

  Stage& stage_;
  Network& network_;
  const int number_;
  const std::string name_;
  World world_;
  Dice bytes_;
  Millis wall_ahead_ = 0;
  std::unique_ptr<Middle> middle_;
  struct Hand {
    Schedule::WorkRef work;
    bool idle = false;
    bool watches = false;  ///< wakes when the next thing is due
    Millis until = 0;      ///< it wakes then by itself
  };
  std::vector<Hand> hands_;
  std::int64_t seen_commits_ = -1;
  std::uint64_t starts_ = 0;
  std::optional<std::int64_t> dies_at_step_;
  Millis down_ms_ = 0;
  Millis disk_well_at_ = 0;
  bool watched_ = false;
  bool stopped_ = false;
  Millis well_since_ = 0;
};

/// All of a plan's proxies, on one disk, and the reverse proxy before them.
class Processes {
 public:
  Processes(Stage& stage, Network& network);

  /// The one that the next request reaches; null while none answers.
  Process* front();
  const Config& config() const { return all.front().config; }
  std::uint64_t starts() const;
  std::int64_t commits() const;
  Millis now() const { return all.front().wall_now(); }
  /// After every event.
  void settle();
  bool up() const;
  /// REQUIRES: up()
  template <class F>
  auto observed(F read) {
    const auto first =
        std::find_if(all.begin(), all.end(), [](const Process& one) { return one.up(); });
    return first->observed(read);
  }

 private:
  Stage& stage_;
  Disk disk_;
  std::int64_t seen_commits_ = 0;

 public:
  std::deque<Process> all;
};

}  // namespace voxdial::sim
