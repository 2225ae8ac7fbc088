#include "proxy/app.h"

#include <cstring>
#include <utility>

#include "proxy/calls/reconcile.h"
#include "shared/codec.h"

namespace voxdial {
namespace {

/// An event stream is a page or a script; a fifth of all streams is one person's share.
constexpr std::size_t streams_a_person = 2'000;

/// What comes of each request to a vendor is known to the circuit breaker, and counted with all
/// that is logged. The time is the database's, where that has a clock.
World noted(World outside, Health& health, Metrics& metrics,
            const std::atomic<Millis>& database_time) {
  outside.machine_now = outside.now;
  outside.now = [own = std::move(outside.now), steady = outside.steady_ms, &database_time] {
    const Millis at_zero = database_time;
    return at_zero == 0 ? own() : at_zero + steady();
  };
  outside.send = [send = std::move(outside.send), now = outside.steady_ms, &health,
                  &metrics](const VendorRequest& request) {
    const std::int64_t began = now();
    SendResult result = send(request);
    if (!request.elsewhere.empty()) return result;
    health.note(request.vendor, result);
    metrics.note_request(request.vendor, result, now() - began);
    return result;
  };
  outside.log = [log = std::move(outside.log), &metrics](const LogLine& line) {
    metrics.note(line);
    log(line);
  };
  return outside;
}

}  // namespace

Result<Record> open_record(const Config& config, const std::string& server) {
  Record record;
  StoreOptions options;
  options.reconcile = reconcile;
  options.url = config.database_url;
  if (!config.database_url.empty()) {
    options.server = server;
    options.listen_url = config.database_listen_url;
  } else {
    auto folder = DataFolder::open(config.data_dir);
    if (!folder) return fail(std::move(folder).error());
    if (!server.empty()) {
      if (const auto locked = folder->lock(); !locked) return fail(locked.error());
    }
    options.path = folder->database();
    record.folder.emplace(std::move(*folder));
  }
  auto store = Store::open(options);
  if (!store) return fail(std::move(store).error());
  record.store = std::move(*store);
  return record;
}

events::HubOptions stream_options(const World& world, Store& store, bool somebody_is_named) {
  events::HubOptions options;
  std::memcpy(&options.epoch, world.random_bytes(sizeof options.epoch).data(),
              sizeof options.epoch);
  options.rights = [&store]() -> Result<std::int64_t> {
    const auto rights = store.rights();
    if (!rights) return fail(rights.error());
    return rights->number;
  };
  options.fed = store.is_shared();
  options.retry_spread_ms = options.retry_ms;
  options.clock = [&world] { return encode(ServerTime{world.now()}); };
  if (somebody_is_named) options.max_streams_per_person = streams_a_person;
  return options;
}

App::App(const Config& configuration, Parts parts)
    : config(configuration),
      health(parts.outside.steady_ms),
      world(noted(std::move(parts.outside), health, metrics, database_time)),
      owned_store(std::move(parts.store)),
      owned_hub(std::move(parts.hub)),
      access(config, world, store),
      border(std::move(parts.border)),
      files(std::move(parts.files)),
      agents(std::move(parts.agents), store),
      recorder(store, hub, world, reconcile),
      calls(config, world, store, agents, recorder, health),
      catalogue(world),
      worker(config, world, store, recorder),
      feed(store, hub, world, database_time),
      adopter(config, world, store, recorder) {
  store.measure({world.steady_ms, [this](StoreWork work, std::int64_t took_ms) {
                   metrics.note_store(work, took_ms);
                 }});
  health.on_change = [this](const VendorHealth& now) { hub.show("vendors", encode(now)); };
}

}  // namespace voxdial
