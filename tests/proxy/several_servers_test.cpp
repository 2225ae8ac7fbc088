// Several servers on one PostgreSQL: who performs what, and what they tell each other.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>

#include "proxy/doctor.h"
#include "shared/codec.h"
#include "tests/proxy/desk.h"
#include "tests/proxy/http_fixture.h"
#include "tests/proxy/postgres_cluster.h"

namespace voxdial::test {
namespace {

/// Two servers with the same vendors and, until a test says otherwise, the same time.
struct TwoDesks {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  Desk one{{}, url, "one"};
  Desk other{{}, url, "other"};
  TwoDesks() {
    other.ids = 1'000'000;
    other.world.send = [this](const VendorRequest& request) { return one.vendors.send(request); };
    other.world.now = one.world.now;
  }

  std::string dial() {
    const StoredReply placed = one.calls->place(Desk::attempt(MediumType::twilio));
    REQUIRE(placed.http_status == 201);
    return decode<CallPlaced>(placed.body)->id;
  }
  /// Lets time pass for both, and each pay what it can get.
  void run(Millis ms) {
    const Millis until = one.clock + ms;
    for (; one.clock < until; one.clock += 250, other.clock += 250) {
      (void)one.worker->run_due();
      (void)other.worker->run_due();
    }
  }
  int asked(std::string_view method, std::string_view path) {
    const std::lock_guard lock(one.vendors.mutex);
    return static_cast<int>(std::ranges::count_if(one.vendors.seen, [&](const VendorRequest& r) {
      return r.method == method && r.path.find(path) != r.path.npos;
    }));
  }
};

TEST_CASE("PostgreSQL: End pressed at one server is performed once, by whichever gets to it") {
  TwoDesks desks;
  const std::string id = desks.dial();
  REQUIRE(desks.other.calls->hang_up(everybody, id));
  const std::string call = std::string("/Calls/") + twilio_sid + ".json";
  desks.one.vendors.twilio_get = [](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call("completed"));
  };
  desks.run(3'000);
  CHECK(desks.asked("POST", call) == 1);
  CHECK(is_terminal(desks.one.row(id).call.status));
  CHECK(desks.one.vendors.dials() == 1);
}

TEST_CASE("PostgreSQL: what a dead server had begun is another's within fifteen seconds") {
  TwoDesks desks;
  const std::string id = desks.dial();
  REQUIRE(desks.one.calls->hang_up(everybody, id));
  const auto due = desks.one.store->due(desks.one.clock, 9);
  REQUIRE(due);
  REQUIRE_FALSE(due->empty());
  REQUIRE(desks.one.store->claim(*due, desks.one.clock)->size() == due->size());
  desks.one.app.reset();  // and nothing came of it
  const std::string call = std::string("/Calls/") + twilio_sid + ".json";
  desks.one.clock += lease_ms - 1'000;
  (void)desks.other.worker->run_due();
  CHECK(desks.asked("POST", call) == 0);
  desks.one.clock += 1'000;
  (void)desks.other.worker->run_due();
  CHECK(desks.asked("POST", call) == 1);
}

TEST_CASE("PostgreSQL: a server that slept in the middle of a step sends nothing more for it") {
  TwoDesks desks;
  const std::string id = desks.dial();
  const std::string call = std::string("/Calls/") + twilio_sid + ".json";
  int ends = 0;
  int looks = 0;
  // Twilio has another state than was thought, so that the first server must look: before it can,
  // it sleeps for twenty seconds, in which the other takes the step over and settles it.
  desks.one.vendors.twilio_update = [&](const VendorRequest&) {
    if (ends++ > 0) return FakeVendors::reply(200, FakeVendors::twilio_call("canceled"));
    desks.one.clock += 20'000;
    desks.other.clock += 20'000;
    desks.other.pay();
    looks = 0;
    return FakeVendors::reply(400, R"({"code":21220,"message":"not in-progress","status":400})");
  };
  desks.one.vendors.twilio_get = [&](const VendorRequest&) {
    ++looks;
    return FakeVendors::reply(200, FakeVendors::twilio_call(ends > 1 ? "canceled" : "ringing"));
  };
  REQUIRE(desks.one.calls->hang_up(everybody, id));
  (void)desks.one.worker->run_due();
  CHECK(ends == 2);
  CHECK(looks == 0);
  CHECK(desks.other.row(id).call.status == CallStatus::canceled);
  CHECK(desks.other.row(id).find_owed(Debt::end_twilio) == nullptr);
}

TEST_CASE("PostgreSQL: a server that starts leaves alone what another is placing") {
  TwoDesks desks;
  desks.one.vendors.ultravox_create = [&](const VendorRequest&) {
    desks.other.open();
    desks.other.pay();
    desks.one.clock += 20'000;
    desks.other.pay();
    return FakeVendors::reply(
        201, std::string(R"({"callId":")") + ultravox_id +
                 R"(","created":"2026-11-22T10:00:00Z","joinUrl":"wss://voice.example/x"})");
  };
  desks.dial();
  CHECK(desks.one.vendors.dials() == 1);
}

TEST_CASE("PostgreSQL: a server that was away too long while it placed a call does not dial") {
  TwoDesks desks;
  bool closed = false;
  desks.one.vendors.ultravox_create = [&](const VendorRequest&) {
    desks.one.clock += closed ? placed_elsewhere_ms : longest_placing_ms + 1;
    if (closed) desks.other.pay();
    return FakeVendors::reply(
        201, std::string(R"({"callId":"0c0e0000-0000-4000-8000-00000000000)") +
                 (closed ? "2" : "1") +
                 R"(","created":"2026-11-22T10:00:00Z","joinUrl":"wss://voice.example/x"})");
  };
  CHECK(desks.one.calls->place(Desk::attempt(MediumType::twilio, "key-1")).http_status == 504);
  closed = true;
  CHECK(desks.one.calls->place(Desk::attempt(MediumType::twilio, "key-2")).http_status == 504);
  CHECK(desks.one.vendors.dials() == 0);
}

