// The proxy: reads the environment, builds every room, hands them to each other, serves.
//
//   voxdial               serve
//   voxdial doctor        look at everything that can stop a call
//   voxdial audit verify  walk the audit's hash chain
//   voxdial user|token    name people and scripts (proxy/cli/people.h)
//   voxdial donotcall     numbers nobody here may call (proxy/cli/do_not_call.h)
//   voxdial help
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "proxy/access/network.h"
#include "proxy/calls/worker.h"
#include "proxy/cli/do_not_call.h"
#include "proxy/cli/people.h"
#include "proxy/data_folder.h"
#include "proxy/doctor.h"
#include "proxy/http/server.h"
#include "proxy/http/vendor_client.h"
#include "proxy/log.h"
#include "proxy/routes/routes.h"
#include "proxy/upkeep.h"
#include "shared/codec.h"

namespace {

using namespace voxdial;

constexpr int exit_usage = 2;
/// A vendor or a client that hangs must not hold up the end: container runtimes kill after ten
/// seconds. The record is made for a stop at any moment; the next start takes up what is left.
constexpr unsigned longest_end_s = 8;
/// A script may follow a thousand pages' worth of streams; a fifth of all is one person's share.
constexpr std::size_t streams_a_person = 2'000;

std::optional<std::string> environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// What was a key in the environment is gone from there, and so from /proc, once it has been read.
void wipe_environment() {
  for (const Variable& variable : variables()) {
    char* value = std::getenv(std::string(variable.name).c_str());
    if (variable.secret && value != nullptr) ::explicit_bzero(value, std::strlen(value));
  }
}

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return file ? std::optional(std::move(text).str()) : std::nullopt;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (::getentropy(bytes.data(), count) != 0) std::abort();  // no randomness: no ids, no safety
  return bytes;
}

Millis wall_clock() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t steady_clock_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

int complain(const std::string& sentence) {
  std::cerr << "voxdial: " << sentence << '\n';
  return EXIT_FAILURE;
}

/// The record and, where it is a file, the folder it is in.
struct Record {
  std::optional<DataFolder> folder;
  std::unique_ptr<Store> store;
};

