#include "proxy/cli/cli.h"

#include <algorithm>
#include <cstdlib>
#include <ostream>

#include "proxy/app.h"
#include "proxy/cli/do_not_call.h"
#include "proxy/cli/people.h"
#include "proxy/cli/records.h"
#include "proxy/doctor.h"
#include "proxy/http/probe.h"

namespace voxdial {
namespace {

int verify_audit(const Console& console) {
  const auto check = console.store.verify_audit();
  return check ? tell(console.out, *check) : console.complain(check.error().message);
}

int doctor(const Console& console, const Config& config) {
  const DoctorReport report = examine(config, console.world, console.store, "");
  console.out << to_text(report);
  return healthy(report) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/// For a container's health check, where no other program is at hand.
int health(const Config& config, std::ostream& err) {
  const bool anywhere = config.listen_address == "0.0.0.0" || config.listen_address == "::";
  const std::string address = anywhere ? "127.0.0.1" : config.listen_address;
  if (http::answers(address, config.port, !config.tls_cert_file.empty(), "/healthz")) {
    return EXIT_SUCCESS;
  }
  return complain(err, "no proxy answers on port " + std::to_string(config.port) + ".");
}

}  // namespace

std::string to_text(const DoctorReport& report) {
  constexpr std::string_view marks[] = {"ok      ", "warning ", "FAILED  ", "unknown "};
  std::string text;
  for (const DoctorCheck& check : report.checks) {
    text += std::string(marks[static_cast<int>(check.state)]) + check.title + ": " + check.detail +
            '\n';
    if (!check.remedy.empty()) text += "        " + check.remedy + '\n';
  }
  return text;
}

std::string help() {
  return "voxdial                serve\n"
         "voxdial doctor         look at everything that can stop a call\n"
         "voxdial health         ask the proxy on this machine whether it is alive\n"
         "voxdial audit verify   walk the audit's hash chain\n" +
         std::string(people_usage()) + std::string(do_not_call_usage()) +
         std::string(records_usage()) +
         "Settings are read from the environment; see .env.example.\n";
}

std::optional<int> run_command(std::span<const std::string_view> words, const Config& config,
                               const World& world, std::istream& in, std::ostream& out,
                               std::ostream& err) {
  if (words.size() == 1 && words[0] == "health") return health(config, err);
  if (words[0] == "backup" || words[0] == "restore" || words[0] == "store") {
    return records_command(config, world, words, out, err);
  }
  const bool audit = words.size() == 2 && words[0] == "audit" && words[1] == "verify";
  const bool known = audit || words[0] == "doctor" || words[0] == "user" || words[0] == "token" ||
                     words[0] == "donotcall";
  if (!known) return std::nullopt;
  const auto record = open_record(config, /*server=*/{});
  if (!record) return complain(err, record.error().message);
  const Console console{in, out, err, world, *record->store};
  if (audit) return verify_audit(console);
  if (words[0] == "doctor") return doctor(console, config);
  if (words[0] == "donotcall") return do_not_call_command(console, words, config.phone_policy);
  return people_command(console, words);
}

}  // namespace voxdial
