#include "proxy/cli/do_not_call.h"

#include <cstdlib>
#include <ostream>
#include <string>

#include "proxy/policy/number.h"
#include "shared/time_text.h"

namespace voxdial {
namespace {

constexpr int exit_usage = 2;

Result<void> audited(const World& world, Store& store, std::string kind, const std::string& number,
                     std::string detail) {
  AuditEntry entry;
  entry.at = world.now();
  entry.kind = std::move(kind);
  entry.number = number;
  entry.detail = std::move(detail);
  return store.record_audit(entry);
}

Result<void> change(std::string_view verb, const std::string& number, const std::string& reason,
                    const World& world, Store& store) {
  const bool add = verb == "add";
  auto done = add ? store.add_do_not_call({number, reason, "", world.now()})
                  : store.remove_do_not_call(number);
  if (!done) return done;
  return audited(world, store, add ? "do_not_call_added" : "do_not_call_removed", number, reason);
}

}  // namespace

std::string_view do_not_call_usage() {
  return "voxdial donotcall add NUMBER [REASON]  nobody here may call it\n"
         "voxdial donotcall list\n"
         "voxdial donotcall remove NUMBER\n";
}

int do_not_call_command(std::span<const std::string_view> words, std::ostream& out,
                        std::ostream& err, const PhonePolicy& policy, const World& world,
                        Store& store) {
  const auto complain = [&](const std::string& sentence) {
    err << "voxdial: " << sentence << '\n';
    return EXIT_FAILURE;
  };
  const std::string_view verb = words.size() > 1 ? words[1] : std::string_view();
  if (verb == "list" && words.size() == 2) {
    const auto list = store.do_not_call_list();
    if (!list) return complain(list.error().message);
    for (const DoNotCall& entry : *list) {
      out << entry.number << '\t' << to_rfc3339(entry.added_at) << '\t' << entry.reason << '\n';
    }
    return EXIT_SUCCESS;
  }
  const bool add = verb == "add" && (words.size() == 3 || words.size() == 4);
  if (!add && !(verb == "remove" && words.size() == 3)) {
    err << do_not_call_usage();
    return exit_usage;
  }
  const std::string number = canonical_number(words[2], region_of(policy.caller_number));
  if (number.empty()) {
    return complain("That is no phone number. Write it with + and country code.");
  }
  const std::string reason(words.size() == 4 ? words[3] : std::string_view());
  const auto done = change(verb, number, reason, world, store);
  if (!done) return complain(done.error().message);
  out << number << (add ? " will not be called.\n" : " may be called again.\n");
  return EXIT_SUCCESS;
}

}  // namespace voxdial
