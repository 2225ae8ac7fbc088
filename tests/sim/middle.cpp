#include "tests/sim/middle.h"

#include "proxy/crypto/digest.h"
#include "proxy/routes/handlers.h"
#include "tests/sim/memory_disk.h"
#include "tests/sim/stage.h"

namespace voxdial::sim {
Result<std::unique_ptr<Middle>> Middle::start(const World& world, const Config& config,
                                              const std::string& file, StoreFaults& faults,
                                              const std::string& server) {
  StoreOptions options;
  options.path = file;
  options.server = server;
  options.readers = 1;
  options.vfs = memory_disk;
  options.faults = &faults;
  options.reconcile = reconcile;
  auto opened = Store::open(options);
  if (!opened) return fail(std::move(opened).error());
  std::unique_ptr<Middle> middle(new Middle(world, config, std::move(*opened)));
  if (auto known = middle->app_.recorder.start(); !known) return fail(std::move(known).error());
  return middle;
}

Middle::Middle(const World& world, const Config& config, std::unique_ptr<Store> store)
    : app_(config, {.outside = world,
                    .store = std::move(store),
                    .hub = std::make_unique<events::Hub>(events::HubOptions{},
                                                         [] { return std::int64_t{0}; })}) {
  if (app_.store.is_shared()) app_.database_time = beginning - steady_at_beginning;
}

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
    const std::string at = rfc3339(app_.world.now());
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

bool Middle::others_owe() {
  if (!app_.store.is_shared()) return false;
  const auto due = app_.store.count_due(app_.world.now());
  return !due || *due > 0;
}

std::optional<Millis> Middle::run_due() {
  const auto next = app_.worker.run_due();
  if (!next) return std::nullopt;
  return *next - app_.world.now();
}

}  // namespace voxdial::sim
