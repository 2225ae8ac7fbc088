#include "proxy/cli/people.h"

#include <algorithm>
#include <istream>
#include <ostream>
#include <string>

#include "proxy/access/access.h"
#include "proxy/crypto/digest.h"
#include "proxy/crypto/password.h"
#include "shared/time_text.h"

namespace voxdial {
namespace {

constexpr int exit_usage = 2;
constexpr std::size_t shortest_password = 12;
constexpr std::string_view token_prefix = "vxd_";

/// Letters, digits and . _ - @ : a name ends up in logs, audits and cookies' owners.
bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '@';
  });
}

struct Desk {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const World& world;
  Store& store;

  int complain(const std::string& sentence) const {
    err << "voxdial: " << sentence << '\n';
    return EXIT_FAILURE;
  }

  int audited(std::string kind, std::string_view user, std::string detail) const {
    AuditEntry entry;
    entry.at = world.now();
    entry.kind = std::move(kind);
    entry.user = user;
    entry.detail = std::move(detail);
    const auto kept = store.record_audit(entry);
    return kept ? EXIT_SUCCESS : complain(kept.error().message);
  }
};

int add_user(const Desk& desk, std::string_view name, Role role) {
  if (!good_name(name)) {
    return desk.complain("A name has 1 to 64 letters, digits, dots, hyphens, underscores or @.");
  }
  desk.out << "Password for " << name << " (at least " << shortest_password
           << " characters): " << std::flush;
  std::string password;
  std::getline(desk.in, password);
  if (password.ends_with('\r')) password.pop_back();  // from a file that Windows has written
  desk.out << '\n';
  if (password.size() < shortest_password) {
    return desk.complain("That is shorter than " + std::to_string(shortest_password) +
                         " characters. Nobody was added.");
  }
  auto hash = crypto::password_hash(password, desk.world.random_bytes(16));
  wipe(password);
  if (!hash) return desk.complain(hash.error().message);
  const auto put = desk.store.put_user({.name = std::string(name),
                                        .role = role,
                                        .password_hash = *hash,
                                        .created_at = desk.world.now()});
  if (!put) return desk.complain(put.error().message);
  desk.out << name << " may log in as " << role_name(role) << ".\n";
  return desk.audited("user_added", name, std::string(role_name(role)));
}

int list_users(const Desk& desk) {
  const auto users = desk.store.users();
  if (!users) return desk.complain(users.error().message);
  for (const User& user : *users) {
    desk.out << user.name << '\t' << role_name(user.role) << '\t' << to_rfc3339(user.created_at)
             << '\n';
  }
  return EXIT_SUCCESS;
}

int add_token(const Desk& desk, std::string_view name, std::string_view user) {
  if (!good_name(name)) return desk.complain("A token's name follows the rules of people's names.");
  const std::string token =
      std::string(token_prefix) + crypto::to_base64url(desk.world.random_bytes(32));
  const auto added = desk.store.add_token({.name = std::string(name),
                                           .token_hash = token_hash(token),
                                           .user = std::string(user),
                                           .created_at = desk.world.now()});
  if (!added) return desk.complain(added.error().message);
  desk.out << token << "\nThis is shown once. Send it as: Authorization: Bearer TOKEN\n";
  return desk.audited("token_added", user, std::string(name));
}

int list_tokens(const Desk& desk) {
  const auto tokens = desk.store.tokens();
  if (!tokens) return desk.complain(tokens.error().message);
  for (const ApiToken& token : *tokens) {
    desk.out << token.name << '\t' << token.user << '\t' << to_rfc3339(token.created_at) << '\n';
  }
  return EXIT_SUCCESS;
}

int finish(const Desk& desk, const Result<void>& done, std::string kind, std::string_view name) {
  if (!done) return desk.complain(done.error().message);
  return desk.audited(std::move(kind), name, {});
}

}  // namespace

std::string_view people_usage() {
  return "voxdial user add NAME [supervisor]   let somebody log in (asks for a password)\n"
         "voxdial user list\n"
         "voxdial user remove NAME\n"
         "voxdial token add NAME USER          a key for a script that acts as USER\n"
         "voxdial token list\n"
         "voxdial token remove NAME\n";
}

int people_command(std::span<const std::string_view> words, std::istream& in, std::ostream& out,
                   std::ostream& err, const World& world, Store& store) {
  const Desk desk{in, out, err, world, store};
  const auto is = [&](std::string_view noun, std::string_view verb, std::size_t count) {
    return words.size() == count && words[0] == noun && words[1] == verb;
  };
  if (is("user", "add", 3)) return add_user(desk, words[2], Role::caller);
  if (is("user", "add", 4) && words[3] == "supervisor") {
    return add_user(desk, words[2], Role::supervisor);
  }
  if (is("user", "list", 2)) return list_users(desk);
  if (is("user", "remove", 3)) {
    return finish(desk, store.remove_user(words[2]), "user_removed", words[2]);
  }
  if (is("token", "add", 4)) return add_token(desk, words[2], words[3]);
  if (is("token", "list", 2)) return list_tokens(desk);
  if (is("token", "remove", 3)) {
    return finish(desk, store.remove_token(words[2]), "token_removed", words[2]);
  }
  err << people_usage();
  return exit_usage;
}

}  // namespace voxdial
