// What the operator's Prometheus reads at /metrics.
//
// Owns the counters. Numbers only: no name, no phone number, no id is ever a label. Every function
// may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "proxy/store/timing.h"
#include "proxy/world.h"

namespace voxdial {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// Everything that happens to a call is logged; what is logged is counted here.
  void note(const LogLine& line);
  /// A request to a vendor and how long it took.
  void note_request(Vendor vendor, const SendResult& result, std::int64_t took_ms);

  /// Work in the store and how long it took; see Store::measure().
  void note_store(StoreWork work, std::int64_t took_ms);

  /// What is looked up when somebody asks. Below 0: it could not be.
  struct Now {
    int live_calls = -1;
    int due_rows = -1;
    std::size_t streams = 0;
    std::uint64_t events = 0;           ///< since the start, as the next
    std::uint64_t streams_dropped = 0;  ///< for being slow
    VendorHealth vendors;
  };
  /// In Prometheus' text format.
  std::string text(const Now& now);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace voxdial
