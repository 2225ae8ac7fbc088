#include "tests/sim/middle.h"

#include "proxy/crypto/digest.h"
#include "proxy/routes/handlers.h"
#include "tests/sim/memory_disk.h"
#include "tests/sim/stage.h"

namespace voxdial::sim {
namespace {

/// As the proxy sends: what comes of every request is known to the circuit breaker.
World watched(World world, Health& health) {
  world.send = [send = world.send, &health](const VendorRequest& request) {
    SendResult result = send(request);
    health.note(request.vendor, result);
    return result;
  };
  return world;
}

}  // namespace

Result<std::unique_ptr<Middle>> Middle::start(const World& world, const Config& config,
                                              const std::string& file, StoreFaults& faults) {
  StoreOptions options;
  options.path = file;
  options.readers = 1;
  options.vfs = memory_disk;
  options.faults = &faults;
  options.reconcile = reconcile;
  auto opened = Store::open(options);
  if (!opened) return fail(std::move(opened).error());
  std::unique_ptr<Middle> middle(new Middle(world, config, std::move(*opened)));
  if (auto known = middle->recorder_.start(); !known) return fail(std::move(known).error());
  return middle;
}

Middle::Middle(const World& world, const Config& config, std::unique_ptr<Store> store)
    : store_(std::move(store)),
      hub_({}, [] { return std::int64_t{0}; }),
      health_(world.steady_ms),
      world_(watched(world, health_)),
      agents_(std::vector<Agent>{}, *store_),
      recorder_(*store_, hub_, world_, reconcile),
      calls_(config, world_, *store_, agents_, recorder_, health_),
      worker_(config, world_, *store_, recorder_),
      access_(config, world_, *store_),
      catalogue_(world_),
      app_{.config = config,
           .world = world_,
           .store = *store_,
           .hub = hub_,
           .agents = agents_,
           .recorder = recorder_,
           .calls = calls_,
           .access = access_,
           .catalogue = catalogue_,
           .health = health_,
           .files = files_,
           .border = {}} {}

int Middle::hear(const Callback& callback) {
  http::Request request;
  request.method = "POST";
  request.path = callback.path;
  request.query = callback.query;
  request.body = callback.body;
  const Config& config = app_.config;
  if (callback.vendor == Vendor::twilio) {
    std::string text = config.public_base_url + callback.path +
                       (callback.query.empty() ? "" : "?" + callback.query);
    for (const auto& [name, value] : fields_of(callback.body)) text += name + value;
    request.headers = {{"x-twilio-signature",
                        crypto::to_base64(crypto::hmac_sha1(config.twilio_auth_token, text))}};
  } else {
    const std::string at = rfc3339(world_.now());
    const std::string key = crypto::derive_key(config.ultravox_key, "ultravox callbacks");
    request.headers = {{"x-ultravox-webhook-timestamp", at},
                       {"x-ultravox-webhook-signature",
                        crypto::to_hex(crypto::hmac_sha256(key, callback.body + at))}};
  }
  const Ask ask{.request = request, .person = {}, .id = {}};
  if (callback.vendor == Vendor::ultravox) return handlers::ultravox_events(app_, ask).status;
  return callback.path.ends_with("/amd") ? handlers::twilio_amd(app_, ask).status
                                         : handlers::twilio_status(app_, ask).status;
}

std::optional<Millis> Middle::run_due() {
  const auto next = worker_.run_due();
  if (!next) return std::nullopt;
  return *next - world_.now();
}

}  // namespace voxdial::sim
