// Who is asked for first, how often, and that nobody who hangs holds up the others.
#include "proxy/calls/worker.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>
#include <thread>

#include "proxy/calls/updates.h"
#include "shared/codec.h"
#include "tests/proxy/worker_fixture.h"

using namespace voxdial;
using namespace voxdial::test;

namespace {

/// A clock for tests with threads, which do not wait for seconds.
std::function<std::int64_t()> ten_times_as_fast(std::int64_t from = 0) {
  return [from, start = std::chrono::steady_clock::now()] {
    return from + std::chrono::duration_cast<std::chrono::milliseconds>(
                      (std::chrono::steady_clock::now() - start) * 10)
                      .count();
  };
}

/// Many web calls that Ultravox knows, each by its own id; the ids of ours.
std::vector<std::string> place_many(Desk& desk, int count) {
  desk.vendors.ultravox_get = [](const VendorRequest& request) {
    const std::string id = request.path.substr(request.path.rfind('/') + 1);
    return FakeVendors::reply(200,
                              R"({"callId":")" + id + R"(","created":"2026-11-22T09:33:20Z"})");
  };
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) {
    const StoredReply reply =
        desk.calls->place(Desk::attempt(MediumType::web, "key-" + std::to_string(i)));
    REQUIRE(reply.http_status == 201);
    ids.push_back(decode<CallPlaced>(reply.body)->id);
  }
  return ids;
}

}  // namespace

TEST_CASE("End goes before every look that is overdue") {
  Desk desk;
  const auto ids = place_many(desk, 150);
  desk.clock += 3'600'000;
  REQUIRE(desk.calls->hang_up(everybody, ids.back()));
  desk.vendors.seen.clear();
  desk.worker->run_due();
  REQUIRE(desk.vendors.seen.size() > 1);
  CHECK(desk.vendors.seen.front().body.find("hang_up") != std::string::npos);
}

TEST_CASE("what waits for its turn at one vendor keeps nothing from the other") {
  Desk desk;
  place_many(desk, 150);
  desk.clock += 3'600'000;
  REQUIRE(desk.calls->place(Desk::attempt(MediumType::twilio, "phone")).http_status == 201);
  desk.clock += 1'000;
  desk.vendors.seen.clear();
  desk.worker->run_due();
  CHECK(std::any_of(desk.vendors.seen.begin(), desk.vendors.seen.end(),
                    [](const VendorRequest& asked) { return asked.vendor == Vendor::twilio; }));
}

TEST_CASE(
    "however many calls are live, Ultravox is asked 100 times a second, and each gets its turn") {
  Desk desk;
  place_many(desk, 150);
  desk.clock += 5'000;
  desk.vendors.seen.clear();
  desk.run(999);
  CHECK(desk.vendors.seen.size() == 100);
  desk.run(1'000);
  CHECK(desk.vendors.seen.size() == 200);
  std::set<std::string> asked_for;
  for (const VendorRequest& request : desk.vendors.seen) asked_for.insert(request.path);
  CHECK(asked_for.size() == 150);
}

TEST_CASE("the threads watch a call from ringing to its end by themselves") {
  Desk desk;
  std::atomic<int> looks{0};
  desk.vendors.twilio_get = [&](const VendorRequest&) {
    return FakeVendors::reply(200, FakeVendors::twilio_call(++looks < 2 ? "ringing" : "no-answer"));
  };
  desk.world.now = ten_times_as_fast(desk.clock);
  desk.world.steady_ms = ten_times_as_fast();
  Worker worker(desk.config, desk.world, *desk.store, *desk.recorder);
  REQUIRE(worker.start());
  place(desk, MediumType::twilio);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (desk.all_calls().at(0).status != CallStatus::no_answer &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(desk.all_calls().at(0).status == CallStatus::no_answer);
  worker.stop();
}

TEST_CASE(
    "requests that hang keep neither the other calls from being looked at nor End from the "
    "vendor") {
  Desk desk;
  std::mutex mutex;
  std::condition_variable changed;
  bool release = false;
  int hanging = 0;
  std::atomic<int> looked_at_ours{0}, ended_ours{0};
  const auto sid_of = [](int n) { return "CA" + std::to_string(1'000 + n); };
  std::atomic<int> created{0};
  desk.vendors.twilio_create = [&](const VendorRequest&) {
    return FakeVendors::reply(
        201, R"({"sid":")" + sid_of(created++) +
                 R"(","status":"queued","to":"+12025550100","from":"+12025550143"})");
  };
  constexpr int calls = 40;  // more than may hang at once must not be needed to show it
  desk.vendors.twilio_get = [&](const VendorRequest& request) -> SendResult {
    if (request.path.find(sid_of(calls - 1)) != std::string::npos) {
      ++looked_at_ours;
      return FakeVendors::reply(
          200, R"({"sid":")" + sid_of(calls - 1) +
                   R"(","status":"ringing","to":"+12025550100","from":"+12025550143"})");
    }
    std::unique_lock lock(mutex);
    ++hanging;
    changed.wait(lock, [&] { return release; });
    return FakeVendors::lost();
  };
  desk.vendors.twilio_update = [&](const VendorRequest&) {
    ++ended_ours;
    return FakeVendors::reply(
        200, R"({"sid":")" + sid_of(calls - 1) +
                 R"(","status":"canceled","to":"+12025550100","from":"+12025550143"})");
  };
  for (int i = 0; i < calls; ++i) {
    REQUIRE(
        desk.calls->place(Desk::attempt(MediumType::twilio, "k" + std::to_string(i))).http_status ==
        201);
  }
  desk.world.now = ten_times_as_fast(desk.clock);
  desk.world.steady_ms = ten_times_as_fast();
  Worker worker(desk.config, desk.world, *desk.store, *desk.recorder);
  REQUIRE(worker.start());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  const auto until = [&](auto condition) {
    while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return condition();
  };
  CHECK(until([&] { return looked_at_ours >= 3; }));
  std::string ours;
  for (const Call& call : desk.all_calls()) {
    if (desk.row(call.id).twilio_sid == sid_of(calls - 1)) ours = call.id;
  }
  REQUIRE(desk.calls->hang_up(everybody, ours));
  CHECK(until([&] { return ended_ours >= 1; }));
  {
    const std::lock_guard lock(mutex);
    release = true;
  }
  changed.notify_all();
  worker.stop();
}
