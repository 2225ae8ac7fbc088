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

#include "postgres_house.h"
#include "proxy/store/faults.h"
#include "proxy/store/sqlite/connection.h"

namespace voxdial::store_test {
namespace {

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
  auto holder = open_transaction(
      house.url, "SELECT pg_advisory_xact_lock(1987601516, hashtext(current_schema()))");
  const auto refused = store->begin_call(phone_call("call_2"), {}, noon);
  REQUIRE_FALSE(refused);
  CHECK(says(refused.error(), "Another program holds"));
  holder.reset();
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
