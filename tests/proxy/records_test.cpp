// Backup, restore and moving to another database: what comes out is what went in.
#include "proxy/cli/records.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <sstream>

#include "proxy/data_folder.h"
#include "proxy/store/copy.h"
#include "proxy/store/engine.h"
#include "proxy/store/faults.h"
#include "store_fixture.h"
#include "tests/proxy/desk.h"

namespace voxdial::store_test {
namespace {

struct Spoken {
  int status = 0;
  std::string out, err;
};

Spoken command(const std::string& data_dir, std::vector<std::string_view> words,
               const std::string& url = "") {
  Config config;
  config.data_dir = data_dir;
  if (!url.empty()) config.database_url = Secret(std::string(url));
  const World world{
      .send = {}, .now = [] { return noon + day; }, .steady_ms = {}, .random_bytes = {}, .log = {}};
  std::ostringstream out, err;
  const int status = records_command(config, world, words, out, err);
  return {status, out.str(), err.str()};
}

std::string make(const std::string& path) {
  REQUIRE(DataFolder::open(path));
  return path;
}

StoreOptions file_in(const std::string& folder) {
  StoreOptions options;
  options.path = folder + "/voxdial.db";
  return options;
}

/// A house with something of everything in it.
void furnish(const StoreOptions& options) {
  auto store = open_store(options);
  REQUIRE(store->put_user({"ann", Role::supervisor, "hash", noon}));
  REQUIRE(store->put_user({"Zoë 李", Role::caller, "hash", noon}));
  REQUIRE(store->add_session({std::string(32, '\xff'), "ann", noon, noon}));
  REQUIRE(store->add_token({"nightly", std::string("\0\x01 of bytes", 12), "ann", noon}));
  REQUIRE(store->add_do_not_call({"+14155550100", "asked; \"never\"", "ann", noon}));
  for (int i = 0; i < 70; ++i) {
    NewCall call = phone_call("call_" + std::to_string(i));
    call.to = "+1415555" + std::to_string(1000 + i);
    call.idempotency_key = "key" + std::to_string(i);
    call.body_hash = "body";
    place(*store, call, noon + i * hour, {9'999, 9'999, 0, 0, 0, 0, 9'999, 1 << 20, 0});
    tell(*store, call.id, news_of(CallStatus::ringing, noon + i * hour + 1));
    if (i % 2 == 0) tell(*store, call.id, news_of(CallStatus::completed, noon + i * hour + 2));
    REQUIRE(store->finish_call_request(call.id, {201, "{\"id\":\"" + call.id + "\"}"}));
  }
  TranscriptEntry entry;
  entry.text = "Grüße, ünïcödé \xF0\x9F\x91\x8D";
  REQUIRE(store->record_transcript("call_3", {entry}));
}

/// Every row of every table, as text in one order.
std::vector<std::string> contents(const StoreOptions& options) {
  const db::Engine engine = db::engine_of(options);
  auto db = engine.to_write();
  REQUIRE(db);
  std::vector<std::string> all;
  for (const db::Table& table : engine.tables(**db)) {
    std::string names;
    for (const db::Column& column : table.columns)
      names += (names.empty() ? "" : ", ") + column.name;
    std::vector<std::string> lines;
    (*db)->begin_read();
    db::Rows rows = (*db)->many_rows("SELECT " + names + " FROM " + table.name);
    while (rows.next()) {
      std::string line = table.name;
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        line += "|" + table.columns[i].name + "=" + rows.text(static_cast<int>(i));
      }
      lines.push_back(line);
    }
    rows = db::Rows(nullptr);
    (*db)->rollback();
    for (std::string& line : lines) {
      std::vector<std::string> cells;  // columns were added in another order
      std::istringstream split(line);
      for (std::string cell; std::getline(split, cell, '|');) cells.push_back(cell);
      std::sort(cells.begin() + 1, cells.end());
      line.clear();
      for (const std::string& cell : cells) line += cell + '|';
    }
    std::sort(lines.begin(), lines.end());
    all.insert(all.end(), lines.begin(), lines.end());
  }
  return all;
}

std::vector<std::string> without(std::vector<std::string> lines, std::string_view table) {
  std::erase_if(lines, [&](const std::string& line) { return line.starts_with(table); });
  return lines;
}

TEST_CASE("a record that moves into PostgreSQL and back is the same, row for row") {
  const Folder folder;
  const std::string old_house = make(folder.path / "old"), new_house = make(folder.path / "new");
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  furnish(file_in(old_house));
  const auto before = contents(file_in(old_house));
  REQUIRE(before.size() > 70 * 4);

  const Spoken there = command("", {"store", "copy", "--from", old_house, "--to", url});
  CAPTURE(there.err);
  REQUIRE(there.status == 0);
  CHECK(there.out.find("70 calls") != std::string::npos);
  StoreOptions in_postgres;
  in_postgres.url = Secret(std::string(url));
  CHECK(contents(in_postgres) == before);

  const Spoken back = command("", {"store", "copy", "--from", url, "--to", new_house});
  CAPTURE(back.err);
  REQUIRE(back.status == 0);
  CHECK(contents(file_in(new_house)) == before);
  CHECK(there.out.substr(there.out.find("head")) == back.out.substr(back.out.find("head")));
  // And it is lived in as before.
  auto store = open_store(file_in(new_house));
  CHECK(store->verify_audit()->intact);
  CHECK(store->user_of_session(std::string(32, '\xff'), noon)->has_value());
  place(*store, phone_call("call_next"), noon + 90 * hour,
        {9'999, 9'999, 0, 0, 0, 0, 9'999, 1 << 20, 0});
}

TEST_CASE("a backup is taken while the record is written, and restored into an empty one") {
  const Folder folder;
  const std::string home = make(folder.path / "home"), other = make(folder.path / "other");
  const std::string file = folder.path / "monday.voxdial";
  furnish(file_in(home));
  const auto serving = open_store(file_in(home));
  const Spoken taken = command(home, {"backup", file});
  CAPTURE(taken.err);
  REQUIRE(taken.status == 0);
  const auto in_backup = contents([&] {
    StoreOptions options;
    options.path = file;
    return options;
  }());
  place(*serving, phone_call("call_later"), noon + 90 * hour,
        {9'999, 9'999, 0, 0, 0, 0, 9'999, 1 << 20, 0});
  CHECK(std::filesystem::status(file).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

  const Spoken restored = command(other, {"restore", file});
  CAPTURE(restored.err);
  REQUIRE(restored.status == 0);
  auto after = without(contents(file_in(other)), "sessions");
  CHECK(after.size() == without(in_backup, "sessions").size() + 1);  // "record_restored"
  auto store = open_store(file_in(other));
  CHECK(store->verify_audit()->intact);
  CHECK(store->audit(everything, 0, 1)->entries.front().kind == "record_restored");
  CHECK(store->doubt(noon)->since != 0);  // nothing is placed before the vendors were asked
  CHECK_FALSE(store->find_call("call_later")->has_value());
  CHECK_FALSE(store->user_of_session(std::string(32, '\xff'), noon)->has_value());
  CHECK(store->find_user("Zoë 李")->has_value());
}

TEST_CASE("nothing is copied over records, from nowhere, or under a proxy that serves") {
  const Folder folder;
  const std::string full = make(folder.path / "full"), other = make(folder.path / "other");
  const std::string file = folder.path / "backup";
  furnish(file_in(full));
  furnish(file_in(other));
  REQUIRE(command(full, {"backup", file}).status == 0);
  const auto before = contents(file_in(other));

  CHECK(command(full, {"backup", file}).err.find("is there already") != std::string::npos);
  CHECK(command(other, {"restore", file}).err.find("holds records already") != std::string::npos);
  CHECK(command("", {"store", "copy", "--from", full, "--to", other}).status == 1);
  CHECK(contents(file_in(other)) == before);
  const std::string nowhere = folder.path / "nowhere";
  CHECK(command(other, {"restore", nowhere}).err.find("no call record at") != std::string::npos);
  CHECK(command("", {"store", "copy", "--from", nowhere, "--to", other}).status == 1);
  CHECK_FALSE(std::filesystem::exists(nowhere));

  auto served = DataFolder::open(full);
  REQUIRE(served->lock());
  const std::string empty = make(folder.path / "empty");
  CHECK(command("", {"store", "copy", "--from", full, "--to", empty}).err.find("in use") !=
        std::string::npos);
  CHECK(command("", {"store", "copy", "--to", full}).status == 2);
}

TEST_CASE("a copy that fails at any step leaves an empty record, and the next try succeeds") {
  const Folder folder;
  const std::string home = make(folder.path / "home");
  furnish(file_in(home));
  const auto before = contents(file_in(home));
  int house = 0;
  for (std::int64_t fail_at = 1;; fail_at = fail_at < 60 ? fail_at + 1 : fail_at + 7) {
    CAPTURE(fail_at);
    const std::string target = make(folder.path / std::to_string(++house));
    StoreFaults faults;
    StoreOptions options = file_in(target);
    options.faults = &faults;
    faults.fail_at = fail_at;
    const auto copied = copy_record(file_in(home), options, Sessions::kept);
    faults.fail_at = 0;
    if (copied) {
      CHECK(faults.steps < fail_at);
      CHECK(contents(file_in(target)) == before);
      break;
    }
    CHECK(copied.error().code == ErrorCode::store_unavailable);
    REQUIRE(copy_record(file_in(home), options, Sessions::kept));
    CHECK(contents(file_in(target)) == before);
    std::filesystem::remove_all(target);
  }
  CHECK(house > 20);
}

TEST_CASE("a chain that is broken is copied as it is, and said") {
  const Folder folder;
  const std::string home = make(folder.path / "home");
  furnish(file_in(home));
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(file_in(home).path.c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle,
                       "DROP TRIGGER audit_no_update; UPDATE audit SET detail = 'x' WHERE seq = 7",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
  const std::string file = folder.path / "broken";
  const Spoken taken = command(home, {"backup", file});
  CHECK(taken.status == 1);
  CHECK(taken.out.find("Audit row 7 does not fit its hash") != std::string::npos);
  CHECK(std::filesystem::exists(file));
}

}  // namespace
}  // namespace voxdial::store_test
