// Everything the routes work with. main builds it once and hands it down; there is no global.
#pragma once

#include <atomic>

#include "proxy/access/access.h"
#include "proxy/access/border.h"
#include "proxy/agents/agents.h"
#include "proxy/calls/calls.h"
#include "proxy/config/config.h"
#include "proxy/events/hub.h"
#include "proxy/http/static_files.h"
#include "proxy/store/store.h"
#include "proxy/ultravox/catalogue.h"
#include "proxy/vendor/health.h"
#include "proxy/world.h"

namespace voxdial {

struct App {
  const Config& config;
  const World& world;
  Store& store;
  events::Hub& hub;
  Agents& agents;
  Board& board;
  Calls& calls;
  Access& access;
  ultravox::Catalogue& catalogue;
  Health& health;
  const http::StaticFiles& files;
  BorderRules border;
  std::atomic<int> audio_fetches{0};
};

}  // namespace voxdial
