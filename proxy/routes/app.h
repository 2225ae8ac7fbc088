// Everything the routes work with. main builds it once and hands it down; there is no global.
#pragma once

#include <atomic>
#include <mutex>
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
#include "proxy/vendors/common/health.h"
#include "proxy/vendors/ultravox/catalogue.h"
#include "proxy/world.h"

namespace voxdial {

/// An answer that costs something to find out and is the same for everybody who asks just now.
struct Remembered {
  std::mutex mutex;  // guards the rest; held while it is found out
  std::string question;
  Millis at = 0;  ///< by the steady clock
  std::optional<http::Response> answer;

  bool holds(const std::string& asked, Millis now, Millis life) const {
    return answer && question == asked && now - at < life;
  }
  http::Response keep(const std::string& asked, Millis now, http::Response found) {
    question = asked;
    at = now;
    answer = std::move(found);
    return *answer;
  }
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
