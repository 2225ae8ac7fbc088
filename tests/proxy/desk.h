// A whole proxy without sockets, for tests of its rooms together: a real store in a folder of its
// own, a real hub, a clock that moves when told, and vendors that answer what a test says.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "proxy/app.h"
#include "proxy/calls/plan.h"
#include "proxy/store/faults.h"

namespace voxdial::test {

inline constexpr const char* join_url = "wss://voice.example/calls/secret-join-token";
inline constexpr const char* ultravox_id = "0c0e0000-0000-4000-8000-000000000001";
inline constexpr const char* twilio_sid = "CA0123456789abcdef0123456789abcdef";
inline constexpr const char* ultravox_key = "uvkeyuvk.0123456789abcdef0123456789abcdef";
inline constexpr const char* twilio_token = "fedcba9876543210fedcba9876543210";

inline const Reader everybody{.user = {}, .only_own = false, .whole_numbers = true};

/// What happened at the vendors' end, and what they say.
struct FakeVendors {
  std::function<SendResult(const VendorRequest&)> ultravox_create, twilio_create, ultravox_get,
      twilio_get, twilio_update, twilio_find, messages, data_message;
  std::vector<VendorRequest> seen;
  std::mutex mutex;

  static VendorReply reply(int status, std::string body) {
    return {.status = status, .headers = {}, .body = std::move(body)};
  }
  /// A request that got no usable reply.
  static SendResult lost(SendFailure::Kind kind = SendFailure::Kind::no_answer) {
    return Unexpected<SendFailure>{{.kind = kind, .what = "test"}};
  }
  static std::string twilio_call(const std::string& status, const std::string& more = {}) {
    return std::string(R"({"sid":")") + twilio_sid + R"(","status":")" + status +
           R"(","to":"+12025550100","from":"+12025550143","direction":"outbound-api")" + more + "}";
  }

  FakeVendors() {
    // Each request makes another call; the first is the one the other replies speak of.
    ultravox_create = [n = std::make_shared<std::atomic<int>>(0)](const VendorRequest&) {
      std::string id = ultravox_id;
      if (const int made = (*n)++; made != 0) {
        const std::string digits = std::to_string(made);
        id.replace(id.size() - 4 - digits.size(), digits.size(), digits);
      }
      return reply(201, R"({"callId":")" + id +
                            R"(","created":"2026-11-22T10:00:00Z","joinUrl":")" + join_url +
                            R"(","systemPrompt":"x"})");
    };
    ultravox_get = [](const VendorRequest&) {
      return reply(200, std::string(R"({"callId":")") + ultravox_id +
                            R"(","created":"2026-11-22T10:00:00Z","joinUrl":")" + join_url + "\"}");
    };
    twilio_create = [n = std::make_shared<std::atomic<int>>(0)](const VendorRequest& request) {
      std::string call = twilio_call("queued");
      if (const auto to = request.body.find("To=%2B"); to != std::string::npos) {
        const std::string number = request.body.substr(to + 6, request.body.find('&', to) - to - 6);
        call.replace(call.find("12025550100"), 11, number);
      }
      if (const int dialled = (*n)++; dialled != 0) {
        const std::string digits = std::to_string(dialled);
        call.replace(call.find(twilio_sid) + 34 - digits.size(), digits.size(), digits);
      }
      return reply(201, call);
    };
    twilio_get = [](const VendorRequest&) { return reply(200, twilio_call("ringing")); };
    twilio_update = [](const VendorRequest&) { return reply(200, twilio_call("completed")); };
    twilio_find = [](const VendorRequest&) { return reply(200, R"({"calls":[]})"); };
    messages = [](const VendorRequest&) { return reply(200, R"({"results":[],"next":null})"); };
    data_message = [](const VendorRequest&) { return reply(204, ""); };
  }

  SendResult send(const VendorRequest& request) {
    std::function<SendResult(const VendorRequest&)>* answer = nullptr;
    {
      const std::lock_guard lock(mutex);
      seen.push_back(request);
      const std::string& path = request.path;
      const bool post = request.method == "POST";
      if (request.vendor == Vendor::ultravox) {
        if (post && path == "/api/calls")
          answer = &ultravox_create;
        else if (post)
          answer = &data_message;
        else if (path.find("/messages") != path.npos)
          answer = &messages;
        else
          answer = &ultravox_get;
      } else if (post) {
        answer = path.find("/Calls.json") != path.npos ? &twilio_create : &twilio_update;
      } else {
        answer = path.find("/Calls.json") != path.npos ? &twilio_find : &twilio_get;
      }
    }
    return (*answer)(request);
  }

  /// How often a telephone was made to ring.
  int dials() {
    const std::lock_guard lock(mutex);
    int count = 0;
    for (const VendorRequest& r : seen) {
      count += r.vendor == Vendor::twilio && r.method == "POST" &&
               r.path.find("/Calls.json") != r.path.npos;
    }
    return count;
  }
};

