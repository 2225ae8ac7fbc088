// Who may: users, sessions, tokens, and the brake on guessing passwords.
#include <algorithm>

#include "proxy/access/network.h"
#include "proxy/store/impl.h"
#include "shared/ascii.h"
#include "shared/utf8.h"

namespace voxdial {
namespace {

/// A request moves a session's seen_at only when it is older than this.
constexpr Millis seen_at_step_ms = 60'000;
constexpr Millis tries_forgotten_after_ms = 86'400'000;
constexpr int most_tries_kept = 100'000;
constexpr std::size_t longest_account = 64;  // no name is longer, so all that are share one row

constexpr const char* user_columns = "SELECT name, role, password_hash, created_at FROM people ";

User read_user(const db::Rows& row) {
  return {row.text(0), role_from_name(row.text(1)).value_or(Role::caller), row.text(2),
          row.integer(3)};
}

/// Capitals do not matter. A file may have two names from before that was so: each is found as it
/// is written.
std::optional<User> find_user_in(db::Db& db, std::string_view name) {
  static const std::string sql = std::string(user_columns) +
                                 "WHERE lower(name) = lower(?) "
                                 "ORDER BY name = ? DESC, created_at LIMIT 1";
  db::Rows rows = db.rows(sql, name, name);
  if (!rows.next()) return std::nullopt;
  return read_user(rows);
}

/// In the transaction that adds or withdraws somebody's right to be here.
void rights_changed(db::Db& db) { db.run("UPDATE rights SET number = number + 1"); }

// ------------------------------------------------------------------------- log-in tries

/// How long a subject with so many tries stays closed after the last one.
Millis closed_for(std::int64_t tries) {
  if (tries < free_login_tries) return 0;
  Millis wait = 1'000;
  for (std::int64_t n = free_login_tries; n < tries && wait < longest_login_wait_ms; ++n) wait *= 2;
  return std::min(wait, longest_login_wait_ms);
}

struct Tries {
  std::string_view scope;
  std::string_view subject;
  std::int64_t count = 0;
  Millis last_at = 0;
};

Tries tries_of(db::Db& db, std::string_view scope, std::string_view subject, Millis now) {
  db::Rows rows = db.rows("SELECT tries, last_at FROM login_tries WHERE scope = ? AND subject = ?",
                          scope, subject);
  if (!rows.next()) return {scope, subject};
  Tries tries{scope, subject, rows.integer(0), std::min(rows.integer(1), now)};
  if (tries.last_at + tries_forgotten_after_ms <= now) tries.count = 0;
  return tries;
}

std::string account_subject(std::string_view account) {
  return lower(cut(account, longest_account));
}

void count_try(db::Db& db, const Tries& tries, Millis now) {
  db.run(
      "INSERT INTO login_tries (scope, subject, tries, last_at) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (scope, subject) DO UPDATE "
      "SET tries = excluded.tries, last_at = excluded.last_at",
      tries.scope, tries.subject, tries.count + 1, now);
}

}  // namespace

// --------------------------------------------------------------------------- users

Result<Rights> Store::rights() {
  return impl_->readers.read([](db::Db& db) -> Result<Rights> {
    db::Rows rows = db.rows("SELECT number, EXISTS (SELECT 1 FROM people) FROM rights");
    if (!rows.next()) return fail(ErrorCode::store_unavailable);
    return Rights{.number = rows.integer(0), .somebody_is_named = rows.flag(1)};
  });
}

Result<void> Store::put_user(const User& user) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    if (const auto known = find_user_in(db, user.name); known && known->name != user.name) {
      return fail(ErrorCode::conflict,
                  "There is " + known->name +
                      " already, and capital letters make no other name. Use that one.");
    }
    db.run(
        "INSERT INTO people (name, role, password_hash, created_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE "
        "SET role = excluded.role, password_hash = excluded.password_hash",
        user.name, role_name(user.role), user.password_hash, user.created_at);
    db.run("DELETE FROM sessions WHERE person = ?", user.name);
    rights_changed(db);
    return {};
  });
}

Result<std::optional<User>> Store::find_user(std::string_view name) {
  return impl_->readers.read(
      [&](db::Db& db) -> Result<std::optional<User>> { return find_user_in(db, name); });
}

Result<std::vector<User>> Store::users() {
  return impl_->readers.read([](db::Db& db) -> Result<std::vector<User>> {
    static const std::string sql = std::string(user_columns) + "ORDER BY name";
    std::vector<User> users;
    db::Rows rows = db.rows(sql);
    while (rows.next()) users.push_back(read_user(rows));
    return users;
  });
}

Result<void> Store::remove_user(std::string_view name) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    const auto user = find_user_in(db, name);
    if (!user) return fail(ErrorCode::not_found, "There is no user of this name.");
    db.run("DELETE FROM people WHERE name = ?", user->name);
    db.run("DELETE FROM sessions WHERE person = ?", user->name);
    db.run("DELETE FROM tokens WHERE person = ?", user->name);
    rights_changed(db);
    return {};
  });
}

// --------------------------------------------------------------------------- sessions