TEST_CASE("PostgreSQL: without the database a server ends only what it was told to end") {
  TwoDesks desks;
  const std::string first = desks.dial();
  const std::string second = "call_of_nobody";
  desks.one.faults.keep_failing = true;
  desks.one.faults.fail_at = 1;
  const auto asked_before = desks.one.vendors.seen.size();
  desks.one.clock += 60'000;
  (void)desks.one.worker->run_due();
  CHECK(desks.one.vendors.seen.size() == asked_before);
  CHECK(desks.one.calls->hang_up(everybody, first));
  (void)desks.one.worker->run_due();
  CHECK(desks.asked("POST", std::string("/Calls/") + twilio_sid + ".json") == 1);
  CHECK_FALSE(desks.one.calls->hang_up(everybody, second));
  desks.one.faults.fail_at = 0;
  (void)desks.one.worker->run_due();
  CHECK(is_terminal(desks.other.row(first).call.status));
}

TEST_CASE("PostgreSQL: who is put out at one server is put out of the streams of the other") {
  TwoDesks desks;
  Store& here = *desks.one.store;
  REQUIRE(here.put_user({"ann", Role::caller, "x", desks.one.clock}));
  events::HubOptions options =
      stream_options(desks.other.app->world, *desks.other.store, /*somebody_is_named=*/true);
  CHECK(options.fed);
  options.clock = {};
  testing::TestServer server(
      [&](const http::Request&, events::Hub& hub) {
        events::Ticket ticket;
        ticket.rights = desks.other.store->rights()->number;
        ticket.still_allowed = [&]() -> Result<void> {
          const auto user = desks.other.store->find_user("ann");
          if (user && *user) return {};
          return fail(ErrorCode::unauthenticated);
        };
        return testing::stream_reply(hub, std::move(ticket), "ann");
      },
      {}, options);
  testing::RawClient page = server.connect();
  page.say("GET /api/events HTTP/1.1\r\nHost: a\r\n\r\n");
  page.read_reply(true);
  page.read_to("\n\n");
  REQUIRE(here.remove_user("ann"));
  CHECK(page.read_to("\n\n").find("event: logged_out") != std::string::npos);
}

