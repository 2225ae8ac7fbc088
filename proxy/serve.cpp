#include "proxy/serve.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "proxy/access/network.h"
#include "proxy/app.h"
#include "proxy/http/server.h"
#include "proxy/routes/routes.h"
#include "proxy/upkeep.h"
#include "proxy/url.h"

namespace voxdial {
namespace {

/// A vendor or a client that hangs must not hold up the end: container runtimes kill after ten
/// seconds. The record is made for a stop at any moment; the next start takes up what is left.
constexpr unsigned longest_end_s = 8;

int complain(const std::string& sentence) {
  std::cerr << "voxdial: " << sentence << '\n';
  return EXIT_FAILURE;
}

http::ServerOptions server_options(const Config& config) {
  http::ServerOptions options;
  options.address = config.listen_address;
  options.port = config.port;
  options.tls_certificate_file = config.tls_cert_file;
  options.tls_key_file = config.tls_key_file;
  options.counts_under = [&config](const std::string& peer) {
    // A reverse proxy's address stands for all of its clients.
    const bool proxy = config.trusted_proxies.empty() ? is_loopback_host(peer)
                                                      : in_networks(peer, config.trusted_proxies);
    return proxy ? std::string() : counting_address(peer);
  };
  options.drain_timeout_ms = 4'000;  // within longest_end_s, with time left for everything else
  options.hsts = config.public_base_url.rfind("https://", 0) == 0;
  // The join URL's host is known only from Ultravox's answer, LiveKit's only from its first
  // message.
  options.connect_src = {"wss:", "https:"};
  if (config.sandbox) {
    options.connect_src = {"ws://127.0.0.1:*", "http://127.0.0.1:*", "ws://localhost:*",
                           "http://localhost:*"};
  }
  return options;
}

void warn(const World& world, std::string event, std::string why) {
  world.log({LogLine::Level::warning, std::move(event), {{"why", std::move(why)}}});
}

/// What works, and not as the operator may think.
void warn_of_settings(const Config& config, const World& world) {
  if (!is_loopback_host(config.listen_address) && config.tls_cert_file.empty() &&
      config.trusted_proxies.empty()) {
    warn(world, "no_https",
         "others can ask, but over plain http no browser keeps a log-in or gives the microphone; "
         "set TLS_CERT_FILE and TLS_KEY_FILE, or put a reverse proxy with https in front and name "
         "it in TRUSTED_PROXIES");
  }
  const auto swappable = [](const Secret& key) { return !key.empty() && !key.locked(); };
  if (swappable(config.ultravox_key) || swappable(config.twilio_auth_token) ||
      swappable(config.twilio_password)) {
    warn(world, "keys_not_locked", "memory may be swapped out; raise RLIMIT_MEMLOCK (ulimit -l)");
  }
}

/// Signals are taken by one thread that waits for them; every other thread has them blocked.
std::thread stop_at_signal(http::Server& server, events::Hub& hub) {
  return std::thread([&server, &hub] {
    const sigset_t set = stop_signals();
    int signal_number = 0;
    sigwait(&set, &signal_number);
    ::signal(SIGALRM, [](int) { ::_exit(EXIT_FAILURE); });
    ::alarm(longest_end_s);
    hub.close_all();
    server.stop();
  });
}

}  // namespace

std::vector<http::VendorEndpoint> vendor_endpoints(const Config& config) {
  std::vector<http::VendorEndpoint> endpoints = {
      {.vendor = Vendor::ultravox,
       .voice_host = false,
       .base_url = config.ultravox_base_url,
       .credentials = http::HeaderKey{"X-API-Key", config.ultravox_key}}};
  if (config.phone) {
    const http::BasicAuth twilio{config.twilio_user, config.twilio_password};
    endpoints.push_back({.vendor = Vendor::twilio,
                         .voice_host = false,
                         .base_url = config.twilio_base_url,
                         .credentials = twilio});
    endpoints.push_back({.vendor = Vendor::twilio,
                         .voice_host = true,
                         .base_url = config.twilio_voice_base_url,
                         .credentials = twilio});
  }
  return endpoints;
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  // SIGHUP: the terminal was closed. Some process managers stop with SIGQUIT.
  for (const int number : {SIGINT, SIGHUP, SIGQUIT}) {
    struct sigaction now = {};
    ::sigaction(number, nullptr, &now);
    if (now.sa_handler != SIG_IGN) sigaddset(&set, number);  // nohup, or a job in the background
  }
  return set;
}

int serve(const Config& config, const World& outside) {
  auto record = open_record(config, new_id(outside, "server_"));
  if (!record) return complain(record.error().message);
  Store& store = *record->store;
  const auto named = somebody_is_named(config, store);
  if (!named) return complain(named.error().message);
  if (is_exposed(config) && !*named) {
    return complain(
        "LISTEN_ADDRESS or ALLOWED_HOSTS lets others than this machine in, and nobody is named: "
        "anybody could place calls. Name a person with `voxdial user add NAME`, or listen on "
        "127.0.0.1 without ALLOWED_HOSTS.");
  }
  warn_of_settings(config, outside);
  auto files = http::StaticFiles::load(config.web_root);
  if (!files) return complain(files.error().message);
  Shipped shipped = read_shipped_agents(config.agents_dir);
  for (const std::string& problem : shipped.problems) warn(outside, "agent_left_out", problem);

  auto streams = stream_options(outside, store, *named);
  App app(config, {.outside = outside,
                   .store = std::move(record->store),
                   .hub = std::make_unique<events::Hub>(std::move(streams), outside.steady_ms),
                   .agents = std::move(shipped.agents),
                   .files = std::move(*files),
                   .border = border_rules(config)});
  http::Server server(
      server_options(config),
      [&app](const http::Request& request) { return respond(app, request); }, outside.steady_ms,
      [&app](const std::string& what) {
        app.world.log({LogLine::Level::error, "handler_threw", {{"what", what}}});
      });
  const auto port = server.bind();
  if (!port) return complain(port.error().message);
  if (auto started = app.feed.start(); !started) return complain(started.error().message);
  if (auto started = app.worker.start(); !started) return complain(started.error().message);
  app.adopter.start();
  const Upkeep upkeep(config, app.world, app.store);

  std::thread stopper = stop_at_signal(server, app.hub);
  const std::string host = config.listen_address.find(':') != std::string::npos
                               ? "[" + config.listen_address + "]"
                               : config.listen_address;
  std::cout << "voxdial: " << (config.tls_cert_file.empty() ? "http" : "https") << "://" << host
            << ":" << *port << "/" << std::endl;
  server.run();
  ::kill(::getpid(), SIGTERM);  // wakes the stopper when run() ended by itself
  stopper.join();
  app.worker.stop();
  return EXIT_SUCCESS;
}

}  // namespace voxdial