/// A folder that goes away.
struct TemporaryFolder {
  std::string path;
  TemporaryFolder() {
    // In memory where there is such a place: thousands of syncs of a real disk take minutes.
    const std::filesystem::path memory = "/dev/shm";
    const auto base =
        ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string name = (base / "voxdial-test-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

struct Desk {
  TemporaryFolder folder;
  FakeVendors vendors;
  StoreFaults faults;
  Millis clock = 1'795'340'000'000;  ///< 2026-11-22T09:33:20Z
  std::atomic<unsigned> ids{0};
  std::mutex log_mutex;
  std::string log;
  Config config;
  World world;
  BorderRules border;
  std::unique_ptr<App> app;
  // Of `app`.
  Store* store = nullptr;
  Health* health = nullptr;
  Recorder* recorder = nullptr;
  Calls* calls = nullptr;
  Worker* worker = nullptr;  ///< without threads: see run()

  std::string database;  ///< empty: a file in `folder`
  std::string server;    ///< our id among several on the database

  explicit Desk(BorderRules rules = {}, std::string database_url = {}, std::string server_id = {})
      : border(std::move(rules)), database(std::move(database_url)), server(std::move(server_id)) {
    config.listen_address = "127.0.0.1";
    config.ultravox_key = Secret(std::string(ultravox_key));
    config.phone = true;
    config.twilio_account_sid = "AC0123456789abcdef0123456789abcdef";
    config.twilio_number = "+12025550143";
    config.twilio_auth_token = Secret(std::string(twilio_token));
    config.max_call_s = 1800;
    config.ring_timeout_s = 30;
    config.phone_policy.own_region = "US";
    config.phone_policy.quiet_hours = false;
    world.send = [this](const VendorRequest& request) { return vendors.send(request); };
    world.now = [this] { return clock; };
    world.steady_ms = [this] { return clock; };
    world.random_bytes = [this](std::size_t n) {
      std::string bytes(n, '\0');
      const unsigned id = ++ids;
      for (std::size_t i = 0; i < sizeof id && i < n; ++i)
        bytes[i] = static_cast<char>(id >> (8 * i));
      return bytes;
    };
    world.log = [this](const LogLine& line) {
      const std::lock_guard lock(log_mutex);
      log += line.event;
      for (const auto& [key, value] : line.fields) log += " " + key + "=" + value;
      log += '\n';
    };
    open();
  }

  /// Opens the store and everything on top of it, as a start of the process does.
  void open() {
    app.reset();
    StoreOptions options;
    options.path = folder.path + "/voxdial.db";
    options.url = Secret(std::string(database));
    options.server = server;
    options.faults = &faults;
    options.reconcile = reconcile;
    auto opened = Store::open(options);
    if (!opened) throw std::runtime_error(opened.error().message);
    // By way of `world`, which a test may change at any time.
    const World outside{
        .send = [this](const VendorRequest& request) { return world.send(request); },
        .now = [this] { return world.now(); },
        .steady_ms = [this] { return world.steady_ms(); },
        .random_bytes = [this](std::size_t n) { return world.random_bytes(n); },
        .log = [this](const LogLine& line) { world.log(line); }};
    app = std::make_unique<App>(config, App::Parts{.outside = outside,
                                                   .store = std::move(*opened),
                                                   .hub = std::make_unique<events::Hub>(
                                                       events::HubOptions{.fed = !server.empty()},
                                                       [] { return std::int64_t{0}; }),
                                                   .border = border});
    store = &app->store;
    health = &app->health;
    recorder = &app->recorder;
    calls = &app->calls;
    worker = &app->worker;
    if (auto started = recorder->start(); !started)
      throw std::runtime_error(started.error().message);
  }

  /// Pays what is due now, and what follows from that now.
  void pay() {
    while (const auto next = worker->run_due()) {
      if (*next > clock) break;
    }
  }

  /// Lets time pass, and the worker pay what becomes due on the way.
  void run(Millis ms) {
    const Millis until = clock + ms;
    for (;;) {
      const auto next = worker->run_due();
      if (!next || *next > until) break;
      clock = std::max(clock, *next);
    }
    clock = until;
  }

  StoredCall row(const std::string& id) { return **store->find_call(id); }

  static Attempt attempt(MediumType medium, const std::string& key = "key-1") {
    Attempt attempt;
    attempt.request.medium.type = medium;
    if (medium == MediumType::twilio) attempt.request.medium.phone_number = "+12025550100";
    attempt.request.settings.system_prompt = "Be kind.";
    attempt.idempotency_key = key;
    attempt.body_hash = "hash";
    attempt.client_address = "127.0.0.1";
    return attempt;
  }

  std::vector<Call> all_calls() {
    const auto page = store->list_calls({.user = {}, .only_own = false, .whole_numbers = true}, {});
    return page ? page->calls : std::vector<Call>{};
  }
};

}  // namespace voxdial::test
