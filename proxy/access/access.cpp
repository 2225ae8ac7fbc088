#include "proxy/access/access.h"

#include <algorithm>

#include "proxy/access/network.h"
#include "proxy/crypto/digest.h"
#include "proxy/crypto/password.h"
#include "proxy/seat.h"
#include "proxy/store/fold.h"
#include "shared/ascii.h"

namespace voxdial {
namespace {

/// The prefix makes browsers refuse the cookie unless it is Secure, host-only and for all paths
/// (RFC 6265bis 4.1.3.2).
constexpr std::string_view cookie_name = "__Host-voxdial";
constexpr std::string_view bearer = "bearer ";
constexpr std::size_t token_bytes = 32;
constexpr std::size_t longest_password = 1'024;
constexpr int audits_a_minute = 10;
constexpr int most_passwords_at_once = 4;
/// Credentials remembered for a store that cannot be read.
constexpr std::size_t most_remembered = 10'000;

/// What a reverse proxy may call a person: visible ASCII, so that it can stand in logs and audits.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// Of the first cookie of ours that is not empty: a browser may keep one beside it that was taken
/// back.
std::string_view session_token(const http::Request& request) {
  const std::string start = std::string(cookie_name) + '=';
  for (const auto& [name, value] : request.headers) {
    if (name != "cookie") continue;
    for (const std::string_view cookie : list_items(value, ';')) {
      if (cookie.size() > start.size() && cookie.starts_with(start)) {
        return cookie.substr(start.size());
      }
    }
  }
  return {};
}

struct Credential {
  Person::By by = Person::By::nothing;
  std::string hash;  ///< as the store keeps it; for By::proxy the person's name itself
};

/// The request's credential: an API token, the name a trusted proxy gives, or a session cookie.
Credential credential_of(const http::Request& request, const Config& config) {
  const std::string_view authorization = request.header("authorization");
  if (lower(authorization.substr(0, bearer.size())) == bearer) {  // in any case (RFC 9110 11.1)
    return {Person::By::token, token_hash(trimmed(authorization.substr(bearer.size())))};
  }
  if (!config.identity_header.empty()) {
    const std::string_view name = request.header(config.identity_header);
    if (in_networks(request.peer, config.trusted_proxies) && is_plain_name(name)) {
      return {Person::By::proxy, lower(name)};
    }
  }
  const std::string_view token = session_token(request);
  if (token.empty()) return {};
  return {Person::By::session, token_hash(token)};
}

}  // namespace

Reader reader(const Person& person) {
  const bool all = person.role == Role::supervisor;
  return {.user = person.name, .only_own = !all, .whole_numbers = all};
}

std::string session_cookie(std::string_view token) {
  return std::string(cookie_name) + '=' + std::string(token) +
         "; Path=/; Max-Age=" + std::to_string(session_longest_ms / 1000) +
         "; HttpOnly; Secure; SameSite=Lax";
}

std::string no_session_cookie() {
  return std::string(cookie_name) + "=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax";
}

std::string token_hash(std::string_view token) { return crypto::to_hex(crypto::sha256(token)); }

Access::Access(const Config& config, const World& world, Store& store)
    : config_(config), world_(world), store_(store) {}

bool is_exposed(const Config& config) {
  return !is_loopback_host(config.listen_address) ||
         !std::all_of(config.allowed_hosts.begin(), config.allowed_hosts.end(), is_loopback_host);
}

bool Access::login_needed(const Rights& rights) const {
  return is_exposed(config_) || !config_.identity_header.empty() || rights.somebody_is_named;
}

Result<Entrance> Access::entrance() const {
  const auto rights = store_.rights();
  MutexLock lock(memory_.mutex);
  if (rights) memory_.login_needed = login_needed(*rights);
  if (!memory_.login_needed) return fail(rights.error());
  if (!rights) return Entrance{*memory_.login_needed, fail(rights.error())};
  return Entrance{*memory_.login_needed, rights->number};
}

Result<bool> somebody_is_named(const Config& config, Store& store) {
  if (!config.identity_header.empty()) return true;
  const auto rights = store.rights();
  if (!rights) return fail(rights.error());
  return rights->somebody_is_named;
}

Result<Person> Access::identify_to_end(const http::Request& request,
                                       const Entrance& entrance) const {
  auto person = identify(request, entrance);
  if (person || person.error().code != ErrorCode::store_unavailable) return person;
  if (!entrance.login_needed) return Person{};
  const Credential shown = credential_of(request, config_);
  MutexLock lock(memory_.mutex);
  const auto known = memory_.people.find(shown.hash);
  if (known == memory_.people.end() || known->second.by != shown.by) return person;
  return known->second;
}

Result<Person> Access::identify(const http::Request& request, const Entrance& entrance) const {
  if (!entrance.rights) return fail(entrance.rights.error());
  if (!entrance.login_needed) {
    Person anybody;
    anybody.rights = *entrance.rights;
    return anybody;
  }

  Credential shown = credential_of(request, config_);
  if (shown.by == Person::By::nothing) return fail(ErrorCode::unauthenticated);
  // The entrance was read before the person: rights withdrawn since then get a higher number.
  auto person = look_up(shown.by, std::move(shown.hash), *entrance.rights);
  if (person) {
    MutexLock lock(memory_.mutex);
    if (memory_.people.size() >= most_remembered) memory_.people.clear();
    memory_.people.insert_or_assign(person->credential, *person);
  }
  return person;
}

Result<Person> Access::look_up(Person::By by, std::string credential, std::int64_t rights) const {
  const auto user = by == Person::By::token   ? store_.user_of_token(credential)
                    : by == Person::By::proxy ? store_.find_user(credential)
                                              : store_.user_of_session(credential, world_.now());
  if (!user) return fail(user.error());
  // Anybody the reverse proxy lets in is a caller; supervisors are those named with `voxdial user`.
  if (!*user && by != Person::By::proxy) return fail(ErrorCode::unauthenticated);
  return Person{.name = *user ? (*user)->name : credential,
                .role = *user ? (*user)->role : Role::caller,
                .rights = rights,
                .by = by,
                .credential = std::move(credential)};
}

Result<void> Access::still_allowed(const Person& person) const {
  if (person.by == Person::By::nothing) {
    const auto now = entrance();
    if (!now) return fail(now.error());
    return now->login_needed ? Result<void>(fail(ErrorCode::unauthenticated)) : Result<void>();
  }
  const auto now = look_up(person.by, person.credential, 0);
  if (!now) return fail(now.error());
  if (now->name != person.name || now->role != person.role) return fail(ErrorCode::forbidden);
  return {};
}

Result<std::string> Access::log_in(std::string_view typed, std::string_view password,
                                   const std::string& client_address) {
  const std::string_view name = without_blanks(typed);
  const Millis now = world_.now();
  // Verifying a password takes much memory on purpose, so only a few are verified at once: guesses
  // from many addresses must not use up the machine's. Being turned away here is not counted as a
  // try.
  const Seat seat = take_seat(passwords_at_once_, most_passwords_at_once);
  if (!seat) return fail(no_seat(1));
  if (auto may = store_.begin_login(name, client_address, now); !may) {
    audit("login_throttled", name, client_address);
    return fail(std::move(may).error());
  }
  const auto user = store_.find_user(name);
  if (!user) return fail(user.error());
  bool right = false;
  if (*user && !(*user)->password_hash.empty() && password.size() <= longest_password) {
    right = crypto::password_verify(password, (*user)->password_hash);
  } else {
    crypto::password_verify_nothing(password.substr(0, longest_password));
  }
  if (!right) {
    audit("login_failed", name, client_address);
    return fail(ErrorCode::login_failed);
  }
  const std::string token = crypto::to_base64url(world_.random_bytes(token_bytes));
  if (auto added = store_.add_session({.token_hash = token_hash(token),
                                       .user = (*user)->name,
                                       .created_at = now,
                                       .seen_at = now});
      !added) {
    return fail(std::move(added).error());
  }
  if (auto forgot = store_.login_succeeded(name, client_address); !forgot) {
    return fail(std::move(forgot).error());
  }
  audit("login", name, client_address);
  return token;
}

Result<void> Access::log_out(const http::Request& request) {
  const std::string_view token = session_token(request);
  if (token.empty()) return {};
  auto removed = store_.remove_session(token_hash(token));
  // The session is gone already, which is all that logging out is for.
  if (!removed && removed.error().code == ErrorCode::not_found) return {};
  return removed;
}

void Access::audit(std::string kind, std::string_view user, const std::string& address) const {
  AuditEntry entry;
  entry.at = world_.now();
  entry.kind = std::move(kind);
  entry.user = user;
  entry.client_address = address;
  // A stranger can send tries without end: past so many a minute they are counted in one row
  // instead of having a row each.
  const bool kept = store_.record_repeated(entry, entry.kind, audits_a_minute).has_value();
  world_.log({.level = LogLine::Level::info,
              .event = entry.kind,
              .fields = {{"user", entry.user}, {"audited", kept ? "yes" : "no"}},
              .by_stranger = entry.kind != "login"});
}

}  // namespace voxdial
