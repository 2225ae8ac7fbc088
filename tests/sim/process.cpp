#include "tests/sim/process.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "tests/sim/memory_disk.h"

namespace voxdial::sim {
namespace {

constexpr int disk_error = 10;
constexpr Millis forever = std::numeric_limits<Millis>::max();

/// The bytes of a database with nothing but its schema: opening a copy of it takes a moment only.
const std::string& empty_database() {
  static const std::string bytes = [] {
    register_memory_disk();
    StoreOptions options;
    options.path = "in-memory/empty.db";
    options.vfs = memory_disk;
    if (auto made = Store::open(options); !made) throw std::runtime_error(made.error().message);
    return file_bytes(options.path);
  }();
  return bytes;
}

}  // namespace

Disk::Disk() { put_file(file, empty_database()); }

Disk::~Disk() {
  for (const char* end : {"", "-wal", "-shm"}) remove_file(file + std::string(end));
}

Process::Process(Stage& stage, Network& network)
    : stage_(stage), network_(network), bytes_(stage.plan.seed ^ 0xB17E5), hands_(Middle::hands) {
  config.listen_address = "127.0.0.1";
  config.ultravox_key = Secret(std::string("uvkeyuvk.0123456789abcdef0123456789abcdef"));
  config.phone = true;
  config.twilio_account_sid = "AC0123456789abcdef0123456789abcdef";
  config.twilio_number = "+12025550143";
  config.twilio_auth_token = Secret(std::string("fedcba9876543210fedcba9876543210"));
  config.max_call_s = 400;
  config.ring_timeout_s = 20;
  config.phone_policy.caller_number = config.twilio_number;
  config.phone_policy.quiet_hours = false;
  config.limits.everyone_live = 3;
  if (stage.plan.callbacks) config.public_base_url = "https://voxdial.example";

  world_.send = [this](const VendorRequest& request) {
    alive();
    ring();  // whoever asks a vendor is busy for a while: another hand sees to what is due
    SendResult result = network_.send(request);
    alive();
    return result;
  };
  world_.now = [this] {
    alive();
    return wall_now();
  };
  world_.steady_ms = [this] {
    alive();
    return stage_.time.now() - beginning + 1'000;
  };
  world_.random_bytes = [this](std::size_t n) {
    alive();
    std::string out(n, '\0');
    for (char& byte : out) byte = static_cast<char>(bytes_.next());
    return out;
  };
  world_.log = [](const LogLine&) {};
}

Process::~Process() {
  stage_.time.kill();
  faults.fail_at = 0;
}

bool Process::dying() const { return dies_at_step_ && faults.steps >= *dies_at_step_; }

void Process::alive() const {
  if (dying() && std::uncaught_exceptions() == 0) throw Killed();
}

void Process::start() {
  if (middle_ != nullptr) return;
  auto started = Middle::start(world_, config, Disk::file, faults);
  if (!started) {
    stage_.tell("proxy", "cannot start: " + started.error().message);
    stage_.time.after(2'000, [this] { start(); });
    return;
  }
  ++starts_;
  if (starts_ > 1) stage_.tell("proxy", "is started again");
  middle_ = std::move(*started);
  for (std::size_t hand = 0; hand < hands_.size(); ++hand) {
    hands_[hand] = {};
    hands_[hand].work = stage_.time.begin([this, hand] { work(hand); });
  }
}

void Process::work(std::size_t hand) {
  Hand& mine = hands_[hand];
  for (;;) {
    const auto wait = middle_->run_due();
    alive();
    // One idle hand watches the clock. What is due and yet not done is at another hand.
    const bool watched =
        std::any_of(hands_.begin(), hands_.end(), [](const Hand& other) { return other.watches; });
    mine.idle = true;
    mine.watches = !watched;
    const Millis pause = !wait || watched ? forever : *wait <= 0 ? 100 : *wait;
    stage_.time.wait_until(pause == forever ? forever : stage_.time.now() + pause);
    mine.idle = mine.watches = false;
  }
}

void Process::serve(std::function<void(Middle&)> what, std::function<void()> lost) {
  stage_.time.begin([this, what = std::move(what), lost = std::move(lost)] {
    try {
      what(*middle_);
      alive();
    } catch (const Killed&) {
      stage_.time.after(1, lost);
      throw;
    }
  });
}

void Process::kill(const Kill& how) {
  if (!up()) return;
  dies_at_step_ = faults.steps + how.store_steps;
  down_ms_ = how.down_ms;
  if (how.store_steps > 0) {
    stage_.tell("proxy", "will be killed " + std::to_string(how.store_steps) +
                             " steps of its store from now");
    faults.fail_at = *dies_at_step_;
    faults.keep_failing = true;
    faults.code = disk_error;
  }
}

void Process::spare() {
  if (!dies_at_step_ || dying()) return;
  dies_at_step_.reset();
  faults.fail_at = 0;
  faults.keep_failing = false;
}

void Process::bury() {
  stage_.tell("proxy", "kill -9");
  faults.fail_at = 1;  // what it still holds in memory reaches the disk no more
  faults.keep_failing = true;
  faults.code = disk_error;
  stage_.time.kill();
  middle_.reset();
  faults.fail_at = 0;
  faults.keep_failing = false;
  dies_at_step_.reset();
  stage_.time.after(down_ms_, [this] { start(); });
}

void Process::break_disk(Millis for_ms, int code) {
  if (dies_at_step_) return;
  stage_.tell("disk", "fails for " + std::to_string(for_ms) + " ms");
  faults.code = code;
  faults.keep_failing = true;
  faults.fail_at = faults.steps + 1;
  disk_well_at_ = stage_.time.now() + for_ms;
  stage_.time.after(for_ms, [this] {
    if (stage_.time.now() < disk_well_at_ || dies_at_step_) return;
    faults.fail_at = 0;
    faults.keep_failing = false;
    stage_.tell("disk", "works again");
    look_around();
  });
}

void Process::jump_clock(Millis by) {
  wall_ahead_ += by;
  stage_.tell("clock", "jumps by " + std::to_string(by / 1000) + " s");
  look_around();
}

/// The worker looks at the clock and at the store every second, whatever it waits for.
void Process::look_around() {
  constexpr Millis second = 1'000, for_ms = 30 * second;
  for (Millis at = second; at <= for_ms; at += second) stage_.time.after(at, [this] { ring(); });
}

void Process::settle() {
  if (middle_ == nullptr) return;
  if (dying()) return bury();
  if (faults.commits == seen_commits_) return;
  seen_commits_ = faults.commits;
  ring();
}

void Process::ring() {
  auto hand =
      std::find_if(hands_.begin(), hands_.end(), [](const Hand& one) { return one.watches; });
  if (hand == hands_.end())
    hand = std::find_if(hands_.begin(), hands_.end(), [](const Hand& one) { return one.idle; });
  if (hand != hands_.end()) Schedule::wake(stage_.time, hand->work);
}

}  // namespace voxdial::sim
