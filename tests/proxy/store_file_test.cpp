// The store's file: whose it is, what is wrong with it, and what an older or newer voxdial left
// there.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fstream>
#include <thread>

#include "proxy/store/sqlite/connection.h"
#include "proxy/store/sqlite/schema.h"
#include "store_fixture.h"

namespace voxdial::store_test {
namespace {

TEST_CASE("a folder that may not be written to is named, with the remedy") {
  Folder folder;
  { auto store = open_store(options_for(folder)); }
  const bool with_file = GENERATE(true, false);
  if (!with_file) std::filesystem::remove(folder.file());
  ::chmod(folder.path.c_str(), 0555);
  if (with_file) ::chmod(folder.file().c_str(), 0444);
  // Root may write anywhere: somebody else tries.
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(9);
    const auto opened = Store::open(options_for(folder));
    ::_exit(opened ? 1 : mentions(opened.error(), "DATA_DIR") ? 0 : 2);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  ::chmod(folder.path.c_str(), 0755);
}

TEST_CASE("a folder that is not there is named") {
  StoreOptions options;
  options.path = "/nowhere/at/all/voxdial.db";
  const auto opened = Store::open(options);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::store_unavailable);
  CHECK(mentions(opened.error(), "DATA_DIR"));
}

TEST_CASE("only the owner may read the file") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_1"), noon);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat info {};
    REQUIRE(::stat((folder.file() + suffix).c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a damaged file is refused with the remedy") {
  Folder folder;
  {
    auto store = open_store(options_for(folder));
    place(*store, phone_call("call_1"), noon);
  }
  const auto size = std::filesystem::file_size(folder.file());
  const std::string damage = GENERATE("its beginning is overwritten", "it is not a database at all",
                                      "the tables' list is overwritten");
  CAPTURE(damage);
  if (damage == "its beginning is overwritten") {
    std::fstream(folder.file(), std::ios::in | std::ios::out) << "this is not a database, is it";
  }
  if (damage == "it is not a database at all") {
    std::ofstream(folder.file(), std::ios::trunc) << std::string(8'192, 'x');
  }
  if (damage == "the tables' list is overwritten") {
    std::fstream file(folder.file(), std::ios::in | std::ios::out);
    file.seekp(100);
    file << std::string(3'000, '\xff');
  }
  const auto opened = Store::open(options_for(folder));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::store_unavailable);
  CHECK(mentions(opened.error(), "damaged"));
  CHECK(size > 0);
}

TEST_CASE("damage in the middle is an error of what needs it, not a crash") {
  Folder folder;
  {
    auto store = open_store(options_for(folder));
    for (int i = 0; i < 200; ++i) place(*store, phone_call("call_" + std::to_string(i)), noon + i);
  }
  {
    std::fstream file(folder.file(), std::ios::in | std::ios::out);
    const auto size = std::filesystem::file_size(folder.file());
    for (std::uintmax_t at = 40 * 4096; at + 4096 <= size; at += 4096) {
      file.seekp(static_cast<std::streamoff>(at));
      file << std::string(4'096, '\xee');
    }
  }
  auto opened = Store::open(options_for(folder));
  REQUIRE(opened);
  Store& store = **opened;
  const auto audit = store.verify_audit();
  CHECK((!audit || !audit->intact));
  const auto begun = store.begin_call(phone_call("call_new"), {}, noon + day);
  REQUIRE_FALSE(begun);
  CHECK(begun.error().code == ErrorCode::store_unavailable);
  CHECK(mentions(begun.error(), "damaged"));
}

TEST_CASE("a file that is deleted or moved away is noticed before anything is dialled") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_1"), noon);
  const std::string elsewhere = folder.file() + ".away";
  std::filesystem::rename(folder.file(), elsewhere);
  const auto refused = store->begin_call(phone_call("call_2"), {}, noon);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::store_unavailable);
  CHECK(mentions(refused.error(), "deleted or replaced"));
  CHECK_FALSE(std::filesystem::exists(folder.file()));
  std::filesystem::rename(elsewhere, folder.file());
  place(*store, phone_call("call_2"), noon);
}

// ------------------------------------------------------------------------- schema

TEST_CASE("records of the first voxdial are read and written on by this one") {
  Folder folder;
  {
    auto first = sqlite::open({.path = folder.file()}, sqlite::Use::write);
    REQUIRE(first);
    REQUIRE(sqlite::bring_up_to_date(**first, 1));
    // A call that talks, and one whose dial was under way.
    const std::string insert =
        "INSERT INTO calls (id, version, medium, status, live, agent, agent_name, person, "
        "person_seq, "
        "address, address_seq, number, number_seq, region, created_at, counted_at, max_duration_s, "
        "cost_per_minute, recording, ultravox_call_id, twilio_sid, idempotency_key, request_hash) "
        "VALUES "
        "('call_1', 2, 'twilio', 'talking', 1, '', '', 'ann', 1, '', 1, '+14155550123', 1, 'US', "
        "1795000000000, "
        "1795000000000, 600, 0, 0, 'u-1', 'CA1', '', ''), "
        "('call_0', 2, 'twilio', 'requested', 1, '', '', 'ann', 2, '', 2, '+14155550123', 2, 'US', "
        "1795000000000, "
        "1795000000000, 600, 0, 0, 'u-2', '', '', ''); ";
    (*first)->script(insert.c_str());
    (*first)->script(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) "
        "INSERT INTO calls (id, version, medium, status, live, agent, agent_name, person, "
        "person_seq, address, "
        "address_seq, number, number_seq, region, created_at, counted_at, max_duration_s, "
        "cost_per_minute, "
        "recording, idempotency_key, request_hash) SELECT 'old_' || i, 1, 'web', 'completed', 0, "
        "'', "
        "CASE WHEN i % 1000 = 1 THEN '\u00c9milie' ELSE 'x' END, 'bob', i, '192.0.2.9', i, '', i, "
        "'', "
        "1795000000000 - 4000 + i, 1795000000000 - 4000 + i, 60, 0, 0, '', '' FROM n");
    REQUIRE_FALSE((*first)->failed());
  }
  auto store = open_store(options_for(folder));
  const auto found = store->find_call("call_1");
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->voicemail == Voicemail::carry_on);
  CallLimits limits;
  limits.everyone_live = 2;
  CHECK(store->begin_call(phone_call("call_3"), limits, noon).error().code ==
        ErrorCode::too_many_calls);
  limits = {};
  limits.minutes_day = 2'545;  // the live ones may take ten minutes each, the old ones took one
  NewCall longer = phone_call("call_3");
  longer.max_duration_s = 25 * 60 + 1;
  CHECK(store->begin_call(longer, limits, noon).error().code == ErrorCode::spend_limit);
  limits = {};
  limits.person_day = 2;
  CHECK(store->begin_call(phone_call("call_3"), limits, noon).error().code ==
        ErrorCode::rate_limited);
  CallQuery query;
  query.q = "\u00e9milie";
  CHECK(store->list_calls(everything, query)->calls.size() == 3);
  CHECK((*found)->find_owed(Debt::look_ultravox) != nullptr);  // what lives is taken up
  CHECK((*store->find_call("call_0"))->dialled_at == noon);
  NewCall call = phone_call("call_2");
  call.voicemail = Voicemail::leave_message;
  place(*store, call, noon + minute);
  CHECK((*store->find_call("call_2"))->voicemail == Voicemail::leave_message);
  REQUIRE(store->sum_up_refusals(noon));
  CHECK(store->verify_audit()->intact);
}

