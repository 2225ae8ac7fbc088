// The store on PostgreSQL when the line or the database fails, and beside another proxy's.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdlib>
#include <functional>
#include <list>
#include <thread>
#include <vector>

#include "postgres_cluster.h"
#include "proxy/store/faults.h"
#include "proxy/store/sqlite/connection.h"
#include "store_fixture.h"

namespace voxdial::store_test {
namespace {

using postgres_test::carry_out;
using postgres_test::number;

struct House {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  StoreOptions options() const {
    StoreOptions options;
    options.url = Secret(std::string(url));
    return options;
  }
};

bool says(const Error& error, std::string_view word) {
  CAPTURE(error.message);
  CHECK(error.message.find("voxdial@") == std::string::npos);  // never the address
  return error.code == ErrorCode::store_unavailable &&
         error.message.find(word) != std::string::npos;
}

void check_sound(Store& store, const House& house) {
  CHECK(store.verify_audit()->intact);
  CHECK(number(house.url,
               "SELECT COUNT(*) FROM calls c WHERE 1 <> (SELECT COUNT(*) FROM audit a "
               "WHERE a.call_id = c.id AND a.kind = 'call_requested')") == 0);
  CHECK(number(house.url,
               "SELECT COUNT(*) FROM calls c WHERE live = (SELECT COUNT(*) FROM audit a "
               "WHERE a.call_id = c.id AND a.kind = 'call_ended')") == 0);
}

TEST_CASE("PostgreSQL: wherever the line is cut, nothing is half-written and the next try works") {
  const House house;
  {
    auto store = open_store(house.options());  // the tables
  }
  bool any_step_left = true;
  for (std::int64_t fail_at = 1; any_step_left; ++fail_at) {
    CAPTURE(fail_at);
    StoreFaults faults;
    StoreOptions options = house.options();
    options.faults = &faults;
    faults.fail_at = fail_at;
    auto opened = Store::open(options);
    if (!opened) opened = Store::open(options);
    REQUIRE(opened);
    Store& store = **opened;
    const std::string id = "call_" + std::to_string(fail_at);
    const NewCall call = phone_call(id);
    const std::array<std::function<std::optional<Error>()>, 4> life = {
        [&]() -> std::optional<Error> {
          const auto begun =
              store.begin_call(call, {9'999, 9'999, 0, 0, 0, 0, 9'999, 1 << 20, 0}, noon + fail_at);
          return begun ? std::nullopt : std::optional(begun.error());
        },
        [&]() -> std::optional<Error> {
          const auto told = store.record_update(id, news_of(CallStatus::ringing, noon + fail_at));
          return told ? std::nullopt : std::optional(told.error());
        },
        [&]() -> std::optional<Error> {
          const auto page = store.list_calls(everything, {});
          return page ? std::nullopt : std::optional(page.error());
        },
        [&]() -> std::optional<Error> {
          const auto told = store.record_update(id, news_of(CallStatus::busy, noon + fail_at));
          return told ? std::nullopt : std::optional(told.error());
        },
    };
    int failures = 0;
    for (const auto& step : life) {
      if (const auto error = step()) {
        ++failures;
        CHECK(says(*error, "cannot be reached"));
        const auto again = step();
        if (again) FAIL(again->message);
      }
    }
    any_step_left = faults.steps >= fail_at;
    faults.fail_at = 0;
    CHECK(failures <= 1);
    CHECK(number(house.url, "SELECT COUNT(*) FROM calls WHERE id = '" + id + "'") == 1);
    CHECK(number(house.url, "SELECT COUNT(*) FROM timeline") == 3 * fail_at);
    if (!any_step_left) {
      CHECK(fail_at > 20);
      check_sound(store, house);
    }
  }
}

TEST_CASE(
    "PostgreSQL: connections that were cut in between are made again without anybody noticing") {
  const House house;
  auto store = open_store(house.options());
  place(*store, phone_call("call_1"), noon);
  REQUIRE(store->list_calls(everything, {}));
  number(house.url,
         "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
         "WHERE application_name = 'voxdial'");
  CHECK(store->list_calls(everything, {})->calls.size() == 1);
  place(*store, phone_call("call_2"), noon);
  check_sound(*store, house);
}

// ------------------------------------------------------------------------- the reply to COMMIT

/// Stands between the store and PostgreSQL's socket and cuts the line at the COMMIT it is told to:
/// before it has gone on to the database, or when the reply comes back.
class Relay {
 public:
  enum class Cut { nothing, before_commit, after_commit };
  std::atomic<Cut> next_cut{Cut::nothing};

  explicit Relay(const std::string& url) {
    const std::size_t host = url.find("host=") + 5;
    const std::string folder = url.substr(host, url.find('&', host) - host);
    std::string name = "/tmp/voxdial-relay-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    url_ = std::string(url).replace(host, folder.size(), name);
    real_ = folder + "/.s.PGSQL.5432";
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(name + "/.s.PGSQL.5432");
    REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_, 16) == 0);
    acceptor_ = std::thread([this] {
      for (;;) {
        const int client = ::accept(listener_, nullptr, nullptr);
        if (client < 0) return;
        lines_.emplace_back([this, client] { carry(client); });
      }
    });
  }
  ~Relay() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    for (auto& line : lines_) line.join();  // the store is gone, and so are its connections
    ::unlink((folder_ + "/.s.PGSQL.5432").c_str());
    ::rmdir(folder_.c_str());
  }
  const std::string& url() const { return url_; }

