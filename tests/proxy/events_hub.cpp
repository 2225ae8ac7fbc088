// Event streams over real sockets, through the real server: who sees what, what is resumed, what is
// dropped, and that many of them disturb nobody.
#include <fcntl.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <atomic>
#include <catch2/generators/catch_generators.hpp>
#include <fstream>

#include "proxy/events/sse.h"
#include "shared/codec.h"
#include "tests/proxy/http_fixture.h"

namespace voxdial::testing {
namespace {

using events::Event;
using events::event_id;
using events::HubOptions;

constexpr std::uint32_t epoch = 5;

HubOptions quiet() {
  HubOptions options;
  options.epoch = epoch;
  return options;
}

/// Who may see what, for the tests in which that changes.
std::function<Result<void>(const std::string& person)> may_still;

/// GET /api/events?user=bob&whole=1 with whatever Last-Event-ID, and /ping for the rest.
http::Response route(const http::Request& request, events::Hub& hub) {
  if (request.path != "/api/events") return http::json(200, "pong");
  events::Ticket ticket;
  std::string person;
  if (request.query.rfind("user=", 0) == 0) {
    ticket.user = person = request.query.substr(5, request.query.find('&') - 5);
  } else if (request.query.rfind("person=", 0) == 0) {  // sees everybody's calls
    person = request.query.substr(7, request.query.find('&') - 7);
  }
  ticket.whole_numbers = request.query.find("whole") != std::string::npos;
  ticket.last_id = events::parse_event_id(request.header("last-event-id"));
  if (may_still) {
    ticket.rights = 1;
    ticket.still_allowed = [person] { return may_still(person); };
  }
  return stream_reply(hub, std::move(ticket), person);
}

std::string stream_request(const std::string& query = {}, const std::string& last_id = {}) {
  return "GET /api/events?" + query + " HTTP/1.1\r\nHost: a\r\n" +
         (last_id.empty() ? std::string() : "Last-Event-ID: " + last_id + "\r\n") + "\r\n";
}

/// Opens a stream and reads its head and the first lines.
RawClient open_stream(const TestServer& server, const std::string& query = {},
                      const std::string& last_id = {}) {
  RawClient client = server.connect();
  client.say(stream_request(query, last_id));
  const Reply head = client.read_reply(true);
  CHECK(head.status == 200);
  CHECK(head.header("content-type") == "text/event-stream");
  CHECK(head.header("cache-control") == "no-store");
  CHECK(head.header("content-length").empty());
  CHECK(head.header("x-content-type-options") == "nosniff");
  return client;
}

std::string id_text(std::uint32_t sequence) { return std::to_string(event_id(epoch, sequence)); }

std::string call_event(std::uint32_t sequence, const std::string& data) {
  return "id: " + id_text(sequence) + "\nevent: call\ndata: " + data + "\n\n";
}

Event call(const std::string& owner, const std::string& masked, const std::string& whole = {}) {
  return {.kind = "call", .owner = owner, .for_everyone = false, .masked = masked, .whole = whole};
}

TEST_CASE("a new page is told where it stands and then what happens") {
  TestServer server(route, {}, quiet());
  server.hub.publish(call("", "before"));
  RawClient page = open_stream(server);
  CHECK(page.read_to("\n\n") == "retry: 2000\nid: " + id_text(1) + "\n\n");
  const std::int64_t start = steady_now();
  CHECK(server.hub.publish(call("", "one")) == event_id(epoch, 2));
  CHECK(page.read_to("\n\n") == call_event(2, "one"));
  CHECK(steady_now() - start < 100);
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

TEST_CASE("a reader that takes nothing is dropped, the others notice nothing") {
  HubOptions options = quiet();
  options.heartbeat_ms = 20;
  options.ring_events = 50;
  TestServer server(route, {}, options);
  RawClient lazy = server.connect();
  const int small = 2048;
  setsockopt(lazy.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  lazy.say(stream_request());
  RawClient eager = open_stream(server);
  eager.read_to("\n\n");
  REQUIRE(eventually([&] { return server.hub.counts().streams == 2; }));
  const std::string large(100'000, 'x');
  for (std::uint32_t i = 1; server.hub.counts().dropped == 0 && i <= 500; ++i) {
    server.hub.publish(call("", large));
    std::string event = eager.read_to("event: call\n");
    event += eager.read_to("\n\n");
    REQUIRE(event.find("id: " + id_text(i) + "\n") != std::string::npos);
  }
  CHECK(server.hub.counts().dropped == 1);
  CHECK(eventually([&] { return server.hub.counts().streams == 1; }));
}

TEST_CASE("a reader stuck for too long is dropped even when little happens") {
  HubOptions options = quiet();
  options.heartbeat_ms = 20;
  options.stall_ms = 100;
  options.ring_bytes = 64 << 20;
  TestServer server(route, {}, options);
  RawClient lazy = server.connect();
  const int small = 2048;
  setsockopt(lazy.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  lazy.say(stream_request());
  REQUIRE(eventually([&] { return server.hub.counts().streams == 1; }));
  for (int i = 0; i < 8; ++i) server.hub.publish(call("", std::string(1'000'000, 'x')));
  CHECK(eventually([&] { return server.hub.counts().streams == 0; }));
}

TEST_CASE("a stream interrupted in the middle of an event continues where it was") {
  HubOptions options = quiet();
  options.ring_bytes = 64 << 20;
  TestServer server(route, {}, options);
  RawClient page = server.connect();
  const int small = 256 * 1024;
  setsockopt(page.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  page.say(stream_request());
  page.read_to("id: " + id_text(0) + "\n\n");
  std::string expected;
  for (std::uint32_t i = 1; i <= 6; ++i) {  // more than the socket's buffers hold
    const std::string data(1'000'000, static_cast<char>('a' + i % 26));
    server.hub.publish(call("", data));
    expected += call_event(i, data);
  }
  std::string received;
  while (received.size() < expected.size()) {
    const std::string part = page.read_to("\n\n");
    if (part.empty()) break;
    received += part;
  }
  CHECK((received == expected));
}

TEST_CASE("streams are limited in all and per person") {
  HubOptions options = quiet();
  options.max_streams = 3;
  options.max_streams_per_person = 2;
  TestServer server(route, {}, options);
  RawClient one = open_stream(server, "user=bob");
  RawClient two = open_stream(server, "user=bob");
  const Reply third = server.ask(stream_request("user=bob"));
  CHECK(third.status == 429);
  CHECK(third.header("retry-after") == "30");
  RawClient other = open_stream(server, "user=ann");
  const Reply fourth = server.ask(stream_request("user=cyd"));
  CHECK(fourth.status == 503);
  CHECK(fourth.header("retry-after") == "5");
  two.hang_up();
  REQUIRE(eventually([&] { return server.hub.counts().streams == 2; }));
  open_stream(server, "user=bob");
}

TEST_CASE("a stream whose page is gone before it begins gives its seat back") {
  HubOptions options = quiet();
  options.max_streams = 1;
  TestServer server(route, {}, options);
  {
    const http::Response never_sent = stream_reply(server.hub);
    CHECK(never_sent.status == 200);
    CHECK(server.ask(stream_request()).status == 503);
  }
  open_stream(server);
}

TEST_CASE("HEAD of a stream is only its head") {
  TestServer server(route, {}, quiet());
  RawClient client = server.connect();
  client.say("HEAD /api/events HTTP/1.1\r\nHost: a\r\n\r\nGET /ping HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.read_reply(true).header("content-type") == "text/event-stream");
  CHECK(client.read_reply().body == "pong");
  CHECK(server.hub.counts().streams == 0);
}

TEST_CASE("whoever may no longer be here loses their streams at once, and is told why") {
  std::atomic<std::int64_t> rights{1};
  std::atomic<bool> bob_is_out{false}, ann_is_demoted{false};
  HubOptions options = quiet();
  options.rights = [&]() -> Result<std::int64_t> { return rights.load(); };
  options.rights_ms = GENERATE(10, 3'600'000);  // noticed by itself, or on being told
  const bool told = options.rights_ms > 10;
  may_still = [&](const std::string& who) -> Result<void> {
    if (who == "bob" && bob_is_out) return fail(ErrorCode::unauthenticated);
    if (who == "ann" && ann_is_demoted) return fail(ErrorCode::forbidden);
    return {};
  };
  struct Forget {
    ~Forget() { may_still = nullptr; }
  } const at_the_end;
  TestServer server(route, {}, options);
  RawClient bob = open_stream(server, "user=bob");
  RawClient ann = open_stream(server, "person=ann");
  RawClient sue = open_stream(server, "person=sue");
  for (RawClient* page : {&bob, &ann, &sue}) page->read_to("\n\n");
  server.hub.publish(call("bob", "1"));
  for (RawClient* page : {&bob, &ann, &sue}) CHECK(page->read_to("\n\n") == call_event(1, "1"));

  bob_is_out = ann_is_demoted = true;
  CHECK(ann.is_silent());  // nobody is asked while the number stays
  ++rights;
  if (told) server.hub.review();
  CHECK(bob.read_to("\n\n") == "id: " + id_text(1) + "\nevent: logged_out\ndata: " +
                                   encode(make_error(ErrorCode::unauthenticated)) + "\n\n");
  CHECK(bob.is_closed());
  CHECK(ann.read_to("\n\n") == "id: " + id_text(1) + "\nevent: reload\ndata: {}\n\n");
  CHECK(ann.is_closed());
  CHECK(eventually([&] { return server.hub.counts().streams == 1; }));
  server.hub.publish(call("bob", "2"));
  CHECK(sue.read_to("\n\n") == call_event(2, "2"));

  // Also when they were let in just before, and their stream opens just after.
  RawClient late = open_stream(server, "user=bob");
  late.read_to("\n\n");
  if (told) server.hub.review();
  CHECK(late.read_to("\n\n").find("event: logged_out") != std::string::npos);
  CHECK(late.is_closed());
}

TEST_CASE(
    "while it cannot be read who may be here, everybody stays, and who is out goes after that") {
  std::atomic<std::int64_t> rights{1};
  std::atomic<int> looks{0};
  std::atomic<bool> rights_unreadable{false}, people_unreadable{false};
  HubOptions options = quiet();
  options.rights_ms = 10;
  options.rights = [&]() -> Result<std::int64_t> {
    if (!people_unreadable) ++looks;
    if (rights_unreadable) return fail(ErrorCode::store_unavailable);
    return rights.load();
  };
  may_still = [&](const std::string&) -> Result<void> {
    ++looks;
    if (people_unreadable) return fail(ErrorCode::store_unavailable);
    return fail(ErrorCode::unauthenticated);
  };
  struct Forget {
    ~Forget() { may_still = nullptr; }
  } const at_the_end;
  TestServer server(route, {}, options);
  RawClient bob = open_stream(server, "user=bob");
  bob.read_to("\n\n");

  (GENERATE(true, false) ? rights_unreadable : people_unreadable) = true;
  ++rights;
  const int before = looks;
  REQUIRE(eventually([&] { return looks > before + 1; }));
  server.hub.show("record", "away");
  CHECK(bob.read_to("\n\n") == "event: record\ndata: away\n\n");
  rights_unreadable = people_unreadable = false;
  CHECK(bob.read_to("\n\n").find("event: logged_out") != std::string::npos);
  CHECK(bob.is_closed());
}

TEST_CASE("a supervisor's streams are counted as that person's, not as everybody's") {
  HubOptions options = quiet();
  options.max_streams_per_person = 1;
  TestServer server(route, {}, options);
  RawClient sue = open_stream(server, "person=sue");
  RawClient sam = open_stream(server, "person=sam");
  CHECK(server.ask(stream_request("person=sue")).status == 429);
  sue.read_to("\n\n");
  sam.read_to("\n\n");
  server.hub.publish(call("bob", "one"));
  CHECK(sam.read_to("\n\n") == call_event(1, "one"));
  CHECK(sue.read_to("\n\n") == call_event(1, "one"));
}

TEST_CASE("a stream ends after its longest time, so that its page is checked again") {
  HubOptions options = quiet();
  options.heartbeat_ms = 10;
  options.max_age_ms = 50;
  TestServer server(route, {}, options);
  RawClient page = open_stream(server);
  while (page.more()) page.read_to("\n\n");
  CHECK(eventually([&] { return server.hub.counts().streams == 0; }));
}

TEST_CASE("what a page sends into its stream is thrown away") {
  TestServer server(route, {}, quiet());
  RawClient page = open_stream(server);
  page.read_to("\n\n");
  page.say("GET /api/events HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(100'000, 'x'));
  server.hub.publish(call("", "still here"));
  CHECK(page.read_to("\n\n") == call_event(1, "still here"));
}

TEST_CASE("stopping the server closes the streams and admits no more") {
  TestServer server(route, {}, quiet());
  RawClient page = open_stream(server);
  page.read_to("\n\n");
  server.stop();
  CHECK(page.is_closed());
  CHECK_FALSE(server.hub.admit("").has_value());
}

TEST_CASE("500 streams get every event in time and leave the connections' threads alone") {
  TestServer server(route, {}, quiet());
  std::vector<RawClient> pages;
  for (int i = 0; i < 500; ++i) {
    pages.push_back(server.connect());
    pages.back().say(stream_request());
  }
  for (RawClient& page : pages) page.read_to("id: " + id_text(0) + "\n\n");
  CHECK(server.hub.counts().streams == 500);
  CHECK(server.server.counts().connections == 0);
  CHECK(server.ask("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n").body == "pong");

  server.hub.publish(call("", "news"));
  const auto informed = std::count_if(pages.begin(), pages.end(), [](RawClient& page) {
    return page.read_to("\n\n") == call_event(1, "news");
  });
  CHECK(informed == 500);
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