TEST_CASE("a file of a newer voxdial is refused, and left as it was") {
  Folder folder;
  { auto store = open_store(options_for(folder)); }
  number(folder, "PRAGMA user_version");
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle, "PRAGMA user_version = 999", nullptr, nullptr, nullptr) ==
          SQLITE_OK);
  sqlite3_close(handle);
  const auto opened = Store::open(options_for(folder));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::store_unavailable);
  CHECK(mentions(opened.error(), "newer voxdial"));
  CHECK(number(folder, "PRAGMA user_version") == 999);
}

TEST_CASE("another program's database is refused") {
  Folder folder;
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle, "CREATE TABLE diary (day, words)", nullptr, nullptr, nullptr) ==
          SQLITE_OK);
  sqlite3_close(handle);
  const auto opened = Store::open(options_for(folder));
  REQUIRE_FALSE(opened);
  CHECK(mentions(opened.error(), "not written by voxdial"));
}

TEST_CASE("many may open a new file at the same moment") {
  Folder folder;
  StoreOptions options = options_for(folder);
  options.busy_timeout_ms = 10'000;
  std::atomic<int> opened{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 8; ++i) {
    crowd.emplace_back([&, i] {
      const auto store = Store::open(options);
      if (store && (*store)->begin_call(phone_call("call_" + std::to_string(i)), {}, noon))
        ++opened;
    });
  }
  for (auto& thread : crowd) thread.join();
  CHECK(opened == 8);
  auto store = open_store(options);
  check_sound(*store, folder);
  CHECK(number(folder, "SELECT COUNT(*) FROM calls") == 8);
}

}  // namespace
}  // namespace voxdial::store_test