 private:
  static sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }

  void carry(int client) {
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(real_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      std::abort();
    }
    std::atomic<bool> swallow{false};  // the next reply
    const auto end = [&] {
      ::shutdown(client, SHUT_RDWR);
      ::shutdown(server, SHUT_RDWR);
    };
    std::thread back([&] {
      std::array<char, 16'384> bytes;
      ssize_t n = 0;
      while ((n = ::read(server, bytes.data(), bytes.size())) > 0 && !swallow) {
        if (::send(client, bytes.data(), static_cast<std::size_t>(n), MSG_NOSIGNAL) != n) break;
      }
      end();
    });
    std::array<char, 16'384> bytes;
    ssize_t n = 0;
    while ((n = ::read(client, bytes.data(), bytes.size())) > 0) {
      const std::string_view sent(bytes.data(), static_cast<std::size_t>(n));
      if (sent.find("COMMIT") != sent.npos) {
        const Cut cut = next_cut.exchange(Cut::nothing);
        if (cut == Cut::before_commit) break;
        if (cut == Cut::after_commit) swallow = true;
      }
      if (::send(server, bytes.data(), static_cast<std::size_t>(n), MSG_NOSIGNAL) != n) break;
    }
    end();
    back.join();
    ::close(client);
    ::close(server);
  }

  std::string folder_, url_, real_;
  int listener_ = -1;
  std::thread acceptor_;
  std::list<std::thread> lines_;
};

TEST_CASE("PostgreSQL: a commit whose reply was lost is found out, and one that never was is not") {
  const House house;
  Relay relay(house.url);
  {
    StoreOptions options = house.options();
    options.url = Secret(std::string(relay.url()));
    auto store = open_store(options);
    place(*store, phone_call("call_0"), noon);

    relay.next_cut = Relay::Cut::after_commit;
    place(*store, phone_call("call_1"), noon);  // placed, and known to be
    CHECK(number(house.url, "SELECT COUNT(*) FROM calls WHERE id = 'call_1'") == 1);

    relay.next_cut = Relay::Cut::before_commit;
    const auto lost = store->begin_call(phone_call("call_2"), {}, noon);
    REQUIRE_FALSE(lost);
    CHECK(says(lost.error(), "cannot be reached"));
    CHECK(number(house.url, "SELECT COUNT(*) FROM calls WHERE id = 'call_2'") == 0);
    place(*store, phone_call("call_2"), noon);
    check_sound(*store, house);
  }
}

