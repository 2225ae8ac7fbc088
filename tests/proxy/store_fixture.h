// What the tests of the store share: a folder of their own, and calls to put into it. Where
// STORE_ENGINE=postgres is set, a schema of a PostgreSQL takes the folder's place.
#pragma once

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "postgres_cluster.h"
#include "proxy/store/store.h"

namespace voxdial::store_test {

constexpr Millis noon = 1'795'000'000'000;  // a moment in 2026; nothing here looks at a clock
constexpr Millis minute = 60'000;
constexpr Millis hour = 60 * minute;
constexpr Millis day = 24 * hour;

inline const Reader everything{"", false, true};

inline bool on_postgres() {
  const char* engine = ::getenv("STORE_ENGINE");
  return engine != nullptr && std::string_view(engine) == "postgres";
}

/// In memory where there is such a place: thousands of syncs of a real disk take minutes.
struct Folder {
  Folder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto base =
        ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string name = (base / "voxdial-store-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    if (on_postgres()) url = postgres_test::url_of(postgres_test::new_schema());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file() const { return (path / "voxdial.db").string(); }
  std::filesystem::path path;
  std::string url;  ///< of the database that is used instead; empty: none
};

/// What another program reads from the record.
inline std::int64_t number(const Folder& folder, const std::string& sql) {
  if (!folder.url.empty()) return postgres_test::number(folder.url, sql);
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open_v2(folder.file().c_str(), &handle, SQLITE_OPEN_READWRITE, "unix") ==
          SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const std::int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return value;
}

/// What another program writes there; the error's text, empty when it was carried out.
inline std::string meddle(const Folder& folder, const std::string& sql) {
  if (!folder.url.empty()) return postgres_test::carry_out(folder.url, sql);
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &handle) == SQLITE_OK);
  char* message = nullptr;
  sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message);
  const std::string text = message == nullptr ? "" : message;
  sqlite3_free(message);
  sqlite3_close(handle);
  return text;
}

inline StoreOptions options_for(const Folder& folder) {
  StoreOptions options;
  options.path = folder.file();
  if (!folder.url.empty()) options.url = Secret(std::string(folder.url));
  options.busy_timeout_ms = 50;
  return options;
}

inline std::unique_ptr<Store> open_store(const StoreOptions& options) {
  auto opened = Store::open(options);
  if (!opened) FAIL(opened.error().message);
  return std::move(*opened);
}

/// A phone call that nothing speaks against.
inline NewCall phone_call(const std::string& id) {
  NewCall call;
  call.id = id;
  call.user = "ann";
  call.client_address = "192.0.2.1";
  call.medium = MediumType::twilio;
  call.agent = "reminder";
  call.agent_name = "Appointment reminder";
  call.to = "+14155550123";
  call.to_international = "+1 415-555-0123";
  call.to_region = "US";
  call.max_duration_s = 600;
  call.cost_per_minute = 60'000;
  call.asked = "{\"agent\":\"reminder\"}";
  return call;
}

inline StoredCall place(Store& store, const NewCall& call, Millis now,
                        const CallLimits& limits = {}) {
  const auto admission = store.begin_call(call, limits, now);
  if (!admission) FAIL(admission.error().message);
  REQUIRE(admission->kind == Admission::Kind::placed);
  return admission->stored;
}

inline CallUpdate news_of(CallStatus status, Millis at) {
  CallUpdate news;
  news.at = at;
  news.what = "twilio_status";
  news.source = "twilio";
  news.detail = wire_name(status);
  news.status = status;
  return news;
}

inline Recorded tell(Store& store, const std::string& id, const CallUpdate& news) {
  const auto recorded = store.record_update(id, news);
  if (!recorded) FAIL(recorded.error().message);
  return *recorded;
}

inline bool mentions(const Error& error, std::string_view word) {
  return error.message.find(word) != std::string::npos;
}

/// What must be true between any two transactions, whatever failed before.
inline void check_sound(Store& store, const Folder& folder) {
  const auto audit = store.verify_audit();
  REQUIRE(audit);
  CHECK(audit->intact);
  CHECK(number(folder,
               "SELECT COUNT(*) FROM calls WHERE NOT EXISTS "
               "(SELECT 1 FROM timeline WHERE call_seq = seq AND what = 'requested')") == 0);
  CHECK(number(folder,
               "SELECT COUNT(*) FROM calls c WHERE 1 <> (SELECT COUNT(*) FROM audit a "
               "WHERE a.call_id = c.id AND a.kind = 'call_requested')") == 0);
  CHECK(number(folder,
               "SELECT COUNT(*) FROM calls c WHERE live = (SELECT COUNT(*) FROM audit a "
               "WHERE a.call_id = c.id AND a.kind = 'call_ended')") == 0);
  CHECK(number(folder,
               "SELECT COUNT(*) FROM timeline WHERE call_seq NOT IN (SELECT seq FROM calls)") == 0);
}

inline Error refused(Store& store, const NewCall& call, const CallLimits& limits, Millis now) {
  const auto admission = store.begin_call(call, limits, now);
  REQUIRE_FALSE(admission);
  return admission.error();
}

inline int stored_calls(Store& store) {
  CallQuery query;
  query.limit = 500;
  const auto page = store.list_calls(everything, query);
  REQUIRE(page);
  REQUIRE(page->next_cursor.empty());
  return static_cast<int>(page->calls.size());
}

}  // namespace voxdial::store_test
