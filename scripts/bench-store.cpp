// How many calls a second the store admits durably: one commit for each against group commit.
// Built and run by scripts/bench-store; bounded, about ten seconds.
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "proxy/store/store.h"

namespace {

using voxdial::Store;
using Clock = std::chrono::steady_clock;

constexpr auto cell_time = std::chrono::milliseconds(1'000);
constexpr voxdial::Millis start = 1'795'000'000'000;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Cell {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double cpu_us = 0;
};

voxdial::NewCall new_call(const std::string& id) {
  voxdial::NewCall call;
  call.id = id;
  call.idempotency_key = id;
  call.body_hash = "0123456789abcdef0123456789abcdef";
  call.user = "ann";
  call.client_address = "192.0.2.1";
  call.medium = voxdial::MediumType::twilio;
  call.agent = "reminder";
  call.agent_name = "Appointment reminder";
  call.to = "+1415555" + id.substr(id.size() - 4);
  call.to_region = "US";
  call.max_duration_s = 600;
  call.cost_per_minute = 60'000;
  call.asked = "{\"agent\":\"reminder\",\"medium\":{\"type\":\"twilio\"}}";
  return call;
}

// Every limit is on and none is reached, so that all of them are looked up.
const voxdial::CallLimits limits{1 << 30, 1 << 30, 1 << 30, 1 << 30,      1 << 30,
                                 1 << 30, 1 << 30, 1 << 30, INT64_MAX / 2};

/// `whole_life`: also the updates and the reply, three transactions instead of one.
bool place(Store& store, const std::string& id, bool whole_life) {
  if (!store.begin_call(new_call(id), limits, start)) return false;
  if (!whole_life) return true;
  voxdial::CallUpdate dialled;
  dialled.at = start;
  dialled.what = "dialled";
  dialled.status = voxdial::CallStatus::queued;
  dialled.ultravox_call_id = "uv-" + id;
  dialled.twilio_sid = "CA" + id;
  const voxdial::StoredReply reply{201, "{\"id\":\"" + id + "\",\"status\":\"queued\"}"};
  if (!store.record_update(id, dialled, &reply)) return false;
  voxdial::CallUpdate over = dialled;
  over.status = voxdial::CallStatus::busy;
  return static_cast<bool>(store.record_update(id, over));
}

Cell measure(const std::filesystem::path& folder, int callers, bool one_by_one, bool whole_life) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  voxdial::StoreOptions options;
  options.path = (folder / "bench.db").string();
  auto opened = Store::open(options);
  if (!opened) {
    std::fprintf(stderr, "bench-store: %s\n", opened.error().message.c_str());
    std::exit(1);
  }
  Store& store = **opened;
  std::mutex turn;  // held over a whole write: no two callers ever share a commit
  std::atomic<bool> stop{false};
  std::vector<std::vector<double>> waits(static_cast<std::size_t>(callers));
  std::vector<std::thread> crowd;
  const double cpu = cpu_seconds();
  const auto begin = Clock::now();
  for (int t = 0; t < callers; ++t) {
    crowd.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        std::string id = "call_" + std::to_string(t) + "_" + std::to_string(10'000 + i);
        const auto from = Clock::now();
        std::unique_lock lock(turn, std::defer_lock);
        if (one_by_one) lock.lock();
        if (!place(store, id, whole_life)) std::abort();
        const std::chrono::duration<double, std::milli> took = Clock::now() - from;
        waits[static_cast<std::size_t>(t)].push_back(took.count());
      }
    });
  }
  std::this_thread::sleep_for(cell_time);
  stop = true;
  for (auto& thread : crowd) thread.join();
  const std::chrono::duration<double> time = Clock::now() - begin;
  const double used = cpu_seconds() - cpu;
  std::vector<double> all;
  for (const auto& some : waits) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  const auto n = static_cast<double>(all.size());
  return {n / time.count(), all[all.size() / 2], all[all.size() * 99 / 100], used / n * 1e6};
}

void print_row(const char* what, int callers, const Cell& alone, const Cell& grouped) {
  std::printf("%-10s %7d | %8.0f %8.2f %8.2f %7.0f | %8.0f %8.2f %8.2f %7.0f | %5.1fx\n", what,
              callers, alone.per_second, alone.p50_ms, alone.p99_ms, alone.cpu_us,
              grouped.per_second, grouped.p50_ms, grouped.p99_ms, grouped.cpu_us,
              grouped.per_second / alone.per_second);
}

}  // namespace

int main(int, char** arguments) {
  const std::filesystem::path folder = arguments[1];
  std::printf(
      "                   |         one commit each (FULL)     |     group commit (FULL)           "
      " |\n"
      "work       callers |   calls/s  p50 ms  p99 ms  CPU us |   calls/s  p50 ms  p99 ms  CPU us "
      "|\n");
  for (const bool whole_life : {false, true}) {
    for (const int callers : {1, 8, 64}) {
      const Cell alone = measure(folder, callers, true, whole_life);
      const Cell grouped = measure(folder, callers, false, whole_life);
      print_row(whole_life ? "whole life" : "admission", callers, alone, grouped);
    }
  }
  std::filesystem::remove_all(folder);
}