TEST_CASE(
    "PostgreSQL: what no standby has confirmed is not done, and is found out by asking again") {
  const House house;
  auto store = open_store(house.options());
  place(*store, phone_call("call_0"), noon);
  const auto standby = [&](const std::string& name) {
    REQUIRE(carry_out(house.url, "ALTER SYSTEM SET synchronous_standby_names = '" + name + "'")
                .empty());
    REQUIRE(carry_out(house.url, "SELECT pg_reload_conf()").empty());
    while (postgres_test::text(house.url, "SHOW synchronous_standby_names") != name) {
    }
  };
  standby("nobody");
  NewCall call = phone_call("call_1");
  call.idempotency_key = "press-1";
  std::optional<Result<Admission>> begun;
  std::thread press([&] { begun = store->begin_call(call, {}, noon); });
  const std::string waiting =
      "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'COMMIT'";
  while (number(house.url, waiting) == 0) {
  }
  // As a statement's time-out does.
  number(house.url,
         "SELECT COUNT(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  press.join();
  standby("");
  REQUIRE(begun);
  REQUIRE_FALSE(*begun);
  CHECK(says(begun->error(), "standby does not confirm"));
  const auto again = store->begin_call(call, {}, noon);
  REQUIRE(again);
  CHECK(again->kind == Admission::Kind::orphaned);  // nobody dials it
  check_sound(*store, house);
}

// ------------------------------------------------------------------------- others on the database

TEST_CASE("PostgreSQL: who stalls with the writers' lock holds nobody up for long") {
  const House house;
  auto store = open_store(house.options());
  place(*store, phone_call("call_1"), noon);
  std::atomic<bool> held{false};
  std::thread holder([&] {
    carry_out(house.url, "CREATE TABLE holds (x INT)");
    held = true;
    carry_out(house.url,
              "BEGIN; SELECT pg_advisory_xact_lock(1987601516, hashtext(current_schema())); SELECT "
              "pg_sleep(3); COMMIT");
  });
  while (number(house.url, "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'") == 0) {
  }
  const auto refused = store->begin_call(phone_call("call_2"), {}, noon);
  REQUIRE_FALSE(refused);
  CHECK(says(refused.error(), "Another program holds"));
  holder.join();
  place(*store, phone_call("call_2"), noon);
}

TEST_CASE("PostgreSQL: two proxies admit exactly the limit together") {
  const House house;
  const auto one = open_store(house.options());
  const auto other = open_store(house.options());
  CallLimits limits;
  limits.person_hour = 23;
  std::atomic<int> placed{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 80; ++i) {
    crowd.emplace_back([&, i] {
      Store& store = i % 2 == 0 ? *one : *other;
      const auto begun = store.begin_call(phone_call("call_" + std::to_string(i)), limits, noon);
      if (begun) {
        ++placed;
      } else if (begun.error().code == ErrorCode::rate_limited) {
        ++refused;
      }
    });
  }
  for (auto& thread : crowd) thread.join();
  CHECK(placed == 23);
  CHECK(refused == 80 - 23);
  check_sound(*one, house);
  CHECK(one->verify_audit()->head_hash == other->verify_audit()->head_hash);
}

TEST_CASE("PostgreSQL: one key pressed a hundred times at two proxies dials once") {
  const House house;
  const auto one = open_store(house.options());
  const auto other = open_store(house.options());
  std::atomic<int> placed{0};
  std::atomic<int> known{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 100; ++i) {
    crowd.emplace_back([&, i] {
      NewCall call = phone_call("call_" + std::to_string(i));
      call.idempotency_key = "press-1";
      call.body_hash = "hash";
      const auto begun = (i % 2 == 0 ? *one : *other).begin_call(call, {}, noon);
      if (begun) ++(begun->kind == Admission::Kind::placed ? placed : known);
    });
  }
  for (auto& thread : crowd) thread.join();
  CHECK(placed == 1);
  CHECK(known == 99);
  CHECK(number(house.url, "SELECT COUNT(*) FROM calls") == 1);
}

StoreOptions served_by(const House& house, const std::string& server) {
  StoreOptions options = house.options();
  options.server = server;
  return options;
}

TEST_CASE("PostgreSQL: several servers work on a database, and nobody changes it under them") {
  const House house;
  StoreOptions alone = house.options();
  alone.alone = true;
  {
    const auto one = open_store(served_by(house, "one"));
    const auto other = open_store(served_by(house, "other"));
    CHECK(one->is_shared());
    const auto restoring = Store::open(alone);
    REQUIRE_FALSE(restoring);
    CHECK(says(restoring.error(), "Stop every one of them"));
    CHECK(open_store(house.options())->put_user({"ann", Role::caller, "x", noon}));
    // Also after its connections were cut and made again.
    number(house.url,
           "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
           "WHERE application_name = 'voxdial'");
    place(*one, phone_call("call_1"), noon);
    place(*other, phone_call("call_2"), noon);
    CHECK_FALSE(Store::open(alone));
  }
  const auto restoring = open_store(alone);
  CHECK(restoring->rights()->somebody_is_named);
  const auto refused = Store::open(served_by(house, "one"));
  REQUIRE_FALSE(refused);
  CHECK(says(refused.error(), "being restored or copied"));
}

TEST_CASE("PostgreSQL: a key that another server is placing is waited for, then it is orphaned") {
  const House house;
  const auto one = open_store(served_by(house, "one"));
  const auto other = open_store(served_by(house, "other"));
  NewCall call = phone_call("call_1");
  call.idempotency_key = "press-1";
  call.body_hash = "hash";
  const StoredCall placed = place(*one, call, noon);
  call.id = "call_2";
  const Millis late = noon + placed_elsewhere_ms;
  CHECK(other->being_placed(placed, late - 1));
  CHECK_FALSE(other->being_placed(placed, late));
  CHECK(one->being_placed(placed, late));

  auto again = other->begin_call(call, {}, late - 1);
  REQUIRE(again);
  CHECK(again->kind == Admission::Kind::running);
  CHECK(other->earlier_press("ann", "press-1", "hash", late - 1)->value().kind ==
        Admission::Kind::running);
  CHECK(other->begin_call(call, {}, late)->kind == Admission::Kind::orphaned);

  const StoredReply reply{202, "{}"};
  std::optional<StoredReply> heard;
  std::thread waiting([&] {
    if (auto waited = other->wait_for_reply("call_1", 20'000)) heard = std::move(*waited);
  });
  REQUIRE(one->finish_call_request("call_1", reply));
  waiting.join();
  CHECK(heard == reply);
  again = other->begin_call(call, {}, noon);
  CHECK(again->kind == Admission::Kind::replayed);
  CHECK(again->reply == reply);
}

/// Owes the first two kinds of debt at once.
StoredCall owes_two(StoredCall row, Millis now) {
  if (row.owed.empty() && row.done == 0) {
    row.owed = {{Debt::look_twilio, now, 0, 0}, {Debt::look_ultravox, now, 0, 0}};
  }
  std::erase_if(row.owed, [&](const Owed& owed) { return row.is_done(owed.what); });
  return row;
}

TEST_CASE("PostgreSQL: a step is one server's until it is recorded, let go, or its lease is over") {
  const House house;
  StoreOptions options = served_by(house, "one");
  options.reconcile = owes_two;
  const auto one = open_store(options);
  options.server = "other";
  const auto other = open_store(options);
  place(*one, phone_call("call_1"), noon);
  const auto due = [&](Store& store, Millis now) {
    const auto found = store.due(now, 9);
    REQUIRE(found);
    return *found;
  };
  const std::vector<Store::Due> both = due(*other, noon);
  REQUIRE(both.size() == 2);
  const std::vector<Store::Due> first(both.begin(), both.begin() + 1);
  const std::vector<Store::Due> second(both.begin() + 1, both.end());

  CHECK(one->claim(both, noon - 1)->empty());  // not due yet
  CHECK(one->claim(first, noon) == first);
  CHECK(one->claim(first, noon)->empty());
  CHECK(other->claim(both, noon) == second);
  CHECK(due(*one, noon).empty());
  CHECK(other->let_go(second));
  CHECK(due(*one, noon) == second);
  CHECK(one->claim(second, noon) == second);

  // What is recorded ends the lease, and says when it is tried again.
  CallUpdate tried = news_of(CallStatus::ringing, noon);
  tried.owed_again = Owed{second[0].what, noon + minute, 1, 0};
  tell(*one, "call_1", tried);
  CHECK(other->claim(second, noon)->empty());
  CHECK(due(*other, noon + minute).size() == 2);

  // A lease that nobody renews is over after a while; its late owner tells news and no more.
  CHECK(*one->renew(first[0], noon + 5'000));
  CHECK(other->claim(first, noon + 5'000 + lease_ms - 1)->empty());
  const Millis later = noon + 5'000 + lease_ms;
  CHECK(other->claim(first, later) == first);
  CHECK_FALSE(*one->renew(first[0], later));
  CallUpdate late = news_of(CallStatus::talking, later);
  late.done = {first[0].what};
  CHECK(tell(*one, "call_1", late).stored.call.status == CallStatus::talking);
  CHECK(*other->renew(first[0], later));
  tell(*other, "call_1", late);
  CHECK_FALSE(*other->renew(first[0], later));  // settled
}

TEST_CASE("PostgreSQL: claims wait for nobody who writes, and of many at once one gets each step") {
  const House house;
  StoreOptions options = served_by(house, "one");
  options.reconcile = owes_two;
  const auto one = open_store(options);
  options.server = "other";
  const auto other = open_store(options);
  for (int i = 0; i < 12; ++i) place(*one, phone_call("call_" + std::to_string(i)), noon);
  const auto due = one->due(noon, 99);
  REQUIRE(due);
  REQUIRE(due->size() == 24);
  const std::string locked = "SELECT * FROM owed WHERE call_seq = 1 FOR UPDATE";
  std::thread writer([&] {
    carry_out(house.url,
              "BEGIN; SELECT pg_advisory_xact_lock(1987601516, "
              "hashtext(current_schema())); " +
                  locked + "; SELECT pg_sleep(1.5)");
  });
  while (number(house.url,
                "SELECT COUNT(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.5)%' "
                "AND wait_event = 'PgSleep'") == 0) {
  }
  std::atomic<int> claimed{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 8; ++i) {
    crowd.emplace_back([&, i] {
      const auto mine = (i % 2 == 0 ? *one : *other).claim(*due, noon);
      if (mine) claimed += static_cast<int>(mine->size());
    });
  }
  for (auto& thread : crowd) thread.join();
  CHECK(claimed == 22);
  CHECK(number(house.url, "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") ==
        1);
  writer.join();
}

TEST_CASE("PostgreSQL: the servers go by the database's clock") {
  const House house;
  const auto store = open_store(served_by(house, "one"));
  const Millis before =
      number(house.url, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
  const auto clock = store->clock();
  REQUIRE(clock);
  REQUIRE(*clock);
  CHECK(**clock >= before);
  CHECK(**clock - before < minute);
}

TEST_CASE("PostgreSQL: its tables, columns and indices are those of SQLite") {
  const House house;
  const Folder folder;
  {
    auto one = open_store(house.options());
    StoreOptions file;
    file.path = folder.file();
    auto other = open_store(file);
  }
  auto sqlite = sqlite::open({.path = folder.file()}, sqlite::Use::read);
  REQUIRE(sqlite);
  const auto of_sqlite = [&](std::string_view sql) {
    db::Rows rows = (*sqlite)->rows(sql);
    REQUIRE(rows.next());
    return rows.text(0);
  };
  const std::string columns = of_sqlite(
      "SELECT group_concat(name, ' ') FROM (SELECT t.name || '.' || c.name AS name "
      "FROM sqlite_master t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' ORDER BY 1)");
  CHECK(columns.find("calls.counted_micros") != std::string::npos);
  CHECK(postgres_test::text(house.url,
                            "SELECT string_agg(name, ' ' ORDER BY name COLLATE \"C\") FROM (SELECT "
                            "table_name || '.' || column_name AS name FROM "
                            "information_schema.columns WHERE table_schema = current_schema() AND "
                            "table_name <> 'voxdial_schema') AS all_columns") == columns);
  const std::string indices = of_sqlite(
      "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master WHERE type = 'index' "
      "AND sql IS NOT NULL ORDER BY 1)");
  CHECK(indices.find("calls_by_count") != std::string::npos);
  CHECK(postgres_test::text(house.url,
                            "SELECT string_agg(indexname, ' ' ORDER BY indexname COLLATE \"C\") "
                            "FROM pg_indexes WHERE schemaname = current_schema() AND "
                            "indexname NOT IN (SELECT conname FROM pg_constraint)") == indices);
}

TEST_CASE(
    "PostgreSQL: many may make the tables at the same moment; a version one newer is no harm") {
  const House house;
  std::atomic<int> opened{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 6; ++i) {
    crowd.emplace_back([&] { opened += Store::open(house.options()).has_value(); });
  }
  for (auto& thread : crowd) thread.join();
  CHECK(opened == 6);
  const std::int64_t version = number(house.url, "SELECT MAX(version) FROM voxdial_schema");
  const auto newer = [&](std::int64_t by) {
    return "INSERT INTO voxdial_schema (version) VALUES (" + std::to_string(version + by) + ")";
  };
  REQUIRE(carry_out(house.url, newer(1)).empty());
  CHECK(Store::open(house.options()));
  REQUIRE(carry_out(house.url, newer(2)).empty());
  const auto refused = Store::open(house.options());
  REQUIRE_FALSE(refused);
  CHECK(says(refused.error(), "newer voxdial"));
}

TEST_CASE("PostgreSQL: what is wrong with the address is said, and the address itself never is") {
  struct Row {
    std::string from, to, words;
  };
  const auto row = GENERATE(values<Row>({
      {"host=", "host=/nowhere", "cannot be reached"},
      {"/postgres?", "/no_such_database?", "cannot be reached"},
      {"postgresql://voxdial@", "postgresql://nobody@", "cannot be reached"},
  }));
  const House house;
  StoreOptions options = house.options();
  std::string url = house.url;
  url.replace(url.find(row.from), row.from.size(), row.to);
  options.url = Secret(std::move(url));
  const auto opened = Store::open(options);
  REQUIRE_FALSE(opened);
  CHECK(says(opened.error(), row.words));
}

}  // namespace
}  // namespace voxdial::store_test
