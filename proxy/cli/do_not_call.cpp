#include "proxy/cli/do_not_call.h"

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <string>

#include "proxy/policy/number.h"
#include "shared/ascii.h"
#include "shared/time_text.h"

namespace voxdial {
namespace {

/// A reason without a word in it is a second number, or the rest of the first.
bool has_words(std::string_view reason) {
  return std::any_of(reason.begin(), reason.end(), [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

std::string_view do_not_call_usage() {
  return "voxdial donotcall add NUMBER [REASON]  nobody here may call it\n"
         "voxdial donotcall list\n"
         "voxdial donotcall remove NUMBER\n";
}

int do_not_call_command(const Console& console, std::span<const std::string_view> words,
                        const PhonePolicy& policy) {
  const std::string_view verb = words.size() > 1 ? words[1] : std::string_view();
  if (verb == "list" && words.size() == 2) {
    const auto list = console.store.do_not_call_list();
    if (!list) return console.complain(list.error().message);
    for (const DoNotCall& entry : *list) {
      console.out << entry.number << '\t' << to_rfc3339(entry.added_at) << '\t' << entry.reason
                  << '\n';
    }
    return EXIT_SUCCESS;
  }
  const bool add = verb == "add" && (words.size() == 3 || words.size() == 4);
  if (!add && !(verb == "remove" && words.size() == 3)) {
    console.err << do_not_call_usage();
    return exit_usage;
  }
  if (words.size() == 4 && !has_words(words[3])) {
    return console.complain(
        "One number at a time, in quotes if it has spaces; a reason has words. Nothing was added.");
  }
  AuditEntry entry;
  entry.kind = add ? "do_not_call_added" : "do_not_call_removed";
  entry.number = canonical_number(words[2], policy.own_region);
  entry.detail = words.size() == 4 ? words[3] : std::string_view();
  if (entry.number.empty()) {
    return console.complain("That is no phone number. Write it with + and country code.");
  }
  const auto done =
      add ? console.store.add_do_not_call({entry.number, entry.detail, "", console.world.now()})
          : console.store.remove_do_not_call(entry.number);
  if (!done) return console.complain(done.error().message);
  if (const int status = console.audited(entry); status != EXIT_SUCCESS) return status;
  const bool in_file =
      std::binary_search(policy.do_not_call.begin(), policy.do_not_call.end(), entry.number);
  console.out << entry.number
              << (add       ? " will not be called.\n"
                  : in_file ? " is off this list; DO_NOT_CALL_FILE still names it.\n"
                            : " may be called again.\n");
  return EXIT_SUCCESS;
}

}  // namespace voxdial