TEST_CASE("PostgreSQL: the doctor says what an acknowledged call risks, and whose clock is wrong") {
  Desk desk{{}, postgres_test::url_of(postgres_test::new_schema()), "one"};
  const auto system_clock = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  World world = desk.world;
  world.machine_now = system_clock;
  const auto check = [&](const std::string& id) {
    for (const DoctorCheck& one : examine(desk.config, world, *desk.store, "").checks) {
      if (one.id == id) return one;
    }
    FAIL("the doctor has no check " << id);
    return DoctorCheck();
  };
  using State = DoctorCheck::State;
  CHECK(check("database").state == State::ok);
  CHECK(check("database_bell").state == State::ok);
  CHECK(check("database_clock").state == State::ok);
  // The tests' database syncs nothing.
  CHECK(check("database_safety").state == State::warning);
  CHECK(check("database_safety").remedy.find("fsync") != std::string::npos);
  world.machine_now = [&] { return system_clock() - 3'600'000; };
  const DoctorCheck ahead = check("database_clock");
  CHECK(ahead.state == State::warning);
  CHECK(ahead.detail.find("ahead of") != std::string::npos);
}

TEST_CASE("PostgreSQL: servers share what may be asked of a vendor at a time") {
  TwoDesks desks;
  const auto looks_at_once = [&] {
    const int before = desks.asked("GET", "/api/calls/");
    (void)desks.one.worker->run_due();
    return desks.asked("GET", "/api/calls/") - before;
  };
  for (int i = 0; i < 40; ++i) {
    const std::string key = "key-" + std::to_string(i);
    REQUIRE(desks.one.calls->place(Desk::attempt(MediumType::web, key)).http_status == 201);
  }
  const auto present = [&](Desk& desk, int expected) {
    int there = 0;
    for (int i = 0; i < 100 && there != expected; ++i) {
      desk.store->wait_for_news(20);  // it listens, and so is seen
      there = *desk.store->servers();
    }
    return there;
  };
  CHECK(present(desks.one, 1) == 1);
  desks.one.clock += 600'000;
  const int alone = looks_at_once();
  CHECK(present(desks.other, 2) == 2);
  desks.one.clock += 600'000;
  CHECK(looks_at_once() == alone / 2);
  desks.other.app.reset();
  CHECK(present(desks.one, 1) == 1);
}

TEST_CASE(
    "PostgreSQL: servers of two versions in a row work on one record and on each other's calls") {
  TwoDesks desks;
  const std::string first = desks.dial();
  // What a newer voxdial's step does, while calls go on here.
  REQUIRE(postgres_test::carry_out(
              desks.url,
              "ALTER TABLE calls ADD COLUMN mood TEXT NOT NULL DEFAULT 'new'; "
              "ALTER TABLE owed ADD COLUMN weight BIGINT NOT NULL DEFAULT 1; "
              "ALTER TABLE news ADD COLUMN extra TEXT NOT NULL DEFAULT ''; "
              "CREATE TABLE moods (name TEXT PRIMARY KEY); "
              "CREATE INDEX calls_by_mood ON calls (mood); "
              "INSERT INTO voxdial_schema (version) SELECT MAX(version) + 1 FROM voxdial_schema")
              .empty());
  const auto place = [](Desk& desk, const char* key) {
    const StoredReply placed = desk.calls->place(Desk::attempt(MediumType::twilio, key));
    CHECK(placed.http_status == 201);
    return decode<CallPlaced>(placed.body)->id;
  };
  const std::string second = place(desks.one, "key-2");
  desks.other.open();  // started again as it was
  const std::string third = place(desks.other, "key-3");
  desks.one.vendors.twilio_update =
      desks.one.vendors.twilio_get = [](const VendorRequest& request) {
        std::string call = FakeVendors::twilio_call("completed");
        call.replace(call.find(twilio_sid), 34, request.path.substr(request.path.find("CA"), 34));
        return FakeVendors::reply(200, call);
      };
  REQUIRE(desks.other.calls->hang_up(everybody, first));
  REQUIRE(desks.other.calls->hang_up(everybody, second));
  REQUIRE(desks.one.calls->hang_up(everybody, third));
  desks.run(5'000);
  for (const std::string& id : {first, second, third}) {
    CHECK(is_terminal(desks.one.row(id).call.status));
  }
  CHECK(desks.one.vendors.dials() == 3);
  CHECK(desks.one.store->verify_audit()->intact);
  CHECK(postgres_test::number(desks.url, "SELECT COUNT(*) FROM calls WHERE mood = 'new'") == 3);
}

}  // namespace
}  // namespace voxdial::test
