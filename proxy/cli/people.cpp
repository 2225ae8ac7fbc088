#include "proxy/cli/people.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <string>

#include "proxy/access/access.h"
#include "proxy/crypto/digest.h"
#include "proxy/crypto/password.h"
#include "shared/time_text.h"

namespace voxdial {
namespace {

constexpr std::size_t shortest_password = 12;
constexpr std::string_view token_prefix = "vxd_";

/// Letters, digits and . _ - @ : a name ends up in logs, audits and cookies' owners.
bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '@';
  });
}

/// While this lives, a terminal does not show what is typed into it, unless Ctrl-C ends us.
class Unseen {
 public:
  explicit Unseen(const std::istream& in) {
    if (&in != &std::cin || ::tcgetattr(STDIN_FILENO, &before) != 0) return;
    termios quiet = before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
    if (hidden_) interrupted_ = ::signal(SIGINT, show_and_end);
  }
  ~Unseen() {
    if (!hidden_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    ::signal(SIGINT, interrupted_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  static void show_and_end(int number) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
    ::signal(number, SIG_DFL);
    ::raise(number);
  }
  static inline termios before;
  bool hidden_ = false;
  sighandler_t interrupted_ = SIG_DFL;
};

int audited(const Console& console, std::string_view kind, std::string_view user,
            std::string_view detail) {
  AuditEntry entry;
  entry.kind = kind;
  entry.user = user;
  entry.detail = detail;
  return console.audited(std::move(entry));
}

int add_user(const Console& console, std::string_view name, Role role) {
  if (!good_name(name)) {
    return console.complain("A name has 1 to 64 letters, digits, dots, hyphens, underscores or @.");
  }
  std::string password;
  {
    const Unseen unseen(console.in);
    console.out << "Password for " << name << " (at least " << shortest_password
                << " characters): " << std::flush;
    std::getline(console.in, password);
  }
  if (password.ends_with('\r')) password.pop_back();  // from a file that Windows has written
  console.out << '\n';
  if (password.size() < shortest_password) {
    return console.complain("That is shorter than " + std::to_string(shortest_password) +
                            " characters. Nobody was added.");
  }
  auto hash = crypto::password_hash(password, console.world.random_bytes(16));
  wipe(password);
  if (!hash) return console.complain(hash.error().message);
  const auto put = console.store.put_user({.name = std::string(name),
                                           .role = role,
                                           .password_hash = *hash,
                                           .created_at = console.world.now()});
  if (!put) return console.complain(put.error().message);
  console.out << name << " may log in as " << role_name(role) << ".\n";
  return audited(console, "user_added", name, role_name(role));
}

int list_users(const Console& console) {
  const auto users = console.store.users();
  if (!users) return console.complain(users.error().message);
  for (const User& user : *users) {
    console.out << user.name << '\t' << role_name(user.role) << '\t' << to_rfc3339(user.created_at)
                << '\n';
  }
  return EXIT_SUCCESS;
}

int add_token(const Console& console, std::string_view name, std::string_view user) {
  if (!good_name(name))
    return console.complain("A token's name follows the rules of people's names.");
  const std::string token =
      std::string(token_prefix) + crypto::to_base64url(console.world.random_bytes(32));
  const auto added = console.store.add_token({.name = std::string(name),
                                              .token_hash = token_hash(token),
                                              .user = std::string(user),
                                              .created_at = console.world.now()});
  if (!added) return console.complain(added.error().message);
  console.out << token << "\nThis is shown once. Send it as: Authorization: Bearer TOKEN\n";
  return audited(console, "token_added", user, name);
}

int list_tokens(const Console& console) {
  const auto tokens = console.store.tokens();
  if (!tokens) return console.complain(tokens.error().message);
  for (const ApiToken& token : *tokens) {
    console.out << token.name << '\t' << token.user << '\t' << to_rfc3339(token.created_at) << '\n';
  }
  return EXIT_SUCCESS;
}

int finish(const Console& console, const Result<void>& done, std::string_view kind,
           std::string_view name) {
  if (!done) return console.complain(done.error().message);
  return audited(console, kind, name, {});
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

int people_command(const Console& console, std::span<const std::string_view> words) {
  const auto is = [&](std::string_view noun, std::string_view verb, std::size_t count) {
    return words.size() == count && words[0] == noun && words[1] == verb;
  };
  if (is("user", "add", 3)) return add_user(console, words[2], Role::caller);
  if (is("user", "add", 4) && words[3] == "supervisor") {
    return add_user(console, words[2], Role::supervisor);
  }
  if (is("user", "list", 2)) return list_users(console);
  if (is("user", "remove", 3)) {
    return finish(console, console.store.remove_user(words[2]), "user_removed", words[2]);
  }
  if (is("token", "add", 4)) return add_token(console, words[2], words[3]);
  if (is("token", "list", 2)) return list_tokens(console);
  if (is("token", "remove", 3)) {
    return finish(console, console.store.remove_token(words[2]), "token_removed", words[2]);
  }
  console.err << people_usage();
  return exit_usage;
}

}  // namespace voxdial
