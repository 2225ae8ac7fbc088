// The store when the world fails: at every step, disk full, read-only, damaged, locked, gone,
// killed.
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fstream>
#include <functional>
#include <latch>
#include <set>
#include <thread>

#include "proxy/store/faults.h"
#include "proxy/store/sqlite/connection.h"
#include "proxy/store/sqlite/schema.h"
#include "proxy/store/writer.h"
#include "store_faulty_disk.h"
#include "store_fixture.h"

namespace voxdial::store_test {
namespace {

/// One step of a call's life in the store; its error, if any.
using Step = std::function<std::optional<Error>(Store&)>;

template <class T>
std::optional<Error> error_of(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error();
}

std::vector<Step> life_of_a_call() {
  static CallLimits limits;
  limits = {5, 5, 5, 5, 5, 5, 5, 600, 60'000'000};
  NewCall call = phone_call("call_1");
  call.idempotency_key = "press-1";
  CallUpdate dialled = news_of(CallStatus::ringing, noon + 1'000);
  dialled.twilio_sid = "CA1";
  dialled.ultravox_call_id = "uv-1";
  const CallUpdate over = [] {
    CallUpdate news = news_of(CallStatus::completed, noon + minute);
    news.talked_s = 30;
    return news;
  }();
  return {
      [=](Store& s) -> std::optional<Error> {
        const auto begun = s.begin_call(call, limits, noon);
        if (begun) CHECK(begun->kind == Admission::Kind::placed);  // also the second time
        return error_of(begun);
      },
      [=](Store& s) { return error_of(s.record_update("call_1", dialled)); },
      [](Store& s) {
        return error_of(s.finish_call_request("call_1", {201, "{}"}));
      },
      [](Store& s) {
        return error_of(s.record_transcript(
            "call_1", {{0, TranscriptEntry::Role::agent, "Hello", "", "", true, 0},
                       {1, TranscriptEntry::Role::user, "Hi", "", "", true, 1'000}}));
      },
      [](Store& s) { return error_of(s.live_calls()); },
      [=](Store& s) { return error_of(s.record_update("call_1", over)); },
      [](Store& s) { return error_of(s.call_detail(everything, "call_1")); },
      [](Store& s) { return error_of(s.list_calls(everything, {})); },
      [](Store& s) { return error_of(s.record_refusal({}, noon)); },
      [](Store& s) {
        return error_of(s.put_user({"ann", Role::caller, "x", noon}));
      },
      [](Store& s) { return error_of(s.begin_login("ann", "192.0.2.1", noon)); },
      [](Store& s) { return error_of(s.verify_audit()); },
  };
}

TEST_CASE("whatever step fails, nothing is half-written, it is said, and the next try works") {
  // 10 I/O error, 13 full, 5 locked, 7 out of memory, 11 damaged
  const int code = GENERATE(10, 13, 5, 7, 11);
  CAPTURE(code);
  std::int64_t fail_at = 1;
  bool any_step_left = true;
  for (; any_step_left; ++fail_at) {
    CAPTURE(fail_at);
    Folder folder;
    StoreFaults faults;
    faults.code = code;
    faults.fail_at = fail_at;
    StoreOptions options = options_for(folder);
    options.faults = &faults;
    int failures = 0;
    auto opened = Store::open(options);
    if (!opened) {
      ++failures;
      CHECK(opened.error().code == ErrorCode::store_unavailable);
      opened = Store::open(options);
    }
    REQUIRE(opened);
    Store& store = **opened;
    for (const Step& step : life_of_a_call()) {
      auto error = step(store);
      if (error) {
        ++failures;
        CHECK(error->code == ErrorCode::store_unavailable);
        CHECK_FALSE(error->message.empty());
        check_sound(store, folder);
        error = step(store);
      }
      if (error) FAIL(error->message);
    }
    any_step_left = faults.steps >= fail_at;
    faults.fail_at = 0;
    check_sound(store, folder);
    CHECK(number(folder, "SELECT COUNT(*) FROM calls") == 1);
    CHECK(number(folder, "SELECT COUNT(*) FROM timeline") == 3);
    CHECK(number(folder, "SELECT COUNT(*) FROM audit") == 3);
    CHECK(number(folder, "SELECT COUNT(*) FROM transcript") == 2);
    CHECK(failures == (any_step_left ? 1 : 0));
  }
  CHECK(fail_at > 100);  // there are that many steps, and each has failed once
}

/// A store on a disk that can be told to fail, and is in order to begin with.
struct OnFaultyDisk {
  FaultyDisk& disk = faulty_disk();
  Folder folder;
  std::unique_ptr<Store> store = open();

  OnFaultyDisk() = default;
  ~OnFaultyDisk() { disk.heal(); }
  OnFaultyDisk(const OnFaultyDisk&) = delete;
  OnFaultyDisk& operator=(const OnFaultyDisk&) = delete;

  std::unique_ptr<Store> open() const {
    disk.heal();
    StoreOptions options = options_for(folder);
    options.vfs = FaultyDisk::name;
    return open_store(options);
  }
  void fail_from_now_on(int code) const {
    disk.code = code;
    disk.keep_failing = true;
    disk.fail_at = disk.operations = 1;
  }
  /// What is on the disk when it works again.
  void reopen() {
    store.reset();
    store = open();
  }
};

TEST_CASE("whatever write or sync of the disk fails, what was acknowledged is there afterwards") {
  const int code = GENERATE(SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC);
  bool any_operation_left = true;
  for (std::int64_t fail_at = 1; any_operation_left; fail_at += 3) {
    CAPTURE(code, fail_at);
    OnFaultyDisk on;
    on.disk.code = code;
    on.disk.operations = 0;
    on.disk.fail_at = fail_at;
    std::set<std::string> acknowledged;
    for (int i = 0; i < 6; ++i) {
      const std::string id = "call_" + std::to_string(i);
      if (on.store->begin_call(phone_call(id), {}, noon + i)) acknowledged.insert(id);
    }
    any_operation_left = on.disk.operations >= fail_at;
    CHECK(acknowledged.size() >= 5);
    on.reopen();
    for (const std::string& id : acknowledged) CHECK(on.store->find_call(id)->has_value());
    check_sound(*on.store, on.folder);
  }
}

TEST_CASE(
    "a disk that fails again and again, while the log is moved too, loses nothing acknowledged") {
  OnFaultyDisk on;
  on.disk.code = GENERATE(SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC);
  std::set<std::string> acknowledged;
  int failures = 0;
  for (int i = 0; i < 600; ++i) {
    // Every 37th operation, whatever it is: a log's page, a database's page, a sync.
    if (on.disk.fail_at <= on.disk.operations) on.disk.fail_at = on.disk.operations + 37;
    const std::string id = "call_" + std::to_string(i);
    if (on.store->begin_call(phone_call(id), {}, noon + i)) {
      acknowledged.insert(id);
    } else {
      ++failures;
    }
  }
  CHECK(failures > 50);
  CHECK(acknowledged.size() > 100);
  on.reopen();
  for (const std::string& id : acknowledged) CHECK(on.store->find_call(id)->has_value());
  check_sound(*on.store, on.folder);
}

// ------------------------------------------------------------------------- the disk

TEST_CASE(
    "a full disk refuses calls with the reason, still shows the history, and recovers by itself") {
  OnFaultyDisk on;
  place(*on.store, phone_call("call_1"), noon);
  on.fail_from_now_on(SQLITE_FULL);
  for (int i = 0; i < 3; ++i) {
    const auto refused = on.store->begin_call(phone_call("call_2"), {}, noon);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::store_unavailable);
    CHECK(mentions(refused.error(), "full"));
    CHECK_FALSE(on.store->check_writable());
    CHECK_FALSE(on.store->record_update("call_1", news_of(CallStatus::ringing, noon)));
    CHECK(on.store->list_calls(everything, {})->calls.size() == 1);
  }
  on.disk.heal();
  CHECK(on.store->check_writable());
  place(*on.store, phone_call("call_2"), noon);
  tell(*on.store, "call_1", news_of(CallStatus::ringing, noon));
  check_sound(*on.store, on.folder);
}

TEST_CASE("however little room is left: where the store says it is ready, a call is recorded") {
  int ready_times = 0;
  int unready_times = 0;
  for (std::int64_t room = 0; room <= 256 * 1024; room += 4 * 1024) {
    CAPTURE(room);
    OnFaultyDisk on;
    for (int i = 0; i < 20; ++i)
      place(*on.store, phone_call("call_" + std::to_string(i)), noon + i);
    on.disk.largest_file =
        static_cast<std::int64_t>(std::filesystem::file_size(on.folder.file() + "-wal")) + room;
    const bool ready = on.store->check_writable().has_value();
    ++(ready ? ready_times : unready_times);
    for (int i = 0; ready && i < 3; ++i) {
      CHECK(on.store->begin_call(phone_call("new_" + std::to_string(i)), {}, noon + minute));
    }
  }
  CHECK(ready_times > 5);
  CHECK(unready_times > 5);
}

TEST_CASE("a disk that fails for a while is used again when it is back") {
  OnFaultyDisk on;
  place(*on.store, phone_call("call_1"), noon);
  on.fail_from_now_on(GENERATE(SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_READONLY));
  const auto refused = on.store->begin_call(phone_call("call_2"), {}, noon);
  REQUIRE_FALSE(refused);
  CHECK(mentions(refused.error(), on.disk.code == SQLITE_READONLY ? "read-only" : "input/output"));
  on.disk.heal();
  place(*on.store, phone_call("call_2"), noon);
  check_sound(*on.store, on.folder);
}

TEST_CASE("a disk that went away and came back is opened anew") {
  OnFaultyDisk on;
  place(*on.store, phone_call("call_1"), noon);
  REQUIRE(on.store->list_calls(everything, {}));
  on.disk.lost_before = on.disk.opened + 1;
  CHECK_FALSE(on.store->begin_call(phone_call("call_2"), {}, noon));
  place(*on.store, phone_call("call_2"), noon);
  CHECK_FALSE(on.store->find_call("call_2"));  // the reader notices by itself
  CHECK(on.store->find_call("call_2"));
  check_sound(*on.store, on.folder);
}

TEST_CASE("every admission, end and refusal is synced before it returns") {
  OnFaultyDisk on;
  const auto syncs = [&](const std::function<void()>& work) {
    const std::int64_t before = on.disk.syncs;
    work();
    return on.disk.syncs - before;
  };
  place(*on.store, phone_call("call_0"), noon);
  CHECK(syncs([&] { place(*on.store, phone_call("call_1"), noon); }) >= 1);
  CHECK(syncs([&] { tell(*on.store, "call_1", news_of(CallStatus::busy, noon)); }) >= 1);
  CHECK(syncs([&] { CHECK(on.store->record_refusal({}, noon)); }) >= 1);
  // What changes nothing costs the disk nothing.
  CHECK(syncs([&] { tell(*on.store, "call_1", news_of(CallStatus::busy, noon)); }) == 0);
}

TEST_CASE("another program's lock is waited for, then named; afterwards all is well") {
  Folder folder;
  auto store = open_store(options_for(folder));
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  const auto refused = store->begin_call(phone_call("call_1"), {}, noon);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::store_unavailable);
  CHECK(mentions(refused.error(), "Another program"));
  CHECK(store->list_calls(everything, {}));
  sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  place(*store, phone_call("call_1"), noon);
}

// ------------------------------------------------------------------------- one batch, many fates

TEST_CASE("work that fails does not take the others of its batch with it") {
  Folder folder;
  const db::Open open = [&] {
    return sqlite::open({.path = folder.file(), .busy_timeout_ms = 50}, sqlite::Use::write);
  };
  auto opened = open();
  REQUIRE(opened);
  REQUIRE(sqlite::bring_up_to_date(**opened));
  const bool lose_the_transaction = GENERATE(false, true);
  db::Writer writer(std::move(*opened), open);

  const auto insert = [](db::Db& db, int n) {
    db.run("INSERT INTO do_not_call (number, reason, added_by, added_at) VALUES (?, '', '', 0)",
           std::to_string(n));
  };
  // The first piece of work holds the thread until the others have queued up behind it.
  std::latch queued(1);
  std::thread first([&] {
    const auto done = writer.write([&](db::Db&) -> Result<void> {
      queued.wait();
      return {};
    });
    if (!done) std::abort();
  });
  std::vector<std::thread> crowd;
  std::atomic<int> good{0};
  std::atomic<int> refused{0};
  std::atomic<int> broken{0};
  for (int i = 0; i < 40; ++i) {
    crowd.emplace_back([&, i] {
      const auto done = writer.write([&, i](db::Db& db) -> Result<void> {
        insert(db, 100 + i);
        if (i % 4 == 1) return fail(ErrorCode::conflict);
        if (i % 4 == 2) db.run("INSERT INTO no_such_table VALUES (1)");
        if (i % 4 == 3 && i < 8) throw std::bad_alloc();
        if (i == 8 && lose_the_transaction) db.script("ROLLBACK; SELECT nonsense");
        return {};
      });
      if (done) {
        ++good;
      } else if (done.error().code == ErrorCode::conflict) {
        ++refused;
      } else if (done.error().code == ErrorCode::store_unavailable) {
        ++broken;
      }
    });
  }
  queued.count_down();
  first.join();
  for (auto& thread : crowd) thread.join();
  const int lost = lose_the_transaction ? 1 : 0;
  CHECK(refused == 10);
  CHECK(broken == 10 + 2 + lost);
  CHECK(good == 10 + 8 - lost);
  CHECK(number(folder, "SELECT COUNT(*) FROM do_not_call") == good);
}

// ------------------------------------------------------------------------- kill -9

/// Places calls and tells of their ends from several threads until it is killed; writes a line to
/// `out` for everything the store has acknowledged.
[[noreturn]] void write_until_killed(const Folder& folder, int round, int out) {
  auto opened = Store::open(options_for(folder));
  if (!opened) ::_exit(1);
  Store& store = **opened;
  std::vector<std::thread> crowd;
  for (int t = 0; t < 4; ++t) {
    crowd.emplace_back([&, t] {
      for (int i = 0;; ++i) {
        const std::string id =
            std::to_string(round) + "_" + std::to_string(t) + "_" + std::to_string(i);
        if (!store.begin_call(phone_call(id), {}, noon + i)) ::_exit(2);
        const std::string placed = "p" + id + "\n";
        if (::write(out, placed.data(), placed.size()) < 0) ::_exit(3);
        if (i % 3 != 0) continue;
        if (!store.record_update(id, news_of(CallStatus::busy, noon + i))) ::_exit(4);
        const std::string ended = "e" + id + "\n";
        if (::write(out, ended.data(), ended.size()) < 0) ::_exit(3);
      }
    });
  }
  for (auto& thread : crowd) thread.join();
  ::_exit(5);
}

TEST_CASE("kill -9 at any moment: every acknowledged row is there and the chain holds") {
  Folder folder;
  { auto store = open_store(options_for(folder)); }
  std::set<std::string> placed;
  std::set<std::string> ended;
  for (int round = 0; round < 6; ++round) {
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) write_until_killed(folder, round, pipe[1]);
    ::close(pipe[1]);
    std::string acknowledged;
    const std::size_t enough = 700 * static_cast<std::size_t>(round + 1);
    char buffer[512];
    while (acknowledged.size() < enough) {
      const ssize_t n = ::read(pipe[0], buffer, sizeof buffer);
      REQUIRE(n > 0);
      acknowledged.append(buffer, static_cast<std::size_t>(n));
    }
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    for (ssize_t n = 0; (n = ::read(pipe[0], buffer, sizeof buffer)) > 0;) {
      acknowledged.append(buffer, static_cast<std::size_t>(n));
    }
    ::close(pipe[0]);
    for (std::size_t at = 0, end = 0; (end = acknowledged.find('\n', at)) != std::string::npos;
         at = end + 1) {
      (acknowledged[at] == 'p' ? placed : ended).insert(acknowledged.substr(at + 1, end - at - 1));
    }

    auto store = open_store(options_for(folder));
    check_sound(*store, folder);
    std::set<std::string> live;
    const auto live_calls = store->live_calls();
    REQUIRE(live_calls);
    for (const StoredCall& stored : *live_calls) live.insert(stored.call.id);
    for (const std::string& id : placed) CHECK(store->find_call(id)->has_value());
    for (const std::string& id : ended) CHECK(live.count(id) == 0);
  }
  CHECK(placed.size() > 100);
  CHECK(ended.size() > 20);
}

}  // namespace
}  // namespace voxdial::store_test
