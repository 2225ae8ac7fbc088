// Whose event streams are let in, which are ended, and that many of them disturb nobody.
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <catch2/generators/catch_generators.hpp>

#include "shared/codec.h"
#include "tests/proxy/events_fixture.h"

namespace voxdial::testing {
namespace {

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

}  // namespace
}  // namespace voxdial::testing