Result<void> Store::add_session(const Session& session) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    if (!find_user_in(db, session.user)) {
      return fail(ErrorCode::not_found, "There is no user of this name.");
    }
    db.run("INSERT INTO sessions (token_hash, person, created_at, seen_at) VALUES (?, ?, ?, ?)",
           db::Blob{session.token_hash}, session.user, session.created_at, session.seen_at);
    return {};
  });
}

Result<std::optional<User>> Store::user_of_session(std::string_view token_hash, Millis now) {
  bool move_on = false;
  auto user = impl_->readers.read([&](db::Db& db) -> Result<std::optional<User>> {
    std::string name;
    {
      db::Rows rows =
          db.rows("SELECT person, created_at, seen_at FROM sessions WHERE token_hash = ?",
                  db::Blob{token_hash});
      if (!rows.next()) return std::optional<User>();
      if (rows.integer(1) + session_longest_ms <= now || rows.integer(2) + session_idle_ms <= now) {
        return std::optional<User>();
      }
      move_on = rows.integer(2) + seen_at_step_ms <= now;
      name = rows.text(0);
    }
    return find_user_in(db, name);
  });
  if (user && *user && move_on) {
    const auto moved = impl_->write([&](db::Db& db) -> Result<void> {
      db.run("UPDATE sessions SET seen_at = ? WHERE token_hash = ? AND seen_at < ?", now,
             db::Blob{token_hash}, now);
      return {};
    });
    // A store that cannot be written must not lock people out of what it can still show.
    static_cast<void>(moved);
  }
  return user;
}

Result<void> Store::remove_session(std::string_view token_hash) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    if (db.run("DELETE FROM sessions WHERE token_hash = ?", db::Blob{token_hash}) > 0) {
      rights_changed(db);
    }
    return {};
  });
}

Result<void> Store::remove_dead_sessions(Millis now) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    const auto dead = db.run("DELETE FROM sessions WHERE created_at <= ? OR seen_at <= ?",
                             now - session_longest_ms, now - session_idle_ms);
    if (dead > 0) rights_changed(db);
    return {};
  });
}

// --------------------------------------------------------------------------- tokens

Result<void> Store::add_token(const ApiToken& token) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    const auto user = find_user_in(db, token.user);
    if (!user) return fail(ErrorCode::not_found, "There is no user of this name.");
    const auto added = db.run(
        "INSERT INTO tokens (name, token_hash, person, created_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        token.name, db::Blob{token.token_hash}, user->name, token.created_at);
    if (added == 0) return fail(ErrorCode::conflict, "There is a token of this name already.");
    return {};
  });
}

Result<std::vector<ApiToken>> Store::tokens() {
  return impl_->readers.read([](db::Db& db) -> Result<std::vector<ApiToken>> {
    std::vector<ApiToken> tokens;
    db::Rows rows =
        db.rows("SELECT name, token_hash, person, created_at FROM tokens ORDER BY name");
    while (rows.next()) {
      tokens.push_back({rows.text(0), rows.text(1), rows.text(2), rows.integer(3)});
    }
    return tokens;
  });
}

Result<std::optional<User>> Store::user_of_token(std::string_view token_hash) {
  return impl_->readers.read([&](db::Db& db) -> Result<std::optional<User>> {
    std::string name;
    {
      db::Rows rows =
          db.rows("SELECT person FROM tokens WHERE token_hash = ?", db::Blob{token_hash});
      if (!rows.next()) return std::optional<User>();
      name = rows.text(0);
    }
    return find_user_in(db, name);
  });
}

Result<void> Store::remove_token(std::string_view name) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    if (db.run("DELETE FROM tokens WHERE name = ?", name) == 0) {
      return fail(ErrorCode::not_found, "There is no token of this name.");
    }
    rights_changed(db);
    return {};
  });
}

// --------------------------------------------------------------------------- log-in

Result<void> Store::begin_login(std::string_view account, std::string_view address, Millis now) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    const std::string name = account_subject(account), site = counting_address(address);
    const Tries all[] = {tries_of(db, "account", name, now), tries_of(db, "address", site, now)};
    Millis open_at = now;
    for (const Tries& tries : all) {
      open_at = std::max(open_at, tries.last_at + closed_for(tries.count));
    }
    if (open_at > now) {
      Error error = make_error(ErrorCode::rate_limited,
                               "Too many failed log-ins. Wait a little and try again.");
      error.retry_after_s = static_cast<int>((open_at - now + 999) / 1000);
      return fail(std::move(error));
    }
    for (const Tries& tries : all) count_try(db, tries, now);
    return {};
  });
}

Result<void> Store::login_succeeded(std::string_view account, std::string_view address) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    db.run("DELETE FROM login_tries WHERE scope = 'account' AND subject = ?",
           account_subject(account));
    db.run("DELETE FROM login_tries WHERE scope = 'address' AND subject = ?",
           counting_address(address));
    return {};
  });
}

Result<void> Store::remove_old_tries(Millis now) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    db.run("DELETE FROM login_tries WHERE last_at <= ?", now - tries_forgotten_after_ms);
    db.run(
        "DELETE FROM login_tries WHERE last_at <= "
        "(SELECT last_at FROM login_tries ORDER BY last_at DESC LIMIT 1 OFFSET ?)",
        most_tries_kept);
    return {};
  });
}

}  // namespace voxdial