/// One server works on a record at a time; the other verbs run beside it, or without one.
Result<Record> open_record(const Config& config, bool serving) {
  Record record;
  StoreOptions options;
  options.reconcile = reconcile;
  options.url = config.database_url;
  options.serving = serving;
  if (config.database_url.empty()) {
    auto folder = DataFolder::open(config.data_dir);
    if (!folder) return fail(std::move(folder).error());
    if (serving) {
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

/// For what runs beside a server, or instead of one.
Result<std::unique_ptr<Store>> open_store(const Config& config) {
  auto record = open_record(config, false);
  if (!record) return fail(std::move(record).error());
  return std::move(record->store);
}

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

int serve(const Config& config, LogWriter& log) {
  auto client = http::VendorClient::create(vendor_endpoints(config), {}, steady_clock_ms);
  if (!client) return complain(client.error().message);
  Health health(steady_clock_ms);
  const World world{.send =
                        [&](const VendorRequest& request) {
                          SendResult result = (*client)->send(request);
                          if (request.elsewhere.empty()) health.note(request.vendor, result);
                          return result;
                        },
                    .now = wall_clock,
                    .steady_ms = steady_clock_ms,
                    .random_bytes = random_bytes,
                    .log = [&log](const LogLine& line) { log.write(line); }};

  auto record = open_record(config, true);
  if (!record) return complain(record.error().message);
  const std::unique_ptr<Store>* const store = &record->store;
  Access access(config, world, **store);
  const auto login = access.somebody_is_named();
  if (!login) return complain(login.error().message);
  if (is_exposed(config) && !*login) {
    return complain(
        "LISTEN_ADDRESS or ALLOWED_HOSTS lets others than this machine in, and nobody is named: "
        "anybody could place calls. Name a person with `voxdial user add NAME`, or listen on "
        "127.0.0.1 without ALLOWED_HOSTS.");
  }
  if (!is_loopback_host(config.listen_address) && config.tls_cert_file.empty() &&
      config.trusted_proxies.empty()) {
    world.log(
        {LogLine::Level::warning,
         "no_https",
         {{"why",
           "others can ask, but over plain http no browser keeps a log-in or gives the "
           "microphone; set TLS_CERT_FILE and TLS_KEY_FILE, or put a reverse proxy with https "
           "in front and name it in TRUSTED_PROXIES"}}});
  }
  const auto swappable = [](const Secret& key) { return !key.empty() && !key.locked(); };
  if (swappable(config.ultravox_key) || swappable(config.twilio_auth_token) ||
      swappable(config.twilio_password)) {
    world.log({LogLine::Level::warning,
               "keys_not_locked",
               {{"why", "memory may be swapped out; raise RLIMIT_MEMLOCK (ulimit -l)"}}});
  }
  auto files = http::StaticFiles::load(config.web_root);
  if (!files) return complain(files.error().message);
  Shipped shipped = read_shipped_agents(config.agents_dir);
  for (const std::string& problem : shipped.problems) {
    world.log({LogLine::Level::warning, "agent_left_out", {{"why", problem}}});
  }

  events::HubOptions hub_options;
  std::memcpy(&hub_options.epoch, random_bytes(sizeof hub_options.epoch).data(),
              sizeof hub_options.epoch);
  hub_options.rights = [&store]() -> Result<std::int64_t> {
    const auto rights = (*store)->rights();
    if (!rights) return fail(rights.error());
    return rights->number;
  };
  hub_options.clock = [] { return encode(ServerTime{wall_clock()}); };
  if (*login) hub_options.max_streams_per_person = streams_a_person;
  events::Hub hub(hub_options, steady_clock_ms);
  Agents agents(std::move(shipped.agents), **store);
  health.on_change = [&hub](const VendorHealth& now) {
    hub.publish(
        {.kind = "vendors", .owner = {}, .for_everyone = true, .masked = encode(now), .whole = {}});
  };
  Recorder recorder(**store, hub, world, reconcile);
  Calls calls(config, world, **store, agents, recorder, health);
  ultravox::Catalogue catalogue(world);
  App app{.config = config,
          .world = world,
          .store = **store,
          .hub = hub,
          .agents = agents,
          .recorder = recorder,
          .calls = calls,
          .access = access,
          .catalogue = catalogue,
          .health = health,
          .files = *files,
          .border = border_rules(config)};
  http::Server server(
      server_options(config),
      [&app](const http::Request& request) { return respond(app, request); }, steady_clock_ms,
      [&world](const std::string& what) {
        world.log({LogLine::Level::error, "handler_threw", {{"what", what}}});
      });
  const auto port = server.bind();
  if (!port) return complain(port.error().message);

  Worker worker(config, world, **store, recorder);
  if (auto started = worker.start(); !started) return complain(started.error().message);

  const Upkeep upkeep(config, world, **store);

  // Signals are taken by one thread that waits for them; every other thread has them blocked.
  std::thread stopper([&server, &hub] {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    int signal_number = 0;
    sigwait(&set, &signal_number);
    ::signal(SIGALRM, [](int) { ::_exit(EXIT_FAILURE); });
    ::alarm(longest_end_s);
    hub.close_all();
    server.stop();
  });
  const std::string host = config.listen_address.find(':') != std::string::npos
                               ? "[" + config.listen_address + "]"
                               : config.listen_address;
  std::cout << "voxdial: " << (config.tls_cert_file.empty() ? "http" : "https") << "://" << host
            << ":" << *port << "/" << std::endl;
  server.run();
  ::kill(::getpid(), SIGTERM);  // wakes the stopper when run() ended by itself
  stopper.join();
  worker.stop();
  return EXIT_SUCCESS;
}

int doctor(const Config& config, LogWriter& log) {
  auto client = http::VendorClient::create(vendor_endpoints(config), {}, steady_clock_ms);
  if (!client) return complain(client.error().message);
  const World world{
      .send = [&client](const VendorRequest& request) { return (*client)->send(request); },
      .now = wall_clock,
      .steady_ms = steady_clock_ms,
      .random_bytes = random_bytes,
      .log = [&log](const LogLine& line) { log.write(line); }};
  auto store = open_store(config);
  if (!store) return complain(store.error().message);
  const DoctorReport report = examine(config, world, **store, "");
  std::cout << to_text(report);
  return healthy(report) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int verify_audit(const Config& config) {
  auto store = open_store(config);
  if (!store) return complain(store.error().message);
  const auto check = (*store)->verify_audit();
  if (!check) return complain(check.error().message);
  std::cout << check->what << '\n' << "head " << check->head_hash << '\n';
  return check->intact ? EXIT_SUCCESS : EXIT_FAILURE;
}

/// `voxdial user`, `token` and `donotcall`.
int change_lists(const Config& config, std::span<const std::string_view> words, LogWriter& log) {
  auto store = open_store(config);
  if (!store) return complain(store.error().message);
  const World world{.send = {},
                    .now = wall_clock,
                    .steady_ms = steady_clock_ms,
                    .random_bytes = random_bytes,
                    .log = [&log](const LogLine& line) { log.write(line); }};
  if (words[0] == "donotcall") {
    return do_not_call_command(words, std::cout, std::cerr, config.phone_policy, world, **store);
  }
  return people_command(words, std::cin, std::cout, std::cerr, world, **store);
}

int run(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const std::string_view command = words.empty() ? "serve" : words[0];
  if (command == "help" || command == "--help") {
    std::cout << "voxdial                serve\n"
                 "voxdial doctor         look at everything that can stop a call\n"
                 "voxdial audit verify   walk the audit's hash chain\n"
              << people_usage() << do_not_call_usage()
              << "Settings are read from the environment; see .env.example.\n";
    return EXIT_SUCCESS;
  }
  LogWriter log(STDERR_FILENO, wall_clock);
  ConfigReport report = read_config(environment, read_file);
  wipe_environment();
  if (command == "audit" && words.size() == 2 && words[1] == "verify") {
    return verify_audit(report.config);
  }
  if (command == "user" || command == "token" || command == "donotcall") {
    return change_lists(report.config, words, log);
  }
  if (command != "serve" && command != "doctor") {
    std::cerr << "voxdial: unknown command; try voxdial help\n";
    return exit_usage;
  }
  for (const ConfigProblem& problem : report.problems) {
    std::cerr << "voxdial: " << problem.variable << ' ' << problem.what << ". " << problem.remedy
              << '\n';
  }
  if (!report.problems.empty()) return exit_usage;
  return command == "doctor" ? doctor(report.config, log) : serve(report.config, log);
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow further is an error of that write, as a full disk is.
  ::signal(SIGXFSZ, SIG_IGN);
  // What a password's hash takes, or a recording, is given back at once: in the arenas of as many
  // threads as there are, such blocks would stay for good.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A core dump or a debugger of another process would show the keys.
  ::prctl(PR_SET_DUMPABLE, 0);
  const rlimit no_core{};
  ::setrlimit(RLIMIT_CORE, &no_core);
  return run(argc, argv);
}
