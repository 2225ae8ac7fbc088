// Everything the proxy is made of between its sockets and the world outside, in order of life: what
// stands below works with what stands above. serve() builds one and tests build theirs; there is no
// global.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "proxy/access/access.h"
#include "proxy/access/border.h"
#include "proxy/agents/agents.h"
#include "proxy/calls/adopt.h"
#include "proxy/calls/calls.h"
#include "proxy/calls/recorder.h"
#include "proxy/calls/worker.h"
#include "proxy/config/config.h"
#include "proxy/data_folder.h"
#include "proxy/events/hub.h"
#include "proxy/feed.h"
#include "proxy/http/static_files.h"
#include "proxy/metrics.h"
#include "proxy/routes/remembered.h"
#include "proxy/store/store.h"
#include "proxy/vendors/common/health.h"
#include "proxy/vendors/ultravox/catalogue.h"
#include "proxy/world.h"

namespace voxdial {

/// The record and, where it is a file, the folder it is in.
struct Record {
  std::optional<DataFolder> folder;
  std::unique_ptr<Store> store;
};
/// For a server by this id: alone on a file, one of several on a database. Empty: for a verb of the
/// command line, which runs beside them. Errors: store_unavailable.
Result<Record> open_record(const Config& config, const std::string& server);

/// How event streams are served: they know of withdrawn rights, and tell the server's time.
/// `somebody_is_named`: no person may then keep all others out. `world` and `store` outlive them.
events::HubOptions stream_options(const World& world, Store& store, bool somebody_is_named);

struct App {
  /// What an App is given. `outside` sends to the vendors; how they do is noted on the way.
  struct Parts {
    World outside;
    std::unique_ptr<Store> store;
    std::unique_ptr<events::Hub> hub;
    std::vector<Agent> agents{};
    http::StaticFiles files{};
    BorderRules border{};
  };
  /// `config` outlives this.
  App(const Config& config, Parts parts);

  const Config& config;
  Health health;
  Metrics metrics;
  std::atomic<Millis> database_time{0};  ///< see Feed
  const World world;
  const std::unique_ptr<Store> owned_store;
  Store& store = *owned_store;
  const std::unique_ptr<events::Hub> owned_hub;
  events::Hub& hub = *owned_hub;
  Access access;
  BorderRules border;
  const http::StaticFiles files;
  Agents agents;
  Recorder recorder;
  Calls calls;
  ultravox::Catalogue catalogue;
  Worker worker;                ///< asleep until it is started
  Feed feed;                    ///< likewise
  Adopter adopter;              ///< likewise
  std::atomic<int> sending{0};  ///< replies under way that are made while they are sent
  std::atomic<int> doctor_waiting{0};
  Remembered doctor{};
  Remembered readiness{};
};

}  // namespace voxdial
