// Who is asking, and letting people in and out.
//
// Owns the answer to one question, for every request: which person is this, if any. Three ways to
// be somebody: a session cookie (log-in page), an API token (scripts), or a header set by a trusted
// reverse proxy. On this machine alone, where nobody is named, there is no login and the one person
// may do everything. Only hashes of cookies and tokens are stored.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/config/config.h"
#include "proxy/http/message.h"
#include "proxy/store/store.h"
#include "proxy/thread_annotations.h"
#include "proxy/world.h"
#include "shared/result.h"

namespace voxdial {

struct Person {
  std::string name;  ///< empty without login
  Role role = Role::supervisor;
  /// The number of everybody's rights when this was looked up; see Rights.
  std::int64_t rights = 0;
  /// How they were recognised; `credential` is the hash of the session's or the token's secret, or
  /// the name a trusted proxy gave.
  enum class By : std::uint8_t { nothing, session, token, proxy } by = By::nothing;
  std::string credential;
};

/// What this person may read: a caller their own calls with masked numbers, a supervisor
/// everything.
Reader reader(const Person& person);

/// The whole Set-Cookie value: HttpOnly, Secure, for this host alone. SameSite=Lax, so that a link
/// on another site leads to the page and not to its log-in; other requests that such a site causes
/// are refused by check_border().
std::string session_cookie(std::string_view token);
std::string no_session_cookie();

/// How tokens are stored: SHA-256 in hex. They are 256 random bits, so one pass is enough.
std::string token_hash(std::string_view token);

/// Whether others than this machine are meant to reach the proxy: by the address it listens on, or
/// by a name in ALLOWED_HOSTS (a reverse proxy on this machine).
bool is_exposed(const Config& config);

/// Whether anybody can log in: people are named here, or a trusted proxy names them. Errors:
/// store_unavailable.
Result<bool> somebody_is_named(const Config& config, Store& store);

/// What of everybody's rights decides about one request.
struct Entrance {
  bool login_needed = false;
  Result<std::int64_t> rights = 0;  ///< their number (see Rights), or why it cannot be read
};

class Access {
 public:
  /// All references outlive this.
  Access(const Config& config, const World& world, Store& store);

  /// Everybody has to log in where somebody is named, and wherever others than this machine can
  /// ask (also when the last person was removed meanwhile: then nobody gets in). While the store
  /// cannot be read, as it said last. Errors: store_unavailable, when it has said nothing yet.
  Result<Entrance> entrance() const;

  /// The person behind a request that came through this entrance. Errors: unauthenticated,
  /// store_unavailable.
  Result<Person> identify(const http::Request& request, const Entrance& entrance) const;
  /// The same for a request that ends a call: while the store cannot be read, somebody who was let
  /// in before with the same credential still is. A live call must not go on because its owner
  /// cannot be looked up.
  Result<Person> identify_to_end(const http::Request& request, const Entrance& entrance) const;

  /// Whether `person` is still who identify() said. Errors: unauthenticated (log-out, removed),
  /// forbidden (another role now), store_unavailable.
  Result<void> still_allowed(const Person& person) const;

  /// Checks the name (capitals and blanks around it do not count: telephones' keyboards add both)
  /// and the password, throttled per account and address, and gives the new session's token.
  /// Errors: login_failed (it does not say which was wrong), rate_limited, overloaded (too many at
  /// this moment), store_unavailable.
  Result<std::string> log_in(std::string_view name, std::string_view password,
                             const std::string& client_address);
  Result<void> log_out(const http::Request& request);

 private:
  bool login_needed(const Rights& rights) const;
  /// What the store said last, for while it cannot be read.
  struct Memory {
    Mutex mutex;
    std::optional<bool> login_needed GUARDED_BY(mutex);
    std::map<std::string, Person> people GUARDED_BY(mutex);  // by the hash of the credential
  };
  Result<Person> look_up(Person::By by, std::string credential, std::int64_t rights) const;
  void audit(std::string kind, std::string_view user, const std::string& address) const;

  const Config& config_;
  const World& world_;
  Store& store_;
  std::atomic<int> passwords_at_once_{0};  ///< being verified
  mutable Memory memory_;
};

}  // namespace voxdial
