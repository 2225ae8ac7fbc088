// What event streams tell: who sees what, and what is resumed.
#include <algorithm>
#include <thread>

#include "tests/proxy/events_fixture.h"

namespace voxdial::testing {
namespace {

TEST_CASE("a new page is told where it stands and then what happens") {
  TestServer server(route, {}, quiet());
  server.hub.publish(call("", "before"));
  RawClient page = open_stream(server);
  CHECK(page.read_to("\n\n") == "retry: 2000\nid: " + id_text(1) + "\n\n");
  CHECK(server.hub.publish(call("", "one")) == event_id(epoch, 2));
  CHECK(page.read_to("\n\n") == call_event(2, "one"));
  CHECK(page.is_silent());
}

TEST_CASE("what is so just now is told to those who are there, and to a new page first of all") {
  TestServer server(route, {}, quiet());
  RawClient early = open_stream(server, "user=bob");
  early.read_to("\n\n");
  server.hub.show("vendors", "1");
  CHECK(early.read_to("\n\n") == "event: vendors\ndata: 1\n\n");
  server.hub.publish(call("bob", "one"));
  CHECK(early.read_to("\n\n") == call_event(1, "one"));
  RawClient late = open_stream(server, "user=bob");
  CHECK(late.read_to("\n\n") == "retry: 2000\nid: " + id_text(1) + "\n\n");
  CHECK(late.read_to("\n\n") == "event: vendors\ndata: 1\n\n");
  CHECK(early.is_silent());
}

TEST_CASE("pages are told to come back at times of their own") {
  HubOptions options = quiet();
  options.retry_ms = options.retry_spread_ms = 2'000;
  TestServer server(route, {}, options);
  std::vector<int> told;
  for (int i = 0; i < 8; ++i) {
    RawClient page = open_stream(server);
    const std::string greeting = page.read_to("\n");
    REQUIRE(greeting.starts_with("retry: "));
    told.push_back(std::stoi(greeting.substr(7)));
  }
  std::sort(told.begin(), told.end());
  CHECK(told.front() >= 1'000);
  CHECK(told.back() <= 3'000);
  for (std::size_t i = 1; i < told.size(); ++i) CHECK(told[i] - told[i - 1] > 100);
}

TEST_CASE("a person sees their own calls and what is for everyone; nobody else's") {
  TestServer server(route, {}, quiet());
  RawClient bob = open_stream(server, "user=bob");
  RawClient all = open_stream(server, "whole=1");
  bob.read_to("\n\n");
  all.read_to("\n\n");
  server.hub.publish(call("ann", "1", "1 whole"));
  server.hub.publish(call("bob", "2", "2 whole"));
  server.hub.publish({"vendors", "", true, "3", ""});
  server.hub.publish(call("", "4"));
  server.hub.publish(call("bob", "5"));
  CHECK(bob.read_to("\n\n") == call_event(2, "2"));
  CHECK(bob.read_to("\n\n") == "id: " + id_text(3) + "\nevent: vendors\ndata: 3\n\n");
  CHECK(bob.read_to("\n\n") == call_event(5, "5"));
  CHECK(bob.is_silent());
  CHECK(all.read_to("\n\n") == call_event(1, "1 whole"));
  CHECK(all.read_to("\n\n") == call_event(2, "2 whole"));
}

TEST_CASE("a page that comes back gets what it missed, and only what it may see") {
  TestServer server(route, {}, quiet());
  for (int i = 1; i <= 6; ++i) {
    server.hub.publish(call(i % 2 == 0 ? "bob" : "ann", std::to_string(i)));
  }
  SECTION("everything after its last event") {
    RawClient page = open_stream(server, "user=bob", id_text(2));
    CHECK(page.read_to("\n\n") == "retry: 2000\n\n");
    CHECK(page.read_to("\n\n") == call_event(4, "4"));
    CHECK(page.read_to("\n\n") == call_event(6, "6"));
  }
  SECTION("nothing when it missed nothing") {
    RawClient page = open_stream(server, "", id_text(6));
    CHECK(page.read_to("\n\n") == "retry: 2000\n\n");
    server.hub.publish(call("", "7"));
    CHECK(page.read_to("\n\n") == call_event(7, "7"));
  }
}

TEST_CASE("a page whose gap cannot be filled is told to reload") {
  HubOptions options = quiet();
  options.ring_events = 3;
  TestServer server(route, {}, options);
  for (int i = 1; i <= 10; ++i) server.hub.publish(call("", std::to_string(i)));
  const std::string reload = "retry: 2000\nid: " + id_text(10) + "\nevent: reload\ndata: {}\n\n";
  const auto first = [&](const std::string& last_id) {
    return open_stream(server, "", last_id).read_to("\n\n");
  };
  CHECK(first(id_text(6)) == reload);                              // fell off the ring
  CHECK(first(id_text(7)) == "retry: 2000\n\n");                   // the ring still has 8
  CHECK(first(id_text(11)) == reload);                             // never happened
  CHECK(first(std::to_string(event_id(epoch + 1, 9))) == reload);  // before a restart
  CHECK(first("nonsense") == reload);
}

TEST_CASE("a new page is new in the epoch 0, too") {
  TestServer server(route);
  CHECK(open_stream(server).read_to("\n\n") == "retry: 2000\nid: 0\n\n");
}

TEST_CASE("the ring is bounded in bytes, too") {
  HubOptions options = quiet();
  options.ring_bytes = 10'000;
  TestServer server(route, {}, options);
  for (int i = 1; i <= 10; ++i) server.hub.publish(call("", std::string(3'000, 'x')));
  RawClient page = open_stream(server, "", id_text(5));
  CHECK(page.read_to("\n\n").find("event: reload") != std::string::npos);
}

TEST_CASE("a line that is quiet is kept alive by comments") {
  HubOptions options = quiet();
  options.heartbeat_ms = 20;
  TestServer server(route, {}, options);
  RawClient page = open_stream(server);
  page.read_to("\n\n");
  CHECK(page.read_to("\n\n") == ":\n\n");
  CHECK(page.read_to("\n\n") == ":\n\n");
}

TEST_CASE(
    "a stream tells the server's time at its start and with each heartbeat, as no event's id") {
  HubOptions options = quiet();
  options.heartbeat_ms = 20;
  options.clock = [] { return std::string("{\"at\":1}"); };
  TestServer server(route, {}, options);
  server.hub.publish(call("", "one"));
  RawClient page = open_stream(server);
  page.read_to("\n\n");
  for (int i = 0; i < 3; ++i) CHECK(page.read_to("\n\n") == "event: clock\ndata: {\"at\":1}\n\n");
}

TEST_CASE("many publishers at once: every page gets every event once and in order") {
  TestServer server(route, {}, quiet());
  RawClient page = open_stream(server);
  page.read_to("\n\n");
  constexpr int threads = 4, each = 200;
  std::vector<std::thread> publishers;
  for (int t = 0; t < threads; ++t) {
    publishers.emplace_back([&] {
      for (int i = 0; i < each; ++i) server.hub.publish(call("", "x"));
    });
  }
  for (std::thread& publisher : publishers) publisher.join();
  for (std::uint32_t i = 1; i <= threads * each; ++i) {
    REQUIRE(page.read_to("\n\n") == call_event(i, "x"));
  }
}

}  // namespace
}  // namespace voxdial::testing
