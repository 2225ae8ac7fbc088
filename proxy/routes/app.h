// Everything the routes work with. main builds it once and hands it down; there is no global.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "proxy/access/access.h"
#include "proxy/access/border.h"
#include "proxy/agents/agents.h"
#include "proxy/calls/calls.h"
#include "proxy/config/config.h"
#include "proxy/events/hub.h"
#include "proxy/http/static_files.h"
#include "proxy/store/store.h"
#include "proxy/thread_annotations.h"
#include "proxy/vendors/common/health.h"
#include "proxy/vendors/ultravox/catalogue.h"
#include "proxy/world.h"

namespace voxdial {

/// A reply that costs something to find out and is the same for everybody who asks just now.
class Remembered {
 public:
  /// The reply, at most `life` milliseconds old. Who asks while it is found out waits for it.
  template <class FindOut>
  http::Response get(const std::string& question, const World& world, Millis life,
                     FindOut find_out) {
    const MutexLock lock(mutex_);
    if (!reply_ || question_ != question || world.steady_ms() - at_ >= life) {
      reply_ = find_out();
      question_ = question;
      at_ = world.steady_ms();
    }
    return *reply_;
  }

 private:
  Mutex mutex_;  // held while it is found out
  std::string question_ GUARDED_BY(mutex_);
  Millis at_ GUARDED_BY(mutex_) = 0;  ///< by the steady clock
  std::optional<http::Response> reply_ GUARDED_BY(mutex_);
};

struct App {
  const Config& config;
  const World& world;
  Store& store;
  events::Hub& hub;
  Agents& agents;
  Recorder& recorder;
  Calls& calls;
  Access& access;
  ultravox::Catalogue& catalogue;
  Health& health;
  const http::StaticFiles& files;
  BorderRules border;
  std::atomic<int> sending{0};  ///< replies under way that are made while they are sent
  std::atomic<int> doctor_waiting{0};
  Remembered doctor{};
  Remembered readiness{};
};

}  // namespace voxdial
