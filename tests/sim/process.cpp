#include "tests/sim/process.h"

#include <algorithm>
#include <limits>
#include <numeric>
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

Process::Process(Stage& stage, Network& network, int number)
    : stage_(stage),
      network_(network),
      number_(number),
      name_(stage.plan.proxies > 1 ? "proxy " + std::to_string(number + 1) : "proxy"),
      bytes_((stage.plan.seed ^ 0xB17E5) + static_cast<std::uint64_t>(number) * 7'919),
      hands_(Middle::hands) {
  config.listen_address = "127.0.0.1";
  config.ultravox_key = Secret(std::string("uvkeyuvk.0123456789abcdef0123456789abcdef"));
  config.phone = true;
  config.twilio_account_sid = "AC0123456789abcdef0123456789abcdef";
  config.twilio_number = "+12025550143";
  config.twilio_auth_token = Secret(std::string("fedcba9876543210fedcba9876543210"));
  config.max_call_s = 400;
  config.ring_timeout_s = 20;
  config.phone_policy.own_region = "US";
  config.phone_policy.quiet_hours = false;
  config.limits.everyone_live = 3;
  if (stage.plan.callbacks) config.public_base_url = "https://voxdial.example";

  world_.send = [this](const VendorRequest& request) {
    alive();
    ring();  // whoever asks a vendor is busy for a while: another hand sees to what is due
    SendResult result = network_.send(request, number_, name_);
    alive();
    return result;
  };
  world_.now = [this] {
    alive();
    return stage_.time.now() + wall_ahead_;
  };
  world_.steady_ms = [this] {
    alive();
    return stage_.time.now() - beginning + steady_at_beginning;
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
  stage_.time.kill(this);
  faults.fail_at = 0;
}

bool Process::dying() const { return dies_at_step_ && faults.steps >= *dies_at_step_; }

void Process::alive() const {
  if (!watched_ && dying() && std::uncaught_exceptions() == 0) throw Killed();
}

void Process::start() {
  if (middle_ != nullptr) return;
  // An id that none had before: what the one that was killed has leased is not this one's.
  const std::string server = name_ + " " + std::to_string(starts_ + 1);
  auto started = Middle::start(world_, config, Disk::file, faults, shared() ? server : "");
  if (!started) {
    stage_.tell(name_, "cannot start: " + started.error().message);
    stage_.time.after(2'000, [this] { start(); });
    return;
  }
  ++starts_;
  if (starts_ > 1) stage_.tell(name_, "is started again");
  well_since_ = stage_.time.now();
  middle_ = std::move(*started);
  for (std::size_t hand = 0; hand < hands_.size(); ++hand) {
    hands_[hand] = {};
    hands_[hand].work = stage_.time.begin(this, [this, hand] { work(hand); });
  }
}

void Process::work(std::size_t hand) {
  Hand& mine = hands_[hand];
  for (;;) {
    const auto wait = middle_->run_due();
    alive();
    // One idle hand watches the clock. What is due and yet not done is at another hand.
    Millis until = !wait ? forever : stage_.time.now() + (*wait <= 0 ? 100 : *wait);
    const bool watched = std::any_of(hands_.begin(), hands_.end(), [&](const Hand& other) {
      return other.watches && other.until <= until;
    });
    constexpr Millis second = 1'000;
    if (watched)
      until = forever;
    else if (shared() && until > stage_.time.now() + second && others_owe())
      until = stage_.time.now() + second;
    mine.idle = true;
    mine.watches = !watched;
    mine.until = until;
    stage_.time.wait_until(until);
    mine.idle = mine.watches = false;
  }
}

bool Process::others_owe() {
  const Watching watching(*this);
  return middle_->others_owe();
}

Process::Watching::Watching(Process& process)
    : process_(process), fail_at_(process.faults.fail_at), steps_(process.faults.steps) {
  process_.faults.fail_at = 0;
  process_.watched_ = true;
}

Process::Watching::~Watching() {
  process_.faults.steps = steps_;
  process_.faults.fail_at = fail_at_;
  process_.watched_ = false;
}

void Process::serve(std::function<void(Middle&)> what, std::function<void()> lost) {
  stage_.time.begin(this, [this, what = std::move(what), lost = std::move(lost)] {
    try {
      what(*middle_);
      alive();
      if (faults.keep_failing) ring();  // what cannot be recorded is owed all the same
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
    stage_.tell(name_, "will be killed " + std::to_string(how.store_steps) +
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
  stage_.tell(name_, "kill -9");
  network_.killed(number_);
  faults.fail_at = 1;  // what it still holds in memory reaches the disk no more
  faults.keep_failing = true;
  faults.code = disk_error;
  stage_.time.kill(this);
  stopped_ = false;
  middle_.reset();
  faults.fail_at = 0;
  faults.keep_failing = false;
  dies_at_step_.reset();
  on_gone();
  stage_.time.after(down_ms_, [this] { start(); });
}

void Process::stall(const Stall& how) {
  if (!answers()) return;
  stage_.tell(name_, "stands still for " + std::to_string(how.for_ms) + " ms");
  stopped_ = true;
  stage_.time.stop(this);
  on_gone();
  stage_.time.after(how.for_ms, [this, start = starts_] {
    if (start != starts_ || !stopped_) return;
    stage_.tell(name_, "goes on");
    stopped_ = false;
    well_since_ = stage_.time.now();
    stage_.time.go_on(this);
    look_around();
  });
}

bool Process::is_idle() const {
  return std::all_of(hands_.begin(), hands_.end(), [](const Hand& hand) { return hand.idle; });
}

void Process::look_soon() {
  constexpr Millis longest_wait = 1'000;  // the worker looks so often, whatever it waits for
  stage_.time.after(longest_wait, [this] { ring(); });
}

void Process::break_disk(Millis for_ms, int code) {
  if (dies_at_step_) return;
  stage_.tell(shared() ? "the line of " + name_ : "disk",
              "fails for " + std::to_string(for_ms) + " ms");
  faults.code = code;
  faults.keep_failing = true;
  faults.fail_at = faults.steps + 1;
  disk_well_at_ = stage_.time.now() + for_ms;
  stage_.time.after(for_ms, [this] {
    if (stage_.time.now() < disk_well_at_ || dies_at_step_) return;
    faults.fail_at = 0;
    faults.keep_failing = false;
    stage_.tell(shared() ? "the line of " + name_ : "disk", "works again");
    well_since_ = stage_.time.now();
    look_around();
  });
}

void Process::jump_clock(Millis by) {
  wall_ahead_ += by;
  stage_.tell(shared() ? "the clock of " + name_ : "clock",
              "jumps by " + std::to_string(by / 1000) + " s");
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

Processes::Processes(Stage& stage, Network& network) : stage_(stage) {
  for (int number = 0; number < stage.plan.proxies; ++number)
    all.emplace_back(stage, network, number);
}

bool Processes::up() const {
  return std::any_of(all.begin(), all.end(), [](const Process& one) { return one.up(); });
}

Process* Processes::front() {
  std::vector<Process*> there;
  for (Process& one : all) {
    if (one.answers()) there.push_back(&one);
  }
  if (there.empty()) return nullptr;
  return there.size() == 1 ? there.front() : stage_.dice.pick(there);
}

std::uint64_t Processes::starts() const {
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Process& one) { return sum + one.starts(); });
}

std::int64_t Processes::commits() const {
  return std::accumulate(
      all.begin(), all.end(), std::int64_t{0},
      [](std::int64_t sum, const Process& one) { return sum + one.faults.commits; });
}

void Processes::settle() {
  for (Process& one : all) one.settle();
  if (all.size() == 1 || commits() == seen_commits_) return;
  seen_commits_ = commits();
  for (Process& one : all) one.look_soon();
}

void Process::ring() {
  auto hand =
      std::find_if(hands_.begin(), hands_.end(), [](const Hand& one) { return one.watches; });
  if (hand == hands_.end())
    hand = std::find_if(hands_.begin(), hands_.end(), [](const Hand& one) { return one.idle; });
  if (hand != hands_.end()) Schedule::wake(stage_.time, hand->work);
}

}  // namespace voxdial::sim
