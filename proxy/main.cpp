// The proxy: reads the environment, builds the world outside, and does what it is told.
//
//   voxdial               serve
//   voxdial doctor        look at everything that can stop a call
//   voxdial audit verify  walk the audit's hash chain
//   voxdial user|token    name people and scripts
//   voxdial donotcall     numbers nobody here may call
//   voxdial backup|restore|store copy
//                         carry the whole record about
//   voxdial help
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>

#include "proxy/cli/cli.h"
#include "proxy/cli/console.h"
#include "proxy/config/text_file.h"
#include "proxy/log.h"
#include "proxy/serve.h"

namespace {

using namespace voxdial;

std::optional<std::string> environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// What was a key in the environment is gone from there, and so from /proc, once it has been read.
void wipe_environment(const std::vector<std::string>& secrets) {
  for (const std::string& name : secrets) {
    if (char* value = std::getenv(name.c_str())) ::explicit_bzero(value, std::strlen(value));
  }
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

/// Asks the real vendors. `send` is left out for the verbs that ask nobody: they need no key.
Result<World> real_world(const Config& config, bool asks_vendors, LogWriter& log) {
  World world{.send = {},
              .now = wall_clock,
              .steady_ms = steady_clock_ms,
              .random_bytes = random_bytes,
              .log = [&log](const LogLine& line) { log.write(line); }};
  if (!asks_vendors) return world;
  auto client = http::VendorClient::create(vendor_endpoints(config), {}, steady_clock_ms);
  if (!client) return fail(std::move(client).error());
  world.send = [client = std::shared_ptr<http::VendorClient>(std::move(*client))](
                   const VendorRequest& request) { return client->send(request); };
  return world;
}

int run(int argc, char** argv) {
  std::vector<std::string_view> words(argv + 1, argv + argc);
  if (words.empty()) words.push_back("serve");
  if (words[0] == "help" || words[0] == "--help") {
    std::cout << help();
    return EXIT_SUCCESS;
  }
  const bool serves = words[0] == "serve";
  if (serves) {  // before the first thread; Ctrl-C ends any other command at once
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
  }
  LogWriter log(STDERR_FILENO, wall_clock);
  const ConfigReport report = read_config(environment, read_file);
  wipe_environment(report.secrets);
  const bool asks_vendors = serves || words[0] == "doctor";
  if (asks_vendors && words.size() > 1) {
    std::cerr << "voxdial: " << words[0]
              << " takes no options; settings come from the environment\n";
    return exit_usage;
  }
  for (const ConfigProblem& problem : report.problems) {
    if (!asks_vendors) break;
    std::cerr << "voxdial: " << problem.variable << ' ' << problem.what << ". " << problem.remedy
              << '\n';
  }
  if (asks_vendors && !report.problems.empty()) return exit_usage;
  const auto world = real_world(report.config, asks_vendors, log);
  if (!world) {
    std::cerr << "voxdial: " << world.error().message << '\n';
    return EXIT_FAILURE;
  }
  if (serves) return serve(report.config, *world);
  if (const auto status =
          run_command(words, report.config, *world, std::cin, std::cout, std::cerr)) {
    return *status;
  }
  std::cerr << "voxdial: unknown command; try voxdial help\n";
  return exit_usage;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow further is an error of that write, as a full disk is.
  ::signal(SIGXFSZ, SIG_IGN);
  // What a password's hash takes, or a recording, is given back at once: in the arenas of as many
  // threads as there are, such blocks would stay for good.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  // A core dump or a debugger of another process would show the keys.
  ::prctl(PR_SET_DUMPABLE, 0);
  const rlimit no_core{};
  ::setrlimit(RLIMIT_CORE, &no_core);
  return run(argc, argv);
}
