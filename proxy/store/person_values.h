// What the store knows of people, and how they prove who they are. Plain data, as in values.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/api.h"

namespace voxdial {

enum class Role : std::uint8_t { caller, supervisor };
std::string_view role_name(Role role);  ///< "caller", "supervisor"
std::optional<Role> role_from_name(std::string_view name);

struct User {
  std::string name;
  Role role = Role::caller;
  std::string password_hash;  ///< argon2id text; empty: cannot log in with a password
  Millis created_at = 0;
  friend bool operator==(const User&, const User&) = default;
};

/// A logged-in browser. `token_hash` is a hash of what the cookie holds, so the file opens no
/// session.
struct Session {
  std::string token_hash;
  std::string user;
  Millis created_at = 0;
  Millis seen_at = 0;
  friend bool operator==(const Session&, const Session&) = default;
};
/// It ends after half a day without a request, and after a week in any case.
inline constexpr Millis session_idle_ms = 12LL * 3'600'000;
inline constexpr Millis session_longest_ms = 7LL * 86'400'000;

/// Where people's rights to be here stand. `number` grows whenever one may have been withdrawn: who
/// was allowed in under another number is asked again.
struct Rights {
  std::int64_t number = 0;
  bool somebody_is_named = false;
  friend bool operator==(const Rights&, const Rights&) = default;
};

/// A named key for scripts; acts as `user` with that user's role.
struct ApiToken {
  std::string name;
  std::string token_hash;
  std::string user;
  Millis created_at = 0;
  friend bool operator==(const ApiToken&, const ApiToken&) = default;
};

/// So many wrong log-ins of an account or an address are free; each further one closes that account
/// or address for a second, then twice as long, up to a quarter of an hour. An untouched day
/// forgets.
inline constexpr int free_login_tries = 5;
inline constexpr Millis longest_login_wait_ms = 15 * 60'000;

}  // namespace voxdial
